/*
 * What is wrong with a graph: errors that the kernel would give, warnings that nobody else does. It
 * is the last step of reading a file; each class and kind says what is checked (kind.h).
 */
#ifndef TOPOC_PARSER_CHECK_H
#define TOPOC_PARSER_CHECK_H

#include "graph.h"

/*
 * Runs the checks of every class and kind (kind.h) over a complete graph, those of single objects
 * first. Its segments are known meanwhile, and its arena is one that goes with what the checks
 * put into it.
 */
void graph_check(struct graph *graph, struct diagnostics *diagnostics);

#endif
