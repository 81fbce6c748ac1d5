/* Messages by themselves: as rtnetlink(7) has them, too large, cut off and garbled. */
#include "graph.h"

#include "executor/attribute.h"
#include "executor/wire.h"
#include "parser/arena.h"
#include "parser/kinds.h"
#include "parser/kinds/bridge.h"

#include <criterion/criterion.h>
#include <libmnl/libmnl.h>
#include <linux/if.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <stdlib.h>
#include <string.h>

enum { LARGEST = 16384 }; /* executor/encode.c */

static struct arena *arena;

static void start(void)
{
	arena = arena_new();
}

static void end(void)
{
	arena_free(arena);
}

TestSuite(message, .init = start, .fini = end);

static const char text[] =
        "namespaces:\n"
        "  n:\n"
        "    routes:\n"
        "      - {to: 10.9.0.0/16, via: 'fd00::2', mtu: 1400, metric: 7}\n"
        "      - {to: 'fd09::/64', nexthops: [{via: 'fd00::2', weight: 3}, {via: 'fd00::3'}]}\n"
        "      - {to: 10.8.0.0/16, nexthops: [{via: 10.0.2.2}, {via: 'fd00::3', dev: a}]}\n"
        "      - {to: 0.0.0.0/0, type: blackhole, table: 1000}\n"
        "bridges:\n"
        "  n:br: {stp: true, ageing-time: 10s, mtu: 9000}\n"
        "veths:\n"
        "  - n:a:\n"
        "      addresses: [{address: 10.0.2.1, peer: 10.0.2.2/31, label: 'a:1'}, 'fd00::1/64']\n"
        "    n:b: {bridge: br, mac: 02:00:00:00:00:01}\n";

static struct nlmsghdr *message_of(const struct graph *graph, const char *path, unsigned when)
{
	const struct object *object = graph_find(graph, path);
	struct nlmsghdr *message;

	cr_assert(object, "%s", path);
	message = encode(graph, NULL, object, when, 0).header;
	cr_assert(message, "%s", path);
	return message;
}

static void expect_bytes(struct attributes all, uint16_t type, const void *bytes, size_t size)
{
	const struct nlattr *at = attributes_find(all, type);

	cr_expect(at && mnl_attr_get_payload_len(at) == size &&
	                  !memcmp(mnl_attr_get_payload(at), bytes, size),
	          "attribute %u", type);
}

static void expect_u32(struct attributes all, uint16_t type, uint32_t number)
{
	expect_bytes(all, type, &number, sizeof number);
}

static void expect_none(struct attributes all, uint16_t type)
{
	cr_expect_null(attributes_find(all, type), "attribute %u", type);
}

/* The attributes in a nest in a nest. */
static struct attributes deep_in(struct attributes all, uint16_t outer, uint16_t inner)
{
	return attributes_in(attributes_find(attributes_in(attributes_find(all, outer)), inner));
}

/* A table that is wrong encodes and decodes alike: so some messages are looked at from outside. */
Test(message, addresses_are_as_the_kernel_has_them)
{
	const struct graph *graph = graph_of(arena, text);
	const struct object *device = graph_device(graph, "n:a");
	const struct nlmsghdr *ipv4 =
	        message_of(graph, "address n:a 10.0.2.1 peer 10.0.2.2/31", AT_CREATE);
	const struct nlmsghdr *ipv6 = message_of(graph, "address n:a fd00::1", AT_CREATE);
	const struct ifaddrmsg *head = mnl_nlmsg_get_payload(ipv4);
	struct attributes all = attributes_of(ipv4, sizeof *head);

	cr_expect_eq(ipv4->nlmsg_type, RTM_NEWADDR);
	cr_expect_eq(ipv4->nlmsg_flags, NLM_F_CREATE | NLM_F_EXCL);
	cr_expect(head->ifa_family == AF_INET && head->ifa_prefixlen == 31 &&
	          head->ifa_index == device->index && head->ifa_scope == RT_SCOPE_UNIVERSE);
	expect_bytes(all, IFA_LOCAL, "\x0a\x00\x02\x01", 4);
	expect_bytes(all, IFA_ADDRESS, "\x0a\x00\x02\x02", 4);
	expect_bytes(all, IFA_LABEL, "a:1", 4);
	expect_bytes(all, IFA_PROTO, "\x74", 1);
	expect_none(all, IFA_FLAGS);

	head = mnl_nlmsg_get_payload(ipv6);
	all = attributes_of(ipv6, sizeof *head);
	cr_expect(head->ifa_family == AF_INET6 && head->ifa_prefixlen == 64);
	expect_bytes(all, IFA_LOCAL, "\xfd\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1", 16);
	expect_u32(all, IFA_FLAGS, IFA_F_NODAD);
	expect_none(all, IFA_LABEL);
}

