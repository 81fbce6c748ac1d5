/* The source address that the kernel gives to what a namespace itself sends. */
#ifndef TOPOC_PARSER_REACH_ORIGIN_H
#define TOPOC_PARSER_REACH_ORIGIN_H

#include "forward.h"

/*
 * The address with which packets to `to` leave by a step that leads on. A route's `src`; else with
 * IPv4 a primary of the device of the route's scope or wider, or of another (net/ipv4/devinet.c,
 * inet_select_addr()), with IPv6 what RFC 6724 puts first. NULL: there is none.
 */
const struct own *origin_find(const struct network *network, const struct decision *decision,
                              const struct step *step, const struct ip *to);

/*
 * The address with which a router asks for an IPv4 neighbour (net/ipv4/arp.c, arp_solicit()); NULL:
 * none, which is answered as well.
 */
const struct own *origin_asking(const struct step *step);

#endif
