/* Plans out of two texts: what is done with each object, and in which order. */
#include "planner/plan.h"
#include "graph.h"

#include <stdlib.h>

static struct arena *arena;

static void start(void)
{
	arena = arena_new();
}

static void end(void)
{
	arena_free(arena);
}

TestSuite(plan, .init = start, .fini = end);

static const struct plan *plan_of(const struct graph *have, const struct graph *want)
{
	struct diagnostics *diagnostics = diagnostics_new(arena, NULL);
	const struct plan *plan = plan_make(arena, want, have, diagnostics);

	diagnostics_print(diagnostics, stderr, false);
	cr_assert(plan);
	return plan;
}

/* Two hosts, `left` and `right`, with a cable; `%s` are the attributes of its left end. */
#define CABLE(left)                   \
	"namespaces: [left, right]\n" \
	"veths:\n"                    \
	"  - left:a: {" left "}\n"    \
	"    right:b: {addresses: [10.0.0.9/24]}\n"

#define ROUTE(left, route)                \
	"namespaces:\n"                   \
	"  left: {routes: [" route "]}\n" \
	"  right:\n"                      \
	"veths:\n"                        \
	"  - left:a: {" left "}\n"        \
	"    right:b: {addresses: [10.0.0.9/24]}\n"

#define HOST_ROUTE(left, route)         \
	"host: {routes: [" route "]}\n" \
	"namespaces: [right]\n"         \
	"veths:\n"                      \
	"  - a: {" left "}\n"           \
	"    right:b: {addresses: [10.0.0.9/24]}\n"

/* Every object of which something is done, its action's sign before and the reason behind it. */
static const char *actions_of(const struct plan *plan)
{
	static const char *const signs[] = {
	        [ACTION_CREATE] = "+",
	        [ACTION_CHANGE] = "~",
	        [ACTION_REPLACE] = "-/+",
	        [ACTION_DESTROY] = "-",
	};
	const char *text = "";

	for (size_t i = 0; i < plan->count; i++) {
		const struct item *item = &plan->items[i];
		const struct object *object = item->want ? item->want : item->have;

		if (item->action == ACTION_NONE)
			continue;
		text = arena_printf(arena, "%s%s %s", text, signs[item->action],
		                    object_print(arena, object));
		for (size_t f = 0; item->action == ACTION_CHANGE && f < 64; f++) {
			if (item->changed >> f & 1)
				text = arena_printf(arena, "%s %s", text,
				                    kind_field(object->kind, f)->key);
		}
		if (item->reason)
			text = arena_printf(arena, "%s (%s)", text, item->reason);
		text = arena_printf(arena, "%s\n", text);
	}
	return text;
}