Test(message, routes_are_as_the_kernel_has_them)
{
	const struct graph *graph = graph_of(arena, text);
	const struct object *device = graph_device(graph, "n:a");
	const struct nlmsghdr *via = message_of(graph, "route n 10.9.0.0/16 metric 7", AT_CREATE);
	const struct nlmsghdr *nothing =
	        message_of(graph, "route n 0.0.0.0/0 table 1000", AT_CREATE);
	const struct rtmsg *head = mnl_nlmsg_get_payload(via);
	struct attributes all = attributes_of(via, sizeof *head);

	cr_expect_eq(via->nlmsg_type, RTM_NEWROUTE);
	cr_expect(head->rtm_family == AF_INET && head->rtm_dst_len == 16 &&
	          head->rtm_protocol == TOPOC_PROTOCOL && head->rtm_type == RTN_UNICAST &&
	          head->rtm_scope == RT_SCOPE_UNIVERSE);
	expect_bytes(all, RTA_DST, "\x0a\x09\x00\x00", 4);
	expect_bytes(all, RTA_VIA, "\x0a\0\xfd\0\0\0\0\0\0\0\0\0\0\0\0\0\0\2", 18);
	expect_none(all, RTA_GATEWAY);
	expect_u32(all, RTA_OIF, device->index);
	expect_u32(all, RTA_PRIORITY, 7);
	expect_u32(all, RTA_TABLE, RT_TABLE_MAIN);
	expect_u32(attributes_in(attributes_find(all, RTA_METRICS)), RTAX_MTU, 1400);

	head = mnl_nlmsg_get_payload(nothing);
	all = attributes_of(nothing, sizeof *head);
	cr_expect(head->rtm_type == RTN_BLACKHOLE && head->rtm_dst_len == 0);
	expect_none(all, RTA_DST);
	expect_none(all, RTA_OIF);
	expect_u32(all, RTA_TABLE, 1000);
	cr_expect_eq(message_of(graph, "route n 10.9.0.0/16 metric 7", AT_DELETE)->nlmsg_type,
	             RTM_DELROUTE);
	cr_expect_eq(message_of(graph, "route n 10.9.0.0/16 metric 7", AT_CHANGE)->nlmsg_flags,
	             NLM_F_REPLACE);
}

Test(message, next_hops_are_as_the_kernel_has_them)
{
	const struct graph *graph = graph_of(arena, text);
	const struct nlmsghdr *message = message_of(graph, "route n fd09::/64", AT_CREATE);
	const struct nlattr *list =
	        attributes_find(attributes_of(message, sizeof(struct rtmsg)), RTA_MULTIPATH);
	const struct rtnexthop *hop = list ? mnl_attr_get_payload(list) : NULL;
	struct attributes all;

	cr_assert(hop && mnl_attr_get_payload_len(list) == 2 * (sizeof *hop + 20));
	cr_expect(hop->rtnh_len == sizeof *hop + 20 && hop->rtnh_hops == 2 && !hop->rtnh_flags);
	cr_expect_eq(hop->rtnh_ifindex, (int)graph_device(graph, "n:a")->index);
	all = (struct attributes){(const char *)(hop + 1), hop->rtnh_len - sizeof *hop};
	expect_bytes(all, RTA_GATEWAY, "\xfd\0\0\0\0\0\0\0\0\0\0\0\0\0\0\2", 16);
	hop = RTNH_NEXT(hop);
	cr_expect(hop->rtnh_len == sizeof *hop + 20 && hop->rtnh_hops == 0);
}

