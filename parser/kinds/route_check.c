/* What the kernel would refuse in a route. */
#include "../arena.h"
#include "../needs.h"
#include "route.h"

#include <string.h>
#include <sys/socket.h>

struct check {
	const struct graph *graph;
	const struct object *route;
	struct diagnostics *diagnostics;
};

static const struct ip *destination(const struct check *check)
{
	return &object_value(check->route, ROUTE_TO)->ip;
}

static void check_type(const struct check *check)
{
	static const enum route_field hops[] = {ROUTE_VIA, ROUTE_DEV, ROUTE_NEXTHOPS};
	bool unicast = object_value(check->route, ROUTE_TYPE)->number == ROUTE_UNICAST;
	const struct value *list = object_value(check->route, ROUTE_NEXTHOPS);
	bool any = false;

	for (size_t i = 0; i < sizeof hops / sizeof *hops; i++) {
		const struct value *value = object_value(check->route, hops[i]);

		any |= value->presence != ABSENT;
		if (value->presence != GIVEN)
			continue;
		if (!unicast)
			diagnose(check->diagnostics, SEVERITY_ERROR, value->span,
			         "a route of this type has no next hop");
		else if (list->presence == GIVEN && value != list)
			diagnose(check->diagnostics, SEVERITY_ERROR, value->span,
			         "next hops stand either in `nexthops` or beside it, not both");
	}
	if (unicast && !any)
		diagnose(check->diagnostics, SEVERITY_ERROR, check->route->span,
		         "a route needs `via`, `dev` or `nexthops`");
}

static void check_device(const struct check *check, const struct value *dev)
{
	const struct object *device = dev->presence ? graph_device(check->graph, dev->text) : NULL;
	const struct value *up = device ? object_value(device, LINK_UP) : NULL;
	const struct value *mtu = device ? object_value(device, LINK_MTU) : NULL;
	struct span span = dev->presence == GIVEN ? dev->span : check->route->span;

	if (!device)
		return;
	if (!up->number) {
		diagnose(check->diagnostics, SEVERITY_ERROR, span,
		         "a route over '%s', which is down", device->name);
		diagnostic_note(check->diagnostics, up->span, "it is put down here");
	}
	if (destination(check)->family == AF_INET6 && mtu->number < IPV6_LEAST_MTU)
		diagnose(check->diagnostics, SEVERITY_ERROR, span,
		         "an IPv6 route over '%s', whose MTU is under %d", device->name,
		         IPV6_LEAST_MTU);
}

static void check_gateway(const struct check *check, const struct value *via,
                          const struct value *dev, bool onlink)
{
	struct ip gateway = via->ip;

	if (destination(check)->family == AF_INET6 && gateway.family == AF_INET) {
		diagnose(check->diagnostics, SEVERITY_ERROR, via->span,
		         "an IPv6 route cannot go via an IPv4 gateway");
		return;
	}
	if (ip_is_link_local(&gateway)) {
		if (!dev->presence)
			diagnose(check->diagnostics, SEVERITY_ERROR, via->span,
			         "a link-local gateway needs `dev`");
		return;
	}
	if (onlink || object_is_host(object_namespace(check->route)))
		return;
	/* `dev` follows from the gateway where an address or a direct route reaches it. */
	if (!route_reaches(check->route, &gateway))
		diagnose(check->diagnostics, SEVERITY_ERROR, via->span,
		         "no address or route of '%s' reaches the gateway %s",
		         object_namespace(check->route)->name,
		         ip_print(check->graph->arena, &gateway, false));
}

/* A second route to an address's own subnet, and an own address as gateway, would be refused. */
static void check_address(const struct check *check, const struct object *address)
{
	bool subnet = route_is_subnet(check->route, address);

	if (!subnet && !route_goes_to(check->route, address))
		return;
	diagnose(check->diagnostics, SEVERITY_ERROR, check->route->span,
	         subnet ? "the address %s brings this route along"
	                : "the gateway %s is the namespace's own",
	         address->name);
	if (subnet)
		diagnostic_hint(check->diagnostics, "remove it, or give it a `metric`");
	diagnostic_note(check->diagnostics, address->span, "the address is here");
}

static void check_addresses(const struct check *check)
{
	const struct object *space = object_namespace(check->route), *device, *at;

	for (device = space->first_owned; device; device = device->next_owned) {
		for (at = device->first_owned; at; at = at->next_owned)
			check_address(check, at);
	}
}

static void check_source(const struct check *check)
{
	const struct value *src = object_value(check->route, ROUTE_SRC);

	if (!src->presence || object_is_host(object_namespace(check->route)))
		return;
	if (!route_source(check->route))
		diagnose(check->diagnostics, SEVERITY_ERROR, src->span, "%s is no address of '%s'",
		         ip_print(check->graph->arena, &src->ip, false),
		         object_namespace(check->route)->name);
}

static void check_hops(const struct check *check)
{
	for (size_t i = 0; i < route_hops(check->route); i++) {
		const struct value *via = route_hop(check->route, i, HOP_VIA);
		const struct value *dev = route_hop(check->route, i, HOP_DEV);

		check_device(check, dev);
		if (via->presence)
			check_gateway(check, via, dev,
			              route_hop(check->route, i, HOP_ONLINK)->number);
		else if (route_hops(check->route) > 1 && destination(check)->family == AF_INET6)
			diagnose(check->diagnostics, SEVERITY_ERROR, check->route->span,
			         "an IPv6 next hop needs `via`");
	}
}

void route_check(const struct graph *graph, const struct object *object,
                 struct diagnostics *diagnostics)
{
	struct check check = {graph, object, diagnostics};

	check_type(&check);
	if (object_value(object, ROUTE_TYPE)->number == ROUTE_UNICAST)
		check_hops(&check);
	check_source(&check);
	check_addresses(&check);
	if (object_value(object, ROUTE_SCOPE)->presence == GIVEN &&
	    destination(&check)->family == AF_INET6)
		diagnose(diagnostics, SEVERITY_ERROR, object_value(object, ROUTE_SCOPE)->span,
		         "an IPv6 route has no scope");
}
