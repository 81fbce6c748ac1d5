/*
 * Prints a valid topology of routers, hosts and switches that depends on nothing but its seed:
 * `topoc-routed SEED`. Routes are first such that everybody reaches everybody; then mistakes are
 * made: no forwarding, routes that are missing, go astray or in a circle, gateways that are
 * nobody's, subnets that overlap, devices that are down.
 */
#include <assert.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

enum { MOST_NODES = 10, MOST_LINKS = 14, MOST_ENDS = 5 };

/* An interface of a node on a link. */
struct end {
	int node;
	bool up, ipv4, ipv6;
	int host;   /* the host part of its addresses */
	int subnet; /* of the link, or by mistake of another one */
	int length; /* of its IPv4 prefix */
	bool local; /* it has the link-local address fe80::HOST, too */
	bool more;  /* it has second addresses, and a peer that nobody is */
};

struct link {
	struct end ends[MOST_ENDS];
	int count;
	bool cable;  /* else a switch ... */
	bool inside; /* ... which is a device of its first end's node */
	bool up;     /* of a switch */
};

struct node {
	bool router, forwards4, forwards6, loopback, range;
};

struct generator {
	uint64_t state;
	struct node nodes[MOST_NODES];
	struct link links[MOST_LINKS];
	int node_count, link_count, router_count;
	int mistakes; /* about one in so many */
	bool ipv6;
	bool rejects; /* the node in hand; kernels do not agree on `default` behind such routes */
};

