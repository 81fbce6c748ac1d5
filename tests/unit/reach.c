/* Static reachability: the verdict on a namespace and an address, and what is in the way. */
#include "parser/reach/reach.h"
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

TestSuite(reach, .init = start, .fini = end);

/* h - r - k: the attributes of the namespaces, and of the devices he, ra, rb, ke. */
#define LINE(h, r, k, he, ra, rb, ke)                             \
	"namespaces:\n  h: {" h "}\n  r: {" r "}\n  k: {" k "}\n" \
	"veths:\n  - h:e: {" he "}\n    r:a: {" ra "}\n  - r:b: {" rb "}\n    k:e: {" ke "}\n"
#define ADDRESSES(list) "addresses: [" list "]"
#define FOUR(h, r, k)                                                     \
	LINE(h, r, k, ADDRESSES("10.0.1.1/24"), ADDRESSES("10.0.1.2/24"), \
	     ADDRESSES("10.0.2.2/24"), ADDRESSES("10.0.2.1/24"))
#define SIX(h, r, k)                                                            \
	LINE(h, r, k, ADDRESSES("'fd00:1::1/64'"), ADDRESSES("'fd00:1::2/64'"), \
	     ADDRESSES("'fd00:2::2/64'"), ADDRESSES("'fd00:2::1/64'"))
#define H_ROUTE  "routes: [{to: default, via: 10.0.1.2}]"
#define K_ROUTE  "routes: [{to: default, via: 10.0.2.2}]"
#define H_ROUTE6 "routes: [{to: '::/0', via: 'fd00:1::2'}]"
#define K_ROUTE6 "routes: [{to: '::/0', via: 'fd00:2::2'}]"
#define FORWARDS "forwarding: true"

