/* Routes: what their parts say to each other. */
#ifndef TOPOC_PARSER_KINDS_ROUTE_H
#define TOPOC_PARSER_KINDS_ROUTE_H

#include "../graph.h"
#include "../kinds.h"

/* The next hops: those of `nexthops`, or the one of `via` and `dev` (HOP_WEIGHT has only the
 * former). */
size_t route_hops(const struct object *route);
const struct value *route_hop(const struct object *route, size_t hop, enum next_hop_field field);

/* Whether an address or a direct route of its namespace reaches a gateway. */
bool route_reaches(const struct object *route, const struct ip *gateway);

/* The address of the namespace that its `src` is; NULL where there is none. */
struct object *route_source(const struct object *route);

/* Whether an address brings the very route along, and whether it is one of its gateways (IPv6). */
bool route_is_subnet(const struct object *route, const struct object *address);
bool route_goes_to(const struct object *route, const struct object *address);

/* What the kernel would refuse: host bits, gateways out of reach, devices that are down ... */
void route_check(const struct graph *graph, const struct object *object,
                 struct diagnostics *diagnostics);

#endif