/* splitmix64: Steele, Lea, Flood, "Fast splittable pseudorandom number generators", 2014. */
static uint64_t next(struct generator *g)
{
	uint64_t z = g->state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

/* 0 to `bound` - 1 */
static int below(struct generator *g, int bound)
{
	assert(bound > 0);
	return (int)(next(g) % (uint64_t)bound);
}

static bool once_in(struct generator *g, int number)
{
	return !below(g, number);
}

static bool mistake(struct generator *g)
{
	return once_in(g, g->mistakes);
}

static struct end *end_of(struct link *link, int node)
{
	for (int i = 0; i < link->count; i++) {
		if (link->ends[i].node == node)
			return &link->ends[i];
	}
	return NULL;
}

static void attach(struct generator *g, int link, int node)
{
	struct link *l = &g->links[link];

	if (l->count == MOST_ENDS || (l->cable && l->count == 2) || end_of(l, node))
		return;
	l->ends[l->count] = (struct end){
	        .node = node,
	        .up = !once_in(g, 3 * g->mistakes),
	        .ipv4 = !once_in(g, 4 * g->mistakes),
	        .ipv6 = g->ipv6 && !mistake(g),
	        .host = once_in(g, 2 * g->mistakes) && l->count ? l->ends[0].host : node + 1,
	        .subnet = mistake(g) ? below(g, g->link_count) : link,
	        .length = mistake(g) ? 25 + below(g, 6) : 24,
	        .local = once_in(g, 2),
	        .more = once_in(g, 6),
	};
	if (l->inside && !l->count)
		l->ends[0].up = l->up;
	l->count++;
}

static int new_link(struct generator *g, bool cable)
{
	g->links[g->link_count] = (struct link){.cable = cable, .up = !once_in(g, 4 * g->mistakes)};
	return g->link_count++;
}

/* Routers in a tree, often with one link more, which makes a ring; then hosts. */
static void choose_links(struct generator *g)
{
	for (int i = 1; i < g->router_count; i++) {
		int link = new_link(g, !once_in(g, 3));

		attach(g, link, once_in(g, 2) ? i - 1 : below(g, i));
		attach(g, link, i);
	}
	if (g->router_count > 2 && once_in(g, 2)) {
		int link = new_link(g, true);

		attach(g, link, 0);
		attach(g, link, g->router_count - 1);
	}
	for (int i = g->router_count; i < g->node_count; i++) {
		int link = below(g, g->link_count + 1);

		if (!once_in(g, 3) || link == g->link_count || g->links[link].cable)
			link = new_link(g, once_in(g, 2));
		attach(g, link, below(g, g->router_count));
		attach(g, link, i);
		if (once_in(g, 6) && g->link_count < MOST_LINKS - MOST_NODES) {
			link = new_link(g, true);
			attach(g, link, i);
			attach(g, link, below(g, g->router_count));
		}
	}
}

static void choose(struct generator *g)
{
	static const int rates[] = {1000, 40, 20, 10, 6};

	g->mistakes = rates[below(g, 5)];
	g->ipv6 = !once_in(g, 4);
	g->router_count = 1 + below(g, 4);
	g->node_count = g->router_count + 1 + below(g, 4);
	for (int i = 0; i < g->node_count; i++) {
		struct node *node = &g->nodes[i];

		node->router = i < g->router_count;
		node->forwards4 = node->router != mistake(g);
		node->forwards6 = once_in(g, 5) ? node->router != mistake(g) : node->forwards4;
		node->loopback = once_in(g, 3);
		node->range = once_in(g, 2 * g->mistakes);
	}
	choose_links(g);
}

/* How many interfaces of a node have addresses of a subnet. */
static int on_subnet(struct generator *g, int node, int subnet)
{
	int count = 0;

	for (int l = 0; l < g->link_count; l++) {
		const struct end *own = end_of(&g->links[l], node);

		count += own && own->subnet == subnet;
	}
	return count;
}

/* The end of the neighbour on the shortest way from a node to a link; NULL where it is on it. */
static struct end *way(struct generator *g, int node, int target, int *by)
{
	int distance[MOST_NODES];
	struct end *best = NULL;

	for (int i = 0; i < g->node_count; i++)
		distance[i] = end_of(&g->links[target], i) ? 0 : 1000;
	for (int round = 0; round < g->node_count; round++) {
		for (int l = 0; l < g->link_count; l++) {
			for (int a = 0; a < g->links[l].count * g->links[l].count; a++) {
				int from = g->links[l].ends[a % g->links[l].count].node;
				int to = g->links[l].ends[a / g->links[l].count].node;

				if (g->nodes[to].router && distance[to] + 1 < distance[from])
					distance[from] = distance[to] + 1;
			}
		}
	}
	if (!distance[node])
		return NULL;
	for (int l = 0; l < g->link_count; l++) {
		struct end *own = end_of(&g->links[l], node);

		for (int i = 0; own && own->up && i < g->links[l].count; i++) {
			struct end *other = &g->links[l].ends[i];

			if (!g->nodes[other->node].router ||
			    distance[other->node] >= distance[node])
				continue;
			if (best && !once_in(g, 3))
				continue;
			best = other;
			*by = l;
		}
	}
	return best;
}

static void print_to(int family, int subnet)
{
	if (family == 4)
		printf("10.0.%d.0/24", subnet);
	else
		printf("'2001:db8:%d::/64'", subnet);
}

static void print_address(int family, int subnet, int host)
{
	if (family == 4)
		printf("10.0.%d.%d", subnet, host);
	else
		printf("'2001:db8:%d::%d'", subnet, host);
}

static bool has(const struct end *end, int family)
{
	return family == 4 ? end->ipv4 : end->ipv6;
}

/* A gateway out of an interface that has an address of the family; `wrong`: nobody, or anybody. */
static void print_hop(struct generator *g, int family, const struct end *own,
                      const struct end *other, int link, bool wrong)
{
	int host = !wrong ? other->host : once_in(g, 2) ? 200 : 1 + below(g, g->node_count);
	int subnet = other->subnet;

	for (int l = 0; l < g->link_count; l++) {
		const struct end *at = end_of(&g->links[l], own->node);

		if (at && host == at->host && subnet == at->subnet)
			host = 200; /* its own, which is refused */
	}
	if (family == 4 && !(~host & ((1 << (32 - own->length)) - 1)))
		host = 200; /* a broadcast address, which is refused */
	if (other->local && other->host != own->host && once_in(g, 3)) {
		printf("via: 'fe80::%d', dev: e%d", wrong ? 99 : other->host, link);
		return;
	}
	printf("via: ");
	print_address(family, subnet, host);
	printf(", dev: e%d", link);
	if (subnet != own->subnet || !has(own, family) || on_subnet(g, own->node, subnet) > 1 ||
	    (family == 4 && own->length > 24))
		printf(", onlink: true");
}

/* net/ipv6/route.c, ip6_route_check_nh_onlink(): a gateway that another route leads to. */
static bool is_refused(struct generator *g, int family, const struct end *own,
                       const struct end *other)
{
	return family == 6 && (own->subnet != other->subnet || !own->ipv6 ||
	                       on_subnet(g, own->node, own->subnet) > 1);
}

static void print_reject(struct generator *g, int family, int subnet)
{
	static const char *const types[] = {"blackhole", "unreachable", "prohibit", "throw"};

	printf("      - {to: ");
	print_to(family, subnet);
	printf(", type: %s, metric: %d}\n", types[below(g, 4)], 1 + below(g, 2000));
}

/* Two next hops: both lead there, or the second one is nobody. */
static bool print_hops(struct generator *g, int family, int node, int target)
{
	int links[2];
	struct end *others[2], *owns[2];

	for (int i = 0; i < 2; i++) {
		others[i] = way(g, node, target, &links[i]);
		owns[i] = end_of(&g->links[links[i]], node);
		if (others[i]->subnet != owns[i]->subnet || !has(owns[i], family) ||
		    on_subnet(g, node, owns[i]->subnet) > 1 || owns[i]->length > 24 ||
		    others[i]->host == owns[i]->host)
			return false;
	}
	if (others[0] == others[1] && !mistake(g))
		return false;
	printf("nexthops: [{via: ");
	print_address(family, others[0]->subnet, others[0]->host);
	printf(", dev: e%d}, {via: ", links[0]);
	print_address(family, others[1]->subnet, others[0] == others[1] ? 201 : others[1]->host);
	printf(", dev: e%d}]", links[1]);
	return true;
}

static void print_options(struct generator *g, int family, const struct end *own)
{
	if (once_in(g, 5))
		printf(", metric: %d", 1 + below(g, 2000));
	if (family == 4 && once_in(g, 6) && own->ipv4)
		printf(", src: 10.0.%d.%d", own->subnet, own->host);
	if (once_in(g, 3 * g->mistakes))
		printf(", table: %s", g->rejects ? "100" : "default");
	printf("}\n");
}

static void print_route(struct generator *g, int family, int node, int target)
{
	int link = 0;
	struct end *other = way(g, node, target, &link);
	struct end *own = other ? end_of(&g->links[link], node) : NULL;

	if (!other || mistake(g) || on_subnet(g, node, target) || is_refused(g, family, own, other))
		return;
	printf("      - {to: ");
	print_to(family, target);
	printf(", ");
	if (once_in(g, 3 * g->mistakes))
		printf("dev: e%d", link);
	else if (!once_in(g, 2) || !print_hops(g, family, node, target))
		print_hop(g, family, own, other, link, mistake(g));
	print_options(g, family, own);
}

/* A route to the loopback of another node, by any link that is its. */
static void print_loopback_route(struct generator *g, int family, int node, int target)
{
	int link = 0;
	struct end *other = NULL, *own;

	while (link < g->link_count && !end_of(&g->links[link], target))
		link++;
	if (link == g->link_count || node == target || mistake(g))
		return;
	if (end_of(&g->links[link], node))
		other = end_of(&g->links[link], target);
	else
		other = way(g, node, link, &link);
	own = other ? end_of(&g->links[link], node) : NULL;
	if (!own || !own->up || is_refused(g, family, own, other))
		return;
	printf("      - {to: ");
	print_address(family, 255, target + 1);
	printf(", ");
	print_hop(g, family, own, other, link, mistake(g));
	print_options(g, family, own);
}

static void print_default(struct generator *g, int family, int node)
{
	for (int l = 0; l < g->link_count; l++) {
		struct end *own = end_of(&g->links[l], node);
		struct end *other = own ? &g->links[l].ends[below(g, g->links[l].count)] : NULL;

		if (!own || !own->up || other == own || !g->nodes[other->node].router ||
		    is_refused(g, family, own, other))
			continue;
		printf("      - {to: %s, ", family == 4 ? "0.0.0.0/0" : "'::/0'");
		print_hop(g, family, own, other, l, mistake(g));
		printf("}\n");
		return;
	}
}

static void print_node(struct generator *g, int node)
{
	const struct node *n = &g->nodes[node];

	printf("  n%d:\n    sysctls:\n      net.ipv4.ip_forward: %d\n"
	       "      net.ipv6.conf.all.forwarding: %d\n",
	       node, n->forwards4, n->forwards6);
	if (once_in(g, 3 * g->mistakes))
		printf("      net.ipv4.conf.%s.rp_filter: %d\n", once_in(g, 2) ? "all" : "default",
		       1 + below(g, 2));
	if (n->loopback)
		printf("    lo: {up: %s, addresses: [10.0.255.%d/32, '2001:db8:255::%d/128'%s]}\n",
		       once_in(g, 4 * g->mistakes) ? "false" : "true", node + 1, node + 1,
		       n->range ? ", 10.0.200.1/25" : "");
	printf("    routes:\n");
	g->rejects = once_in(g, 2);
	for (int family = 4; family <= (g->ipv6 ? 6 : 4); family += 2) {
		bool lazy = once_in(g, n->router ? 5 : 2);

		if (lazy || mistake(g))
			print_default(g, family, node);
		for (int target = 0; !lazy && target < g->link_count; target++)
			print_route(g, family, node, target);
		for (int target = 0; !lazy && target < g->node_count; target++) {
			if (g->nodes[target].loopback)
				print_loopback_route(g, family, node, target);
		}
		if (g->rejects && mistake(g))
			print_reject(g, family, below(g, g->link_count));
	}
}

static void print_addresses(const struct end *end)
{
	const char *comma = "";

	printf("addresses: [");
	if (end->ipv4) {
		printf("10.0.%d.%d/%d", end->subnet, end->host, end->length);
		comma = ", ";
	}
	if (end->ipv4 && end->more) {
		printf(", 10.0.%d.%d/%d", end->subnet, end->host + 100, end->length);
		printf(", {address: 10.9.%d.%d, peer: 10.9.%d.%d/32}", end->node, end->subnet,
		       end->node, end->subnet + 1);
	}
	if (end->ipv6) {
		printf("%s'2001:db8:%d::%d/64'", comma, end->subnet, end->host);
		comma = ", ";
	}
	if (end->ipv6 && end->more)
		printf(", '2001:db8:%d::%d/64', 'fd00:%d::%d/64'", end->subnet, end->host + 100,
		       end->subnet, end->host);
	if (end->local)
		printf("%s'fe80::%d/64'", comma, end->host);
	printf("]");
}

static void print_switches(const struct generator *g)
{
	printf("bridges:\n");
	for (int l = 0; l < g->link_count; l++) {
		const struct link *link = &g->links[l];

		if (link->cable)
			continue;
		if (link->inside && link->count)
			printf("  n%d:e%d", link->ends[0].node, l);
		else
			printf("  switch:s%d", l);
		printf(": {up: %s", link->up ? "true" : "false");
		if (link->inside && link->count) {
			printf(", ");
			print_addresses(&link->ends[0]);
		}
		printf("}\n");
	}
}

static void print_end(const struct link *link, int number, int index, const char *lead)
{
	const struct end *end = &link->ends[index];

	printf("%sn%d:e%d: {up: %s, ", lead, end->node, number, end->up ? "true" : "false");
	print_addresses(end);
	printf("}\n");
}

static void print_cables(const struct generator *g)
{
	printf("veths:\n");
	for (int l = 0; l < g->link_count; l++) {
		const struct link *link = &g->links[l];

		for (int i = link->inside; i < link->count; i++) {
			print_end(link, l, i, link->cable && i % 2 ? "    " : "  - ");
			if (link->inside)
				printf("    n%d:p%dx%d: {bridge: e%d}\n", link->ends[0].node, l, i,
				       l);
			else if (!link->cable)
				printf("    switch:p%dx%d: {bridge: s%d}\n", l, i, l);
		}
		if (link->cable && link->count % 2)
			printf("    switch:p%dx%d:\n", l, link->count);
	}
}

int main(int argc, char **argv)
{
	struct generator g = {0};
	char *end = NULL;

	if (argc > 1)
		g.state = strtoull(argv[1], &end, 0);
	if (argc != 2 || *end) {
		fprintf(stderr, "usage: topoc-routed SEED\n");
		return 64;
	}
	choose(&g);
	printf("name: routed\nnamespaces:\n  switch:\n");
	for (int i = 0; i < g.node_count; i++)
		print_node(&g, i);
	print_switches(&g);
	print_cables(&g);
	return ferror(stdout) || fclose(stdout) ? 1 : 0;
}
