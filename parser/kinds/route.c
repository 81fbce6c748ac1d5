#include "route.h"

#include "../arena.h"
#include "../graph.h"
#include "../kinds.h"
#include "../needs.h"

#include <string.h>
#include <sys/socket.h>

enum { MOST_HOPS = 512 }; /* as many as one message to the kernel holds */
enum {
	IPV6_METRIC = 1024,
	TABLE_LOCAL = 255,
	TABLE_DEFAULT = 253
}; /* include/uapi/linux/ipv6_route.h, rtnetlink.h */

static const struct choice anywhere[] = {{"default", 0}, {0}};
static const struct choice tables[] = {
        {"main", ROUTE_TABLE_MAIN}, {"local", TABLE_LOCAL}, {"default", TABLE_DEFAULT}, {0}};
static const struct choice scopes[] = {
        {"global", SCOPE_GLOBAL}, {"site", 200}, {"link", SCOPE_LINK}, {"host", SCOPE_HOST}, {0}};
static const struct choice types[] = {{"unicast", ROUTE_UNICAST},
                                      {"blackhole", 6},
                                      {"unreachable", 7},
                                      {"prohibit", 8},
                                      {"throw", 9},
                                      {0}};

/* Who makes routes (<linux/rtnetlink.h>, RTPROT_...). */
static const struct choice protocols[] = {{"kernel", 2},
                                          {"boot", 3},
                                          {"static", 4},
                                          {"ra", 9},
                                          {"zebra", 11},
                                          {"bird", 12},
                                          {"dhcp", 16},
                                          {"bgp", 186},
                                          {"isis", 187},
                                          {"ospf", 188},
                                          {"rip", 189},
                                          {"eigrp", 192},
                                          {0}};

/* What others call `via` and `dev`. */
static const char GATEWAYS[] = "gateway gw nexthop next-hop next_hop",
                  DEVICES[] = "interface device oif iface";

static const struct field hop_fields[HOP_FIELDS] = {
        [HOP_VIA] = {.key = "via",
                     .type = TYPE_ADDRESS,
                     .synonyms = GATEWAYS,
                     .doc = "the gateway"},
        [HOP_DEV] = {.key = "dev",
                     .synonyms = DEVICES,
                     .type = TYPE_DEVICE,
                     .flags = FIELD_FREE,
                     .doc = "the device it goes out of; left out, the gateway's"},
        [HOP_WEIGHT] = {.key = "weight",
                        .type = TYPE_NUMBER,
                        .min = 1,
                        .max = 256,
                        .fallback = "1",
                        .doc = "its share of the traffic"},
        [HOP_ONLINK] = {.key = "onlink",
                        .type = TYPE_BOOL,
                        .flags = FIELD_HIDDEN,
                        .fallback = "false",
                        .doc = "whether the gateway is taken for reachable"},
};

