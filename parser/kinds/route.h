/* Routes: what their parts say to each other. */
#ifndef TOPOC_PARSER_KINDS_ROUTE_H
#define TOPOC_PARSER_KINDS_ROUTE_H

#include "../addressing.h"
#include "../graph.h"
#include "../kinds.h"

/* The next hops: those of `nexthops`, or the one of `via` and `dev` (HOP_WEIGHT has only the
 * former). */
size_t route_hops(const struct object *route);
const struct value *route_hop(const struct object *route, size_t hop, enum next_hop_field field);

/*
 * Whether an address or a direct route reaches a gateway, as the kernel looks it up; `dev` is the
 * device that it must be reached over, or NULL.
 */
bool route_reaches(const struct graph *graph, const struct object *route, const struct ip *gateway,
                   const char *dev);

/* The address of the namespace that its `src` is; NULL where there is none. */
struct object *route_source(const struct object *route);

/*
 * The addresses of its namespace, in whatever graph that is, whose subnet is where the route leads
 * to; and whether such an address brings the route along (net/ipv4/fib_frontend.c,
 * fib_add_ifaddr()).
 */
struct prefixes route_subnets(const struct object *route, const struct object *space);
bool route_comes_with(const struct object *address);

/*
 * The addresses of its namespace, as the graph has it, that are the gateway of a next hop. IPv6
 * refuses such a gateway (net/ipv6/route.c, ip6_validate_gw()), a link-local one only on its own
 * device; IPv4 takes it.
 */
struct prefixes route_own_gateway(const struct object *route, size_t hop,
                                  const struct graph *graph);

/* What the kernel would refuse: host bits, gateways out of reach, devices that are down ... */
void route_check(const struct graph *graph, const struct object *object,
                 struct diagnostics *diagnostics);

/* gateway_check.c: warns of gateways that nobody has, or whose namespace does not forward. */
void gateways_check(const struct graph *graph, struct diagnostics *diagnostics);

#endif
