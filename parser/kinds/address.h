#ifndef TOPOC_PARSER_KINDS_ADDRESS_H
#define TOPOC_PARSER_KINDS_ADDRESS_H

#include "../graph.h"
#include "../kinds.h"

/* What is wrong with one address, and with all of them together. */
void address_check(const struct graph *graph, const struct object *object,
                   struct diagnostics *diagnostics);
void address_check_all(const struct graph *graph, struct diagnostics *diagnostics);

#endif
