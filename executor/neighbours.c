#include "neighbours.h"

#include "attribute.h"
#include "parser/arena.h"
#include "parser/kinds.h"

#include <libmnl/libmnl.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>

enum { SET_BY_SOMEBODY = NUD_PERMANENT | NUD_NOARP, MAC_LENGTH = 6, MOST_MOVED = 16 };

/* An address and the hardware address of a device that has it. Several may, on different segments. */
struct holder {
	struct ip ip;
	const uint8_t *mac;
};

struct holders {
	struct holder *list;
	size_t count;
};

/* What is wrong in one namespace: messages that remove it. */
struct survey {
	struct arena *arena;
	const struct holders *holders;
	const struct object *space;
	struct nlmsghdr **removals;
	size_t count, capacity;
};

static int compare_holders(const void *left, const void *right)
{
	const struct holder *a = left, *b = right;

	if (a->ip.family != b->ip.family)
		return a->ip.family < b->ip.family ? -1 : 1;
	return memcmp(a->ip.bytes, b->ip.bytes, sizeof a->ip.bytes);
}

static struct holders find_holders(struct arena *arena, const struct graph *want)
{
	struct holders holders = {arena_alloc(arena, (want->count + 1) * sizeof *holders.list), 0};

	for (size_t i = 0; i < want->count; i++) {
		const struct object *object = want->objects[i];

		if (object->kind != &address_kind || !object_has(object->owner, LINK_MAC))
			continue;
		holders.list[holders.count++] =
		        (struct holder){object_value(object, ADDRESS_ADDRESS)->ip,
		                        object_value(object->owner, LINK_MAC)->mac};
	}
	if (holders.count)
		qsort(holders.list, holders.count, sizeof *holders.list, compare_holders);
	return holders;
}

/* Whether the address is the topology's, and at none of its hardware addresses. */
static bool is_wrong(const struct holders *holders, const struct holder *learnt)
{
	const struct holder *found = bsearch(learnt, holders->list, holders->count,
	                                     sizeof *holders->list, compare_holders);

	if (!found)
		return false;
	while (found > holders->list && !compare_holders(found - 1, learnt))
		found--;
	for (; found < holders->list + holders->count && !compare_holders(found, learnt); found++) {
		if (!memcmp(found->mac, learnt->mac, MAC_LENGTH))
			return false;
	}
	return true;
}

static struct nlmsghdr *removal(struct arena *arena, const struct ndmsg *learnt,
                                const struct nlattr *address)
{
	struct nlmsghdr *message = mnl_nlmsg_put_header(arena_alloc(arena, 64));
	struct ndmsg *head = mnl_nlmsg_put_extra_header(message, sizeof *head);

	message->nlmsg_type = RTM_DELNEIGH;
	head->ndm_family = learnt->ndm_family;
	head->ndm_ifindex = learnt->ndm_ifindex;
	mnl_attr_put(message, NDA_DST, mnl_attr_get_payload_len(address),
	             mnl_attr_get_payload(address));
	return message;
}

static int read_neighbour(const struct nlmsghdr *message, void *context)
{
	const struct ndmsg *head = mnl_nlmsg_get_payload(message);
	const struct nlattr *address =
	        attributes_find(attributes_of(message, sizeof *head), NDA_DST);
	const struct nlattr *mac =
	        attributes_find(attributes_of(message, sizeof *head), NDA_LLADDR);
	struct holder learnt = {.ip.family = head->ndm_family};
	struct survey *survey = context;

	if (head->ndm_state & SET_BY_SOMEBODY || head->ndm_flags & NTF_EXT_LEARNED || !address ||
	    !mac || mnl_attr_get_payload_len(mac) != MAC_LENGTH ||
	    mnl_attr_get_payload_len(address) > sizeof learnt.ip.bytes ||
	    !kernel_device(survey->space, (uint32_t)head->ndm_ifindex))
		return 0;
	memcpy(learnt.ip.bytes, mnl_attr_get_payload(address), mnl_attr_get_payload_len(address));
	learnt.mac = mnl_attr_get_payload(mac);
	if (!is_wrong(survey->holders, &learnt))
		return 0;
	if (survey->count == survey->capacity) {
		survey->capacity = survey->count * 2 + 16;
		survey->removals = arena_grow(survey->arena, survey->removals, survey->count,
		                              survey->capacity, sizeof *survey->removals);
	}
	survey->removals[survey->count++] = removal(survey->arena, head, address);
	return 0;
}