static const struct field fields[] = {
        [ROUTE_TO] = {.key = "to",
                      .synonyms = "dst destination prefix network target",
                      .type = TYPE_PREFIX,
                      .flags = FIELD_REQUIRED | FIELD_IDENTITY | FIELD_ALWAYS,
                      .choices = anywhere,
                      .doc = "the destination: a prefix, an address or `default`"},
        [ROUTE_VIA] = {.key = "via",
                       .type = TYPE_ADDRESS,
                       .synonyms = GATEWAYS,
                       .doc = "the gateway"},
        [ROUTE_DEV] = {.key = "dev",
                       .synonyms = DEVICES,
                       .type = TYPE_DEVICE,
                       .flags = FIELD_ALWAYS | FIELD_FREE,
                       .doc = "the device it goes out of; left out, the gateway's"},
        [ROUTE_SRC] = {.key = "src",
                       .synonyms = "source from prefsrc",
                       .type = TYPE_ADDRESS,
                       .doc = "the source address of what the namespace itself sends"},
        [ROUTE_METRIC] = {.key = "metric",
                          .synonyms = "priority preference distance",
                          .type = TYPE_NUMBER,
                          .max = UINT32_MAX,
                          .flags = FIELD_IDENTITY | FIELD_ALWAYS,
                          .doc = "the smaller of two wins; 0 for IPv4, 1024 for IPv6"},
        [ROUTE_TABLE] = {.key = "table",
                         .type = TYPE_NUMBER,
                         .min = 1,
                         .max = UINT32_MAX,
                         .flags = FIELD_IDENTITY | FIELD_ALWAYS,
                         .choices = tables,
                         .fallback = "main",
                         .doc = "the routing table it stands in"},
        [ROUTE_SCOPE] = {.key = "scope",
                         .type = TYPE_NUMBER,
                         .max = 255,
                         .flags = FIELD_ALWAYS,
                         .choices = scopes,
                         .doc = "how far the destination is (IPv4)"},
        [ROUTE_TYPE] = {.key = "type",
                        .type = TYPE_CHOICE,
                        .flags = FIELD_ALWAYS,
                        .choices = types,
                        .fallback = "unicast",
                        .doc = "what is done with a packet"},
        [ROUTE_ONLINK] = {.key = "onlink",
                          .type = TYPE_BOOL,
                          .fallback = "false",
                          .doc = "whether the gateway is taken for reachable"},
        [ROUTE_MTU] = {.key = "mtu",
                       .type = TYPE_NUMBER,
                       .min = 68,
                       .max = 65520,
                       .doc = "the path's MTU"},
        [ROUTE_NEXTHOPS] = {.key = "nexthops",
                            .synonyms = "nexthop next-hops hops multipath paths",
                            .type = TYPE_LIST,
                            .element = hop_fields,
                            .element_count = HOP_FIELDS,
                            .doc = "several next hops that share the traffic"},
        [ROUTE_PROTOCOL] = {.key = "proto",
                            .type = TYPE_NUMBER,
                            .max = 255,
                            .choices = protocols,
                            .flags = FIELD_HIDDEN | FIELD_IGNORED | FIELD_ALWAYS,
                            .fallback = "116", /* TOPOC_PROTOCOL */
                            .doc = "who made it"},
};

/* The rows of a list are the object's own. */
static struct value *hop_value(const struct object *route, size_t hop, enum next_hop_field field)
{
	return &object_value(route, ROUTE_NEXTHOPS)->list.values[hop * HOP_FIELDS + field];
}

size_t route_hops(const struct object *route)
{
	const struct value *hops = object_value(route, ROUTE_NEXTHOPS);

	return hops->presence ? hops->list.count : 1;
}

const struct value *route_hop(const struct object *route, size_t hop, enum next_hop_field field)
{
	if (object_has(route, ROUTE_NEXTHOPS))
		return hop_value(route, hop, field);
	return object_value(route, field == HOP_VIA   ? ROUTE_VIA
	                           : field == HOP_DEV ? ROUTE_DEV
	                                              : ROUTE_ONLINK);
}

/* `default` has the family of whatever else the route names. */
static uint8_t family_of(const struct object *object)
{
	static const enum route_field named[] = {ROUTE_TO, ROUTE_VIA, ROUTE_SRC};

	for (size_t i = 0; i < sizeof named / sizeof *named; i++) {
		const struct value *value = object_value(object, named[i]);

		if (value->presence && value->ip.family)
			return value->ip.family;
	}
	for (size_t i = 0; object_has(object, ROUTE_NEXTHOPS) && i < route_hops(object); i++) {
		if (hop_value(object, i, HOP_VIA)->presence)
			return hop_value(object, i, HOP_VIA)->ip.family;
	}
	return 0;
}

/* Whether it is the file's silence that leaves the family open, and not what cannot be read. */
static bool is_silent(const struct object *object)
{
	return !object->garbled && !object_value(object, ROUTE_VIA)->broken &&
	       !object_value(object, ROUTE_SRC)->broken &&
	       !object_value(object, ROUTE_NEXTHOPS)->broken;
}

static void check_destination(const struct graph *graph, const struct value *to,
                              struct diagnostics *diagnostics)
{
	struct ip network = ip_network(&to->ip);

