/*
 * Prints a valid topology that depends on nothing but its seed: `topoc-generate SEED`. Names,
 * addresses and attributes come from small pools, so that the topologies of two seeds have much in
 * common and differ in every way that a file can be edited. With --refuse as a second argument the
 * topology holds one value that only the kernel can refuse.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	SPACES = 5,  /* the last one is the host */
	DEVICES = 6, /* names of devices in each */
	ROUTES = 12,
	HOST = SPACES - 1,
};

enum use { UNUSED, VETH, BRIDGE };

struct device {
	enum use use;
	bool up, port;
	int bridge;     /* the index of the bridge whose port this is, or -1 */
	bool small;     /* an MTU under 1280, so that IPv6 is off */
	int ipv4, ipv6; /* how many addresses of its own subnet */
	int first;      /* the host part of the first one */
	int segment;    /* bridges and cables that are joined */
	bool gateway_local;
};

struct space {
	bool used;
	struct device devices[DEVICES];
	bool routes[2][8][4][4]; /* taken: by family, destination, metric, table */
};

struct generator {
	uint64_t state;
	struct space spaces[SPACES];
	int segments;
	bool refuse;
};

static const char *const space_names[SPACES] = {"n0", "n1", "n2", "n3", "host"};
static const char *const device_names[DEVICES] = {"tpa", "tpb", "tpc", "tpd", "br0", "br1"};

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
	return (int)(next(g) % (uint64_t)bound);
}

/* True once in `times`. */
static bool once_in(struct generator *g, int times)
{
	return below(g, times) == 0;
}

#define PICK(g, ...)                               \
	((const char *const[]){__VA_ARGS__}[below( \
	        (g), (int)(sizeof((const char *const[]){__VA_ARGS__}) / sizeof(const char *)))])

/* A device as the file writes it. */
static void print_name(int space, int device)
{
	if (space != HOST)
		printf("%s:", space_names[space]);
	fputs(device_names[device], stdout);
}

static void join(struct generator *g, int from, int to)
{
	for (int s = 0; s < SPACES; s++)
		for (int d = 0; d < DEVICES; d++)
			if (g->spaces[s].devices[d].segment == from)
				g->spaces[s].devices[d].segment = to;
}

static void choose_spaces(struct generator *g)
{
	g->spaces[HOST].used = true;
	for (int s = 0; s < HOST; s++)
		g->spaces[s].used = !once_in(g, 4);
	g->spaces[below(g, HOST)].used = true;
}

static void choose_bridges(struct generator *g)
{
	for (int s = 0; s < SPACES; s++)
		for (int d = DEVICES - 2; d < DEVICES; d++) {
			struct device *device = &g->spaces[s].devices[d];

			if (!g->spaces[s].used || !once_in(g, 2))
				continue;
			device->use = BRIDGE;
			device->up = !once_in(g, 8);
			device->bridge = -1;
			device->segment = ++g->segments;
		}
}

/* A bridge of the namespace, mostly one there is; -1: none. */
static int choose_bridge(struct generator *g, int s)
{
	int d = DEVICES - 2 + below(g, 2);

	return g->spaces[s].devices[d].use == BRIDGE && once_in(g, 2) ? d : -1;
}

static bool take_end(struct generator *g, int *space, int *device)
{
	for (int tries = 0; tries < 20; tries++) {
		*space = below(g, SPACES);
		/* Once in a while a veth has a name that elsewhere is a bridge's. */
		*device = once_in(g, 12) ? DEVICES - 1 : below(g, DEVICES - 2);
		if (g->spaces[*space].used && g->spaces[*space].devices[*device].use == UNUSED) {
			struct device *end = &g->spaces[*space].devices[*device];

			end->use = VETH;
			end->up = !once_in(g, 8);
			end->bridge = -1;
			end->segment = ++g->segments;
			return true;
		}
	}
	return false;
}

/* Ports never close a loop: a storm of broadcasts would keep the machine busy. */
static void plug(struct generator *g, int s, int d)
{
	struct device *end = &g->spaces[s].devices[d];
	int bridge = choose_bridge(g, s);

	if (bridge < 0 || g->spaces[s].devices[bridge].segment == end->segment)
		return;
	end->bridge = bridge;
	join(g, end->segment, g->spaces[s].devices[bridge].segment);
}

