/* What the kernel refuses: from the offset of an attribute to the value that it came from. */
#include "graph.h"

#include "executor/clue.h"
#include "executor/netlink.h"
#include "executor/report.h"
#include "parser/arena.h"
#include "parser/kinds.h"
#include "planner/plan.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <stdlib.h>
#include <string.h>

static struct arena *arena;

static void start(void)
{
	arena = arena_new();
}

static void end(void)
{
	arena_free(arena);
}

TestSuite(refusal, .init = start, .fini = end);

static const char topology[] = "namespaces:\n"                                            /* 1 */
                               "  n:\n"                                                   /* 2 */
                               "    routes:\n"                                            /* 3 */
                               "      - {to: 10.1.0.0/16, src: 10.0.0.1, metric: 7,\n"    /* 4 */
                               "         nexthops: [{via: 10.0.0.2}, {via: 10.0.0.3}]}\n" /* 5 */
                               "veths:\n"                                                 /* 6 */
                               "  - n:a: {mtu: 1400, addresses: [10.0.0.1/24]}\n"         /* 7 */
                               "    n:b: {mtu: 1300, txqueuelen: 9}\n"                    /* 8 */
                               "bridges:\n"                                               /* 9 */
                               "  n:s: {stp: true, priority: 4096, max-age: 10s,\n"       /* 10 */
                               "        mtu: 1500}\n";                                    /* 11 */

static const struct object *object_of(const struct graph *graph, const char *path)
{
	const struct object *object = graph_find(graph, path);

	cr_assert(object, "%s", path);
	return object;
}

enum { ATTRIBUTE_HEAD = sizeof(struct nlattr) };

static uint32_t aligned(size_t length)
{
	return (uint32_t)((length + 3) & ~(size_t)3);
}

/* The offset of the attribute `path[0]`, in it `path[1]` and so on, each behind a head, if any. */
static uint32_t offset_of(const struct nlmsghdr *message, size_t head, const uint16_t *path,
                          const size_t *heads, size_t depth)
{
	uint32_t at = (uint32_t)sizeof *message + aligned(head), limit = message->nlmsg_len;
	const struct nlattr *attribute;

	for (size_t i = 0; i < depth; i++) {
		for (;; at += aligned(attribute->nla_len)) {
			attribute = (const struct nlattr *)((const char *)message + at);
			cr_assert(at + sizeof *attribute <= limit, "no attribute %u", path[i]);
			if ((attribute->nla_type & NLA_TYPE_MASK) == path[i])
				break;
		}
		if (i + 1 == depth)
			break;
		limit = at + attribute->nla_len;
		at += ATTRIBUTE_HEAD + aligned(heads[i]);
	}
	return at;
}

static const struct object *route_of(const struct graph *graph)
{
	for (size_t i = 0; i < graph->count; i++) {
		if (graph->objects[i]->kind == &route_kind)
			return graph->objects[i];
	}
	cr_assert_fail("no route");
	return NULL;
}

static void expect_span(const struct part *part, uint32_t line, uint32_t column)
{
	cr_assert(part && part->value);
	cr_expect(part->value->span.line == line && part->value->span.column == column, "%u:%u",
	          part->value->span.line, part->value->span.column);
}

#define OFFSET(message, head, ...)                                               \
	offset_of(message, sizeof(struct head), (const uint16_t[]){__VA_ARGS__}, \
	          (const size_t[]){0, 0, sizeof(struct ifinfomsg)},              \
	          sizeof(uint16_t[]){__VA_ARGS__} / sizeof(uint16_t))

