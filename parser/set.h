/* Sets of the caller's items, ordered by a comparison: each look-up takes logarithmic time. */
#ifndef TOPOC_PARSER_SET_H
#define TOPOC_PARSER_SET_H

#include <stddef.h>

struct set {
	int (*compare)(const void *, const void *); /* as for qsort(3) */
	const void *first[8];                       /* most sets are no larger, and need no tree */
	size_t count;                               /* of those */
	void *root; /* of the tree that the others are in, or NULL */
};

/* The slot of the item that is equal to `item`, which is added where there was none. */
const void **set_put(struct set *set, const void *item);

/* The item that is equal to `item`, or NULL. */
const void *set_find(const struct set *set, const void *item);

/* Empties the set. The items are the caller's. */
void set_clear(struct set *set);

#endif
