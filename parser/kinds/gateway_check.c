/* Gateways that cannot pass anything on: nobody has the address, or who has it does not forward. */
#include "../arena.h"
#include "../segment.h"
#include "../sysctl.h"
#include "route.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum { MOST_CANDIDATES = 64 };

/* What is known of a namespace's forwarding; all bits: that it does not, and that was told. */
enum known { UNKNOWN, FORWARDS, FORWARDS_NOT, KNOWN };

/* An address, and the segment that its device is on. */
struct station {
	const struct object *address;
	uint32_t segment;
	struct ip ip;
};

struct stations {
	const struct graph *graph;
	struct diagnostics *diagnostics;
	struct station *list; /* by address, then by segment */
	size_t count;
	uint8_t *
	        forwarding; /* by a namespace's order: enum known of IPv4, and 4 times that of IPv6 */
};

static int compare_ips(const struct ip *a, const struct ip *b)
{
	int order = a->family - b->family;

	return order ? order : memcmp(a->bytes, b->bytes, sizeof a->bytes);
}

static int compare_stations(const void *left, const void *right)
{
	const struct station *a = left, *b = right;
	int order = compare_ips(&a->ip, &b->ip);

	return order ? order : (a->segment > b->segment) - (a->segment < b->segment);
}

static struct stations collect(const struct graph *graph, struct diagnostics *diagnostics)
{
	struct stations stations = {.graph = graph, .diagnostics = diagnostics};

	stations.forwarding = arena_alloc(graph->arena, graph->count);
	stations.list = arena_alloc(graph->arena, (graph->count + 1) * sizeof *stations.list);
	for (size_t i = 0; i < graph->count; i++) {
		const struct object *object = graph->objects[i];

		if (object->kind != &address_kind)
			continue;
		stations.list[stations.count++] = (struct station){
		        object, (uint32_t)segment_of(graph->segments, object->owner)->number,
		        object_value(object, ADDRESS_ADDRESS)->ip};
	}
	qsort(stations.list, stations.count, sizeof *stations.list, compare_stations);
	return stations;
}

static const struct object *find(const struct stations *stations, const struct segment *segment,
                                 const struct ip *ip)
{
	struct station key = {NULL, (uint32_t)segment->number, *ip}, *found;

	found = bsearch(&key, stations->list, stations->count, sizeof key, compare_stations);
	return found ? found->address : NULL;
}

static bool has_address(const struct object *space, const struct ip *ip)
{
	struct ip whole = *ip;

	whole.length = ip_full_length(ip);
	return prefixes_equal(&space->addressing->addresses, &whole, 0, NULL).count;
}

/* Whether a device of the namespace is on the segment: seen from the one that has fewer. */
static bool is_on(const struct stations *stations, const struct object *space,
                  const struct segment *segment)
{
	const struct object *at = space->first_device;

	for (size_t i = 0; at && i < segment->count; i++, at = at->next_device) {
		if (segment_of(stations->graph->segments, at) == segment ||
		    segment->devices[i]->owner == space)
			return true;
	}
	return false;
}

/* How many addresses stand before those that are this one, or before what is behind those. */
static size_t count_before(const struct stations *stations, const struct ip *ip, bool behind)
{
	size_t from = 0, to = stations->count;

	while (from < to) {
		size_t middle = from + (to - from) / 2;

		if (compare_ips(&stations->list[middle].ip, ip) < behind)
			from = middle + 1;
		else
			to = middle;
	}
	return from;
}

/*
 * IPv4 is answered for whatever device of the namespace has the address (arp_ignore 0). Either
 * those who have it are asked for the segment, or those on it for the address: the fewer.
 */
static bool is_answered(const struct stations *stations, const struct segment *segment,
                        const struct ip *gateway)
{
	size_t first = count_before(stations, gateway, false);
	size_t count = count_before(stations, gateway, true) - first;
	bool found = false;

	if (gateway->family != AF_INET)
		return false;
	for (size_t i = 0; i < count && count <= segment->count && !found; i++)
		found = is_on(stations, object_namespace(stations->list[first + i].address),
		              segment);
	for (size_t i = 0; i < segment->count && count > segment->count && !found; i++)
		found = has_address(segment->devices[i]->owner, gateway);
	return found;
}

/* Of the segment's addresses, not of the namespace itself, the one that was likely meant. */
static const char *near_address(const struct stations *stations, const struct segment *segment,
                                const struct object *space, const struct ip *ip)
{
	struct arena *arena = stations->graph->arena;
	const char *candidates[MOST_CANDIDATES];
	size_t count = 0;

	for (size_t i = 0; i < segment->count && count < MOST_CANDIDATES; i++) {
		const struct object *at = segment->devices[i]->first_owned;

		for (; at && count < MOST_CANDIDATES; at = at->next_owned) {
			const struct ip *its = &object_value(at, ADDRESS_ADDRESS)->ip;

			if (at->kind == &address_kind && its->family == ip->family &&
			    object_namespace(at) != space && !has_address(space, its))
				candidates[count++] = ip_print(arena, its, false);
		}
	}
	return nearest(ip_print(arena, ip, false), candidates, count);
}

