/* What the kernel would refuse in a route. */
#include "../arena.h"
#include "../needs.h"
#include "route.h"

#include <string.h>
#include <sys/socket.h>

enum { ADDRESSES_TOLD = 3 };

static const char needed_of_hop[] = "a next hop needs `via` or `dev`";

struct check {
	const struct graph *graph;
	const struct object *route;
	struct diagnostics *diagnostics;
};

static const struct ip *destination(const struct check *check)
{
	return &object_value(check->route, ROUTE_TO)->ip;
}

/* `to: 10.0.2.0` is one address, where a subnet was meant. */
static void check_bare(const struct check *check)
{
	const struct value *to = object_value(check->route, ROUTE_TO);

	if (to->presence != GIVEN || !to->bare || to->ip.family != AF_INET || to->ip.bytes[3])
		return;
	diagnose(check->diagnostics, SEVERITY_WARNING, to->span, "%s alone is one address, a /32",
	         ip_print(check->graph->arena, &to->ip, false));
	diagnostic_hint(check->diagnostics, "write its prefix length, such as /24");
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
	/* A list of one hop has become the route's own, and only its place is left. */
	if (unicast && !any && list->span.line)
		diagnose(check->diagnostics, SEVERITY_ERROR, list->span, "%s", needed_of_hop);
	else if (unicast && !any)
		diagnose(check->diagnostics, SEVERITY_ERROR, check->route->span,
		         "a route needs `via`, `dev` or `nexthops`");
}

/* Where a next hop is written: at its device, at its gateway. */
static struct span hop_span(const struct check *check, size_t hop)
{
	const struct value *dev = route_hop(check->route, hop, HOP_DEV);
	const struct value *via = route_hop(check->route, hop, HOP_VIA);

	if (dev->presence == GIVEN)
		return dev->span;
	return via->presence == GIVEN ? via->span : check->route->span;
}

static void check_device(const struct check *check, size_t hop)
{
	const struct value *dev = route_hop(check->route, hop, HOP_DEV);
	const struct object *device = dev->presence ? dev->target : NULL;
	const struct value *up = device ? object_value(device, LINK_UP) : NULL;
	const struct value *mtu = device ? object_value(device, LINK_MTU) : NULL;

	if (!device)
		return;
	if (!up->number) {
		diagnose(check->diagnostics, SEVERITY_ERROR, hop_span(check, hop),
		         "a route over '%s', which is down", device->name);
		diagnostic_note(check->diagnostics, up->span, "it is put down here");
	}
	if (destination(check)->family == AF_INET6 && !link_carries_ipv6(device)) {
		diagnose(check->diagnostics, SEVERITY_ERROR, hop_span(check, hop),
		         "an IPv6 route over '%s', whose MTU is under %d", device->name,
		         IPV6_LEAST_MTU);
		if (mtu->presence == GIVEN)
			diagnostic_note(check->diagnostics, mtu->span, "the MTU is set here");
	}
}

/* Whether what a gateway could be reached by could not be read. */
static bool is_unknown(const struct check *check)
{
	static const struct class *const classes[] = {&link_class, &address_class};
	const struct object *space = object_namespace(check->route);

	for (size_t i = 0; i < sizeof classes / sizeof *classes; i++) {
		if (graph_lacks(check->graph, classes[i], space, NULL))
			return true;
	}
	return object_is_host(space);
}

/* What the namespace has instead. */
static void tell_unreached(const struct check *check, const struct value *via,
                           const struct value *dev)
{
	const struct object *space = object_namespace(check->route), *device, *at;
	struct arena *arena = check->graph->arena;
	size_t told = 0;

	diagnose(check->diagnostics, SEVERITY_ERROR, via->span,
	         "no address or route of '%s' reaches the gateway %s%s%s", space->name,
	         ip_print(arena, &via->ip, false), dev->presence == GIVEN ? " over " : "",
	         dev->presence == GIVEN ? dev->text : "");
	for (device = space->first_device; device; device = device->next_device) {
		for (at = device->first_owned; at && told < ADDRESSES_TOLD; at = at->next_owned) {
			if (at->kind != &address_kind ||
			    object_value(at, ADDRESS_ADDRESS)->ip.family != via->ip.family)
				continue;
			diagnostic_note(check->diagnostics, at->span, "'%s' has %s",
			                object_title(arena, device), object_title(arena, at));
			told++;
		}
	}
}

