/*
 * Static reachability: whether a ping from a namespace would be answered, worked out from the graph
 * alone as the kernel would do it, there and back.
 */
#ifndef TOPOC_PARSER_REACH_REACH_H
#define TOPOC_PARSER_REACH_REACH_H

#include "../graph.h"

enum reach_verdict {
	REACH_NO,
	REACH_PARTLY,  /* some of several ways work, and which one is taken is not ours to say */
	REACH_UNKNOWN, /* it depends on what the host has beside the file */
	REACH_YES,
	REACH_NONE, /* there is nothing to reach */
};

struct reach_answer {
	enum reach_verdict verdict;
	enum reach_verdict ping; /* the same where another namespace with the address answers */
	const char *reason; /* what is in the way: "r1 does not forward"; NULL with REACH_YES */
	size_t lead; /* not 0: behind so many bytes of it comes the subnet that lacks a route */
	struct span span; /* where that stands in the file, if anywhere */
};

struct reach;

/* For a complete graph without errors, in its arena; to be freed before that. */
struct reach *reach_new(const struct graph *graph);
void reach_free(struct reach *reach);

/* Whether `space`, a namespace, reaches `address`, an object of class address. */
struct reach_answer reach_find(struct reach *reach, const struct object *space,
                               const struct object *address);

#endif
