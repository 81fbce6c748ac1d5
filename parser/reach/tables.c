#include "tables.h"

#include "../arena.h"
#include "../kinds.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum {
	TABLE_DEFAULT = 253, /* <linux/rtnetlink.h> */
	TABLE_LOCAL = 255,
	TYPE_THROW = 9,
	SUBNET_METRIC = 256, /* of IPv6: IP6_RT_PRIO_ADDRCONF in net/ipv6/ip6_route.h */
	ADDRESS_ENTRIES = 3, /* at most so many come with an address */
};

static struct entry *add(struct station *station, struct ip to, enum entry_type type,
                         unsigned stage)
{
	size_t family = ip_index(&to);
	struct entry *entry = &station->entries[family][station->entry_count[family]++];

	*entry = (struct entry){.to = to, .type = type, .stage = stage};
	return entry;
}

static void add_of(const struct own *own, struct ip to, enum entry_type type, unsigned stage,
                   int64_t metric)
{
	struct entry *entry = add(own->interface->station, to, type, stage);

	entry->own = own;
	entry->out = own->interface;
	entry->order = own->object ? own->object->order : 0;
	entry->metric = metric;
}

static struct ip last_of(const struct ip *network)
{
	struct ip last = *network;

	for (unsigned bit = network->length; bit < 32; bit++)
		last.bytes[bit / 8] |= (uint8_t)(0x80 >> bit % 8);
	last.length = 32;
	return last;
}

static bool is_secondary(const struct own *own)
{
	const struct own *at = own->interface->first[0];

	while (at && at != own)
		at = at->next;
	return !at;
}

/* net/ipv4/fib_frontend.c, fib_add_ifaddr(): the address's own is there on a device that is down.
 */
static void add_ipv4(const struct own *own)
{
	const struct ip *network = &own->network;

	add_of(own, own->ip, ENTRY_LOCAL, 0, 0);
	if (!own->interface->up || is_secondary(own))
		return;
	if (network->length < 32 || !ip_equal(network, &own->ip))
		add_of(own, *network, own->interface->loopback ? ENTRY_LOCAL : ENTRY_SUBNET, 0, 0);
	if (network->length < 31)
		add_of(own, last_of(network), ENTRY_BROADCAST, 0, 0);
}

/* net/ipv6/addrconf.c, inet6_addr_add() and __ipv6_ifa_notify(), which adds the peer. */
static void add_ipv6(const struct own *own)
{
	struct ip peer;

	add_of(own, own->ip, ENTRY_LOCAL, 0, 0);
	if (!own->interface->up)
		return;
	add_of(own, own->network, ENTRY_SUBNET, 1, SUBNET_METRIC);
	if (!own->object)
		return;
	peer = object_value(own->object, ADDRESS_PEER)->ip;
	peer.length = ip_full_length(&peer);
	if (!ip_equal(&peer, &own->ip))
		add_of(own, peer, ENTRY_SUBNET, 1, SUBNET_METRIC);
}

static void add_route(struct station *station, const struct object *route)
{
	const struct ip *to = &object_value(route, ROUTE_TO)->ip;
	bool ipv6 = to->family == AF_INET6;
	int64_t table = object_value(route, ROUTE_TABLE)->number;
	struct entry *entry;

	if (table != TABLE_LOCAL && table != ROUTE_TABLE_MAIN && (ipv6 || table != TABLE_DEFAULT))
		return;
	entry = add(station, *to, ENTRY_ROUTE, table < (ipv6 ? TABLE_LOCAL : ROUTE_TABLE_MAIN));
	entry->route = route;
	entry->order = route->order;
	entry->metric = object_value(route, ROUTE_METRIC)->number;
}

static void add_loopback(struct station *station)
{
	static const struct ip four = {AF_INET, 8, {127}}, six = {AF_INET6, 128, {[15] = 1}};

	if (!station->loopback_up)
		return;
	add(station, four, ENTRY_LOCAL, 0);
	add(station, six, ENTRY_LOCAL, 0);
}

/* IPv4 looks into local and main as one, and takes local where both have the same prefix. */
static int compare(const void *a, const void *b)
{
	const struct entry *one = a, *other = b;

	if (one->stage != other->stage)
		return one->stage < other->stage ? -1 : 1;
	if (one->to.length != other->to.length)
		return one->to.length > other->to.length ? -1 : 1;
	if (one->metric != other->metric)
		return one->metric < other->metric ? -1 : 1;
	if ((one->type < ENTRY_SUBNET) != (other->type < ENTRY_SUBNET))
		return one->type < ENTRY_SUBNET ? -1 : 1;
	return (one->order > other->order) - (one->order < other->order);
}

static void make_room(struct network *network)
{
	size_t *room = arena_alloc(network->arena, network->station_count * sizeof *room);

	for (size_t i = 0; i < network->own_count; i++)
		room[network->owns[i]->interface->station->number] += ADDRESS_ENTRIES;
	for (size_t i = 0; i < network->graph->count; i++) {
		const struct object *object = network->graph->objects[i];

		if (object->kind == &route_kind)
			room[network_station(network, object->owner)->number]++;
	}
	for (size_t i = 0; i < network->station_count; i++) {
		for (size_t f = 0; f < 2; f++)
			network->stations[i].entries[f] =
			        arena_alloc(network->arena, (room[i] + 1) * sizeof(struct entry));
	}
}

void tables_fill(struct network *network)
{
	make_room(network);
	for (size_t i = 0; i < network->own_count; i++) {
		if (network->owns[i]->ip.family == AF_INET)
			add_ipv4(network->owns[i]);
		else
			add_ipv6(network->owns[i]);
	}
	for (size_t i = 0; i < network->graph->count; i++) {
		const struct object *object = network->graph->objects[i];

		if (object->kind == &route_kind)
			add_route(network_station(network, object->owner), object);
	}
	for (size_t i = 0; i < network->station_count; i++) {
		struct station *station = &network->stations[i];

		add_loopback(station);
		for (size_t f = 0; f < 2; f++)
			qsort(station->entries[f], station->entry_count[f], sizeof(struct entry),
			      compare);
	}
}

struct entry *tables_next(const struct station *station, const struct ip *address, unsigned stage,
                          const struct entry *after)
{
	size_t family = ip_index(address);
	struct entry *first = station->entries[family];

	for (size_t i = after ? (size_t)(after - first) + 1 : 0; i < station->entry_count[family];
	     i++) {
		struct entry *at = &first[i];

		if (at->stage == stage && ip_covers(&at->to, address))
			return at;
	}
	return NULL;
}

bool entry_rejects(const struct entry *entry)
{
	return entry->type == ENTRY_ROUTE &&
	       object_value(entry->route, ROUTE_TYPE)->number != ROUTE_UNICAST;
}

static bool throws(const struct entry *entry)
{
	return entry_rejects(entry) && object_value(entry->route, ROUTE_TYPE)->number == TYPE_THROW;
}

/* Kernels before 6.18 looked into `default` also where main refuses (include/net/ip_fib.h). */
struct entry *tables_find(const struct station *station, const struct ip *address)
{
	struct entry *entry = tables_next(station, address, 0, NULL);

	if (!entry || throws(entry))
		entry = tables_next(station, address, 1, NULL);
	return entry && !throws(entry) ? entry : NULL;
}
