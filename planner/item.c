/* What a plan says of one object. */
#include "internal.h"

#include "parser/kinds.h"
#include "parser/needs.h"

#include <sys/socket.h>

struct item *plan_item(const struct plan *plan, const struct object *object)
{
	size_t order = object->order;

	if (order < plan->want->count && plan->want->objects[order] == object)
		return &plan->items[order];
	return plan->by_have[order];
}

bool plan_is_empty(const struct plan *plan)
{
	return !plan->created && !plan->changed && !plan->destroyed;
}

bool item_is_noted(const struct item *item)
{
	const struct object *have = item->have;

	if (item->want || !have->foreign)
		return false;
	if (item->reason)
		return true;
	return !object_is_host(object_namespace(have)) && !(have->owner && have->owner->foreign);
}

bool item_dies(const struct item *item)
{
	return item->action == ACTION_DESTROY || item->action == ACTION_REPLACE || item->lost;
}

bool item_goes_down(const struct item *item)
{
	return item->want && item->have && object_value(item->have, LINK_UP)->number &&
	       !object_value(item->want, LINK_UP)->number;
}

bool item_shrinks(const struct item *item)
{
	return item->want && item->have && link_carries_ipv6(item->have) &&
	       !link_carries_ipv6(item->want);
}

bool is_ipv4_address(const struct object *object)
{
	return object->kind == &address_kind &&
	       object_value(object, ADDRESS_ADDRESS)->ip.family == AF_INET;
}

bool addresses_share_route(const struct object *one, const struct object *other)
{
	const struct ip *ends[] = {&object_value(other, ADDRESS_ADDRESS)->ip,
	                           &object_value(other, ADDRESS_PEER)->ip};
	const struct ip *address = &object_value(one, ADDRESS_ADDRESS)->ip;
	const struct ip *peer = &object_value(one, ADDRESS_PEER)->ip;

	if (ip_equal(ends[0], ends[1]) && ip_equal(address, peer))
		return false;
	return ip_covers(address, ends[0]) || ip_covers(address, ends[1]) ||
	       ip_covers(peer, ends[0]) || ip_covers(peer, ends[1]);
}

bool item_comes_early(const struct plan *plan, const struct item *address)
{
	struct needs needs = {.arena = plan->arena};

	if (address->action != ACTION_CREATE || !is_ipv4_address(address->want))
		return false;
	object_needs(plan->want, address->want, &needs);
	for (size_t i = 0; i < needs.count; i++) {
		if (needs.list[i].bond == BOND_AFTER &&
		    item_dies(plan_item(plan, needs.list[i].target)))
			return false;
	}
	return true;
}

/*
 * Whether the device is without an IPv4 address for a moment: all that it has go, and none is there
 * before. In the host new ones come after the old ones have gone (order.c).
 */
bool item_loses_ipv4(const struct plan *plan, const struct item *device)
{
	bool had = false;
	const struct object *at = device->have ? device->have->first_owned : NULL;

	for (; at; at = at->next_owned) {
		if (is_ipv4_address(at) && !item_dies(plan_item(plan, at)))
			return false;
		had |= is_ipv4_address(at);
	}
	if (!had || !device->want || object_is_host(device->have->owner))
		return had;
	for (at = device->want->first_owned; at; at = at->next_owned) {
		if (item_comes_early(plan, plan_item(plan, at)))
			return false;
	}
	return true;
}
