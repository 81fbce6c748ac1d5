/*
 * Edges of a graph: what must be there before an object is, and what goes when that goes. The
 * planner orders by them.
 */
#ifndef TOPOC_PARSER_NEEDS_H
#define TOPOC_PARSER_NEEDS_H

#include "graph.h"

/* A device is first made and then brought up; everything else is only made. */
enum milestone { MADE, UP };

/* When an object goes with the one it needs. */
enum bond {
	BOND_NONE,      /* order only */
	BOND_AFTER,     /* order only, but it must really have been made after the target */
	BOND_EXISTENCE, /* when that is destroyed */
	BOND_UP,        /* or goes down */
	BOND_IPV4,      /* or goes down, or loses its last IPv4 address */
	BOND_IPV6,      /* or goes down, or gets an MTU under 1280 (IPv6's least, RFC 8200) */
};

struct need {
	struct object *target;
	enum milestone mine;   /* this one's milestone ... */
	enum milestone theirs; /* ... comes after that one of the target */
	enum bond bond;
};

struct needs {
	struct arena *arena;
	struct need *list;
	size_t count, capacity;
};

void needs_add(struct needs *needs, struct object *target, enum milestone mine,
               enum milestone theirs, enum bond bond);

/* Everything that `object` needs in its graph, written over what the list held. */
void object_needs(const struct graph *graph, const struct object *object, struct needs *needs);

#endif