	if (ip_equal(&network, &to->ip))
		return;
	diagnose(diagnostics, SEVERITY_ERROR, to->span, "'%s' has bits behind its prefix length",
	         ip_print(graph->arena, &to->ip, true));
	diagnostic_hint(diagnostics, "the network is %s", ip_print(graph->arena, &network, true));
}

static const char *identify(struct graph *graph, struct object *object,
                            struct diagnostics *diagnostics)
{
	struct value *to = object_set(graph->arena, object, ROUTE_TO);
	struct value *metric = object_set(graph->arena, object, ROUTE_METRIC);
	const struct value *table = object_value(object, ROUTE_TABLE);
	int64_t usual;
	const char *name;

	if (route_hops(object) > MOST_HOPS) {
		diagnose(diagnostics, SEVERITY_ERROR, object_value(object, ROUTE_NEXTHOPS)->span,
		         "%zu next hops, and a route has %d at most", route_hops(object),
		         MOST_HOPS);
		return NULL;
	}
	if (!to->ip.family)
		to->ip.family = family_of(object);
	if (!to->ip.family && !is_silent(object))
		return NULL;
	if (!to->ip.family) {
		diagnose(diagnostics, SEVERITY_ERROR, to->span,
		         "`default` of which family, IPv4 or IPv6?");
		diagnostic_hint(diagnostics, "write 0.0.0.0/0 or '::/0'");
		return NULL;
	}
	check_destination(graph, to, diagnostics);
	usual = to->ip.family == AF_INET6 ? IPV6_METRIC : 0;
	if (!metric->presence || !metric->number) {
		metric->presence = metric->presence ? metric->presence : IMPLIED;
		metric->number = usual;
	}
	name = ip_print(graph->arena, &to->ip, true);
	if (table->presence && table->number != ROUTE_TABLE_MAIN)
		name = arena_printf(graph->arena, "%s table %s", name,
		                    value_print(graph->arena, &fields[ROUTE_TABLE], table));
	if (metric->number != usual)
		name = arena_printf(graph->arena, "%s metric %lld", name,
		                    (long long)metric->number);
	return name;
}

/*
 * The address of the namespace, on that device (NULL: on any), whose subnet a gateway is in; the
 * longest, then the first.
 */
static struct object *address_to(const struct object *space, const struct ip *gateway,
                                 const struct object *device)
{
	const struct prefixes *subnets = &space->addressing->subnets;
	const struct prefix *at = prefixes_longest(subnets, gateway, 0);
	struct prefixes found = {0};

	for (; at && !found.count; at = at->outer)
		found = prefixes_equal(subnets, &at->ip, 0, device);
	return found.count ? found.list[0].object : NULL;
}

/* Whether a route has no gateway, and goes out of that device (NULL: of any). */
static bool is_direct(const struct object *route, const char *dev)
{
	return !object_has(route, ROUTE_VIA) && object_has(route, ROUTE_DEV) &&
	       (!dev || !strcmp(object_value(route, ROUTE_DEV)->text, dev));
}

static const struct prefix *direct_route(const struct object *route, const struct ip *gateway,
                                         const char *dev, uint32_t table)
{
	const struct prefixes *direct = &object_namespace(route)->addressing->direct;
	const struct prefix *at = prefixes_longest(direct, gateway, table);

	for (; at; at = at->outer) {
		struct prefixes same = prefixes_equal(direct, &at->ip, table, NULL);

		for (size_t i = 0; i < same.count; i++) {
			if (same.list[i].object != route && is_direct(same.list[i].object, dev))
				return &same.list[i];
		}
	}
	return NULL;
}

/* The longer one, then the first; either may be NULL. */
static const struct prefix *better(const struct prefix *a, const struct prefix *b)
{
	if (!a || !b)
		return a ? a : b;
	if (a->ip.length != b->ip.length)
		return a->ip.length > b->ip.length ? a : b;
	return a->object->order < b->object->order ? a : b;
}

