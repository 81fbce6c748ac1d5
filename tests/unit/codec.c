/* Objects to messages and back: what a topology says goes through encode() and decode() unchanged.
 */
#include "graph.h"

#include "executor/wire.h"
#include "parser/arena.h"
#include "parser/kinds.h"
#include "planner/plan.h"

#include <criterion/criterion.h>
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

TestSuite(codec, .init = start, .fini = end);

/* One namespace with three devices, two of which have a subnet. */
static struct graph *read_with(const char *what, const char *line)
{
	return graph_of(
	        arena,
	        arena_printf(
	                arena,
	                "bridges:\n"
	                "  n:a: {addresses: [10.0.0.1/24, 'fd00::1/64'%s%s]}\n"
	                "  n:b: {addresses: [10.0.1.1/24, 'fd00:1::1/64']}\n"
	                "  n:c:\n"
	                "namespaces:\n  n:\n    routes:\n      - {to: 10.9.9.0/24, dev: a}\n%s%s\n",
	                *what == 'a' ? ", " : "", *what == 'a' ? line : "",
	                *what == 'r' ? "      - " : "", *what == 'r' ? line : ""));
}

/* Names for the indexes that decoding leaves, as the observer does it. */
static void resolve(const struct graph *graph, const struct field *field, struct value *value)
{
	if (!value->presence)
		return;
	for (size_t i = 0; field->type == TYPE_LIST && i < value->list.count * field->element_count;
	     i++)
		resolve(graph, &field->element[i % field->element_count], &value->list.values[i]);
	if (field->type != TYPE_DEVICE)
		return;
	value->presence = value->number ? GIVEN : ABSENT;
	for (size_t k = 0; k < graph->count; k++) {
		const struct object *at = graph->objects[k];

		if (at->kind->class == &link_class && at->index == value->number)
			value->text = strchr(at->path, ' ') + 1;
	}
}

/* Decodes what makes and brings up an object into one of `copy`, and gives that its name. */
static struct object *copy_object(struct graph *copy, const struct graph *graph,
                                  const struct object *object)
{
	const struct kind *kind = object->kind;
	struct object *owner = graph_find(copy, object->owner->path);
	struct object *fresh = graph_add(copy, kind, owner, (struct span){0});

	decode(arena, encode(graph, NULL, object, AT_CREATE, 0).header, fresh);
	if (kind->class == &link_class)
		decode(arena, encode(graph, NULL, object, AT_BIRTH, 0).header, fresh);
	fresh->index = object->index;
	for (size_t i = 0; i < kind_field_count(kind); i++) {
		resolve(graph, kind_field(kind, i), object_set(arena, fresh, i));
		/* The other end is not in this message: the observer finds it in others. */
		if (kind_field(kind, i)->flags & FIELD_PEER)
			*object_set(arena, fresh, i) = *object_value(object, i);
	}
	graph_name(copy, fresh,
	           kind->class == &link_class ? object->name
	                                      : kind->class->identify(copy, fresh, NULL));
	return fresh;
}

/* The graph as it comes out of the messages that make it. */
static struct graph *copy_of(const struct graph *graph)
{
	struct graph *copy = graph_new(arena, graph->topology);
	copy->observed = true;

	for (size_t i = 1; i < graph->count; i++) {
		const struct object *object = graph->objects[i];
		struct object *fresh;

		if (object->owner && codec_of(object->kind) && !object->kind->with_owner) {
			copy_object(copy, graph, object);
			continue;
		}
		fresh = graph_add(copy, object->kind,
		                  object->owner ? graph_find(copy, object->owner->path) : NULL,
		                  object->span);
		object_copy_values(arena, fresh, object);
		fresh->index = object->index;
		graph_name(copy, fresh, object->name);
	}
	graph_complete(copy);
	return copy;
}

static void expect_equal_fields(const struct object *object, const struct object *copy)
{
	for (size_t i = 0; i < kind_field_count(object->kind); i++) {
		const struct field *field = kind_field(object->kind, i);
		const struct value *value = object_value(object, i);

		if (value->presence == GIVEN)
			cr_expect_eq(value_compare(field, value, object_value(copy, i)), 0,
			             "%s: %s", object->path, field->key);
	}
}

static void expect_equal_messages(const struct graph *graph, const struct object *object,
                                  const struct graph *copy, const struct object *fresh)
{
	static const unsigned when[] = {AT_CREATE, AT_BIRTH, AT_DELETE};

	for (size_t i = 0; i < COUNT(when); i++) {
		struct nlmsghdr *a = encode(graph, NULL, object, when[i], 0).header;
		struct nlmsghdr *b = encode(copy, NULL, fresh, when[i], 0).header;

		cr_assert(a && b);
		cr_expect(a->nlmsg_len == b->nlmsg_len && !memcmp(a, b, a->nlmsg_len),
		          "%s: message %zu", object->path, i);
	}
}

static void expect_round_trip(const struct graph *graph)
{
	const struct graph *copy = copy_of(graph);
	struct diagnostics *diagnostics = diagnostics_new(arena, NULL);
	const struct plan *plan;

	for (size_t i = 0; i < graph->count; i++) {
		const struct object *object = graph->objects[i];
		const struct object *fresh = graph_find(copy, object->path);

		cr_assert(fresh, "%s has another name", object->path);
		expect_equal_fields(object, fresh);
		if (codec_of(object->kind))
			expect_equal_messages(graph, object, copy, fresh);
	}
	plan = plan_make(arena, graph, copy, diagnostics);
	cr_expect(plan && plan_is_empty(plan));
}