static const struct {
	const char *name, *have, *want, *actions;
	size_t created, changed, destroyed;
} cases[] = {
        {"nothing to do", CABLE("addresses: [10.0.0.1/24, 'fd00::1/64']"),
         CABLE("addresses: ['fd00::1/64', 10.0.0.1/24], up: true, mtu: 1500"), "", 0, 0, 0},
        {"create", "{}", "namespaces: [left]\nveths:\n  - [left:a, b]\n",
         "+ namespace left\n+ lo left:lo\n+ veth left:a\n+ veth b\n", 2, 0, 0},
        {"destroy", "namespaces: [left]\nveths:\n  - [left:a, b]\n", "{}",
         "- namespace left\n- lo left:lo\n- veth left:a\n- veth b\n", 0, 0, 2},
        {"attributes change in place", CABLE("mtu: 9000, txqueuelen: 5"),
         CABLE("mac: 02:00:00:00:00:01, up: false"), "~ veth left:a up mtu mac txqueuelen\n", 0, 1,
         0},
        {"only making it anew changes the queues", CABLE(""), CABLE("queues: 2"),
         "-/+ veth left:a (queues: 1 → 2)\n"
         "-/+ veth right:b (goes with veth left:a)\n"
         "-/+ address 10.0.0.9/24 on right:b (goes with veth right:b)\n",
         2, 0, 2},
        {"another peer", "veths:\n  - [a, b]\n  - [c, d]\n", "veths:\n  - [a, c]\n  - [b, d]\n",
         "-/+ veth a (peer: b → c)\n-/+ veth c (peer: d → a)\n"
         "-/+ veth b (peer: a → d)\n-/+ veth d (peer: c → b)\n",
         2, 0, 2},
        {"a label takes the address's routes along",
         ROUTE("addresses: [{address: 10.0.0.1/24, label: x}]", "{to: 10.1.0.0/16, dev: a}"),
         ROUTE("addresses: [10.0.0.1/24]", "{to: 10.1.0.0/16, dev: a}"),
         "-/+ route 10.1.0.0/16 in left (goes with address 10.0.0.1/24 on left:a)\n"
         "-/+ address 10.0.0.1/24 on left:a (label: x → a)\n",
         2, 0, 2},
        {"another IPv4 address is there before the last one goes",
         ROUTE("addresses: [10.0.0.1/24]", "{to: 10.1.0.0/16, dev: a}"),
         ROUTE("addresses: [10.0.3.1/24]", "{to: 10.1.0.0/16, dev: a}"),
         "+ address 10.0.3.1/24 on left:a\n- address 10.0.0.1/24 on left:a\n", 1, 0, 1},
        {"in the host it goes first, and routes with it",
         HOST_ROUTE("addresses: [10.0.0.1/24]", "{to: 10.1.0.0/16, dev: a}"),
         HOST_ROUTE("addresses: [10.0.3.1/24]", "{to: 10.1.0.0/16, dev: a}"),
         "-/+ route 10.1.0.0/16 in host (goes with address 10.0.0.1/24 on a)\n"
         "+ address 10.0.3.1/24 on a\n- address 10.0.0.1/24 on a\n",
         2, 0, 2},
        {"a route goes with its src",
         ROUTE("addresses: [10.0.0.1/24, 10.0.0.2/24]", "{to: 10.1.0.0/16, dev: a, src: 10.0.0.2}"),
         ROUTE("addresses: [10.0.0.1/24]", "{to: 10.1.0.0/16, dev: a, src: 10.0.0.1}"),
         "-/+ route 10.1.0.0/16 in left (goes with address 10.0.0.2/24 on left:a)\n"
         "- address 10.0.0.2/24 on left:a\n",
         1, 0, 2},
        {"a small MTU takes IPv6 along",
         ROUTE("addresses: [10.0.0.1/24, 'fd00::1/64']",
               "{to: 'fd01::/64', dev: a}, {to: 10.1.0.0/16, dev: a}"),
         ROUTE("mtu: 1000, addresses: [10.0.0.1/24]", "{to: 10.1.0.0/16, dev: a}"),
         "~ veth left:a mtu\n- route fd01::/64 in left\n"
         "- address fd00::1/64 on left:a\n",
         0, 1, 2},
        {"a device that goes down keeps its IPv4 addresses",
         ROUTE("addresses: [10.0.0.1/24, 'fd00::1/64']", "{to: 10.1.0.0/16, dev: a}"),
         CABLE("up: false, addresses: [10.0.0.1/24, 'fd00::1/64']"),
         "~ veth left:a up\n-/+ address fd00::1/64 on left:a (goes with veth left:a)\n"
         "- route 10.1.0.0/16 in left\n",
         1, 1, 2},
        {"the first address of a subnet is its primary",
         CABLE("addresses: [10.0.0.1/24, 10.0.0.2/24, 10.0.3.1/24]"),
         CABLE("addresses: [10.0.3.1/24, 10.0.0.2/24, 10.0.0.1/24]"),
         "-/+ address 10.0.0.1/24 on left:a (comes after address 10.0.0.2/24 on left:a)\n", 1, 0,
         1},
        {"a primary of the host takes its secondaries along",
         "veths:\n  - a: {addresses: [10.0.0.1/24, 10.0.0.2/24]}\n    b:\n",
         "veths:\n  - a: {addresses: [10.0.0.2/24]}\n    b:\n",
         "-/+ address 10.0.0.2/24 on a (goes with address 10.0.0.1/24 on a)\n"
         "- address 10.0.0.1/24 on a\n",
         1, 0, 2},
        {"a port joins and leaves", "bridges: [x, y]\nveths:\n  - a: {bridge: x}\n    b:\n",
         "bridges: [x, y]\nveths:\n  - a: {bridge: y}\n    b: {bridge: y}\n",
         "~ veth a bridge\n~ veth b bridge\n", 0, 2, 0},
        {"a route changes in place", ROUTE("addresses: [10.0.0.1/24]", "{to: 10.1.0.0/16, dev: a}"),
         ROUTE("addresses: [10.0.0.1/24]", "{to: 10.1.0.0/16, via: 10.0.0.9, mtu: 1400}"),
         "~ route 10.1.0.0/16 in left via scope mtu\n", 0, 1, 0},
        {"sysctls", "namespaces: {left: {sysctls: {net.ipv4.tcp_sack: 1, net.core.somaxconn: 8}}}",
         "namespaces: {left: {forwarding: false, sysctls: {net.ipv4.tcp_sack: 0x0}}}",
         "~ sysctl net.ipv4.tcp_sack in left value\n+ sysctl net.ipv4.ip_forward in left\n"
         "+ sysctl net.ipv6.conf.all.forwarding in left\n- sysctl net.core.somaxconn in left\n",
         2, 1, 1},
};