/*
 * The route without a gateway that a gateway is reached by. It is looked up in the route's own
 * table, then in local, main and default (net/ipv4/fib_semantics.c, fib_check_nh_v4_gw();
 * net/ipv6/route.c, ip6_route_check_nh()).
 */
static struct object *route_to(const struct object *route, const struct ip *gateway,
                               const char *dev)
{
	const uint32_t searched[] = {(uint32_t)object_value(route, ROUTE_TABLE)->number,
	                             TABLE_LOCAL, ROUTE_TABLE_MAIN, TABLE_DEFAULT};
	const struct prefix *best = NULL;

	for (size_t i = 0; i < sizeof searched / sizeof *searched; i++)
		best = better(best, direct_route(route, gateway, dev, searched[i]));
	return best ? best->object : NULL;
}

/* The device that a gateway is reached through; ABSENT where the file does not tell. */
static struct value device_to(const struct object *route, const struct ip *gateway)
{
	const struct object *address = address_to(object_namespace(route), gateway, NULL);
	const struct object *other = address ? NULL : route_to(route, gateway, NULL);

	if (other)
		return *object_value(other, ROUTE_DEV);
	if (!address)
		return (struct value){0};
	return (struct value){.presence = IMPLIED,
	                      .text = strchr(address->owner->path, ' ') + 1,
	                      .target = address->owner};
}

/* The device of a next hop that names none; ABSENT where there is none to be implied. */
static struct value implied_device(const struct object *route, const struct value *via,
                                   const struct value *dev)
{
	struct value device = {0};

	if (!dev->presence && via->presence && !ip_is_link_local(&via->ip))
		device = device_to(route, &via->ip);
	return (struct value){.presence = device.presence ? IMPLIED : ABSENT,
	                      .text = device.text,
	                      .target = device.target};
}

static void imply_hop_device(const struct object *route, size_t hop)
{
	struct value *dev = hop_value(route, hop, HOP_DEV);
	struct value device = implied_device(route, hop_value(route, hop, HOP_VIA), dev);

	if (device.presence)
		*dev = device;
}

static void imply_device(struct arena *arena, struct object *route)
{
	struct value device = implied_device(route, object_value(route, ROUTE_VIA),
	                                     object_value(route, ROUTE_DEV));

	if (device.presence)
		*object_set(arena, route, ROUTE_DEV) = device;
}

static void complete_hops(struct arena *arena, struct object *object)
{
	struct value *hops = object_set(arena, object, ROUTE_NEXTHOPS);
	struct value *onlink = object_set(arena, object, ROUTE_ONLINK);

	for (size_t i = 0; i < hops->list.count; i++) {
		struct value *weight = hop_value(object, i, HOP_WEIGHT);
		struct value *its = hop_value(object, i, HOP_ONLINK);

		if (!weight->presence)
			*weight = (struct value){.presence = IMPLIED, .number = 1};
		if (!its->presence)
			*its = (struct value){.presence = IMPLIED, .number = onlink->number};
		imply_hop_device(object, i);
	}
	/* Written beside each other, which is an error, they stay as they are. */
	if (object_value(object, ROUTE_VIA)->presence == GIVEN ||
	    object_value(object, ROUTE_DEV)->presence == GIVEN)
		return;
	if (hops->list.count == 1) {
		*object_set(arena, object, ROUTE_VIA) = *hop_value(object, 0, HOP_VIA);
		*object_set(arena, object, ROUTE_DEV) = *hop_value(object, 0, HOP_DEV);
		onlink->number = hop_value(object, 0, HOP_ONLINK)->number;
		hops->presence = ABSENT;
		return;
	}
	onlink->number = 0;
	list_sort(&fields[ROUTE_NEXTHOPS], &hops->list);
}

