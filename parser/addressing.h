/* The addresses and routes of each namespace, where they can be looked up by an address. */
#ifndef TOPOC_PARSER_ADDRESSING_H
#define TOPOC_PARSER_ADDRESSING_H

#include "prefix.h"

struct addressing {
	struct prefixes subnets;   /* addresses, by the prefix that is on their link */
	struct prefixes addresses; /* the same, by the address alone */
	struct prefixes direct;    /* routes without a gateway, by table and destination */
};

/* Gives each namespace of a graph its own, as soon as tables have their defaults. */
void addressing_fill(struct graph *graph);

#endif
