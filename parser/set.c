#ifndef _GNU_SOURCE
#define _GNU_SOURCE 1 /* tdestroy() */
#endif
#include "set.h"

#include <search.h>
#include <stdio.h>
#include <stdlib.h>

const void **set_put(struct set *set, const void *item)
{
	void *slot = tsearch(item, &set->root, set->compare);

	if (!slot) { /* as arena_alloc() does */
		fputs("topoc: error: out of memory\n", stderr);
		exit(1);
	}
	return slot;
}

const void *set_find(const struct set *set, const void *item)
{
	const void *const *slot = tfind(item, &set->root, set->compare);

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
}