static const struct {
	const char *file, *from, *to;
	enum reach_verdict verdict;
	const char *reason;
} cases[] = {
        /* There and back, in either family. */
        {FOUR(H_ROUTE, FORWARDS, K_ROUTE), "h", "k:e 10.0.2.1/24", REACH_YES, NULL},
        {SIX(H_ROUTE6, FORWARDS, K_ROUTE6), "h", "k:e fd00:2::1", REACH_YES, NULL},
        {FOUR(H_ROUTE, FORWARDS, K_ROUTE), "k", "k:e 10.0.2.1/24", REACH_YES, NULL},
        /* The whole namespace answers for its addresses. */
        {FOUR(H_ROUTE, "", K_ROUTE), "h", "r:b 10.0.2.2/24", REACH_YES, NULL},

        {FOUR("", FORWARDS, K_ROUTE), "h", "k:e 10.0.2.1/24", REACH_NO,
         "h has no route to 10.0.2.0/24"},
        {FOUR(H_ROUTE, FORWARDS, ""), "h", "k:e 10.0.2.1/24", REACH_NO,
         "k has no route back to 10.0.1.0/24"},
        {FOUR(H_ROUTE, "", K_ROUTE), "h", "k:e 10.0.2.1/24", REACH_NO, "r does not forward"},
        {SIX(H_ROUTE6, "sysctls: {net.ipv4.ip_forward: 1}", K_ROUTE6), "h", "k:e fd00:2::1",
         REACH_NO, "r does not forward IPv6"},
        {FOUR(H_ROUTE, "forwarding: true, sysctls: {net.ipv4.conf.b.forwarding: 0}", K_ROUTE), "h",
         "k:e 10.0.2.1/24", REACH_NO, "r does not forward IPv4, on the way back"},
        {FOUR("routes: [{to: default, via: 10.0.1.9}]", FORWARDS, K_ROUTE), "h", "k:e 10.0.2.1/24",
         REACH_NO, "10.0.1.9 is nobody's"},
        {FOUR("routes: [{to: default, via: 10.0.2.1, dev: e, onlink: true}]", FORWARDS, K_ROUTE),
         "h", "k:e 10.0.2.1/24", REACH_NO, "10.0.2.1 is not on the segment of h:e"},
        {FOUR(H_ROUTE, "forwarding: true, routes: [{to: 10.0.2.0/25, type: blackhole}]", K_ROUTE),
         "h", "k:e 10.0.2.1/24", REACH_NO, "the route of r to 10.0.2.0/25 is of type blackhole"},

        /* Tables: throw leads on to `default`. */
        {FOUR("routes: [{to: 0.0.0.0/0, type: throw}, "
              "{to: default, via: 10.0.1.2, table: default}]",
              FORWARDS, K_ROUTE),
         "h", "k:e 10.0.2.1/24", REACH_YES, NULL},
        {FOUR("routes: [{to: default, via: 10.0.1.2, table: 100}]", FORWARDS, K_ROUTE), "h",
         "k:e 10.0.2.1/24", REACH_NO, "h has no route to 10.0.2.0/24"},
        {FOUR("routes: [{to: default, via: 10.0.1.9, metric: 9}, "
              "{to: default, via: 10.0.1.2, metric: 7}]",
              FORWARDS, K_ROUTE),
         "h", "k:e 10.0.2.1/24", REACH_YES, NULL},
        /* IPv6 passes over a gateway that does not answer, where it does not forward. */
        {SIX("routes: [{to: '::/0', via: 'fd00:1::9', metric: 7}, "
             "{to: '::/0', via: 'fd00:1::2', metric: 9}]",
             FORWARDS, K_ROUTE6),
         "h", "k:e fd00:2::1", REACH_YES, NULL},
        {SIX("forwarding: true, routes: [{to: '::/0', via: 'fd00:1::9', metric: 7}, "
             "{to: '::/0', via: 'fd00:1::2', metric: 9}]",
             FORWARDS, K_ROUTE6),
         "h", "k:e fd00:2::1", REACH_NO, "fd00:1::9 is nobody's"},

        /* Several ways: each has to work. */
        {FOUR("routes: [{to: default, nexthops: [{via: 10.0.1.2}, {via: 10.0.1.9}]}]", FORWARDS,
              K_ROUTE),
         "h", "k:e 10.0.2.1/24", REACH_PARTLY, "10.0.1.9 is nobody's"},
        {FOUR(H_ROUTE, "forwarding: true, routes: [{to: 10.9.0.0/16, via: 10.0.1.1}]",
              "routes: [{to: default, via: 10.0.2.2}], lo: {addresses: [10.9.0.1/32]}"),
         "h", "k:lo 10.9.0.1/32", REACH_NO, "packets to 10.9.0.1 come back to h"},

        /* IPv4 over IPv6 gateways, also by their link-local addresses. */
        {LINE("routes: [{to: 0.0.0.0/0, via: 'fe80::2', dev: e}]", FORWARDS, K_ROUTE,
              ADDRESSES("10.0.1.1/24"), ADDRESSES("10.0.1.2/24, 'fe80::2/64'"),
              ADDRESSES("10.0.2.2/24"), ADDRESSES("10.0.2.1/24")),
         "h", "k:e 10.0.2.1/24", REACH_YES, NULL},

        /* Sources: the route's, that of the device, that of another, none. */
        {FOUR("routes: [{to: default, via: 10.0.1.2, src: 10.7.0.1}], "
              "lo: {addresses: [10.7.0.1/32]}",
              FORWARDS, K_ROUTE),
         "h", "k:e 10.0.2.1/24", REACH_NO, "r has no route back to 10.7.0.1"},
        {LINE("routes: [{to: 0.0.0.0/0, dev: e}], lo: {addresses: [10.7.0.1/32]}",
              "routes: [{to: 10.7.0.1, dev: a}]", "", "", ADDRESSES("10.0.1.2/24"), "", ""),
         "h", "r:a 10.0.1.2/24", REACH_YES, NULL},
        {LINE("routes: [{to: 0.0.0.0/0, dev: e}]", "", "", "", ADDRESSES("10.0.1.2/24"), "", ""),
         "h", "r:a 10.0.1.2/24", REACH_NO, "h has no address to send from"},
        {LINE("routes: [{to: 'fd00::/16', via: 'fd00:1::2', dev: e, onlink: true}]", FORWARDS,
              K_ROUTE6, "", ADDRESSES("'fd00:1::2/64'"), ADDRESSES("'fd00:2::2/64'"),
              ADDRESSES("'fd00:2::1/64'")),
         "h", "k:e fd00:2::1", REACH_NO,
         "h has only a link-local address to send from, and r is a router"},

        /* Devices that are down; a loopback that is. */
        {LINE(H_ROUTE, FORWARDS, "", ADDRESSES("10.0.1.1/24"), ADDRESSES("10.0.1.2/24"),
              ADDRESSES("10.0.2.2/24"), "up: false, " ADDRESSES("10.0.2.1/24")),
         "h", "k:e 10.0.2.1/24", REACH_NO, "the other end of r:b is down"},
        {FOUR("lo: {up: false}", "", ""), "h", "h:e 10.0.1.1/24", REACH_NO,
         "the loopback of h is down"},

        /* One address at two places. */
        {LINE("", "", "", ADDRESSES("10.0.1.1/24"), ADDRESSES("10.0.1.2/24"),
              ADDRESSES("10.0.1.1/24"), ADDRESSES("10.0.1.2/24")),
         "h", "k:e 10.0.1.2/24", REACH_NO, "r has the sender's address 10.0.1.1 itself"},
        {LINE("", "", "", ADDRESSES("10.0.1.1/24"), ADDRESSES("10.0.1.2/24"), "",
              ADDRESSES("10.0.1.2/24")),
         "h", "k:e 10.0.1.2/24", REACH_NO, "10.0.1.2 is also r's"},
        {"namespaces: [s, h, i, k]\nbridges: [s:b]\nveths:\n"
         "  - s:p: {bridge: b}\n    h:e: {addresses: [10.0.0.1/24]}\n"
         "  - s:q: {bridge: b}\n    i:e: {addresses: [10.0.0.2/24]}\n"
         "  - s:r: {bridge: b}\n    k:e: {addresses: [10.0.0.2/24]}\n",
         "h", "k:e 10.0.0.2/24", REACH_PARTLY, "10.0.0.2 is also i's"},
        /* A port's own addresses are of no use to it. */
        {"namespaces: [s, h]\nbridges: [s:b]\nveths:\n"
         "  - s:p: {bridge: b, addresses: [10.0.0.2/24]}\n    h:e: {addresses: [10.0.0.1/24]}\n",
         "s", "h:e 10.0.0.1/24", REACH_NO, "s:p is a port, which gets no answers"},

        /* A broadcast address: nobody pings it, but an answer gets through to who has it. */
        {FOUR("", "lo: {addresses: [10.0.1.255/32]}", ""), "h", "r:lo 10.0.1.255/32", REACH_NO,
         "10.0.1.255 is the broadcast address of h:e"},
        {LINE("", "", "", ADDRESSES("10.0.1.3/24"), ADDRESSES("10.0.1.2/30"), "", ""), "h",
         "r:a 10.0.1.2/30", REACH_YES, NULL},

        /* The check of the source. */
        {LINE("routes: [{to: 10.0.2.0/24, via: 10.0.1.2, src: 10.7.0.1}], "
              "lo: {addresses: [10.7.0.1/32]}",
              "forwarding: true, sysctls: {net.ipv4.conf.all.rp_filter: 1}", K_ROUTE,
              ADDRESSES("10.0.1.1/24"), ADDRESSES("10.0.1.2/24"), ADDRESSES("10.0.2.2/24"),
              ADDRESSES("10.0.2.1/24")),
         "h", "k:e 10.0.2.1/24", REACH_NO, "rp_filter of r:a drops what comes from 10.7.0.1"},

        /* What only the host knows. */
        {"namespaces:\n  h: {routes: [{to: default, via: 10.0.1.2}]}\n  k:\n"
         "veths:\n  - h:e: {addresses: [10.0.1.1/24]}\n    a: {addresses: [10.0.1.2/24]}\n"
         "  - k:e: {addresses: [10.0.2.1/24]}\n    b: {addresses: [10.0.2.2/24]}\n",
         "h", "k:e 10.0.2.1/24", REACH_UNKNOWN, "the file does not say whether host forwards"},
        {"namespaces:\n  h: {routes: [{to: default, via: 10.0.1.9}]}\n  k:\n"
         "veths:\n  - h:e: {addresses: [10.0.1.1/24]}\n    a: {bridge: lan0}\n"
         "  - [k:e, k:f]\nbridges: {k:b: {addresses: [10.0.2.1/24]}}\n",
         "h", "k:b 10.0.2.1/24", REACH_UNKNOWN, "10.0.1.9 is nobody's in the file"},
        {"namespaces: {h: }\nveths:\n  - [h:e, h:f]\nbridges: {h:b: {addresses: [10.0.2.1/24]}}\n",
         "host", "h:b 10.0.2.1/24", REACH_UNKNOWN, "the file gives host no route to 10.0.2.0/24"},
};