static const char *const addresses[] = {
        "10.0.0.2/24",
        "10.0.0.2/32",
        "'fd00::2/64'",
        "'fd00::2/128'",
        "'::ffff:10.0.0.1/128'",
        "{address: 10.0.2.1, peer: 10.0.2.2/32}",
        "{address: 10.0.2.1, peer: 10.0.3.1/24}",
        "{address: 10.0.2.1, peer: 10.0.2.1/24}",
        "{address: 'fd00::2', peer: 'fd00::3/128'}",
        "{address: 'fd00::2', peer: 'fd00:3::3/64'}",
        "{address: 10.0.2.1/24, label: 'a:1'}",
        "{address: 10.0.2.1, peer: 10.0.2.2/32, label: 'a:1', scope: link}",
        "{address: 10.0.2.1/24, scope: host}",
        "{address: 10.0.2.1/24, scope: 42}",
};

static const char *const routes[] = {
        "{to: 10.1.0.0/16, dev: c}",
        "{to: 10.1.2.3, dev: c}",
        "{to: 'fd01::/64', dev: c}",
        "{to: 10.1.0.0/16, via: 10.0.0.2}",
        "{to: 0.0.0.0/0, via: 10.0.0.2}",
        "{to: default, via: 'fd00::2'}",
        "{to: '::/0', dev: c}",
        "{to: 0.0.0.0/0, dev: c}",
        "{to: 'fd01::/64', via: 'fd00::2'}",
        "{to: 'fd01::/64', via: 'fe80::2', dev: c}",
        "{to: 10.1.0.0/16, via: 'fd00::2'}",
        "{to: 10.1.0.0/16, via: 'fe80::2', dev: c}",
        "{to: 10.1.0.0/16, via: 10.7.0.1, dev: c, onlink: true}",
        "{to: 10.1.0.0/16, dev: c, src: 10.0.0.1}",
        "{to: 'fd01::/64', dev: c, src: 'fd00::1'}",
        "{to: 10.1.0.0/16, dev: c, metric: 100}",
        "{to: 10.1.0.0/16, dev: c, metric: 4294967295}",
        "{to: 'fd01::/64', dev: c, metric: 1}",
        "{to: 'fd01::/64', dev: c, metric: 1024}",
        "{to: 10.1.0.0/16, dev: c, table: 100}",
        "{to: 10.1.0.0/16, dev: c, table: 4294967295}",
        "{to: 'fd01::/64', dev: c, table: local, metric: 7}",
        "{to: 10.1.0.0/16, via: 10.0.0.2, mtu: 1400}",
        "{to: 10.1.0.0/16, dev: c, scope: global}",
        "{to: 10.1.0.0/16, dev: c, scope: host}",
        "{to: 10.1.0.0/16, type: blackhole}",
        "{to: 'fd01::/64', type: blackhole}",
        "{to: 10.1.0.0/16, type: unreachable, metric: 9}",
        "{to: 10.1.0.0/16, type: prohibit}",
        "{to: 10.1.0.0/16, type: throw, table: 100}",
        "{to: 10.1.0.0/16, nexthops: [{via: 10.0.0.2}, {via: 10.0.1.2, weight: 256}]}",
        "{to: 10.1.0.0/16, nexthops: [{dev: c, weight: 2}, {dev: b}, {via: 10.0.0.2, dev: a}]}",
        "{to: 10.1.0.0/16, nexthops: [{via: 'fd00::2'}, {via: 10.0.1.2}]}",
        "{to: 'fd01::/64', nexthops: [{via: 'fd00::3'}, {via: 'fd00::2', weight: 7}]}",
        "{to: 'fd01::/64', nexthops: [{via: 'fe80::2', dev: b}, {via: 'fe80::2', dev: c}]}",
        "{to: 10.1.0.0/16, onlink: true, nexthops: [{via: 10.7.0.2, dev: b}, {dev: c}]}",
        "{to: 10.1.0.0/16, mtu: 1400, src: 10.0.0.1, nexthops: [{dev: b}, {dev: c}]}",
        "{to: 10.1.0.0/16, nexthops: [{via: 10.0.0.2}]}",
};

Test(codec, addresses)
{
	for (size_t i = 0; i < COUNT(addresses); i++)
		expect_round_trip(read_with("address", addresses[i]));
}

Test(codec, routes)
{
	for (size_t i = 0; i < COUNT(routes); i++)
		expect_round_trip(read_with("route", routes[i]));
}

static const char devices[] =
        "namespaces: [n]\n"
        "bridges:\n"
        "  n:plain:\n"
        "  n:full: {up: false, mtu: 9000, mac: 02:00:00:00:00:01, txqueuelen: 7, stp: true,\n"
        "           priority: 4096, forward-delay: 2500ms, hello-time: 1100ms, max-age: 40s,\n"
        "           ageing-time: 1000000s, mcast-snooping: false, vlan-filtering: true}\n"
        "  n:least: {mtu: 68, txqueuelen: 0, priority: 0, forward-delay: 0s, hello-time: 1s,\n"
        "            max-age: 6s, ageing-time: 0s}\n"
        "  n:said: {up: true, mtu: 1500, txqueuelen: 1000, stp: false, priority: 32768,\n"
        "           forward-delay: 15s, mcast-snooping: true, vlan-filtering: false}\n"
        "veths:\n"
        "  - n:x: {bridge: full, mtu: 9000, queues: 4}\n"
        "    y: {mac: 02:00:00:00:00:02, up: false}\n";

Test(codec, devices)
{
	expect_round_trip(graph_of(arena, devices));
}