/*
 * net/ipv4/fib_semantics.c, fib_check_nh_v4_gw(): a gateway is one host. Of a subnet with a peer it
 * is the peer's that counts (net/ipv4/fib_frontend.c, fib_add_ifaddr()).
 */
static void check_broadcast(const struct check *check, const struct value *via)
{
	const struct object *space = object_namespace(check->route);
	const struct prefix *at = prefixes_longest(&space->addressing->subnets, &via->ip, 0);

	for (; at && via->ip.family == AF_INET; at = at->outer) {
		struct ip last = ip_last(&at->ip);

		if (at->ip.length > 30 || memcmp(last.bytes, via->ip.bytes, sizeof last.bytes) != 0)
			continue;
		diagnose(check->diagnostics, SEVERITY_ERROR, via->span,
		         "%s is the broadcast address of a subnet, and no gateway",
		         ip_print(check->graph->arena, &via->ip, false));
		diagnostic_note(check->diagnostics, at->object->span, "the subnet is that of %s",
		                object_title(check->graph->arena, at->object));
		return;
	}
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
	if (onlink && !dev->presence)
		diagnose(check->diagnostics, SEVERITY_ERROR, via->span,
		         "a gateway that is `onlink` needs `dev`");
	if (onlink || is_unknown(check))
		return;
	/* `dev` follows from the gateway where an address or a direct route reaches it. */
	if (!route_reaches(check->graph, check->route, &gateway,
	                   dev->presence == GIVEN ? dev->text : NULL))
		tell_unreached(check, via, dev);
	else
		check_broadcast(check, via);
}

static void tell_subnet(const struct check *check, const struct object *address)
{
	diagnose(check->diagnostics, SEVERITY_ERROR, object_value(check->route, ROUTE_TO)->span,
	         "the address %s brings this route along", address->name);
	diagnostic_hint(check->diagnostics, "remove it, or give it a `metric`");
	diagnostic_note(check->diagnostics, address->span, "the address is here");
}

static void check_subnets(const struct check *check)
{
	struct prefixes subnets = route_subnets(check->route, object_namespace(check->route));

	for (size_t i = 0; i < subnets.count; i++) {
		if (route_comes_with(subnets.list[i].object))
			tell_subnet(check, subnets.list[i].object);
	}
}

static void check_own_gateway(const struct check *check, size_t hop)
{
	struct prefixes own = route_own_gateway(check->route, hop, check->graph);
	const struct value *via = route_hop(check->route, hop, HOP_VIA);
	bool refused;

	if (!own.count)
		return;
	/* net/ipv4/fib_semantics.c, fib_check_nh_v4_gw(): an on-link one must be another's. */
	refused = via->ip.family == AF_INET6 || object_value(check->route, ROUTE_ONLINK)->number;
	diagnose(check->diagnostics, refused ? SEVERITY_ERROR : SEVERITY_WARNING, via->span,
	         "the gateway %s is the namespace's own",
	         ip_print(check->graph->arena, &via->ip, false));
	diagnostic_note(check->diagnostics, own.list[0].object->span, "the address is here");
}

/* 127.0.0.0/8 and ::1 are every namespace's own. */
static bool is_loopback(const struct ip *ip)
{
	static const uint8_t one[16] = {[15] = 1};

	return ip->family == AF_INET ? ip->bytes[0] == 127 : !memcmp(ip->bytes, one, sizeof one);
}

static void check_source(const struct check *check)
{
	const struct value *src = object_value(check->route, ROUTE_SRC);
	const struct object *space = object_namespace(check->route), *source;
	const struct value *dev;

	if (src->presence && src->ip.family != destination(check)->family) {
		diagnose(check->diagnostics, SEVERITY_ERROR, src->span,
		         "the source of an IPv%d route must be an IPv%d address",
		         destination(check)->family == AF_INET ? 4 : 6,
		         destination(check)->family == AF_INET ? 4 : 6);
		return;
	}
	if (!src->presence || object_is_host(space) ||
	    graph_lacks(check->graph, &address_class, space, NULL) ||
	    graph_lacks(check->graph, &link_class, space, NULL))
		return;
	source = route_source(check->route);
	dev = route_hop(check->route, 0, HOP_DEV);
	/* net/ipv6/route.c, ip6_route_info_create(): one that is valid on another link only. */
	if (source && ip_is_link_local(&src->ip) && dev->presence &&
	    strcmp(dev->text, strchr(source->owner->path, ' ') + 1) != 0)
		diagnose(check->diagnostics, SEVERITY_ERROR, src->span,
		         "%s is link-local, and not an address of '%s'",
		         ip_print(check->graph->arena, &src->ip, false), dev->text);
	if (!source && !is_loopback(&src->ip))
		diagnose(check->diagnostics, SEVERITY_ERROR, src->span, "%s is no address of '%s'",
		         ip_print(check->graph->arena, &src->ip, false), space->name);
}

