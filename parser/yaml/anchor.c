#include "anchor.h"
#include "../arena.h"

#include <string.h>

static int compare(const void *a, const void *b)
{
	return strcmp(((const struct anchor *)a)->name, ((const struct anchor *)b)->name);
}

struct anchors anchors_new(struct arena *arena)
{
	return (struct anchors){.arena = arena, .set = {.compare = compare}};
}

void anchors_clear(struct anchors *anchors)
{
	set_clear(&anchors->set);
}

struct anchor *anchor_add(struct anchors *anchors, const char *name, struct span span)
{
	struct anchor *anchor = arena_alloc(anchors->arena, sizeof(*anchor));

	anchor->name = arena_copy(anchors->arena, name, strlen(name));
	anchor->span = span;
	anchor->span.length = (uint32_t)strlen(name) + 1;
	*set_put(&anchors->set, anchor) = anchor;
	if (anchors->count == anchors->capacity) {
		anchors->capacity = anchors->capacity ? 2 * anchors->capacity : 8;
		anchors->names = arena_grow(anchors->arena, anchors->names, anchors->count,
		                            anchors->capacity, sizeof(*anchors->names));
	}
	anchors->names[anchors->count++] = anchor->name;
	return anchor;
}

const struct anchor *anchor_find(const struct anchors *anchors, const char *name)
{
	const struct anchor key = {.name = name};

	return set_find(&anchors->set, &key);
}

const char *anchor_nearest(const struct anchors *anchors, const char *name)
{
	return nearest(name, anchors->names, anchors->count);
}
