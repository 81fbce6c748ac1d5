#include "inventory.h"

#include "attribute.h"
#include "if_addr.h"
#include "link_local.h"
#include "parser/arena.h"
#include "parser/kinds.h"
#include "wire.h"

#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/if.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LOOPBACK_INDEX = 1 }; /* include/net/net_namespace.h, LOOPBACK_IFINDEX */

/* What topoc itself reads of a message, beside what the tables say. */
struct reading {
	struct arena *arena;
	struct graph *graph;
	const struct graph *want;
	const struct kernel *kernel;
	struct diagnostics *ignored; /* of what the kernel says, nobody is to blame */
	struct object *space;
	struct object **devices; /* of the namespace, by index */
	size_t device_count, device_capacity;
	size_t begun, devices_begun; /* how many there were when this dump began */
	const char *maker; /* the topology that the loopback device names as its own, or NULL */
};

static bool in_host(const struct reading *reading)
{
	return reading->space == reading->graph->host;
}

/* An object that turns out not to matter is taken out again: it is the last one, without a name. */
static void forget(struct graph *graph)
{
	graph->count--;
}

/*
 * Names an object. Of two with one identity (the kernel appends routes) ours counts, and else the
 * first.
 */
static void name_observed(struct graph *graph, struct object *object, const char *name)
{
	struct object *other;

	if (!name) {
		forget(graph);
		return;
	}
	other = graph_name(graph, object, name);
	if (other && other->foreign && !object->foreign && other->kind == object->kind) {
		object_copy_values(graph->arena, other, object);
		other->foreign = false;
	}
}

static const struct nlattr *find(const struct nlmsghdr *message, size_t head, uint16_t type)
{
	return attributes_find(attributes_of(message, head), type);
}

static const struct kind *kind_of_link(const struct reading *reading,
                                       const struct nlmsghdr *message)
{
	const struct ifinfomsg *head = mnl_nlmsg_get_payload(message);
	const struct nlattr *info = find(message, sizeof *head, IFLA_LINKINFO);
	const char *name = attribute_text(attributes_find(attributes_in(info), IFLA_INFO_KIND));
	const struct kind *kind = name ? kind_named(name) : NULL;

	if (head->ifi_flags & IFF_LOOPBACK)
		return in_host(reading) ? &device_kind : &loopback_kind;
	return kind && kind->class == &link_class ? kind : &device_kind;
}

static void keep_device(struct reading *reading, struct object *device)
{
	if (reading->device_count == reading->device_capacity) {
		reading->device_capacity = reading->device_count * 2 + 16;
		reading->devices =
		        arena_grow(reading->arena, reading->devices, reading->device_count,
		                   reading->device_capacity, sizeof(struct object *));
	}
	reading->devices[reading->device_count++] = device;
}

/* The device beneath, where it is in another namespace, has a number of that one. */
static void drop_lower(struct object *device)
{
	for (size_t i = 0; i < kind_field_count(device->kind); i++) {
		if (kind_field(device->kind, i)->flags & FIELD_LOWER)
			object_unset(device, i);
	}
}

/* A run that was killed may have made a device and not have got round to its label. */
static bool lacks_label(const struct reading *reading, const struct nlmsghdr *message)
{
	return link_is_of(message, reading->graph->topology) &&
	       !find(message, sizeof(struct ifinfomsg), IFLA_IFALIAS);
}

static const char *maker_in(struct arena *arena, const char *label)
{
	if (!label || strncmp(label, "topoc:", 6))
		return NULL;
	return arena_copy(arena, label + 6, strlen(label + 6));
}