/* net/ipv6/route.c, ip6_route_multipath_add(): the same one twice exists already. */
static void check_twice(const struct check *check, size_t hop)
{
	for (size_t other = 0; other < hop; other++) {
		const struct value *via = route_hop(check->route, hop, HOP_VIA);
		const struct value *its = route_hop(check->route, other, HOP_VIA);
		const struct value *dev = route_hop(check->route, hop, HOP_DEV);
		const struct value *its_dev = route_hop(check->route, other, HOP_DEV);

		if (!via->presence || !its->presence || !ip_equal(&via->ip, &its->ip) ||
		    (dev->presence && its_dev->presence && strcmp(dev->text, its_dev->text)))
			continue;
		diagnose(check->diagnostics, SEVERITY_ERROR, via->span,
		         "the next hop %s is there twice",
		         ip_print(check->graph->arena, &via->ip, false));
		diagnostic_hint(check->diagnostics, "write it once, with a `weight`");
		diagnostic_note(check->diagnostics, its->span, "first used here");
		return;
	}
}

static void check_hops(const struct check *check)
{
	bool ipv6 = destination(check)->family == AF_INET6;

	for (size_t i = 0; i < route_hops(check->route); i++) {
		const struct value *via = route_hop(check->route, i, HOP_VIA);

		check_device(check, i);
		if (route_hops(check->route) > 1 && !via->presence &&
		    !route_hop(check->route, i, HOP_DEV)->presence)
			diagnose(check->diagnostics, SEVERITY_ERROR,
			         route_hop(check->route, i, HOP_WEIGHT)->span, "%s", needed_of_hop);
		if (ipv6)
			check_twice(check, i);
		if (via->presence)
			check_gateway(check, via, route_hop(check->route, i, HOP_DEV),
			              route_hop(check->route, i, HOP_ONLINK)->number);
		else if (route_hops(check->route) > 1 && ipv6)
			diagnose(check->diagnostics, SEVERITY_ERROR, hop_span(check, i),
			         "an IPv6 next hop needs `via`");
	}
}

/* net/ipv4/fib_semantics.c: what is said of a gateway needs one, and excludes a link's scope. */
static void check_with_gateway(const struct check *check)
{
	const struct value *onlink = object_value(check->route, ROUTE_ONLINK);
	const struct value *scope = object_value(check->route, ROUTE_SCOPE);
	bool any = false;

	for (size_t i = 0; i < route_hops(check->route); i++)
		any |= route_hop(check->route, i, HOP_VIA)->presence != ABSENT;
	if (!any && onlink->presence == GIVEN && onlink->number)
		diagnose(check->diagnostics, SEVERITY_ERROR, onlink->span, "`onlink` needs `via`");
	if (any && scope->presence == GIVEN && scope->number >= SCOPE_LINK &&
	    destination(check)->family == AF_INET)
		diagnose(check->diagnostics, SEVERITY_ERROR, scope->span,
		         "a route with a gateway has scope global or site");
}

void route_check(const struct graph *graph, const struct object *object,
                 struct diagnostics *diagnostics)
{
	struct check check = {graph, object, diagnostics};

	check_bare(&check);
	check_type(&check);
	if (object_value(object, ROUTE_TYPE)->number == ROUTE_UNICAST) {
		check_hops(&check);
		check_with_gateway(&check);
	}
	check_source(&check);
	check_subnets(&check);
	for (size_t hop = 0; hop < route_hops(object); hop++)
		check_own_gateway(&check, hop);
	if (object_value(object, ROUTE_SCOPE)->presence == GIVEN &&
	    destination(&check)->family == AF_INET6)
		diagnose(diagnostics, SEVERITY_ERROR, object_value(object, ROUTE_SCOPE)->span,
		         "an IPv6 route has no scope");
}
