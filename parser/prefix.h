/* Objects by IP prefixes of theirs: which cover an address, which are a prefix, which lie in one. */
#ifndef TOPOC_PARSER_PREFIX_H
#define TOPOC_PARSER_PREFIX_H

#include "graph.h"

struct prefix {
	struct ip ip;   /* of a network: host bits are zero */
	uint32_t table; /* those of different tables do not know of each other */
	struct object *object;
	const struct prefix *outer; /* the first of the longest ones around it, or NULL */
};

/* Sorted, those that are equal by their objects' owners and then by the objects; or a part of that. */
struct prefixes {
	struct prefix *list;
	size_t count;
};

/* Appends one, whose host bits do not count; `list` must have room. */
void prefixes_add(struct prefixes *prefixes, const struct ip *ip, uint32_t table,
                  struct object *object);

/* To be called once all have been added, and the graph has given its objects their order. */
void prefixes_sort(struct prefixes *prefixes);

/*
 * The first of the longest ones that cover an address, or NULL; by `outer` all that do are found.
 * This one and what follows take a time that grows with the logarithm of their number.
 */
const struct prefix *prefixes_longest(const struct prefixes *prefixes, const struct ip *address,
                                      uint32_t table);

/* Those that are that very prefix, and whose objects have that owner (NULL: any). */
struct prefixes prefixes_equal(const struct prefixes *prefixes, const struct ip *ip, uint32_t table,
                               const struct object *owner);

/* Whether any lies in that prefix. */
bool prefixes_inside(const struct prefixes *prefixes, const struct ip *ip, uint32_t table);

#endif
