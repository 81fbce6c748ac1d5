/* Every kind of device: the attributes they share. */
#include "../arena.h"
#include "../graph.h"
#include "../kinds.h"
#include "../needs.h"
#include "../segment.h"

#include <stdlib.h>
#include <string.h>

static const struct field fields[LINK_FIELDS] = {
        [LINK_UP] = {.key = "up",
                     .type = TYPE_BOOL,
                     .synonyms = "state enabled",
                     .fallback = "true",
                     .doc = "whether the device is up"},
        [LINK_MTU] = {.key = "mtu",
                      .type = TYPE_NUMBER,
                      .min = 68,
                      .max = 65535, /* <linux/if_ether.h>, ETH_MAX_MTU */
                      .flags = FIELD_FREE,
                      .fallback = "1500",
                      .doc = "the largest packet it carries, in bytes"},
        [LINK_MAC] = {.key = "mac",
                      .type = TYPE_MAC,
                      .synonyms = "address macaddress mac-address mac_address lladdr hwaddr",
                      .flags = FIELD_FREE | FIELD_ALWAYS,
                      .doc = "its hardware address; left out, derived from the names"},
        [LINK_BRIDGE] = {.key = "bridge",
                         .type = TYPE_DEVICE,
                         .flags = FIELD_MASTER,
                         .synonyms = "master",
                         .doc = "the bridge whose port it is"},
        [LINK_TXQUEUELEN] = {.key = "txqueuelen",
                             .type = TYPE_NUMBER,
                             .synonyms = "qlen txqlen",
                             .max = 1000000,
                             .fallback = "1000",
                             .doc = "how many packets its transmit queue holds"},
        [LINK_LABELLED] = {.key = "labelled",
                           .type = TYPE_BOOL,
                           .flags = FIELD_HIDDEN,
                           .fallback = "true",
                           .doc = "whether it has an alias: whose it is, or what somebody likes"},
        [LINK_GENERATED] = {.key = "generated",
                            .type = TYPE_ADDRESS,
                            .flags = FIELD_HIDDEN | FIELD_FREE,
                            .doc = "the link-local address that the kernel gave it, or none"},
};

/*
 * The same lab has the same addresses every time. Locally administered (bit 1 of the first byte,
 * IEEE 802), so that they are nobody else's; given at creation, so that udev leaves them alone.
 */
static void derive_mac(const struct graph *graph, const char *full_name, uint8_t mac[6])
{
	uint64_t sum = 0xcbf29ce484222325; /* FNV-1a */

	for (const char *at = graph->topology; *at; at++)
		sum = (sum ^ (uint8_t)*at) * 0x100000001b3;
	sum = (sum ^ '/') * 0x100000001b3;
	for (const char *at = full_name; *at; at++)
		sum = (sum ^ (uint8_t)*at) * 0x100000001b3;
	/* Names that differ in their last letter only: spread that over all bits (MurmurHash3). */
	sum = (sum ^ sum >> 33) * 0xff51afd7ed558ccd;
	sum = (sum ^ sum >> 33) * 0xc4ceb9fe1a85ec53;
	sum ^= sum >> 33;
	for (size_t i = 0; i < 6; i++)
		mac[i] = (uint8_t)(sum >> (8 * i));
	mac[0] = (uint8_t)((mac[0] & 0xfc) | 2);
}

static void complete(struct graph *graph, struct object *object)
{
	struct value *mac;

	if (object_has(object, LINK_MAC) || object->kind->with_owner)
		return;
	mac = object_set(graph->arena, object, LINK_MAC);
	derive_mac(graph, strchr(object->path, ' ') + 1, mac->mac);
	mac->presence = IMPLIED;
}

bool link_carries_ipv6(const struct object *device)
{
	return !object_has(device, LINK_MTU) ||
	       object_value(device, LINK_MTU)->number >= IPV6_LEAST_MTU;
}

/* Sysctls of the whole namespace come before its devices, a device's own before it is up. */
static void needs(const struct graph *graph, const struct object *object, struct needs *list)
{
	struct object *setting;

	(void)graph;
	for (setting = object->owner->first_setting; setting; setting = setting->next_setting)
		needs_add(list, setting, MADE, MADE, BOND_NONE);
	for (setting = object->first_setting; setting; setting = setting->next_setting)
		needs_add(list, setting, UP, MADE, BOND_NONE);
}

/* Each cable once: at its second end. */
static void check_peer(const struct graph *graph, const struct object *object,
                       struct diagnostics *diagnostics)
{
	const struct object *peer = object_peer(graph, object), *place = object, *other = peer;
	const struct value *mtu = object_value(object, LINK_MTU);
	const struct value *its = peer ? object_value(peer, LINK_MTU) : mtu;