/* What is removed twice, or has gone by itself, is refused the second time. */
static void forget_in(const struct kernel *kernel, const struct object *space,
                      const struct holders *holders)
{
	_Alignas(struct nlmsghdr) char buffer[64];
	struct nlmsghdr *request = mnl_nlmsg_put_header(buffer);
	struct netlink *netlink = kernel_space(kernel, space)->netlink;
	struct survey survey = {.arena = kernel->arena, .holders = holders, .space = space};

	request->nlmsg_type = RTM_GETNEIGH;
	mnl_nlmsg_put_extra_header(request, sizeof(struct ndmsg));
	if (netlink_dump(netlink, request, read_neighbour, NULL, &survey) || !survey.count)
		return;
	netlink_send(netlink, survey.removals, survey.count,
	             arena_alloc(kernel->arena, survey.count * sizeof(struct reply)));
}

static bool moves(const struct item *item)
{
	const struct object *want = item->want;

	if (!want || item->action == ACTION_NONE)
		return false;
	if (want->kind->class == &link_class)
		return item->action == ACTION_REPLACE || item->changed >> LINK_MAC & 1;
	return want->kind == &address_kind;
}

/* Addresses that are at another hardware address than before, or may be. */
struct moved {
	const struct ip **list;
	size_t count;
};

static struct moved find_moved(struct arena *arena, const struct plan *plan)
{
	struct moved moved = {arena_alloc(arena, (plan->want->count + 1) * sizeof *moved.list), 0};

	for (size_t i = 0; i < plan->want->count; i++) {
		const struct object *object = plan->want->objects[i];

		if (object->kind == &address_kind &&
		    (moves(plan_item(plan, object)) || moves(plan_item(plan, object->owner))))
			moved.list[moved.count++] = &object_value(object, ADDRESS_ADDRESS)->ip;
	}
	return moved;
}

/* Whether who has the address, or the route, asks for the hardware address of `ip` itself. */
static bool address_reaches(const struct object *address, const struct ip *ip)
{
	return ip_covers(&object_value(address, ADDRESS_ADDRESS)->ip, ip) ||
	       ip_covers(&object_value(address, ADDRESS_PEER)->ip, ip);
}

static bool is_gateway(const struct value *via, const struct ip *ip)
{
	return via->presence && via->ip.family == ip->family &&
	       !memcmp(via->ip.bytes, ip->bytes, sizeof ip->bytes);
}

static bool route_reaches_itself(const struct object *route, const struct ip *ip)
{
	const struct value *via = object_value(route, ROUTE_VIA);
	const struct value *hops = object_value(route, ROUTE_NEXTHOPS);

	for (size_t i = 0; hops->presence && i < hops->list.count; i++) {
		if (is_gateway(&hops->list.values[i * HOP_FIELDS + HOP_VIA], ip))
			return true;
	}
	if (via->presence || hops->presence)
		return is_gateway(via, ip);
	return ip_covers(&object_value(route, ROUTE_TO)->ip, ip);
}

/* A link-local address is on everybody's link. */
static bool knows(const struct object *object, const struct moved *moved)
{
	for (size_t i = 0; i < moved->count; i++) {
		const struct ip *ip = moved->list[i];

		if (ip_is_link_local(ip) ||
		    (object->kind == &address_kind && address_reaches(object, ip)) ||
		    (object->kind == &route_kind && route_reaches_itself(object, ip)))
			return true;
	}
	return false;
}

/*
 * Notes the namespaces that may have learnt where one of the addresses is: those that reach it
 * without a gateway. Of the host not all is in the graph. Where many have moved, asking is cheaper
 * than searching.
 */
static void find_askers(const struct plan *plan, const struct graph *graph,
                        const struct moved *moved, bool *asks)
{
	for (size_t i = 0; i < graph->count; i++) {
		const struct object *object = graph->objects[i], *space = object_namespace(object);
		bool *its = &asks[plan_item(plan, space) - plan->items];

		if (!*its)
			*its = object_is_host(space) || moved->count > MOST_MOVED ||
			       knows(object, moved);
	}
}

void neighbours_forget(const struct kernel *kernel, const struct plan *plan)
{
	struct moved moved = find_moved(kernel->arena, plan);
	bool *asks = arena_alloc(kernel->arena, plan->count * sizeof *asks);
	struct holders holders;

	if (!moved.count)
		return;
	find_askers(plan, plan->want, &moved, asks);
	find_askers(plan, plan->have, &moved, asks);
	holders = find_holders(kernel->arena, plan->want);
	for (size_t i = 0; i < plan->want->count; i++) {
		const struct item *item = plan_item(plan, plan->want->objects[i]);

		/* One that is new has learnt nothing. */
		if (!item->want->owner && item->have && asks[item - plan->items])
			forget_in(kernel, item->want, &holders);
	}
}