Test(message, devices_are_as_the_kernel_has_them)
{
	const struct graph *graph = graph_of(arena, text);
	const struct nlmsghdr *bridge = message_of(graph, "device n:br", AT_CREATE);
	const struct nlmsghdr *cable = message_of(graph, "device n:a", AT_CREATE);
	const struct nlmsghdr *port = message_of(graph, "device n:b", AT_BIRTH);
	const struct ifinfomsg *head = mnl_nlmsg_get_payload(port);
	struct attributes all = attributes_of(bridge, sizeof *head);
	const struct nlattr *peer;

	expect_bytes(all, IFLA_IFNAME, "br", 3);
	expect_u32(all, IFLA_MTU, 9000);
	expect_u32(all, IFLA_GROUP, topology_mark("t"));
	expect_bytes(attributes_in(attributes_find(all, IFLA_LINKINFO)), IFLA_INFO_KIND, "bridge",
	             7);
	all = deep_in(all, IFLA_LINKINFO, IFLA_INFO_DATA);
	expect_u32(all, IFLA_BR_STP_STATE, 1);
	expect_u32(all, IFLA_BR_AGEING_TIME, 1000);
	expect_none(all, IFLA_BR_VLAN_FILTERING); /* what is the default is not said */

	all = attributes_of(cable, sizeof *head);
	expect_bytes(attributes_in(attributes_find(all, IFLA_LINKINFO)), IFLA_INFO_KIND, "veth", 5);
	peer = attributes_find(deep_in(all, IFLA_LINKINFO, IFLA_INFO_DATA), VETH_INFO_PEER);
	all = attributes_in(peer);
	cr_assert_gt(all.left, sizeof *head);
	all = (struct attributes){all.at + sizeof *head, all.left - sizeof *head};
	expect_bytes(all, IFLA_IFNAME, "b", 2);
	expect_bytes(all, IFLA_ADDRESS, "\2\0\0\0\0\1", 6);
	expect_u32(all, IFLA_GROUP, topology_mark("t"));
	expect_none(all, IFLA_MASTER); /* refused before the other end is there */

	all = attributes_of(port, sizeof *head);
	cr_expect(head->ifi_flags & IFF_UP && head->ifi_change & IFF_UP);
	expect_u32(all, IFLA_MASTER, graph_device(graph, "n:br")->index);
	expect_bytes(all, IFLA_IFALIAS, "topoc:t", 8);
}

/* Only the fields asked for are in the message of a change. */
Test(message, a_change_says_what_changes)
{
	const struct graph *graph = graph_of(arena, text);
	const struct object *device = graph_device(graph, "n:b");
	const struct nlmsghdr *message =
	        encode(graph, NULL, device, AT_CHANGE, UINT64_C(1) << LINK_MTU).header;
	const struct ifinfomsg *head = mnl_nlmsg_get_payload(message);
	struct attributes all = attributes_of(message, sizeof *head);

	cr_expect(head->ifi_index == (int)device->index && !head->ifi_change);
	expect_u32(all, IFLA_MTU, 1500);
	expect_none(all, IFLA_ADDRESS);
	expect_none(all, IFLA_MASTER);
	expect_none(all, IFLA_IFNAME);
	expect_none(all, IFLA_LINKINFO); /* which the driver would be asked about */
}

