#include "network.h"

#include "../arena.h"
#include "../kinds.h"
#include "tables.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

size_t ip_index(const struct ip *ip)
{
	return ip->family == AF_INET6;
}

static struct ip whole(const struct ip *ip)
{
	struct ip address = *ip;

	address.length = ip_full_length(ip);
	return address;
}

static const struct object *sysctl_of(const struct network *network, const struct object *space,
                                      const char *path)
{
	return graph_find(network->graph, arena_printf(network->arena, "%s %s %s",
	                                               sysctl_class.name, space->name, path));
}

/* Of two settings of one variable the one that is written last; either may be NULL. */
static const struct object *later(const struct object *one, const struct object *other)
{
	return !one || (other && other->order > one->order) ? other : one;
}

static enum setting setting_of(const struct object *sysctl, enum setting unset)
{
	long number = sysctl ? strtol(object_value(sysctl, SYSCTL_VALUE)->text, NULL, 10) : 0;

	if (!sysctl)
		return unset;
	return number == 2 ? SETTING_LOOSE : number ? SETTING_ON : SETTING_OFF;
}

/* A device's own setting comes last, and what sets all of them (or NULL) and `default` before. */
static enum setting read_setting(const struct network *network, const struct object *device,
                                 const char *name, const char *all, enum setting unset)
{
	const struct object *space = device->owner;
	const struct object *own =
	        sysctl_of(network, space,
	                  arena_printf(network->arena, "net/ipv4/conf/%s/%s", device->name, name));
	const struct object *usual = sysctl_of(
	        network, space, arena_printf(network->arena, "net/ipv4/conf/default/%s", name));

	if (own)
		return setting_of(own, unset);
	return setting_of(later(all ? sysctl_of(network, space, all) : NULL, usual), unset);
}

/* Documentation/networking/ip-sysctl.rst: the larger of the device's and of `all` counts. */
static enum setting read_rp_filter(const struct network *network, const struct object *device)
{
	enum setting own = read_setting(network, device, "rp_filter", NULL, SETTING_OFF);
	enum setting all = setting_of(
	        sysctl_of(network, device->owner, "net/ipv4/conf/all/rp_filter"), SETTING_OFF);

	return own > all ? own : all;
}

static bool is_port(const struct object *device)
{
	for (size_t i = 0; i < kind_field_count(device->kind); i++) {
		if (kind_field(device->kind, i)->flags & FIELD_MASTER && object_has(device, i))
			return true;
	}
	return false;
}

/* RFC 4291, appendix A: what the kernel makes of a hardware address. */
static struct ip link_local_of(const uint8_t mac[6])
{
	return (struct ip){.family = AF_INET6,
	                   .length = 64,
	                   .bytes = {0xfe, 0x80, [8] = mac[0] ^ 2, mac[1], mac[2], 0xff, 0xfe,
	                             mac[3], mac[4], mac[5]}};
}

/* net/ipv4/devinet.c, __inet_insert_ifa(): wider scopes behind narrower ones. */
static void insert_ipv4(struct interface *interface, struct own *own)
{
	struct own **at = &interface->first[0], **behind = at;

	for (; *at; at = &(*at)->next) {
		if (ip_equal(&(*at)->network, &own->network))
			return; /* a secondary */
		if (own->scope <= (*at)->scope)
			behind = &(*at)->next;
	}
	own->next = *behind;
	*behind = own;
}

/* net/ipv6/addrconf.c, ipv6_link_dev_addr(): the latest comes first, link-local ones last. */
static void insert_ipv6(struct interface *interface, struct own *own)
{
	struct own **at = &interface->first[1];

	while (*at && ip_is_link_local(&own->ip) && !ip_is_link_local(&(*at)->ip))
		at = &(*at)->next;
	own->next = *at;
	*at = own;
}

static struct own *add_own(struct network *network, struct interface *interface,
                           const struct ip *address, const struct ip *link)
{
	struct own *own = arena_alloc(network->arena, sizeof *own);

	*own = (struct own){.interface = interface,
	                    .ip = whole(address),
	                    .network = ip_network(link),
	                    .number = network->own_count};
	network->owns[network->own_count++] = own;
	return own;
}

static void add_address(struct network *network, const struct object *object)
{
	struct interface *interface = network->by_order[object->owner->order];
	const struct ip *address = &object_value(object, ADDRESS_ADDRESS)->ip;
	bool ipv6 = address->family == AF_INET6;
	struct own *own = add_own(network, interface, address,
	                          ipv6 ? address : &object_value(object, ADDRESS_PEER)->ip);

	own->object = object;
	own->scope = ipv6 ? SCOPE_GLOBAL : object_value(object, ADDRESS_SCOPE)->number;
	if (ipv6)
		insert_ipv6(interface, own);
	else
		insert_ipv4(interface, own);
}

static void append_interface(struct station *station, struct interface *interface)
{
	if (!station->interfaces) {
		station->interfaces = station->last = interface;
	} else if (interface->loopback) {
		interface->next = station->interfaces;
		station->interfaces = interface;
	} else {
		station->last = station->last->next = interface;
	}
}

