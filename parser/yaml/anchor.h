/* The anchors of a YAML file: what `&name` stands for. */
#ifndef TOPOC_PARSER_YAML_ANCHOR_H
#define TOPOC_PARSER_YAML_ANCHOR_H

#include "../diagnostic.h"
#include "../set.h"

struct arena;

struct anchor {
	const char *name;
	struct span span;
	const struct node *node; /* NULL while it is being read: an alias in there is cyclic */
	size_t nodes;            /* in it, with its aliases expanded */
	unsigned height;         /* how deep its collections nest */
};

struct anchors {
	struct arena *arena;
	struct set set;
	const char **names; /* of them all */
	size_t count;
	size_t capacity;
};

struct anchors anchors_new(struct arena *arena);
void anchors_clear(struct anchors *anchors);

/* An anchor of a name that was used before takes its place, from here on. */
struct anchor *anchor_add(struct anchors *anchors, const char *name, struct span span);

/* The one of that name, or NULL; the name that is nearest to it, or NULL. */
const struct anchor *anchor_find(const struct anchors *anchors, const char *name);
const char *anchor_nearest(const struct anchors *anchors, const char *name);

#endif