static void print_mac(struct generator *g, int s, int d)
{
	if (once_in(g, 8))
		printf("mac: '02:00:00:00:%02x:%02x', ", s, d + 16 * below(g, 2));
}

/* Subnets are a device's own: 10.<space>.<device>.0/24 and 2001:db8:<space>:<device>::/64. */
static void print_addresses(struct generator *g, int s, int d)
{
	struct device *device = &g->spaces[s].devices[d];
	const char *comma = "";

	device->first = 1 + below(g, 2);
	device->ipv4 = once_in(g, 4) ? 0 : once_in(g, 5) ? 2 : 1;
	device->ipv6 = device->small || once_in(g, 2) ? 0 : once_in(g, 5) ? 2 : 1;
	device->gateway_local = !device->small && once_in(g, 8);
	if (device->ipv4 + device->ipv6 == 0 && !device->gateway_local)
		return;
	printf("addresses: [");
	for (int i = 0; i < device->ipv4; i++) {
		int host = device->first + i;

		printf("%s", comma);
		if (once_in(g, 8))
			printf("{address: 10.%d.%d.%d/24, label: '%s:%s'}", s, d, host,
			       device_names[d], PICK(g, "x", "y"));
		else
			printf("10.%d.%d.%d/24", s, d, host);
		comma = ", ";
	}
	if (device->ipv4 > 0 && once_in(g, 8))
		printf(", {address: 10.100.%d.%d, peer: 10.101.%d.%d/32}", s, d, s,
		       1 + below(g, 2));
	if (device->ipv4 > 0 && once_in(g, 12))
		printf(", {address: 10.102.%d.%d/32, scope: %s}", s, d, PICK(g, "link", "host"));
	for (int i = 0; i < device->ipv6; i++) {
		printf("%s'2001:db8:%d:%d::%d/64'", comma, s, d, device->first + i);
		comma = ", ";
	}
	if (device->gateway_local)
		printf("%s'fe80::%d/64'", comma, 1 + below(g, 2));
	printf("], ");
}

static void print_device(struct generator *g, int s, int d)
{
	struct device *device = &g->spaces[s].devices[d];
	const char *mtu = NULL;

	printf("{");
	if (device->use == VETH && once_in(g, 5)) {
		mtu = PICK(g, "1300", "1400", "9000");
		/* A bridge's MTU follows its ports': under 1280 it would lose its IPv6. */
		if (device->bridge < 0 && once_in(g, 4)) {
			mtu = "1000";
			device->small = true;
		}
		printf("mtu: %s, ", mtu);
	}
	print_addresses(g, s, d);
	print_mac(g, s, d);
	if (!device->up)
		printf("up: false, ");
	if (device->bridge >= 0)
		printf("bridge: %s, ", device_names[device->bridge]);
	if (once_in(g, 10))
		printf("txqueuelen: %s, ", PICK(g, "0", "100", "500"));
	if (device->use == VETH && once_in(g, 12))
		printf("queues: %s, ", PICK(g, "2", "4"));
}

static void print_bridges(struct generator *g)
{
	static const struct {
		const char *key, *values[3];
	} attributes[] = {
	        {"stp", {"true", "false", "true"}},
	        {"priority", {"0", "4096", "65535"}},
	        {"forward-delay", {"2s", "4s", "30s"}},
	        {"hello-time", {"1s", "3s", "10s"}},
	        {"max-age", {"6s", "10s", "40s"}},
	        {"ageing-time", {"10s", "100s", "1000s"}},
	        {"mcast-snooping", {"true", "false", "false"}},
	};

	printf("bridges:\n");
	for (int s = 0; s < SPACES; s++)
		for (int d = 0; d < DEVICES; d++) {
			if (g->spaces[s].devices[d].use != BRIDGE)
				continue;
			printf("  ");
			print_name(s, d);
			printf(": ");
			print_device(g, s, d);
			for (size_t i = 0; i < sizeof(attributes) / sizeof(*attributes); i++)
				if (once_in(g, 4))
					printf("%s: %s, ", attributes[i].key,
					       attributes[i].values[below(g, 3)]);
			printf("}\n");
		}
}