static void tell_nobody(const struct stations *stations, const struct value *via,
                        const struct segment *segment, const struct object *device)
{
	const char *near = NULL;

	diagnose(stations->diagnostics, SEVERITY_WARNING, via->span,
	         "nobody on the segment of '%s' has the gateway %s",
	         object_title(stations->graph->arena, device),
	         ip_print(stations->graph->arena, &via->ip, false));
	if (diagnostic_wants_hint(stations->diagnostics))
		near = near_address(stations, segment, object_namespace(device), &via->ip);
	if (near)
		diagnostic_hint(stations->diagnostics, "did you mean %s?", near);
}

/* `forwarding` itself, or the sysctls that it stands for, of one device or all. */
static bool forwards(const struct object *space, uint8_t family)
{
	const char *tree = family == AF_INET ? "net/ipv4/" : "net/ipv6/";

	for (const struct object *at = space->first_owned; at; at = at->next_owned) {
		const char *name = at->kind == &sysctl_kind ? strrchr(at->name, '/') : NULL;

		if (name && !strncmp(at->name, tree, strlen(tree)) &&
		    (!strcmp(name, "/forwarding") || !strcmp(name, "/ip_forward")) &&
		    strcmp(object_value(at, SYSCTL_VALUE)->text, "0") != 0)
			return true;
	}
	return false;
}

/* Whether the gateway's namespace is where the route leads to: it need not forward then. */
static bool is_destination(const struct object *space, const struct ip *to)
{
	return to->length && prefixes_inside(&space->addressing->addresses, to, 0);
}

/* Whether a namespace passes packets of a family on; asked of its settings once. */
static enum known known_of(const struct stations *stations, const struct object *space,
                           uint8_t family)
{
	unsigned shift = family == AF_INET ? 0 : 2;
	uint8_t *known = &stations->forwarding[space->order];

	if (!(*known >> shift & KNOWN))
		*known |= (uint8_t)((forwards(space, family) ? FORWARDS : FORWARDS_NOT) << shift);
	return *known >> shift & KNOWN;
}

/* Once a namespace and family, at the first route that goes there. */
static void tell_not_forwarding(const struct stations *stations, const struct value *via,
                                const struct object *space, uint8_t family)
{
	stations->forwarding[space->order] |= (uint8_t)(KNOWN << (family == AF_INET ? 0 : 2));
	diagnose(stations->diagnostics, SEVERITY_WARNING, via->span,
	         "'%s', which has the gateway %s, does not forward IPv%d", space->name,
	         ip_print(stations->graph->arena, &via->ip, false), family == AF_INET ? 4 : 6);
	diagnostic_hint(stations->diagnostics, "write `forwarding: true` in '%s'", space->name);
	diagnostic_note(stations->diagnostics, space->span, "'%s' is declared here", space->name);
}

static void check_hop(const struct stations *stations, const struct object *route, size_t hop)
{
	const struct value *via = route_hop(route, hop, HOP_VIA),
	                   *dev = route_hop(route, hop, HOP_DEV);
	const struct ip *to = &object_value(route, ROUTE_TO)->ip;
	const struct object *device = dev->presence ? dev->target : NULL;
	const struct segment *segment =
	        device ? segment_of(stations->graph->segments, device) : NULL;
	const struct object *gateway, *space;

	if (!via->presence || !segment || segment->open ||
	    (via->ip.family == AF_INET && to->family == AF_INET6) ||
	    !object_value(device, LINK_UP)->number)
		return;
	gateway = find(stations, segment, &via->ip);
	if (!gateway && !ip_is_link_local(&via->ip) && !is_answered(stations, segment, &via->ip))
		tell_nobody(stations, via, segment, device);
	space = gateway ? object_namespace(gateway) : NULL;
	if (space && !object_is_host(space) && space != object_namespace(route) &&
	    known_of(stations, space, to->family) == FORWARDS_NOT && !is_destination(space, to))
		tell_not_forwarding(stations, via, space, to->family);
}

void gateways_check(const struct graph *graph, struct diagnostics *diagnostics)
{
	struct stations stations;

	if (graph->damaged) /* who forwards, and has the gateway, may be what is wrong */
		return;
	stations = collect(graph, diagnostics);
	for (size_t i = 0; i < graph->count; i++) {
		const struct object *route = graph->objects[i];

		if (route->kind != &route_kind ||
		    object_value(route, ROUTE_TYPE)->number != ROUTE_UNICAST)
			continue;
		for (size_t hop = 0; hop < route_hops(route); hop++)
			check_hop(&stations, route, hop);
	}
}