/* ip-route(8): a unicast route without a gateway is of scope link, others are global. */
static void complete_scope(const struct graph *graph, struct object *object)
{
	bool direct = object_value(object, ROUTE_TYPE)->number == ROUTE_UNICAST &&
	              !object_has(object, ROUTE_VIA) && !object_has(object, ROUTE_NEXTHOPS);

	if (object_value(object, ROUTE_TO)->ip.family == AF_INET6) {
		if (graph->observed)
			object_unset(object, ROUTE_SCOPE); /* IPv6 has none and reads back 0 */
	} else if (!object_has(object, ROUTE_SCOPE)) {
		*object_set(graph->arena, object, ROUTE_SCOPE) = (struct value){
		        .presence = IMPLIED, .number = direct ? SCOPE_LINK : SCOPE_GLOBAL};
	}
}

static void complete(struct graph *graph, struct object *object)
{
	if (object_has(object, ROUTE_NEXTHOPS))
		complete_hops(graph->arena, object);
	if (object_value(object, ROUTE_TYPE)->number == ROUTE_UNICAST)
		imply_device(graph->arena, object);
	else if (graph->observed)
		object_unset(object, ROUTE_DEV); /* IPv6 shows lo */
	complete_scope(graph, object);
}

bool route_reaches(const struct graph *graph, const struct object *route, const struct ip *gateway,
                   const char *dev)
{
	const struct object *device = dev ? graph_device(graph, dev) : NULL;

	return ((device || !dev) && address_to(object_namespace(route), gateway, device)) ||
	       route_to(route, gateway, dev);
}

static void gateway_needs(const struct object *route, const struct ip *gateway, struct needs *list)
{
	struct object *address = address_to(object_namespace(route), gateway, NULL);
	struct object *other = address ? NULL : route_to(route, gateway, NULL);

	if (address)
		needs_add(list, address, MADE, MADE, BOND_NONE);
	if (other)
		needs_add(list, other, MADE, MADE, BOND_NONE);
}

static void needs(const struct graph *graph, const struct object *object, struct needs *list)
{
	bool ipv6 = object_value(object, ROUTE_TO)->ip.family == AF_INET6;
	struct object *source = route_source(object);

	(void)graph;
	if (source)
		needs_add(list, source, MADE, MADE, BOND_EXISTENCE);
	for (size_t i = 0; i < route_hops(object); i++) {
		const struct value *dev = route_hop(object, i, HOP_DEV);
		const struct value *via = route_hop(object, i, HOP_VIA);

		if (dev->presence && dev->target)
			needs_add(list, dev->target, MADE, UP, ipv6 ? BOND_IPV6 : BOND_IPV4);
		if (via->presence)
			gateway_needs(object, &via->ip, list);
	}
}

static void add_found(struct prefixes found, struct needs *list)
{
	for (size_t i = 0; i < found.count; i++)
		needs_add(list, found.list[i].object, MADE, MADE, BOND_NONE);
}

static void displaces(const struct object *route, const struct graph *have, struct needs *list)
{
	const struct object *space = graph_find(have, object_namespace(route)->path);
	struct prefixes subnets = route_subnets(route, space);
	bool ipv6 = object_value(route, ROUTE_TO)->ip.family == AF_INET6;
	size_t hops = ipv6 ? route_hops(route) : 0;

	for (size_t i = 0; i < subnets.count; i++) {
		if (route_comes_with(subnets.list[i].object))
			needs_add(list, subnets.list[i].object, MADE, MADE, BOND_NONE);
	}
	for (size_t hop = 0; hop < hops; hop++)
		add_found(route_own_gateway(route, hop, have), list);
}

const struct class route_class = {
        .name = "route",
        .fields = fields,
        .field_count = sizeof fields / sizeof *fields,
        .identify = identify,
        .twice = "give one a `metric`, or make one route of `nexthops`",
        .complete = complete,
        .needs = needs,
        .displaces = displaces,
        .check = route_check,
        .check_all = gateways_check,
};

const struct kind route_kind = {
        .name = "route",
        .key = "routes",
        .synonyms = "route routing static",
        .doc = "the namespace's routes",
        .class = &route_class,
        .place = PLACE_NAMESPACE,
        .shape = SHAPE_ITEMS,
};