static int read_link(const struct nlmsghdr *message, void *context)
{
	struct reading *reading = context;
	const struct ifinfomsg *head = mnl_nlmsg_get_payload(message);
	const char *name = attribute_text(find(message, sizeof *head, IFLA_IFNAME));
	struct space *space = kernel_space(reading->kernel, reading->space);
	const struct nlattr *elsewhere = find(message, sizeof *head, IFLA_LINK_NETNSID);
	const char *maker;
	struct object *device;

	if (!name)
		return 0;
	device = graph_add(reading->graph, kind_of_link(reading, message), reading->space,
	                   (struct span){0});
	decode(reading->arena, message, device);
	device->index = (uint32_t)head->ifi_index;
	device->other = attribute_number(find(message, sizeof *head, IFLA_LINK));
	device->elsewhere = elsewhere ? attribute_number(elsewhere) + 1 : 0;
	if (elsewhere)
		drop_lower(device);
	*object_set(reading->arena, device, LINK_LABELLED) =
	        (struct value){.presence = GIVEN, .number = !lacks_label(reading, message)};
	object_set(reading->arena, device, LINK_GENERATED)->presence = GIVEN;
	device->foreign =
	        !device->kind->with_owner && !link_is_of(message, reading->graph->topology);
	maker = device->foreign ? topology_of_link(message) : NULL;
	if (maker)
		device->maker = arena_copy(reading->arena, maker, strlen(maker));
	if (device->index > space->last_index)
		space->last_index = device->index;
	if (device->index == LOOPBACK_INDEX)
		reading->maker = maker_in(
		        reading->arena, attribute_text(find(message, sizeof *head, IFLA_IFALIAS)));
	name_observed(reading->graph, device, arena_copy(reading->arena, name, strlen(name)));
	keep_device(reading, device);
	return 0;
}

static int compare_indexes(const void *left, const void *right)
{
	const struct object *a = *(struct object *const *)left, *b = *(struct object *const *)right;

	return (a->index > b->index) - (a->index < b->index);
}

static struct object *device_at(const struct reading *reading, uint32_t index)
{
	struct object key = {.index = index}, *wanted = &key, **found;

	if (!reading->device_count)
		return NULL;
	found = bsearch(&wanted, reading->devices, reading->device_count, sizeof(struct object *),
	                compare_indexes);
	return found ? *found : NULL;
}

/* Whether the file declares what an object in hand would be called. */
static const struct object *wanted(const struct reading *reading, const struct object *owner,
                                   const struct class *class, const char *name)
{
	if (!reading->want || !name)
		return NULL;
	return graph_find(reading->want, arena_printf(reading->arena, "%s %s %s", class->name,
	                                              strchr(owner->path, ' ') + 1, name));
}

static bool kernel_made_address(const struct nlmsghdr *message)
{
	const struct nlattr *protocol = find(message, sizeof(struct ifaddrmsg), IFA_PROTO);
	uint32_t number = attribute_number(protocol);

	return number >= IFAPROT_KERNEL_LO && number <= IFAPROT_KERNEL_LL;
}

/* Of the host's devices, those that are ours and those that the file names. */
static bool matters(const struct reading *reading, const struct object *device)
{
	return !in_host(reading) || !device->foreign ||
	       (reading->want && graph_find(reading->want, device->path));
}

/* Of several, the one that is made of the hardware address. */
static void note_generated(const struct reading *reading, struct object *device,
                           const struct object *address)
{
	struct ip *generated = &object_set(reading->arena, device, LINK_GENERATED)->ip;
	struct ip ip = object_value(address, ADDRESS_ADDRESS)->ip;
	struct ip expected = link_local_of(object_value(device, LINK_MAC)->mac);

	if (ip_is_link_local(&ip) && !ip_equal(generated, &expected))
		*generated = ip;
}

static int read_address(const struct nlmsghdr *message, void *context)
{
	struct reading *reading = context;
	const struct ifaddrmsg *head = mnl_nlmsg_get_payload(message);
	struct object *device = device_at(reading, head->ifa_index), *address;
	bool temporary = head->ifa_family == AF_INET6 && head->ifa_flags & IFA_F_TEMPORARY;
	const char *name;
	int64_t protocol;

	if (!device || temporary || !matters(reading, device))
		return 0;
	address = graph_add(reading->graph, &address_kind, device, (struct span){0});
	decode(reading->arena, message, address);
	protocol = object_value(address, ADDRESS_PROTOCOL)->presence
	                   ? object_value(address, ADDRESS_PROTOCOL)->number
	                   : 0;
	name = address_class.identify(reading->graph, address, reading->ignored);
	address->foreign = device->foreign || protocol != TOPOC_PROTOCOL;
	address->adoptable = !protocol && !device->foreign && !in_host(reading);
	if (kernel_made_address(message)) {
		address->foreign = device->foreign;
		note_generated(reading, device, address);
		if (!wanted(reading, device, &address_class, name))
			name = NULL;
	}
	name_observed(reading->graph, address, name);
	return 0;
}

