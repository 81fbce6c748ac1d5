/* Loops of bridges in which none speaks the spanning tree protocol: a broadcast never ends there. */
#include "bridge.h"

#include "../arena.h"
#include "../graph.h"

#include <string.h>

enum { LOOPS_TOLD = 50, BRIDGES_TOLD = 64 };

/* A cable between ports of two bridges, seen from one of them. */
struct hop {
	const struct object *port, *from, *to; /* the port is on `from` */
	struct hop *next;                      /* from the same bridge */
};

/* A forest of bridges: each cable that closes no loop is a branch. Arrays are by objects' order. */
struct forest {
	const struct graph *graph;
	struct diagnostics *diagnostics;
	size_t *trees;              /* a bridge of the same tree; of its root itself */
	struct hop **hops;          /* the branches from a bridge */
	const struct hop **towards; /* while a way is looked for: how a bridge was reached */
	const struct object **queue;
	size_t loops;
};

static size_t tree_of(const struct forest *forest, const struct object *bridge)
{
	size_t at = bridge->order;

	while (forest->trees[at] != at)
		at = forest->trees[at] = forest->trees[forest->trees[at]];
	return at;
}

/* The bridge that a device which is up is a port of, if it takes part: without STP, and up. */
static const struct object *bridge_of(const struct object *port)
{
	const struct value *master = object_value(port, LINK_BRIDGE);
	const struct object *bridge = master->presence ? master->target : NULL;

	if (!bridge || bridge->kind != &bridge_kind || !object_value(port, LINK_UP)->number ||
	    !object_value(bridge, LINK_UP)->number || object_value(bridge, BRIDGE_STP)->number)
		return NULL;
	return bridge;
}

static void add_branch(struct forest *forest, const struct object *port, const struct object *from,
                       const struct object *to)
{
	struct hop *hop = arena_alloc(forest->graph->arena, sizeof *hop);

	*hop = (struct hop){port, from, to, forest->hops[from->order]};
	forest->hops[from->order] = hop;
}

/* Breadth first, within a tree: then `towards` leads back from `to` to `from`. */
static void find_way(struct forest *forest, const struct object *from, const struct object *to)
{
	size_t first = 0, count = 0;

	memset(forest->towards, 0, forest->graph->count * sizeof *forest->towards);
	forest->queue[count++] = from;
	while (from != to && !forest->towards[to->order]) {
		const struct object *at = forest->queue[first++];

		for (const struct hop *hop = forest->hops[at->order]; hop; hop = hop->next) {
			if (hop->to == from || forest->towards[hop->to->order])
				continue;
			forest->towards[hop->to->order] = hop;
			forest->queue[count++] = hop->to;
		}
	}
}

static const char *print_cable(const struct forest *forest, const struct object *port)
{
	struct arena *arena = forest->graph->arena;

	return arena_printf(arena, "%s -- %s", object_title(arena, port),
	                    object_title(arena, object_peer(forest->graph, port)));
}

/* The bridges of a loop, from `to` back to it; of a very long one the first ones. */
static const char *print_loop(const struct forest *forest, const struct object *from,
                              const struct object *to)
{
	struct arena *arena = forest->graph->arena;
	const char *loop = object_title(arena, to);
	size_t count = 0;

	for (const struct object *at = to; at != from; at = forest->towards[at->order]->from) {
		if (count++ < BRIDGES_TOLD)
			loop = arena_printf(arena, "%s, %s", loop,
			                    object_title(arena, forest->towards[at->order]->from));
	}
	if (count > BRIDGES_TOLD)
		loop = arena_printf(arena, "%s and %zu more", loop, count - BRIDGES_TOLD);
	return arena_printf(arena, "%s, %s", loop, object_title(arena, to));
}

/* The whole loop: its bridges in the message, its other cables in notes. */
static void tell_loop(struct forest *forest, const struct object *port, const struct object *from,
                      const struct object *to)
{
	size_t count = 0;

	find_way(forest, from, to);
	diagnose(forest->diagnostics, SEVERITY_WARNING, port->span,
	         "this cable closes a loop without `stp`: %s", print_loop(forest, from, to));
	diagnostic_hint(forest->diagnostics, "remove a cable, or `stp: true` on a bridge");
	for (const struct object *at = to; at != from && count++ < BRIDGES_TOLD;) {
		const struct hop *hop = forest->towards[at->order];

		diagnostic_note(forest->diagnostics, hop->port->span, "by the cable %s",
		                print_cable(forest, hop->port));
		at = hop->from;
	}
}

/* Each cable once: at its second end. */
static void add_cable(struct forest *forest, const struct object *port)
{
	const struct object *peer = object_peer(forest->graph, port);
	const struct object *to = bridge_of(port);
	const struct object *from = peer && peer->order < port->order ? bridge_of(peer) : NULL;

	if (!from || !to)
		return;
	if (tree_of(forest, from) == tree_of(forest, to)) {
		forest->loops++;
		tell_loop(forest, port, from, to);
		return;
	}
	forest->trees[tree_of(forest, from)] = tree_of(forest, to);
	add_branch(forest, peer, from, to);
	add_branch(forest, port, to, from);
}

void bridge_check_loops(const struct graph *graph, struct diagnostics *diagnostics)
{
	struct forest forest = {.graph = graph, .diagnostics = diagnostics};

	if (graph->damaged) /* `stp` may be what is wrong */
		return;
	forest.trees = arena_alloc(graph->arena, graph->count * sizeof *forest.trees);
	forest.hops = arena_alloc(graph->arena, graph->count * sizeof *forest.hops);
	forest.towards = arena_alloc(graph->arena, graph->count * sizeof *forest.towards);
	forest.queue = arena_alloc(graph->arena, graph->count * sizeof *forest.queue);
	for (size_t i = 0; i < graph->count; i++)
		forest.trees[i] = i;
	for (size_t i = 0; i < graph->count && forest.loops < LOOPS_TOLD; i++) {
		if (graph->objects[i]->kind->class == &link_class)
			add_cable(&forest, graph->objects[i]);
	}
}