/* A driver's own field is in a message that names the driver. */
Test(message, a_change_of_its_own_names_the_kind)
{
	const struct graph *graph = graph_of(arena, text);
	const struct object *bridge = graph_device(graph, "n:br");
	const struct nlmsghdr *message =
	        encode(graph, NULL, bridge, AT_CHANGE, UINT64_C(1) << BRIDGE_STP).header;
	struct attributes all = attributes_of(message, sizeof(struct ifinfomsg));

	expect_bytes(attributes_in(attributes_find(all, IFLA_LINKINFO)), IFLA_INFO_KIND, "bridge",
	             7);
	expect_u32(deep_in(all, IFLA_LINKINFO, IFLA_INFO_DATA), IFLA_BR_STP_STATE, 1);
}

/* A route with more and more next hops, then an address with a longer and longer label. */
Test(message, too_large)
{
	enum { HOPS = 1100, LONGEST = 17000 };
	struct graph *graph = graph_of(arena, text);
	struct object *route = graph_find(graph, "route n 10.8.0.0/16");
	struct object *address = graph_device(graph, "n:a")->first_owned;
	struct value *hops = object_set(arena, route, ROUTE_NEXTHOPS);
	struct value *row = hops->list.values;
	char *label = arena_alloc(arena, LONGEST + 1);
	size_t last = 0;

	hops->list.values = arena_alloc(arena, (size_t)HOPS * HOP_FIELDS * sizeof *row);
	for (size_t i = 0; i < HOPS; i++)
		memcpy(&hops->list.values[i * HOP_FIELDS], row, HOP_FIELDS * sizeof *row);
	for (hops->list.count = 2; hops->list.count < HOPS; hops->list.count++) {
		const struct nlmsghdr *message = encode(graph, NULL, route, AT_CREATE, 0).header;

		if (message) {
			cr_expect_gt(message->nlmsg_len, last);
			cr_expect_leq(message->nlmsg_len, LARGEST);
			last = message->nlmsg_len;
		} else {
			cr_expect_gt(last, LARGEST - 64);
		}
	}
	cr_expect_null(encode(graph, NULL, route, AT_CREATE, 0).header);
	memset(label, 'x', LONGEST);
	for (size_t length = LONGEST; length > LARGEST - 200; length--) {
		const struct nlmsghdr *message;

		label[length] = '\0';
		object_set(arena, address, ADDRESS_LABEL)->text = label;
		message = encode(graph, NULL, address, AT_CREATE, 0).header;
		cr_expect(message ? message->nlmsg_len <= LARGEST : length > LARGEST - 100);
	}
}

/* Decodes `length` bytes that have nothing behind them. */
static void decode_bytes(const void *bytes, size_t length, const struct object *object)
{
	struct arena *short_lived = arena_new();
	struct graph *graph = graph_new(short_lived, "copy");
	struct object *copy = graph_add(graph, object->kind, object->owner, object->span);
	struct nlmsghdr *message = malloc(length);

	memcpy(message, bytes, length);
	message->nlmsg_len = (uint32_t)length;
	decode(short_lived, message, copy);
	free(message);
	arena_free(short_lived);
}

/* Whatever the sanitizers would find in this is the result. */
Test(message, cut_off_and_garbled)
{
	static const unsigned when[] = {AT_CREATE, AT_BIRTH, AT_DELETE};
	const struct graph *graph = graph_of(arena, text);

	for (size_t i = 0; i < graph->count * COUNT(when); i++) {
		const struct object *object = graph->objects[i / COUNT(when)];
		uint8_t *bytes;
		size_t length;

		if (!codec_of(object->kind))
			continue;
		bytes = (uint8_t *)encode(graph, NULL, object, when[i % COUNT(when)], 0).header;
		length = ((struct nlmsghdr *)bytes)->nlmsg_len;
		for (size_t cut = NLMSG_HDRLEN; cut <= length; cut++)
			decode_bytes(bytes, cut, object);
		for (size_t bit = NLMSG_HDRLEN * 8; bit < length * 8; bit++) {
			bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
			decode_bytes(bytes, length, object);
			bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
		}
	}
}
