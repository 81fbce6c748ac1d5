/* Steps of plans: each comes after what it needs. */
#include "graph.h"
#include "planner/plan.h"

static struct arena *arena;

static void start(void)
{
	arena = arena_new();
}

static void end(void)
{
	arena_free(arena);
}

TestSuite(order, .init = start, .fini = end);

static const struct plan *plan_of(const char *have, const char *want)
{
	struct diagnostics *diagnostics = diagnostics_new(arena, NULL);
	const struct plan *plan =
	        plan_make(arena, graph_of(arena, want), graph_of(arena, have), diagnostics);

	diagnostics_print(diagnostics, stderr, false);
	cr_assert(plan);
	return plan;
}

/* The step called "make route left 10.1.0.0/16": its place, from 1; 0 where there is none. */
static size_t place_of(const struct plan *plan, const char *name)
{
	const char *path = strchr(name, ' ') + 1;
	const struct object *object = graph_find(*name == 'k' ? plan->have : plan->want, path);
	const struct item *item = object ? plan_item(plan, object) : NULL;
	const struct step *step = !item          ? NULL
	                          : *name == 'k' ? item->kill
	                          : *name == 'm' ? item->make
	                                         : item->set;

	for (size_t i = 0; i < plan->step_count; i++) {
		if (plan->steps[i] == step)
			return i + 1;
	}
	return 0;
}

static const char lab[] = "namespaces:\n"
                          "  n:\n"
                          "    forwarding: true\n"
                          "    sysctls: {net.ipv4.conf.a.rp_filter: 2}\n"
                          "    routes:\n"
                          "      - {to: 10.2.0.0/16, via: 10.1.0.1}\n"
                          "      - {to: 10.1.0.0/16, dev: a, src: 10.0.0.2}\n"
                          "  m:\n"
                          "bridges: [n:br]\n"
                          "veths:\n"
                          "  - n:a: {addresses: [10.0.0.1/24, 10.0.0.2/24]}\n"
                          "    m:a: {addresses: ['fd00::1/64']}\n"
                          "  - n:b: {bridge: br}\n"
                          "    c:\n";

#define ONE(left, routes)               \
	"namespaces:\n"                 \
	"  n: {routes: [" routes "]}\n" \
	"veths:\n"                      \
	"  - n:a: {" left "}\n    n:b:\n"

#define IN_HOST(left, routes)            \
	"host: {routes: [" routes "]}\n" \
	"veths:\n  - a: {" left "}\n    b:\n"

/* Two bridges with a host each, joined by a third. */
#define RACKS(spine)                                               \
	"namespaces: [h, i, r1, r2, " spine "]\n"                  \
	"bridges: [r1:br, r2:br, '" spine ":br']\n"                \
	"veths:\n"                                                 \
	"  - {'" spine ":a': {bridge: br}, r1:up: {bridge: br}}\n" \
	"  - {'" spine ":b': {bridge: br}, r2:up: {bridge: br}}\n" \
	"  - {h:eth0: {}, r1:h: {bridge: br}}\n"                   \
	"  - {i:eth0: {}, r2:i: {bridge: br}}\n"

#define BRIDGED                                    \
	"namespaces: [n]\n"                        \
	"veths:\n  - n:a: {bridge: z}\n    n:b:\n" \
	"bridges: [n:z]\n"

