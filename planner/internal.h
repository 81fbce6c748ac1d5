/* The stages of planning, each in a file of its own: plan_make() runs them in this order. */
#ifndef TOPOC_PLANNER_INTERNAL_H
#define TOPOC_PLANNER_INTERNAL_H

#include "plan.h"

/* compare.c: pairs the two graphs' objects and says of each pair what is to be done. */
void plan_compare(struct plan *plan, struct diagnostics *diagnostics);

/* consequences.c: what goes when something else goes. */
void plan_consequences(struct plan *plan);

/* That one step comes before another. */
struct edge {
	struct step *to;
	struct edge *next;
};

/* order.c: the steps, each after what it needs. False, with diagnostics, where they form a circle.
 */
bool plan_order(struct plan *plan, struct diagnostics *diagnostics);

/*
 * stages.c: sorts the steps by their edges, those of one stage and place together. False where some
 * form a circle: those have no `place`.
 */
bool steps_sort(struct plan *plan);

/* item.c: what a plan says of one object. */

bool is_ipv4_address(const struct object *object);

/*
 * Whether an IPv6 address takes the route of another along when it goes: it does so with that to its
 * prefix and that to its peer, also where another with a peer needs them (net/ipv6/addrconf.c,
 * check_cleanup_prefix_route()).
 */
bool addresses_share_route(const struct object *one, const struct object *other);

/* Whether a device, which stays, goes down by this plan. */
bool item_goes_down(const struct item *item);

/* Whether it gets too small for IPv6. */
bool item_shrinks(const struct item *item);

/* Whether an IPv4 address is new and can be made before anything on its device is removed. */
bool item_comes_early(const struct plan *plan, const struct item *address);

/* Whether it is without an IPv4 address for a moment, which takes its IPv4 routes along. */
bool item_loses_ipv4(const struct plan *plan, const struct item *device);

#endif
