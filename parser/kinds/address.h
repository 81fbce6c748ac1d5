/* Addresses: what they are to each other. */
#ifndef TOPOC_PARSER_KINDS_ADDRESS_H
#define TOPOC_PARSER_KINDS_ADDRESS_H

#include "../graph.h"
#include "../kinds.h"

/*
 * The first IPv4 address of the same subnet on the device: the kernel's primary, which is the source
 * of what the namespace sends there. NULL where this is it.
 */
struct object *address_primary(const struct object *object);

/* What is wrong with one address, and with all of them together. */
void address_check(const struct graph *graph, const struct object *object,
                   struct diagnostics *diagnostics);
void address_check_all(const struct graph *graph, struct diagnostics *diagnostics);

#endif