/* In each, `first` comes before `then`. */
static const struct {
	const char *have, *want, *first, *then;
} cases[] = {
        /* What is new is made from the ground up ... */
        {"{}", lab, "make namespace n", "make device n:br"},
        {"{}", lab, "make namespace n", "make device n:a"},
        {"{}", lab, "make namespace m", "make device n:a"},
        {"{}", lab, "make namespace n", "set device n:lo"},
        {"{}", lab, "make device n:a", "set device n:a"},
        {"{}", lab, "make device n:br", "set device n:b"},
        {"{}", lab, "set device n:b", "set device n:br"},
        {"{}", lab, "set device n:a", "make address n:a 10.0.0.1/24"},
        {"{}", lab, "set device m:a", "make address m:a fd00::1"},
        {"{}", lab, "make address n:a 10.0.0.1/24", "make address n:a 10.0.0.2/24"},
        {"{}", lab, "make address n:a 10.0.0.2/24", "make route n 10.1.0.0/16"},
        {"{}", lab, "set device n:a", "make route n 10.1.0.0/16"},
        {"{}", lab, "make sysctl n net/ipv4/ip_forward", "make device n:a"},
        {"{}", lab, "make device n:a", "make sysctl n net/ipv4/conf/a/rp_filter"},
        {"{}", lab, "make sysctl n net/ipv4/conf/a/rp_filter", "set device n:a"},
        /* ... and goes the other way round, devices and namespaces last. */
        {ONE("addresses: [10.0.0.2/24]", "{to: 10.1.0.0/16, dev: a, src: 10.0.0.2}"), ONE("", ""),
         "kill route n 10.1.0.0/16", "kill address n:a 10.0.0.2/24"},
        {lab, ONE("", ""), "make device n:a", "kill namespace m"},
        {lab, ONE("", ""), "kill sysctl n net/ipv4/ip_forward", "kill device n:br"},
        {lab, ONE("", ""), "set device n:a", "kill device n:br"},
        /* A bridge that joins others comes up after them, whatever its name. */
        {"{}", RACKS("a"), "set device r1:br", "set device a:br"},
        {"{}", RACKS("a"), "set device r2:br", "set device a:br"},
        {"{}", RACKS("z"), "set device r2:br", "set device z:br"},
        /*
         * A master goes before its ports, but for one that is made anew: what goes for good goes
         * last.
         */
        {BRIDGED, "namespaces: [n]", "kill device n:z", "kill device n:a"},
        {BRIDGED, ONE("queues: 2", ""), "kill device n:a", "kill device n:z"},
        /* What is made anew goes first, and what hangs on it before. */
        {ONE("", ""), ONE("queues: 2", ""), "kill device n:a", "make device n:a"},
        {ONE("addresses: [10.0.0.1/24]", ""), ONE("addresses: [10.0.0.1/24], queues: 2", ""),
         "kill device n:a", "make address n:a 10.0.0.1/24"},
        {ONE("", "{to: 10.1.0.0/16, dev: a}"), ONE("queues: 2", "{to: 10.1.0.0/16, dev: a}"),
         "kill route n 10.1.0.0/16", "kill device n:a"},
        {ONE("", "{to: 10.1.0.0/16, dev: a}"), ONE("queues: 2", "{to: 10.1.0.0/16, dev: a}"),
         "set device n:a", "make route n 10.1.0.0/16"},
        {ONE("addresses: [{address: 10.0.0.1/24, label: x}]", ""),
         ONE("addresses: [10.0.0.1/24]", ""), "kill address n:a 10.0.0.1/24",
         "make address n:a 10.0.0.1/24"},
        {"namespaces: [n]\nbridges: [n:a]", ONE("", ""), "kill device n:a", "make device n:a"},
        {"veths:\n  - [a, b]\n  - [c, d]", "veths:\n  - [a, c]\n  - [b, d]", "kill device b",
         "make device a"},
        {"veths:\n  - [a, b]\n  - [c, d]", "veths:\n  - [a, c]\n  - [b, d]", "kill device c",
         "make device a"},
        /* What the kernel would take along goes before the cause. */
        {ONE("addresses: ['fd00::1/64']", ""), ONE("mtu: 1000", ""), "kill address n:a fd00::1",
         "set device n:a"},
        {ONE("addresses: ['fd00::1/64']", ""), ONE("up: false, addresses: ['fd00::1/64']", ""),
         "kill address n:a fd00::1", "set device n:a"},
        {ONE("addresses: ['fd00::1/64']", ""), ONE("up: false, addresses: ['fd00::1/64']", ""),
         "set device n:a", "make address n:a fd00::1"},
        {ONE("", "{to: 10.1.0.0/16, dev: a}"), ONE("up: false", ""), "kill route n 10.1.0.0/16",
         "set device n:a"},
        /* A device keeps an IPv4 address; in the host a primary takes its secondaries along. */
        {ONE("addresses: [10.0.0.1/24]", ""), ONE("addresses: [10.0.0.2/24]", ""),
         "make address n:a 10.0.0.2/24", "kill address n:a 10.0.0.1/24"},
        {IN_HOST("addresses: [10.0.0.1/24]", ""), IN_HOST("addresses: [10.0.0.2/24]", ""),
         "kill address a 10.0.0.1/24", "make address a 10.0.0.2/24"},
        {IN_HOST("addresses: [10.0.0.1/24]", "{to: 10.1.0.0/16, dev: a}"),
         IN_HOST("addresses: [10.0.0.2/24]", "{to: 10.1.0.0/16, dev: a}"),
         "kill address a 10.0.0.1/24", "make route host 10.1.0.0/16"},
        /* An IPv6 address takes along the route to the peer of another. */
        {ONE("addresses: [{address: 'fd00::1', peer: 'fd00::2/128'}]", ""),
         ONE("addresses: [{address: 'fd00::2', peer: 'fd00::1/128'}]", ""),
         "kill address n:a fd00::1", "make address n:a fd00::2"},
        {ONE("addresses: ['fd00::1/64']", ""),
         ONE("addresses: [{address: 'fd01::2', peer: 'fd00::/64'}]", ""),
         "kill address n:a fd00::1", "make address n:a fd01::2"},
        /* Also of one that stays, which is made again. */
        {ONE("addresses: [{address: 'fd00::1', peer: 'fd00::2/128'}, {address: 'fd00::2', peer: "
             "'fd00::1/128'}]",
             ""),
         ONE("addresses: [{address: 'fd00::1', peer: 'fd00::2/128'}]", ""),
         "kill address n:a fd00::2", "make address n:a fd00::1"},
        /* A gateway is reached before it is used. */
        {"{}", ONE("addresses: [10.0.0.1/24]", "{to: 10.1.0.0/16, via: 10.0.0.2}"),
         "make address n:a 10.0.0.1/24", "make route n 10.1.0.0/16"},
        {"{}", ONE("", "{to: 10.1.0.0/16, via: 10.0.0.2}, {to: 10.0.0.0/24, dev: a}"),
         "make route n 10.0.0.0/24", "make route n 10.1.0.0/16"},
        /* A route where an address's own subnet was. */
        {ONE("addresses: [10.0.0.1/24]", ""), ONE("", "{to: 10.0.0.0/24, dev: a}"),
         "kill address n:a 10.0.0.1/24", "make route n 10.0.0.0/24"},
};