	if (!peer || peer->order > object->order || its->number == mtu->number || graph->damaged)
		return;
	if (mtu->presence != GIVEN) {
		place = peer;
		other = object;
	}
	diagnose(diagnostics, SEVERITY_WARNING, object_value(place, LINK_MTU)->span,
	         "the two ends of a cable have different MTUs: %lld here, and %lld",
	         (long long)object_value(place, LINK_MTU)->number,
	         (long long)object_value(other, LINK_MTU)->number);
	diagnostic_note(diagnostics, other->span, "the other end is here");
}

static void check(const struct graph *graph, const struct object *object,
                  struct diagnostics *diagnostics)
{
	const struct value *bridge = object_value(object, LINK_BRIDGE);
	const struct object *master;

	check_peer(graph, object, diagnostics);
	if (!bridge->presence)
		return;
	master = bridge->target;
	if (master == object)
		diagnose(diagnostics, SEVERITY_ERROR, bridge->span, "'%s' cannot be its own port",
		         object->name);
	else if (object->kind->with_owner || object->kind->takes_ports)
		diagnose(diagnostics, SEVERITY_ERROR, bridge->span,
		         "'%s' is a %s, which cannot be a port", object->name, object->kind->name);
	else if (master && !master->kind->takes_ports)
		diagnose(diagnostics, SEVERITY_ERROR, bridge->span,
		         "'%s' is a %s, which takes no ports", master->name, master->kind->name);
}

/* A device, the segment that it is on, and its address there. */
struct station {
	const struct object *device;
	uint32_t segment;
	uint8_t mac[6];
};

static int compare_stations(const void *left, const void *right)
{
	const struct station *a = left, *b = right;
	int order = (a->segment > b->segment) - (a->segment < b->segment);

	if (!order)
		order = memcmp(a->mac, b->mac, sizeof a->mac);
	return order ? order
	             : (a->device->order > b->device->order) -
	                       (a->device->order < b->device->order);
}

/* A bridge may have the address of a port (net/bridge/br_stp_if.c, br_stp_recalculate_bridge_id()). */
static bool is_port_of(const struct object *port, const struct object *master)
{
	const struct value *bridge = object_value(port, LINK_BRIDGE);

	return bridge->presence && !strcmp(bridge->text, strchr(master->path, ' ') + 1);
}

/* Frames to a hardware address that is there twice on a segment reach one of the two. */
static void check_all(const struct graph *graph, struct diagnostics *diagnostics)
{
	struct station *list = arena_alloc(graph->arena, (graph->count + 1) * sizeof *list);
	size_t count = 0;

	for (size_t i = 0; i < graph->count; i++) {
		const struct object *object = graph->objects[i];
		struct station *at = &list[count];

		if (object->kind->class != &link_class || !object_has(object, LINK_MAC))
			continue;
		at->device = object;
		at->segment = (uint32_t)segment_of(graph->segments, object)->number;
		memcpy(at->mac, object_value(object, LINK_MAC)->mac, sizeof at->mac);
		count++;
	}
	qsort(list, count, sizeof *list, compare_stations);
	for (size_t i = 1; i < count; i++) {
		const struct value *mac = object_value(list[i].device, LINK_MAC);
		const struct value *first = object_value(list[i - 1].device, LINK_MAC);

		if (list[i].segment != list[i - 1].segment || mac->presence != GIVEN ||
		    is_port_of(list[i].device, list[i - 1].device) ||
		    is_port_of(list[i - 1].device, list[i].device) ||
		    memcmp(mac->mac, first->mac, sizeof mac->mac) != 0)
			continue;
		diagnose(diagnostics, SEVERITY_WARNING, mac->span,
		         "this mac is there twice on one segment");
		diagnostic_note(diagnostics, first->span, "'%s' has it here",
		                object_title(graph->arena, list[i - 1].device));
	}
}

const struct class link_class = {
        .name = "device",
        .fields = fields,
        .field_count = LINK_FIELDS,
        .complete = complete,
        .needs = needs,
        .check = check,
        .check_all = check_all,
};

static const struct field device_fields[] = {
        {.key = "link", .type = TYPE_DEVICE, .flags = FIELD_LOWER, .doc = "the device beneath"},
};

const struct kind device_kind = {
        .name = "device",
        .class = &link_class,
        .fields = device_fields,
        .field_count = sizeof device_fields / sizeof *device_fields,
};