static void print_veths(struct generator *g)
{
	int cables = 2 + below(g, 8);

	printf("veths:\n");
	for (int i = 0; i < cables; i++) {
		int s[2], d[2];

		if (!take_end(g, &s[0], &d[0]))
			break;
		if (!take_end(g, &s[1], &d[1])) {
			g->spaces[s[0]].devices[d[0]].use = UNUSED;
			break;
		}
		join(g, g->spaces[s[0]].devices[d[0]].segment,
		     g->spaces[s[1]].devices[d[1]].segment);
		plug(g, s[0], d[0]);
		plug(g, s[1], d[1]);
		for (int end = 0; end < 2; end++) {
			printf(end == 0 ? "  - " : "    ");
			print_name(s[end], d[end]);
			printf(": ");
			print_device(g, s[end], d[end]);
			printf("}\n");
		}
	}
}

/* A device of the namespace that routes may use, of that family; -1: none. */
static int choose_way(struct generator *g, int s, int family)
{
	for (int tries = 0; tries < 8; tries++) {
		int d = below(g, DEVICES);
		const struct device *device = &g->spaces[s].devices[d];

		if (device->use != UNUSED && device->up &&
		    (family == 4 ? device->ipv4 : device->ipv6) > 0)
			return d;
	}
	return -1;
}

static void print_gateway(struct generator *g, int s, int d, int family)
{
	/* Addresses of its own end in 1 to 3. */
	if (family == 4)
		printf("via: 10.%d.%d.%d", s, d, 250 + below(g, 3));
	else if (once_in(g, 4))
		printf("via: 'fe80::%d', dev: %s", 8 + below(g, 2), device_names[d]);
	else
		printf("via: '2001:db8:%d:%d::f%d'", s, d, below(g, 3));
}

/* Next hops that differ, by one device or two. */
static void print_next_hops(struct generator *g, int s, int first, int family)
{
	int count = 0, second = choose_way(g, s, family);

	printf("nexthops: [");
	for (int hop = 0; hop < 4; hop++) {
		int d = hop < 2 || second < 0 ? first : second;

		if (count >= 2 && once_in(g, 2))
			break;
		if (family == 4)
			printf("%s{via: 10.%d.%d.%d", count ? ", " : "", s, d, 250 + hop);
		else
			printf("%s{via: '2001:db8:%d:%d::f%d'", count ? ", " : "", s, d, hop);
		if (once_in(g, 3))
			printf(", dev: %s", device_names[d]);
		if (once_in(g, 3))
			printf(", weight: %d", 1 + below(g, 4));
		printf("}");
		count++;
	}
	printf("]");
}

static void print_destination(int which, int family)
{
	if (which == 0)
		printf(family == 4 ? "0.0.0.0/0" : "'::/0'");
	else if (which == 1)
		printf(family == 4 ? "10.201.1.1" : "'2001:db8:f000:1::1'");
	else
		printf(family == 4 ? "10.20%d.0.0/16" : "'2001:db8:f00%d::/48'", which);
}