Test(reach, of_one_namespace_and_address)
{
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct graph *graph = graph_of(arena, cases[i].file);
		struct reach *reach = reach_new(graph);
		const struct object *space = graph_namespace(graph, cases[i].from), *address;
		struct reach_answer answer;

		address = graph_find(graph, arena_printf(arena, "address %s", cases[i].to));
		cr_assert(space && address, "%s: %s, %s", cases[i].file, cases[i].from,
		          cases[i].to);
		answer = reach_find(reach, space, address);
		cr_expect_eq(answer.verdict, cases[i].verdict, "%s\n%s to %s: verdict %d",
		             cases[i].file, cases[i].from, cases[i].to, answer.verdict);
		cr_expect_str_eq(answer.reason ? answer.reason : "",
		                 cases[i].reason ? cases[i].reason : "", "%s\n%s to %s: %s",
		                 cases[i].file, cases[i].from, cases[i].to, answer.reason);
		reach_free(reach);
	}
}

/* A chain of routers, each with routes to both ends: the 64th packet's life ends at the 64th. */
static enum reach_verdict through(int routers)
{
	char *text;
	size_t size;
	FILE *file = open_memstream(&text, &size);
	enum reach_verdict verdict;
	struct reach *reach;
	struct graph *graph;

	fputs("namespaces:\n", file);
	for (int i = 0; i < routers + 2; i++) {
		fprintf(file, "  n%d:\n    forwarding: true\n    routes:\n", i);
		if (i < routers)
			fprintf(file, "      - {to: 10.0.%d.0/24, via: 10.0.%d.2}\n", routers, i);
		if (i > 1)
			fprintf(file, "      - {to: 10.0.0.0/24, via: 10.0.%d.1}\n", i - 1);
	}
	fputs("veths:\n", file);
	for (int i = 0; i <= routers; i++)
		fprintf(file,
		        "  - n%d:r: {addresses: [10.0.%d.1/24]}\n"
		        "    n%d:l: {addresses: [10.0.%d.2/24]}\n",
		        i, i, i + 1, i);
	fclose(file);
	graph = graph_of(arena, text);
	free(text);
	reach = reach_new(graph);
	verdict = reach_find(reach, graph_namespace(graph, "n0"),
	                     graph_find(graph, arena_printf(arena, "address n%d:l 10.0.%d.2/24",
	                                                    routers + 1, routers)))
	                  .verdict;
	reach_free(reach);
	return verdict;
}

Test(reach, ends_at_the_hop_limit)
{
	cr_expect_eq(through(1), REACH_YES);
	cr_expect_eq(through(63), REACH_YES);
	cr_expect_eq(through(64), REACH_NO);
}
