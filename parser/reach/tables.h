/* Forwarding tables of a namespace: what its addresses bring along, and its routes. */
#ifndef TOPOC_PARSER_REACH_TABLES_H
#define TOPOC_PARSER_REACH_TABLES_H

#include "network.h"

enum entry_type {
	ENTRY_LOCAL,     /* the namespace's own */
	ENTRY_BROADCAST, /* to all on a link */
	ENTRY_SUBNET,    /* on the link of `out` */
	ENTRY_ROUTE,     /* as the file says */
};

struct entry {
	struct ip to;
	enum entry_type type;
	unsigned stage; /* 0: looked into first */
	int64_t metric;
	size_t order;
	const struct interface *out; /* of a SUBNET */
	const struct own *own;       /* the address that brings it along, or NULL */
	const struct object *route;  /* of a ROUTE */
	struct decision *decision;   /* the same for all it covers (forward.c), or NULL */
};

/* Fills the tables of every station. */
void tables_fill(struct network *network);

/* The next entry of a stage that covers the address, behind `after` or (NULL) the first; or NULL.
 */
struct entry *tables_next(const struct station *station, const struct ip *address, unsigned stage,
                          const struct entry *after);

/*
 * What the namespace does with a packet to an address: the longest prefix, then the least metric,
 * of local and main (IPv4 has these two in one), then, where there is none or it throws, of the
 * next table: main for IPv6, `default` for IPv4. NULL: no route.
 */
struct entry *tables_find(const struct station *station, const struct ip *address);

/* Whether an entry is a route that takes no packet: blackhole and its kin. */
bool entry_rejects(const struct entry *entry);

#endif