Test(refusal, of_a_device)
{
	const struct graph *graph = graph_of(arena, topology);
	const struct object *bridge = object_of(graph, "device n:s");
	struct message message = encode(graph, NULL, bridge, AT_CREATE, 0);
	const struct nlmsghdr *header = message.header;

	expect_span(message_part(&message, OFFSET(header, ifinfomsg, IFLA_MTU)), 11, 14);
	expect_span(message_part(&message, OFFSET(header, ifinfomsg, IFLA_LINKINFO, IFLA_INFO_DATA,
	                                          IFLA_BR_PRIORITY)),
	            10, 30);
	expect_span(message_part(&message, OFFSET(header, ifinfomsg, IFLA_LINKINFO, IFLA_INFO_DATA,
	                                          IFLA_BR_MAX_AGE)),
	            10, 45);
	cr_expect_null(message_part(&message, OFFSET(header, ifinfomsg, IFLA_IFNAME)));
	cr_expect_null(message_part(&message, 0));
	cr_expect_null(message_part(&message, header->nlmsg_len));
	cr_expect(message_has(&message, bridge, LINK_MTU));
	cr_expect_not(message_has(&message, bridge, LINK_BRIDGE));
}

Test(refusal, of_a_peer)
{
	const struct graph *graph = graph_of(arena, topology);
	const struct object *veth = object_of(graph, "device n:a");
	const struct object *peer = object_of(graph, "device n:b");
	struct message message = encode(graph, NULL, veth, AT_CREATE, 0);
	const struct nlmsghdr *header = message.header;
	const struct part *part;

	expect_span(message_part(&message, OFFSET(header, ifinfomsg, IFLA_MTU)), 7, 16);
	part = message_part(&message, OFFSET(header, ifinfomsg, IFLA_LINKINFO, IFLA_INFO_DATA,
	                                     VETH_INFO_PEER, IFLA_MTU));
	expect_span(part, 8, 16);
	cr_expect_eq(part->object, peer);
	part = message_part(&message, OFFSET(header, ifinfomsg, IFLA_LINKINFO, IFLA_INFO_DATA,
	                                     VETH_INFO_PEER, IFLA_IFNAME));
	cr_assert(part);
	cr_expect_eq(part->object, peer);
	cr_expect_null(part->field);
	cr_expect_not(message_has(&message, peer, LINK_UP));
}

Test(refusal, of_a_route)
{
	const struct graph *graph = graph_of(arena, topology);
	struct message message = encode(graph, NULL, route_of(graph), AT_CREATE, 0);
	uint32_t hops;

	expect_span(message_part(&message, OFFSET(message.header, rtmsg, RTA_PREFSRC)), 4, 32);
	expect_span(message_part(&message, OFFSET(message.header, rtmsg, RTA_PRIORITY)), 4, 50);
	hops = OFFSET(message.header, rtmsg, RTA_MULTIPATH);
	expect_span(message_part(&message, hops), 5, 21);
	hops += ATTRIBUTE_HEAD;
	for (uint32_t hop = 0; hop < 2; hop++) {
		const struct part *part = message_part(&message, hops + 8);

		expect_span(part, 5, 27 + 17 * hop);
		cr_expect_str_eq(part->field->key, "via");
		hops += 16; /* a head and a gateway */
	}
}

/* Many next hops: more parts than have room beside the message while it is written. */
Test(refusal, of_the_last_of_many)
{
	const char *hops = "{via: 10.0.0.2}";
	const struct graph *graph;
	struct message message;
	const struct part *part;

	for (int i = 3; i < 200; i++)
		hops = arena_printf(arena, "%s, {via: 10.0.0.%d}", hops, i);
	graph = graph_of(arena, arena_printf(arena,
	                                     "namespaces: {n: {routes: [{to: 10.1.0.0/16, "
	                                     "nexthops: [%s]}]}}\n"
	                                     "bridges: {n:s: {addresses: [10.0.0.1/24]}}\n",
	                                     hops));
	message = encode(graph, NULL, route_of(graph), AT_CREATE, 0);
	cr_assert(message.header);
	part = message_part(&message, message.header->nlmsg_len - 8);
	cr_assert(part && part->value && part->field);
	cr_expect_str_eq(value_print(arena, part->field, part->value), "10.0.0.199");
}

