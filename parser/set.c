#ifndef _GNU_SOURCE
#define _GNU_SOURCE 1 /* tdestroy() */
#endif
#include "set.h"

#include <search.h>
#include <stdio.h>
#include <stdlib.h>

/* The slot of the one among the first that is equal to `item`, or NULL. */
static const void **find_first(const struct set *set, const void *item)
{
	for (size_t i = 0; i < set->count; i++) {
		if (!set->compare(set->first[i], item))
			return (const void **)&set->first[i];
	}
	return NULL;
}

const void **set_put(struct set *set, const void *item)
{
	const void **slot = find_first(set, item);

	if (slot)
		return slot;
	if (set->count < sizeof set->first / sizeof *set->first) {
		set->first[set->count] = item;
		return &set->first[set->count++];
	}
	slot = tsearch(item, &set->root, set->compare);
	if (!slot) { /* as arena_alloc() does */
		fputs("topoc: error: out of memory\n", stderr);
		exit(1);
	}
	return slot;
}

const void *set_find(const struct set *set, const void *item)
{
	const void *const *slot = find_first(set, item);

	if (!slot)
		slot = tfind(item, &set->root, set->compare);
	return slot ? *slot : NULL;
}

static void keep(void *item)
{
	(void)item;
}

void set_clear(struct set *set)
{
	tdestroy(set->root, keep);
	set->root = NULL;
	set->count = 0;
}