/* Names for the indexes of the devices that an object refers to, in its own namespace. */
static void resolve(const struct reading *reading, const struct field *field, struct value *value)
{
	const struct object *device;

	for (size_t i = 0; field->type == TYPE_LIST && i < value->list.count * field->element_count;
	     i++) {
		if (value->list.values[i].presence)
			resolve(reading, &field->element[i % field->element_count],
			        &value->list.values[i]);
	}
	if (field->type != TYPE_DEVICE || field->flags & FIELD_PEER)
		return;
	device = device_at(reading, (uint32_t)value->number);
	if (!value->number)
		value->presence = ABSENT;
	else
		value->text = device ? strchr(device->path, ' ') + 1 : "?";
}

static void resolve_object(const struct reading *reading, struct object *object)
{
	for (size_t i = 0; i < kind_field_count(object->kind); i++) {
		const struct field *field = kind_field(object->kind, i);

		if (field_refers(field) && object_has(object, i))
			resolve(reading, field, object_set(reading->arena, object, i));
	}
}

static bool is_own_device(const struct reading *reading, const struct value *name)
{
	const struct object *device =
	        name->presence ? graph_device(reading->graph, name->text) : NULL;

	return device && !device->foreign;
}

/* Whether a route goes over a device of the topology's, by one of its next hops at least. */
static bool is_over_own(const struct reading *reading, const struct object *route)
{
	const struct value *hops = object_value(route, ROUTE_NEXTHOPS);

	for (size_t i = 0; hops->presence && i < hops->list.count; i++) {
		if (is_own_device(reading, &hops->list.values[i * HOP_FIELDS + HOP_DEV]))
			return true;
	}
	return is_own_device(reading, object_value(route, ROUTE_DEV));
}

/* Whether the host's route is this topology's: over a device of its own, or noted as its own. */
static bool is_own_route(const struct reading *reading, const struct object *route)
{
	if (reading->kernel->takes_all_routes || is_over_own(reading, route))
		return true;
	for (size_t i = 0; i < reading->kernel->state.route_count; i++) {
		if (!strcmp(reading->kernel->state.routes[i], route->name))
			return true;
	}
	return false;
}

/* None that a file could ask for. */
static bool is_passing_route(const struct rtmsg *head)
{
	return head->rtm_flags & RTM_F_CLONED || head->rtm_tos ||
	       head->rtm_protocol == RTPROT_REDIRECT;
}

static bool kernel_made_route(const struct rtmsg *head)
{
	return head->rtm_protocol == RTPROT_KERNEL || head->rtm_protocol == RTPROT_RA;
}

/* What ip-route(8) gives the routes of whoever types it. */
static bool is_by_hand(uint8_t protocol)
{
	return protocol == RTPROT_BOOT || protocol == RTPROT_STATIC || protocol == RTPROT_UNSPEC;
}

/* The host may have a full table: what matters of it is in the way, or goes with our devices. */
static bool route_matters(const struct reading *reading, const struct object *route,
                          const struct rtmsg *head)
{
	return wanted(reading, reading->space, &route_class, route->name) ||
	       (!kernel_made_route(head) && is_over_own(reading, route));
}

static int read_route(const struct nlmsghdr *message, void *context)
{
	struct reading *reading = context;
	const struct rtmsg *head = mnl_nlmsg_get_payload(message);
	bool ours = head->rtm_protocol == TOPOC_PROTOCOL;
	struct object *route;
	const char *name;

	if ((head->rtm_family != AF_INET && head->rtm_family != AF_INET6) ||
	    is_passing_route(head) || (kernel_made_route(head) && !in_host(reading)))
		return 0;
	route = graph_add(reading->graph, &route_kind, reading->space, (struct span){0});
	decode(reading->arena, message, route);
	resolve_object(reading, route);
	name = route_class.identify(reading->graph, route, reading->ignored);
	route->name = name;
	if (in_host(reading) && !ours && !route_matters(reading, route, head))
		name = NULL;
	if (name && kernel_made_route(head) && is_own_route(reading, route))
		name = NULL; /* it comes and goes with our device */
	route->foreign = !ours || (in_host(reading) && name && !is_own_route(reading, route));
	route->adoptable = is_by_hand(head->rtm_protocol) &&
	                   (!in_host(reading) || (name && is_own_route(reading, route)));
	name_observed(reading->graph, route, name);
	return 0;
}