/* What report_refusal() prints of a reply to the message that makes an object. */
static const char *refuse(const char *path, unsigned when, struct reply reply, uint32_t offset)
{
	struct source source = {"lab.yaml", topology, sizeof topology - 1};
	struct diagnostics *diagnostics = diagnostics_new(arena, &source);
	const struct graph *graph = graph_of(arena, topology);
	struct report report = {.arena = arena, .diagnostics = diagnostics};
	struct item item = {.want = (struct object *)object_of(graph, path),
	                    .action = ACTION_CREATE};
	struct step step = {.verb = when == AT_CREATE ? VERB_MAKE : VERB_SET, .item = &item};
	struct message message = encode(graph, NULL, item.want, when, 0);
	char *text;
	size_t length;
	FILE *file = open_memstream(&text, &length);

	reply.offset = offset;
	cr_expect_not(report_refusal(&report, &step, &message, &reply));
	diagnostics_print(diagnostics, file, false);
	fclose(file);
	text = arena_copy(arena, text, length);
	return text;
}

Test(refusal, at_the_object_where_no_value_is_to_blame)
{
	cr_expect_str_eq(refuse("device n:s", AT_CREATE,
	                        (struct reply){-EOPNOTSUPP, 0, "Unknown device type"}, 0),
	                 "lab.yaml:10:3: error: cannot make bridge n:s: Operation not supported: "
	                 "Unknown device type\n"
	                 "   10 |   n:s: {stp: true, priority: 4096, max-age: 10s,\n"
	                 "      |   ^~~ this kernel has no devices of that kind\n");
}

Test(refusal, words_are_escaped)
{
	cr_expect(strstr(refuse("device n:s", AT_CREATE, (struct reply){-EINVAL, 0, "\033[31m"}, 0),
	                 "Invalid argument: \\x1b[31m\n"));
}

Test(refusal, of_what_was_not_written_is_at_the_object)
{
	/* IFLA_ADDRESS: the MAC is derived from the names. */
	const struct graph *graph = graph_of(arena, topology);
	struct message message = encode(graph, NULL, object_of(graph, "device n:s"), AT_CREATE, 0);
	const char *text = refuse("device n:s", AT_CREATE, (struct reply){-EINVAL, 0, "no"},
	                          OFFSET(message.header, ifinfomsg, IFLA_ADDRESS));

	cr_expect(strstr(text, "lab.yaml:10:3: error: cannot make bridge n:s (mac "), "%s", text);
}

/* The real kernel names an attribute deep inside a message: one cut short is refused. */
Test(refusal, by_the_kernel)
{
	const struct graph *graph = graph_of(arena, topology);
	struct object *veth = graph_find(graph, "device n:a");
	struct message message;
	struct netlink *netlink;
	struct nlattr *mtu, *space;
	struct reply reply;
	const struct part *part;

	veth->index = 5000;
	graph_find(graph, "device n:b")->index = 5001;
	message = encode(graph, NULL, veth, AT_CREATE, 0);
	mtu = (struct nlattr *)((char *)message.header + OFFSET(message.header, ifinfomsg,
	                                                        IFLA_LINKINFO, IFLA_INFO_DATA,
	                                                        VETH_INFO_PEER, IFLA_MTU));
	mtu->nla_len--;
	for (int end = 0; end < 2; end++) { /* both stay here: attribute 0 is passed over */
		uint32_t at = end ? OFFSET(message.header, ifinfomsg, IFLA_LINKINFO, IFLA_INFO_DATA,
		                           VETH_INFO_PEER, IFLA_NET_NS_FD)
		                  : OFFSET(message.header, ifinfomsg, IFLA_NET_NS_FD);

		space = (struct nlattr *)((char *)message.header + at);
		space->nla_type = IFLA_GROUP;
	}
	cr_assert_eq(netlink_open(&netlink), 0);
	cr_assert_eq(netlink_send(netlink, &message.header, 1, &reply), 0);
	netlink_close(netlink);
	cr_expect_lt(reply.error, 0);
	cr_assert(reply.offset, "%s: %s", strerror(-reply.error), reply.text);
	part = message_part(&message, reply.offset);
	expect_span(part, 8, 16);
	cr_expect_str_eq(part->object->name, "b");
}