static void print_route(struct generator *g, int s)
{
	static const char *const metrics[] = {NULL, "5", "50", "2000"};
	static const char *const tables[] = {NULL, "100", "70000", "default"};
	int family = once_in(g, 2) ? 6 : 4, d = choose_way(g, s, family);
	int which = below(g, 8), metric = once_in(g, 4) ? below(g, 4) : 0;
	int table = once_in(g, 6) ? below(g, 4) : 0;
	bool *taken = &g->spaces[s].routes[family == 6][which][metric][table];
	bool gateway = false;

	if (*taken)
		return;
	*taken = true;
	printf("      - {to: ");
	print_destination(which, family);
	printf(", ");
	if (d < 0 || once_in(g, 5)) {
		printf("type: %s", PICK(g, "blackhole", "unreachable", "prohibit", "throw"));
	} else if (once_in(g, 4)) {
		printf("dev: %s", device_names[d]);
		if (family == 4 && once_in(g, 3))
			printf(", scope: %s", PICK(g, "link", "global"));
	} else if (once_in(g, 4)) {
		print_next_hops(g, s, d, family);
		gateway = true;
	} else if (once_in(g, 8)) {
		printf(family == 4 ? "via: 172.16.0.%d, dev: %s, onlink: true"
		                   : "via: '2001:db8:ffff::%d', dev: %s, onlink: true",
		       1 + below(g, 2), device_names[d]);
	} else {
		print_gateway(g, s, d, family);
		gateway = true;
		if (once_in(g, 6))
			printf(family == 4 ? ", src: 10.%d.%d.%d" : ", src: '2001:db8:%d:%d::%d'",
			       s, d, g->spaces[s].devices[d].first);
	}
	if (gateway && once_in(g, 8))
		printf(", mtu: %s", PICK(g, "1300", "1400"));
	if (metrics[metric])
		printf(", metric: %s", metrics[metric]);
	if (tables[table])
		printf(", table: %s", tables[table]);
	printf("}\n");
}

static void print_sysctls(struct generator *g, int s)
{
	static const struct {
		const char *name, *values[2];
	} all[] = {
	        {"net.ipv4.ip_default_ttl", {"70", "100"}},
	        {"net.ipv4.conf.all.rp_filter", {"1", "2"}},
	        {"net.ipv4.conf.all.accept_local", {"1", "0"}},
	        {"net.ipv4.ip_local_port_range", {"2000 3000", "10000 20000"}},
	        {"net.ipv6.conf.all.accept_redirects", {"0", "1"}},
	        {"net.ipv4.ip_nonlocal_bind", {"1", "0"}},
	};

	printf("    sysctls:\n");
	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
		if (once_in(g, 5))
			printf("      %s: %s\n", all[i].name, all[i].values[below(g, 2)]);
	for (int d = 0; d < DEVICES; d++) {
		const struct device *device = &g->spaces[s].devices[d];
		int which = below(g, 6);

		if (device->use != UNUSED && g->refuse) {
			printf("      net.ipv4.conf.%s.log_martians: no-number\n", device_names[d]);
			g->refuse = false;
		}
		if (device->use == UNUSED || which > 2 || (which == 2 && device->small))
			continue;
		printf("      ");
		if (which == 0)
			printf("net.ipv4.conf.%s.rp_filter: %d\n", device_names[d], below(g, 3));
		else if (which == 1)
			printf("net.ipv4.conf.%s.arp_ignore: %d\n", device_names[d], below(g, 3));
		else
			printf("net.ipv6.conf.%s.accept_ra: %d\n", device_names[d], below(g, 3));
	}
}

static void print_space(struct generator *g, int s)
{
	if (s == HOST)
		printf("host:\n");
	else
		printf("  %s:\n", space_names[s]);
	if (once_in(g, 3))
		printf("    forwarding: %s\n", PICK(g, "true", "true", "false"));
	if (s != HOST && once_in(g, 3))
		printf("    lo: {addresses: [10.255.%d.%d/32, '2001:db8:ff::%d/128']}\n", s,
		       1 + below(g, 2), 1 + below(g, 2));
	print_sysctls(g, s);
	printf("    routes:\n");
	for (int i = below(g, ROUTES); i > 0; i--)
		print_route(g, s);
}

int main(int argc, char **argv)
{
	struct generator g = {0};
	char *end = NULL;

	errno = 0;
	if (argc > 1)
		g.state = strtoull(argv[1], &end, 0);
	if (argc < 2 || argc > 3 || errno || *end || (argc == 3 && strcmp(argv[2], "--refuse"))) {
		fprintf(stderr, "usage: topoc-generate SEED [--refuse]\n");
		return 64;
	}
	g.refuse = argc == 3;
	printf("name: random\n");
	choose_spaces(&g);
	choose_bridges(&g);
	print_veths(&g);
	print_bridges(&g);
	printf("namespaces:\n");
	for (int s = HOST - 1; s >= 0; s--)
		if (g.spaces[s].used)
			print_space(&g, s);
	print_space(&g, HOST);
	return ferror(stdout) || fclose(stdout) ? 1 : 0;
}