Test(order, each_step_comes_after_what_it_needs)
{
	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct plan *plan = plan_of(cases[i].have, cases[i].want);
		size_t first = place_of(plan, cases[i].first);
		size_t then = place_of(plan, cases[i].then);

		cr_expect(first, "%zu: no '%s'", i, cases[i].first);
		cr_expect(then, "%zu: no '%s'", i, cases[i].then);
		cr_expect_lt(first, then, "%zu: %s, then %s", i, cases[i].first, cases[i].then);
	}
}

/* Both ends of a cable are made, and go, by one step. */
Test(order, a_cable_is_one_step)
{
	const struct plan *plan = plan_of("{}", lab);

	cr_expect_eq(place_of(plan, "make device n:a"), place_of(plan, "make device m:a"));
	cr_expect_neq(place_of(plan, "set device n:a"), place_of(plan, "set device m:a"));
	plan = plan_of("veths:\n  - [a, b]\n", "{}");
	cr_expect_eq(plan->step_count, 1);
	cr_expect_eq(place_of(plan, "kill device a"), place_of(plan, "kill device b"));
}

/* Namespaces with those keys, and a ring of cables through them. */
enum { RING = 200 };

static const char *spaces(const char *keys)
{
	const char *text = "namespaces:\n";

	for (size_t i = 0; i < RING; i++)
		text = arena_printf(arena, "%s  n%zu: %s\n", text, i, keys);
	return text;
}

static const char *cables(void)
{
	const char *text = "veths:\n";

	for (size_t i = 0; i < RING; i++)
		text = arena_printf(arena, "%s  - [n%zu:a, n%zu:b]\n", text, i, (i + 1) % RING);
	return text;
}

static size_t count_entries(const struct plan *plan)
{
	size_t count = 0;

	for (size_t i = 0; i < plan->step_count; i++) {
		const struct step *step = plan->steps[i];

		count += step->channel == CHANNEL_NAMESPACE &&
		         (!i || plan->steps[i - 1]->space != step->space);
	}
	return count;
}

/*
 * What has all its cables is not left until all others have theirs; what has an early and a late one
 * is entered once, and before that once for its sysctls.
 */
Test(order, cables_are_made_in_waves)
{
	static const char *const keys[] = {"", "{forwarding: true}"};

	for (size_t i = 0; i < COUNT(keys); i++) {
		const char *ring = arena_join(arena, spaces(keys[i]), cables(), NULL);
		const struct plan *plan = plan_of("{}", ring);

		cr_expect_lt(place_of(plan, "make device n50:a"),
		             place_of(plan, "set device n1:a"));
		cr_expect_lt(place_of(plan, "set device n1:a"),
		             place_of(plan, "make device n199:a"));
		cr_expect_lt(place_of(plan, "make device n199:a"),
		             place_of(plan, "set device n0:a"));
		cr_expect(!i || place_of(plan, "make device n50:a") <
		                        place_of(plan, "make sysctl n199 net/ipv4/ip_forward"));
		cr_expect_eq(count_entries(plan), RING * (i + 1));
	}
}

/* What goes wrong with a cable does so before anything alive is touched. */
Test(order, cables_between_namespaces_that_are_there_come_first)
{
	const char *have = arena_join(arena, spaces(""),
	                              "bridges: {'n0:br': {addresses: [10.0.0.1/24]}}\n", NULL);
	const char *want =
	        arena_join(arena, spaces(""), "bridges: {'n0:br': {}}\n", cables(), NULL);
	const struct plan *plan = plan_of(have, want);

	cr_expect_lt(place_of(plan, "make device n199:a"),
	             place_of(plan, "kill address n0:br 10.0.0.1/24"));
	cr_expect(place_of(plan, "make device n199:a"));
}

/* What goes with its owner needs no step of its own; what goes for good goes last. */
Test(order, removal)
{
	const struct plan *plan = plan_of(lab, "{}");

	cr_expect_eq(place_of(plan, "kill address n:a 10.0.0.1/24"), 0);
	cr_expect_eq(place_of(plan, "kill device n:a"), 0);
	cr_expect_neq(place_of(plan, "kill device c"), 0, "it is in the host");
	cr_expect_eq(plan->step_count, 3);
	plan = plan_of(lab, "namespaces: {k: {sysctls: {net.ipv4.tcp_sack: 0}}}\nbridges: [k:x]");
	for (size_t i = 1; i < plan->step_count; i++)
		cr_expect(plan->steps[i]->last || !plan->steps[i - 1]->last);
	cr_expect(plan->steps[plan->step_count - 1]->last);
}
