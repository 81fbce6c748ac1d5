/*
 * What goes with it: when something goes, goes down or loses IPv6, the kernel takes along whatever
 * hangs on it. All of that becomes part of the plan, and is taken away before its cause, so that
 * what the kernel would do does not matter.
 */
#include "internal.h"

#include "parser/arena.h"
#include "parser/kinds.h"
#include "parser/needs.h"

static bool is_cause(const struct plan *plan, const struct item *target, enum bond bond)
{
	if (bond == BOND_NONE || bond == BOND_AFTER)
		return false;
	if (item_dies(target))
		return true;
	if (bond == BOND_EXISTENCE)
		return false;
	return item_goes_down(target) || (bond == BOND_IPV6 && item_shrinks(target)) ||
	       (bond == BOND_IPV4 && item_loses_ipv4(plan, target));
}

/* What is to be named as the cause: of a device that stays, the address whose loss it is. */
static const struct object *cause_of(const struct plan *plan, const struct need *need)
{
	const struct item *device = plan_item(plan, need->target);

	if (need->bond != BOND_IPV4 || item_dies(device) || item_goes_down(device))
		return need->target;
	for (const struct object *at = need->target->first_owned; at; at = at->next_owned) {
		if (is_ipv4_address(at))
			return at;
	}
	return need->target;
}

static void goes_with(const struct plan *plan, struct item *item, const struct object *cause)
{
	const struct kind *kind = item->have->kind;

	item->reason = arena_printf(plan->arena, "goes with %s", object_print(plan->arena, cause));
	if (item->want && !kind->with_owner)
		item->action = ACTION_REPLACE;
	else if (item->have->foreign)
		item->lost = true;
}

/* Whether something that `item` hangs on in the kernel goes, and takes it along. */
static bool follow_have(const struct plan *plan, struct item *item, struct needs *needs)
{
	object_needs(plan->have, item->have, needs);
	for (size_t i = 0; i < needs->count; i++) {
		const struct need *need = &needs->list[i];

		if (!is_cause(plan, plan_item(plan, need->target), need->bond))
			continue;
		goes_with(plan, item, cause_of(plan, need));
		return item_dies(item);
	}
	return false;
}

static bool has_peer(const struct object *address)
{
	return !ip_equal(&object_value(address, ADDRESS_ADDRESS)->ip,
	                 &object_value(address, ADDRESS_PEER)->ip);
}

/*
 * Of an address with a peer and the others of its device: what goes takes the routes of what stays
 * along. Whether there is such a one.
 */
static bool follow_addresses(const struct plan *plan, struct item *item)
{
	bool more = false;

	if (item->have->kind != &address_kind || is_ipv4_address(item->have) ||
	    !has_peer(item->have))
		return false;
	for (const struct object *at = item->have->owner->first_owned; at; at = at->next_owned) {
		struct item *other = plan_item(plan, at);
		struct item *dead = item_dies(item) ? item : other,
		            *left = dead == item ? other : item;

		if (at->kind != &address_kind || is_ipv4_address(at) || !item_dies(dead) ||
		    item_dies(left) || !left->want ||
		    !addresses_share_route(dead->have, left->have))
			continue;
		goes_with(plan, left, dead->have);
		more = true;
	}
	return more;
}

/* Whether `item` stands before something that it has to come after. */
static bool follow_want(const struct plan *plan, struct item *item, struct needs *needs)
{
	object_needs(plan->want, item->want, needs);
	for (size_t i = 0; i < needs->count; i++) {
		const struct item *target = plan_item(plan, needs->list[i].target);

		if (needs->list[i].bond != BOND_AFTER)
			continue;
		if (target->have && !item_dies(target) && target->have->order < item->have->order)
			continue;
		item->action = ACTION_REPLACE;
		item->reason = arena_printf(plan->arena, "comes after %s",
		                            object_print(plan->arena, target->want));
		return true;
	}
	return false;
}

static bool has_action(const struct plan *plan)
{
	for (size_t i = 0; i < plan->count; i++) {
		if (plan->items[i].action != ACTION_NONE)
			return true;
	}
	return false;
}

/* Once through all items; whether anything came of it. Nothing dies of nothing. */
static bool follow_once(struct plan *plan, struct needs *needs)
{
	bool deadly = has_action(plan), more = false;

	for (size_t i = 0; i < plan->count; i++) {
		struct item *item = &plan->items[i];

		if (deadly && item->have && !item_dies(item))
			more |= follow_have(plan, item, needs);
		if (item->have && item->want && !item_dies(item))
			more |= follow_want(plan, item, needs);
		if (deadly && item->have)
			more |= follow_addresses(plan, item);
	}
	return more;
}

/* The device that a field says it is a port of, or NULL. */
static const struct object *master_by(const struct object *port, size_t field)
{
	if (!(kind_field(port->kind, field)->flags & FIELD_MASTER) || !object_has(port, field))
		return NULL;
	return object_value(port, field)->target;
}

/* A port of a bridge that is made anew is made its port again. */
static void rejoin(const struct plan *plan, struct item *item)
{
	for (size_t i = 0; i < kind_field_count(item->want->kind); i++) {
		const struct object *master = master_by(item->want, i);

		if (!master || plan_item(plan, master)->action != ACTION_REPLACE)
			continue;
		item->changed |= UINT64_C(1) << i;
		item->action = ACTION_CHANGE;
		item->reason = arena_printf(plan->arena, "goes with %s",
		                            object_print(plan->arena, master));
	}
}

/* Somebody else's stays, and is nobody's port any more. */
static void release(const struct plan *plan, struct item *item)
{
	for (size_t i = 0; i < kind_field_count(item->have->kind); i++) {
		const struct object *master = master_by(item->have, i);

		if (master && item_dies(plan_item(plan, master)))
			item->reason = arena_printf(plan->arena, "will be no port of %s",
			                            object_print(plan->arena, master));
	}
}

void plan_consequences(struct plan *plan)
{
	struct needs needs = {.arena = plan->arena};

	while (follow_once(plan, &needs))
		;
	for (size_t i = 0; i < plan->count; i++) {
		struct item *item = &plan->items[i];

		if (!item->have || item_dies(item))
			continue;
		if (item->want)
			rejoin(plan, item);
		else
			release(plan, item);
	}
}
