/* What hardly anyone means: addresses that are there twice, or overlap, or do not answer. */
#include "address.h"

#include "../arena.h"
#include "../segment.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum { DEEPEST = 129 }; /* prefixes that contain each other: lengths from 0 to 128 */

/*
 * An address where no other one should be the same, or its subnet where none should overlap: in a
 * namespace or on a segment, by number.
 */
struct location {
	const struct object *address;
	uint32_t where;
	struct ip ip;
};

struct locations {
	const struct graph *graph;
	struct diagnostics *diagnostics;
	struct location *list;
	size_t count;
};

static const struct ip *ip_of(const struct object *address)
{
	return &object_value(address, ADDRESS_ADDRESS)->ip;
}

static const struct ip *subnet_of(const struct object *address)
{
	return &object_value(address, ADDRESS_PEER)->ip;
}

/* Link-local addresses, and those of a host alone, may be in several locations. */
static bool is_of_subnet(const struct object *object)
{
	return object->kind == &address_kind && !ip_is_link_local(ip_of(object)) &&
	       ip_of(object)->length < ip_full_length(ip_of(object));
}

static struct locations collect(const struct graph *graph, struct diagnostics *diagnostics)
{
	struct locations locations = {.graph = graph, .diagnostics = diagnostics};

	locations.list = arena_alloc(graph->arena, (graph->count + 1) * sizeof *locations.list);
	for (size_t i = 0; i < graph->count; i++) {
		if (is_of_subnet(graph->objects[i]))
			locations.list[locations.count++].address = graph->objects[i];
	}
	return locations;
}

/* So that a subnet comes before those that it contains. */
static int compare(const void *left, const void *right)
{
	const struct location *a = left, *b = right;
	int order = (a->where > b->where) - (a->where < b->where);

	if (!order)
		order = a->ip.family - b->ip.family;
	if (!order)
		order = memcmp(a->ip.bytes, b->ip.bytes, sizeof a->ip.bytes);
	if (!order)
		order = a->ip.length - b->ip.length;
	return order ? order
	             : (a->address->order > b->address->order) -
	                       (a->address->order < b->address->order);
}

static void sort(const struct locations *locations)
{
	qsort(locations->list, locations->count, sizeof *locations->list, compare);
}

static bool is_same_address(const struct location *a, const struct location *b)
{
	return a->where == b->where && ip_equal(&a->ip, &b->ip);
}

static void tell_twice(const struct locations *locations, const struct location *first,
                       const struct location *again, const char *where)
{
	diagnose(locations->diagnostics, SEVERITY_WARNING, again->address->span,
	         "the address %s is there twice %s",
	         ip_print(locations->graph->arena, ip_of(again->address), false), where);
	diagnostic_note(locations->diagnostics, first->address->span, "'%s' has it here",
	                object_title(locations->graph->arena, first->address->owner));
}

static void check_namespaces(struct locations *locations)
{
	const struct location *first = locations->list;

	for (size_t i = 0; i < locations->count; i++) {
		struct location *at = &locations->list[i];

		at->where = (uint32_t)object_namespace(at->address)->order;
		at->ip = *ip_of(at->address);
		at->ip.length = 0; /* of no account */
	}
	sort(locations);
	for (size_t i = 1; i < locations->count; i++) {
		const struct location *at = &locations->list[i];

		if (is_same_address(first, at))
			tell_twice(locations, first, at, "in one namespace");
		else
			first = at;
	}
}

/* As check_namespaces() has left them. */
static void check_segments(struct locations *locations)
{
	const struct segments *segments = locations->graph->segments;
	const struct location *first = locations->list;

	for (size_t i = 0; i < locations->count; i++) {
		struct location *at = &locations->list[i];

		at->where = (uint32_t)segment_of(segments, at->address->owner)->number;
	}
	sort(locations);
	for (size_t i = 1; i < locations->count; i++) {
		const struct location *at = &locations->list[i];

		if (!is_same_address(first, at))
			first = at;
		else if (object_namespace(first->address) != object_namespace(at->address))
			tell_twice(locations, first, at, "on one segment");
	}
}

static bool contains(const struct location *outer, const struct location *inner)
{
	return outer->where == inner->where && ip_covers(&outer->ip, &inner->ip);
}

static void tell_overlap(const struct locations *locations, const struct object *a,
                         const struct object *b)
{
	const struct object *later = a->order > b->order ? a : b, *earlier = later == a ? b : a;
	struct arena *arena = locations->graph->arena;

	diagnose(locations->diagnostics, SEVERITY_WARNING, later->span,
	         "the subnets of '%s' and '%s' overlap", object_title(arena, later->owner),
	         object_title(arena, earlier->owner));
	diagnostic_note(locations->diagnostics, earlier->span, "'%s' has %s here",
	                object_title(arena, earlier->owner), object_title(arena, earlier));
}