Test(plan, actions)
{
	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct plan *plan =
		        plan_of(graph_of(arena, cases[i].have), graph_of(arena, cases[i].want));
		const char *actions = actions_of(plan);

		cr_expect_str_eq(actions, cases[i].actions, "%s: got\n%sexpected\n%s",
		                 cases[i].name, actions, cases[i].actions);
		cr_expect(plan->created == cases[i].created && plan->changed == cases[i].changed &&
		                  plan->destroyed == cases[i].destroyed,
		          "%s: got %zu, %zu, %zu", cases[i].name, plan->created, plan->changed,
		          plan->destroyed);
		cr_expect_eq(plan_is_empty(plan), !*actions, "%s", cases[i].name);
		cr_expect_eq(plan->step_count != 0, *actions != '\0', "%s", cases[i].name);
	}
}

static const char *steps_of(const struct plan *plan)
{
	static const char *const verbs[] = {"kill", "make", "set"};
	const char *text = "";

	for (size_t i = 0; i < plan->step_count; i++) {
		const struct item *item = plan->steps[i]->item;

		text = arena_printf(arena, "%s%s %s\n", text, verbs[plan->steps[i]->verb],
		                    object_print(arena, item->want ? item->want : item->have));
	}
	return text;
}

Test(plan, a_plan_made_twice_is_the_same)
{
	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct graph *have = graph_of(arena, cases[i].have);
		const struct graph *want = graph_of(arena, cases[i].want);
		const char *once = steps_of(plan_of(have, want));

		cr_expect_str_eq(steps_of(plan_of(have, want)), once, "%s", cases[i].name);
		cr_expect_str_eq(steps_of(plan_of(graph_of(arena, cases[i].have),
		                                  graph_of(arena, cases[i].want))),
		                 once, "%s", cases[i].name);
		cr_expect(plan_is_empty(plan_of(want, want)), "%s", cases[i].name);
	}
}

Test(plan, a_device_of_another_kind_is_made_anew)
{
	static const char have[] = "veths:\n  - a: {addresses: [10.0.0.1/24]}\n    b:\n";
	static const char want[] = "bridges:\n  a: {addresses: [10.0.0.1/24]}\n";

	cr_expect_str_eq(actions_of(plan_of(graph_of(arena, have), graph_of(arena, want))),
	                 "-/+ bridge a (a veth becomes a bridge)\n"
	                 "-/+ address 10.0.0.1/24 on a (goes with veth a)\n- veth b\n");
}

/* No field of a bridge makes it anew; a device of a kind that topoc does not know becomes one. */
Test(plan, ports_rejoin_a_bridge_made_anew)
{
	static const char text[] = "bridges: [x]\nveths:\n  - a: {bridge: x}\n    b:\n";
	struct graph *have = graph_of(arena, text);
	struct object *device = graph_device(have, "x");

	device->kind = &device_kind;
	object_unset(device, DEVICE_LINK); /* a bridge has another field there */
	cr_expect_str_eq(actions_of(plan_of(have, graph_of(arena, text))),
	                 "-/+ bridge x (a device becomes a bridge)\n"
	                 "~ veth a bridge (goes with bridge x)\n");
}