static void add_interface(struct network *network, const struct object *device)
{
	struct interface *interface = arena_alloc(network->arena, sizeof *interface);
	struct station *station = network->by_order[device->owner->order];
	enum setting unset = station->host ? SETTING_UNKNOWN : SETTING_OFF;

	*interface = (struct interface){
	        .device = device,
	        .station = station,
	        .segment = segment_of(network->segments, device),
	        .number = network->interface_count++,
	        .up = object_value(device, LINK_UP)->number,
	        .loopback = device->kind->with_owner,
	        .port = is_port(device),
	        .forwarding =
	                read_setting(network, device, "forwarding", "net/ipv4/ip_forward", unset),
	        .rp_filter = read_rp_filter(network, device),
	};
	network->by_order[device->order] = interface;
	append_interface(station, interface);
	if (interface->loopback)
		station->loopback_up = interface->up;
	if (!interface->up || interface->loopback)
		return;
	if (!interface->port) {
		interface->heard = network->heard[interface->segment->number];
		network->heard[interface->segment->number] = interface;
	}
	if (link_carries_ipv6(device)) {
		struct ip ip = link_local_of(object_value(device, LINK_MAC)->mac);

		insert_ipv6(interface, add_own(network, interface, &ip, &ip));
	}
}

static void add_station(struct network *network, const struct object *space)
{
	struct station *station = &network->stations[network->station_count];
	bool host = object_is_host(space);

	*station = (struct station){
	        .space = space,
	        .number = network->station_count++,
	        .host = host,
	        .loopback_up = host,
	        .forwarding = setting_of(sysctl_of(network, space, "net/ipv6/conf/all/forwarding"),
	                                 host ? SETTING_UNKNOWN : SETTING_OFF),
	};
	network->by_order[space->order] = station;
}

/* In the order of the graph, and each device before its addresses. */
static void add_class(struct network *network, const struct class *class,
                      void (*add)(struct network *, const struct object *))
{
	for (size_t i = 0; i < network->graph->count; i++) {
		if (network->graph->objects[i]->kind->class == class)
			add(network, network->graph->objects[i]);
	}
}

static int compare_owns(const void *a, const void *b)
{
	const struct own *one = *(struct own *const *)a, *other = *(struct own *const *)b;
	int order = memcmp(&one->ip, &other->ip, sizeof one->ip);

	return order ? order : (one->number > other->number) - (one->number < other->number);
}

/* Whether a namespace might take an address for its own that is another's, or has an rp_filter. */
static bool checks_sources(const struct network *network)
{
	for (size_t i = 0; i < network->own_count; i++) {
		const struct own *own = network->owns[i];

		if (own->ip.family == AF_INET6)
			continue;
		if (i && ip_equal(&network->owns[i - 1]->ip, &own->ip))
			return true;
		if (own->interface->loopback && own->network.length < own->ip.length)
			return true;
	}
	for (size_t i = 0; i < network->station_count; i++) {
		const struct interface *at = network->stations[i].interfaces;

		for (; at; at = at->next) {
			if (at->rp_filter != SETTING_OFF)
				return true;
		}
	}
	return false;
}

struct network *network_new(const struct graph *graph)
{
	struct network *network = arena_alloc(graph->arena, sizeof *network);
	size_t orders = 1;

	for (size_t i = 0; i < graph->count; i++) {
		if (graph->objects[i]->order >= orders)
			orders = graph->objects[i]->order + 1;
	}
	network->arena = graph->arena;
	network->graph = graph;
	network->segments = segments_find(graph);
	network->by_order = arena_alloc(graph->arena, orders * sizeof *network->by_order);
	network->stations = arena_alloc(graph->arena, graph->count * sizeof *network->stations);
	network->owns = arena_alloc(graph->arena, 2 * graph->count * sizeof *network->owns);
	network->heard = arena_alloc(graph->arena, (segments_count(network->segments) + 1) *
	                                                   sizeof *network->heard);
	add_class(network, &namespace_class, add_station);
	add_class(network, &link_class, add_interface);
	add_class(network, &address_class, add_address);
	qsort(network->owns, network->own_count, sizeof *network->owns, compare_owns);
	network->decisions =
	        arena_alloc(graph->arena, (network->own_count + 1) * sizeof *network->decisions);
	tables_fill(network);
	network->checks_sources = checks_sources(network);
	return network;
}

struct station *network_station(const struct network *network, const struct object *space)
{
	return network->by_order[space->order];
}

struct interface *network_interface(const struct network *network, const char *full_name)
{
	const struct object *device = graph_device(network->graph, full_name);

	return device ? network->by_order[device->order] : NULL;
}

size_t network_find(const struct network *network, const struct ip *ip)
{
	size_t low = 0, high = network->own_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (memcmp(&network->owns[middle]->ip, ip, sizeof *ip) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const struct own *network_own(const struct network *network, const struct object *address)
{
	struct ip ip = whole(&object_value(address, ADDRESS_ADDRESS)->ip);
	size_t at = network_find(network, &ip);

	while (network->owns[at]->object != address)
		at++;
	return network->owns[at];
}