/* `outer`: the subnets around the one in hand, each in the one before. */
static void check_overlaps(struct locations *locations)
{
	const struct location *outer[DEEPEST];
	size_t depth = 0;

	for (size_t i = 0; i < locations->count; i++) {
		struct location *at = &locations->list[i];

		at->where = (uint32_t)object_namespace(at->address)->order;
		at->ip = ip_network(subnet_of(at->address));
	}
	sort(locations);
	for (size_t i = 0; i < locations->count; i++) {
		const struct location *at = &locations->list[i];
		size_t other;

		while (depth && !contains(outer[depth - 1], at))
			depth--;
		for (other = depth;
		     other && outer[other - 1]->address->owner == at->address->owner;)
			other--;
		if (other)
			tell_overlap(locations, at->address, outer[other - 1]->address);
		if (!depth || outer[depth - 1]->ip.length != at->ip.length)
			outer[depth++] = at;
	}
}

void address_check_all(const struct graph *graph, struct diagnostics *diagnostics)
{
	struct locations locations = collect(graph, diagnostics);

	check_overlaps(&locations);
	check_namespaces(&locations);
	check_segments(&locations);
}

static bool is_first(const struct object *address)
{
	const struct object *at = address->owner->first_owned;

	while (at->kind != &address_kind)
		at = at->next_owned;
	return at == address;
}

/* A port's frames are its bridge's: nobody hears what is sent to the port itself. */
static void check_port(const struct object *object, struct diagnostics *diagnostics)
{
	const struct value *master = object_value(object->owner, LINK_BRIDGE);
	const struct object *bridge = master->presence ? master->target : NULL;

	if (!master->presence || !is_first(object) ||
	    (!bridge && !object_is_host(object->owner->owner)))
		return;
	diagnose(diagnostics, SEVERITY_WARNING, object->span,
	         "an address on '%s', which is a port of '%s'", object->owner->name, master->text);
	diagnostic_hint(diagnostics, "give it to '%s'", master->text);
	if (bridge)
		diagnostic_note(diagnostics, bridge->span, "'%s' is declared here", master->text);
}

/* Addresses of a subnet that no host is given: RFC 919, 1122 (3.2.1.3), 5771. */
static void check_use(const struct object *object, struct diagnostics *diagnostics)
{
	const struct value *address = object_value(object, ADDRESS_ADDRESS);
	const struct ip *ip = &address->ip;
	struct ip network = ip_network(ip), last = ip_last(ip);
	const char *what = NULL;

	if (ip->family != AF_INET)
		return;
	if (ip->bytes[0] >= 224 && ip->bytes[0] < 240)
		what = "the address of a multicast group";
	else if (ip->bytes[0] == 127 && !object->owner->kind->with_owner)
		what = "for lo only: no other device is asked for it";
	else if (ip->length < 31 && ip_equal(&network, ip))
		what = "the subnet itself, and no host in it";
	else if (ip->length < 31 && ip_equal(&last, ip))
		what = "the subnet's broadcast address, and no host's";
	if (what)
		diagnose(diagnostics, SEVERITY_WARNING, address->span, "%s is %s", object->name,
		         what);
}

/* net/ipv4/devinet.c, __inet_insert_ifa(): addresses of one subnet have one scope. */
static void check_scope(const struct graph *graph, const struct object *object,
                        struct diagnostics *diagnostics)
{
	const struct object *primary = address_primary(object);
	const struct value *scope = object_value(object, ADDRESS_SCOPE);

	if (!primary || object_value(primary, ADDRESS_SCOPE)->number == scope->number)
		return;
	diagnose(diagnostics, SEVERITY_ERROR, scope->presence == GIVEN ? scope->span : object->span,
	         "the scope is not that of %s, which is in the same subnet",
	         object_title(graph->arena, primary));
	diagnostic_note(diagnostics, primary->span, "that is here");
}

void address_check(const struct graph *graph, const struct object *object,
                   struct diagnostics *diagnostics)
{
	const struct value *address = object_value(object, ADDRESS_ADDRESS);
	const struct value *mtu = object_value(object->owner, LINK_MTU);

	if (address->ip.family == AF_INET6 && !link_carries_ipv6(object->owner)) {
		diagnose(diagnostics, SEVERITY_ERROR, address->span,
		         "an IPv6 address on '%s', whose MTU is under %d", object->owner->name,
		         IPV6_LEAST_MTU);
		if (mtu->presence == GIVEN)
			diagnostic_note(diagnostics, mtu->span, "the MTU is set here");
	}
	if (address->ip.family == AF_INET)
		check_scope(graph, object, diagnostics);
	else if (object_has(object, ADDRESS_SCOPE))
		diagnose(diagnostics, SEVERITY_ERROR, object_value(object, ADDRESS_SCOPE)->span,
		         "an IPv6 address has no scope");
	check_port(object, diagnostics);
	check_use(object, diagnostics);
}