/* An interrupted dump begins again: what it had added is dropped. */
static void restart(void *context)
{
	struct reading *reading = context;

	graph_truncate(reading->graph, reading->begun);
	reading->device_count = reading->devices_begun;
}

/* What is asked about a namespace. */
static const struct topic {
	uint16_t type;
	size_t head_size;
} links = {RTM_GETLINK, sizeof(struct ifinfomsg)},
  addresses = {RTM_GETADDR, sizeof(struct ifaddrmsg)},
  routes = {RTM_GETROUTE, sizeof(struct rtmsg)};

/* Of all families, also of those that the kernel has and topoc does not know. */
static struct nlmsghdr *put_request(char *buffer, const struct topic *topic)
{
	struct nlmsghdr *request = mnl_nlmsg_put_header(buffer);

	request->nlmsg_type = topic->type;
	mnl_nlmsg_put_extra_header(request, topic->head_size);
	if (topic == &links)
		mnl_attr_put_u32(request, IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS);
	return request;
}

void inventory_ask_ahead(struct netlink *netlink)
{
	static const struct topic *const topics[] = {&links, &addresses, &routes};
	_Alignas(struct nlmsghdr) char buffer[256];

	for (size_t i = 0; i < sizeof topics / sizeof *topics; i++)
		netlink_dump_ahead(netlink, put_request(buffer, topics[i]));
}

static int dump(struct reading *reading, const struct topic *topic,
                int (*each)(const struct nlmsghdr *, void *))
{
	_Alignas(struct nlmsghdr) char buffer[256];
	struct nlmsghdr *request = put_request(buffer, topic);

	reading->begun = reading->graph->count;
	reading->devices_begun = reading->device_count;
	return netlink_dump(kernel_space(reading->kernel, reading->space)->netlink, request, each,
	                    restart, reading);
}

static bool is_made_by(const struct reading *reading, const char *maker)
{
	return !maker || (reading->maker && !strcmp(reading->maker, maker));
}

/* Somebody may have mounted another namespace on our file: then that is left alone. */
static void leave_alone(struct reading *reading)
{
	graph_truncate(reading->graph, reading->begun);
	kernel_space(reading->kernel, reading->space)->last_index = 0;
	reading->space->foreign = true;
	reading->space->maker = reading->maker;
}

static int dump_all(struct reading *reading, const char *maker)
{
	int error = dump(reading, &links, read_link);

	if (!error && !is_made_by(reading, maker))
		leave_alone(reading);
	if (error || reading->space->foreign)
		return error;
	if (reading->device_count)
		qsort(reading->devices, reading->device_count, sizeof(struct object *),
		      compare_indexes);
	for (size_t i = 0; i < reading->device_count; i++)
		resolve_object(reading, reading->devices[i]);
	error = dump(reading, &addresses, read_address);
	return error ? error : dump(reading, &routes, read_route);
}

int inventory_read(struct kernel *kernel, struct graph *graph, const struct graph *want,
                   struct object *space, const char *maker)
{
	struct reading reading = {.arena = kernel->arena,
	                          .graph = graph,
	                          .want = want,
	                          .ignored = diagnostics_new(kernel->arena, NULL),
	                          .kernel = kernel,
	                          .space = space};
	int error = dump_all(&reading, maker);

	netlink_forget(kernel_space(kernel, space)->netlink);
	return error;
}

static int read_maker(const struct nlmsghdr *message, void *context)
{
	const char *label = attribute_text(find(message, sizeof(struct ifinfomsg), IFLA_IFALIAS));

	snprintf(context, IFALIASZ, "%s", label ? label : "");
	return 0;
}

int inventory_maker(struct arena *arena, struct netlink *netlink, const char **topology)
{
	_Alignas(struct nlmsghdr) char buffer[128];
	struct nlmsghdr *request = mnl_nlmsg_put_header(buffer);
	struct ifinfomsg *head = mnl_nlmsg_put_extra_header(request, sizeof *head);
	char label[IFALIASZ] = "";
	int error;

	request->nlmsg_type = RTM_GETLINK;
	head->ifi_index = LOOPBACK_INDEX;
	mnl_attr_put_u32(request, IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS);
	error = netlink_get(netlink, request, read_maker, label);
	*topology = maker_in(arena, label);
	return error;
}
