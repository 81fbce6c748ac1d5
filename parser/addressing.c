#include "addressing.h"

#include "arena.h"
#include "kinds.h"

/* Room for as many as there can be, of which each namespace takes what follows the last one's. */
static struct prefix *make_room(const struct graph *graph)
{
	size_t count = 1;

	for (size_t i = 0; i < graph->count; i++) {
		if (graph->objects[i]->kind == &address_kind)
			count += 2;
		if (graph->objects[i]->kind == &route_kind)
			count++;
	}
	return arena_alloc(graph->arena, count * sizeof(struct prefix));
}

static struct prefix *end_of(struct prefixes *prefixes)
{
	prefixes_sort(prefixes);
	return prefixes->list + prefixes->count;
}

static void add_subnet(struct prefixes *subnets, struct object *address)
{
	prefixes_add(subnets, &object_value(address, ADDRESS_PEER)->ip, 0, address);
}

static void add_address(struct prefixes *addresses, struct object *address)
{
	struct ip ip = object_value(address, ADDRESS_ADDRESS)->ip;

	ip.length = ip_full_length(&ip);
	prefixes_add(addresses, &ip, 0, address);
}

static void add_each(struct prefixes *prefixes, const struct object *space,
                     void (*add)(struct prefixes *prefixes, struct object *address))
{
	const struct object *device = space->first_device;

	for (; device; device = device->next_device) {
		for (struct object *at = device->first_owned; at; at = at->next_owned) {
			if (at->kind == &address_kind)
				add(prefixes, at);
		}
	}
}

/* Also one whose only next hop stands in a list, and what that is shows later. */
static void add_direct(struct prefixes *direct, struct object *route)
{
	const struct value *hops = object_value(route, ROUTE_NEXTHOPS);

	if (object_has(route, ROUTE_VIA) || (hops->presence && hops->list.count > 1))
		return;
	prefixes_add(direct, &object_value(route, ROUTE_TO)->ip,
	             (uint32_t)object_value(route, ROUTE_TABLE)->number, route);
}

static struct prefix *fill(const struct graph *graph, struct object *space, struct prefix *room)
{
	struct addressing *addressing = arena_alloc(graph->arena, sizeof *addressing);

	addressing->subnets.list = room;
	add_each(&addressing->subnets, space, add_subnet);
	addressing->addresses.list = end_of(&addressing->subnets);
	add_each(&addressing->addresses, space, add_address);
	addressing->direct.list = end_of(&addressing->addresses);
	for (struct object *at = space->first_owned; at; at = at->next_owned) {
		if (at->kind == &route_kind)
			add_direct(&addressing->direct, at);
	}
	space->addressing = addressing;
	return end_of(&addressing->direct);
}

void addressing_fill(struct graph *graph)
{
	struct prefix *room = make_room(graph);

	for (size_t i = 0; i < graph->count; i++) {
		if (!graph->objects[i]->owner)
			room = fill(graph, graph->objects[i], room);
	}
}
