/* Who reaches whom: the verdicts on all namespaces of a topology. */
#ifndef TOPOC_PARSER_REACH_MATRIX_H
#define TOPOC_PARSER_REACH_MATRIX_H

#include "reach.h"

/* Pairs that fail for one reason: each of the sources to each of the targets, save itself. */
struct reach_failure {
	enum reach_verdict verdict; /* not REACH_YES */
	const char *reason;
	struct span span; /* where that stands in the file, if anywhere */
	const struct object **sources, **targets;
	size_t source_count, target_count;
};

struct reach_matrix {
	const struct object **spaces; /* those that have an address or a route */
	size_t count;
	uint8_t *cells[2];        /* IPv4, IPv6: see reach_cell() */
	size_t pairs[REACH_NONE]; /* how many ordered pairs have which verdict */
	struct reach_failure *failures;
	size_t failure_count;
};

/*
 * The table of a complete graph without errors, in its arena. A namespace reaches another if it
 * reaches every address of it that is valid beyond its link, and in part if it reaches some. In a
 * family of which the source has neither an address nor a route nothing is asked. Takes time and
 * memory by the square of the namespaces: 1000 of them some seconds.
 */
struct reach_matrix *reach_matrix_new(const struct graph *graph);

/* The verdict on a pair of `spaces` in a family (0: IPv4, 1: IPv6), and on both of them. */
enum reach_verdict reach_cell(const struct reach_matrix *table, size_t source, size_t target,
                              size_t family);
enum reach_verdict reach_pair(const struct reach_matrix *table, size_t source, size_t target);

/* Whether IPv4 and IPv6 say different things of a pair that both have something to say of. */
bool reach_families_differ(const struct reach_matrix *table);

#endif