/* The plan where what stands under `path` in the kernel is somebody else's, and what is said. */
static const struct plan *foreign_plan(const char *have_text, const char *want_text,
                                       const char *path, bool adoptable, const char **said)
{
	struct graph *have = graph_of(arena, have_text);
	struct diagnostics *diagnostics = diagnostics_new(arena, NULL);
	struct object *object = graph_find(have, path);
	const struct plan *plan;
	size_t length;
	FILE *file;
	char *text;

	object->foreign = true;
	object->adoptable = adoptable;
	plan = plan_make(arena, graph_of(arena, want_text), have, diagnostics);
	file = open_memstream(&text, &length);
	diagnostics_print(diagnostics, file, false);
	fclose(file);
	*said = arena_copy(arena, text, length);
	free(text);
	return plan;
}

Test(plan, what_is_foreign)
{
	static const struct {
		const char *name, *have, *want, *path, *actions, *said;
		bool adoptable;
	} foreign[] = {
	        {"a device is never taken over", "bridges: [x]", "bridges: [x]", "device x", NULL,
	         "topoc: error: bridge x is there already and is not topoc's; "
	         "use another name, or remove it if nobody needs it\n",
	         false},
	        {"nor is a namespace", "namespaces: [left]", "namespaces: [left]", "namespace left",
	         NULL,
	         "topoc: error: namespace left is there already and is not topoc's; "
	         "use another name, or remove it if nobody needs it\n",
	         false},
	        {"an address that is as it should be", CABLE("addresses: [10.0.0.1/24]"),
	         CABLE("addresses: [10.0.0.1/24]"), "address left:a 10.0.0.1/24", "", "", false},
	        {"a route that is not", ROUTE("", "{to: 10.1.0.0/16, dev: a}"),
	         ROUTE("", "{to: 10.1.0.0/16, dev: a, mtu: 1400}"), "route left 10.1.0.0/16", NULL,
	         "topoc: error: route 10.1.0.0/16 in left is there already and is not topoc's; "
	         "use another name, or remove it if nobody needs it\n",
	         false},
	        {"but was made by a hand", ROUTE("", "{to: 10.1.0.0/16, dev: a}"),
	         ROUTE("", "{to: 10.1.0.0/16, dev: a, mtu: 1400}"), "route left 10.1.0.0/16",
	         "~ route 10.1.0.0/16 in left mtu\n", "", true},
	        {"what nobody declares stays", ROUTE("", "{to: 10.1.0.0/16, dev: a}"), CABLE(""),
	         "route left 10.1.0.0/16", "", "", false},
	};

	for (size_t i = 0; i < COUNT(foreign); i++) {
		const char *said;
		const struct plan *plan =
		        foreign_plan(foreign[i].have, foreign[i].want, foreign[i].path,
		                     foreign[i].adoptable, &said);

		cr_expect_str_eq(said, foreign[i].said, "%s: %s", foreign[i].name, said);
		cr_expect_eq(plan != NULL, foreign[i].actions != NULL, "%s", foreign[i].name);
		if (plan && foreign[i].actions)
			cr_expect_str_eq(actions_of(plan), foreign[i].actions, "%s",
			                 foreign[i].name);
	}
}

Test(plan, what_is_foreign_can_be_lost)
{
	const char *said;
	const struct plan *plan =
	        foreign_plan(ROUTE("", "{to: 10.1.0.0/16, dev: a}"), CABLE("up: false"),
	                     "route left 10.1.0.0/16", false, &said);
	const struct item *item;

	cr_assert(plan);
	item = plan_item(plan, graph_find(plan->have, "route left 10.1.0.0/16"));
	cr_expect(item->lost && item->action == ACTION_NONE && item_dies(item));
	cr_expect_str_eq(item->reason, "goes with veth left:a");
	cr_expect_str_eq(actions_of(plan), "~ veth left:a up\n");
	cr_expect_eq(plan->destroyed, 0);
}
