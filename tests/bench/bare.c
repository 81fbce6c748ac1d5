/*
 * bench-bare SHAPE N make|remove: the kernel objects of a topology by tests/bench/shape, made or
 * removed with hard-coded messages in the best order known: no file is read, nothing is looked at,
 * checked, marked or noted. What topoc cannot beat but by using the kernel better.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <libmnl/libmnl.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	BATCH = 128, /* acknowledgements that the default receive buffer holds for sure */
	BUFFER = 65536,
	PER_RACK = 40,
	HOST = 0, /* the namespace the program is in; the others follow */
	GROUP = 0x62617265,
	BRIDGE = 0x40000000, /* an index; devices at the ends of cables have smaller ones */
};

/* One end of a cable. */
struct end {
	size_t space;
	char name[32];
	uint32_t address; /* 0: none, a port of the bridge there */
	unsigned prefix;
};

struct cable {
	struct end ends[2];
};

struct space {
	char name[32];
	int descriptor, socket;
	uint32_t gateway; /* of the default route; 0: none */
	bool has_bridge;
};

struct shape {
	struct space *spaces;
	struct cable *cables;
	size_t space_count, cable_count;
	bool dual; /* with IPv6 addresses that end like the others */
};

struct batch {
	char bytes[BUFFER];
	size_t used;
	unsigned count;
};

static void check(bool good, const char *what)
{
	if (!good) {
		fprintf(stderr, "bench-bare: %s: %s\n", what, strerror(errno));
		exit(1);
	}
}

static struct space *add_space(struct shape *shape, const char *format, size_t number)
{
	struct space *space = &shape->spaces[shape->space_count++];

	snprintf(space->name, sizeof space->name, format, number);
	return space;
}

static struct end *end(struct shape *shape, int which, size_t space, const char *format,
                       size_t number)
{
	struct end *end = &shape->cables[shape->cable_count].ends[which];

	end->space = space;
	snprintf(end->name, sizeof end->name, format, number);
	return end;
}

static void make_ring(struct shape *shape, size_t n)
{
	for (size_t i = 0; i < n; i++)
		add_space(shape, "n%zu", i)->gateway = (uint32_t)(0x0a000002 + (i << 8));
	for (size_t i = 0; i < n; i++, shape->cable_count++) {
		struct end *a = end(shape, 0, 1 + i, "e%zu", 1);
		struct end *b = end(shape, 1, 1 + (i + 1) % n, "e%zu", 0);

		a->address = (uint32_t)(0x0a000001 + (i << 8));
		b->address = a->address + 1;
		a->prefix = b->prefix = 24;
	}
}

/* A host on a bridge. */
static void add_host(struct shape *shape, size_t host, size_t bridge, size_t port)
{
	struct end *inside = end(shape, 1, shape->space_count, "e%zu", 0);

	end(shape, 0, bridge, "p%zu", port);
	add_space(shape, "n%zu", host);
	inside->address = (uint32_t)(0x0a000001 + host);
	inside->prefix = 8;
	shape->cable_count++;
}

static void make_star(struct shape *shape, size_t n)
{
	shape->spaces[HOST].has_bridge = true;
	for (size_t i = 0; i < n; i++)
		add_host(shape, i, HOST, i);
}

static void make_racks(struct shape *shape, size_t n)
{
	size_t spine = shape->space_count, rack = 0;

	add_space(shape, "spine", 0)->has_bridge = true;
	for (size_t i = 0; i < n; i++) {
		if (i % PER_RACK == 0) {
			rack = shape->space_count;
			add_space(shape, "rack%zu", i / PER_RACK)->has_bridge = true;
			end(shape, 0, spine, "p%zu", i / PER_RACK);
			end(shape, 1, rack, "uplink", 0);
			shape->cable_count++;
		}
		add_host(shape, i, rack, i % PER_RACK);
	}
}

static const struct {
	const char *name;
	void (*make)(struct shape *shape, size_t n);
	bool dual;
} makers[] = {
        {"ring", make_ring, false},
        {"dual", make_ring, true},
        {"star", make_star, false},
        {"racks", make_racks, false},
};

static void make_shape(struct shape *shape, const char *name, size_t n)
{
	*shape = (struct shape){.spaces = calloc(2 * n + 2, sizeof *shape->spaces),
	                        .cables = calloc(2 * n + 2, sizeof *shape->cables),
	                        .space_count = 1};
	check(shape->spaces && shape->cables, "calloc");
	for (size_t i = 0; i < sizeof makers / sizeof *makers; i++) {
		if (!strcmp(makers[i].name, name)) {
			shape->dual = makers[i].dual;
			makers[i].make(shape, n);
			return;
		}
	}
	errno = EINVAL;
	check(false, name);
}

static int open_socket(void)
{
	int descriptor = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	int on = 1;

	check(descriptor >= 0, "socket");
	setsockopt(descriptor, SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof on);
	return descriptor;
}

static void send_batch(int descriptor, struct batch *batch)
{
	static _Alignas(struct nlmsghdr) char buffer[BUFFER];
	struct sockaddr_nl kernel = {.nl_family = AF_NETLINK};

	if (!batch->count)
		return;
	check(sendto(descriptor, batch->bytes, batch->used, 0, (struct sockaddr *)&kernel,
	             sizeof kernel) >= 0,
	      "sendto");
	while (batch->count) {
		ssize_t length = recv(descriptor, buffer, sizeof buffer, 0);
		int left = (int)length;

		check(length > 0, "recv");
		for (const struct nlmsghdr *at = (struct nlmsghdr *)buffer; mnl_nlmsg_ok(at, left);
		     at = mnl_nlmsg_next(at, &left)) {
			errno = -((const struct nlmsgerr *)mnl_nlmsg_get_payload(at))->error;
			check(!errno, "the kernel refuses a message");
			batch->count--;
		}
	}
	batch->used = 0;
}

/* The next message; the batch is sent before where it is full. */
static struct nlmsghdr *begin(int descriptor, struct batch *batch, uint16_t type, uint16_t flags)
{
	struct nlmsghdr *message;

	if (batch->count == BATCH || batch->used > BUFFER - 1024)
		send_batch(descriptor, batch);
	message = mnl_nlmsg_put_header(batch->bytes + batch->used);
	message->nlmsg_type = type;
	message->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | flags;
	return message;
}

static void finish(struct batch *batch, const struct nlmsghdr *message)
{
	batch->used += NLMSG_ALIGN(message->nlmsg_len);
	batch->count++;
}

static uint32_t index_of(const struct shape *shape, const struct cable *cable, int which)
{
	return (uint32_t)(16 + 2 * (cable - shape->cables) + which);
}

static void put_end(const struct shape *shape, struct nlmsghdr *message, const struct end *end)
{
	mnl_attr_put_strz(message, IFLA_IFNAME, end->name);
	mnl_attr_put_u32(message, IFLA_NUM_TX_QUEUES, 1);
	mnl_attr_put_u32(message, IFLA_NUM_RX_QUEUES, 1);
	mnl_attr_put_u32(message, IFLA_GROUP, GROUP);
	mnl_attr_put_u32(message, IFLA_NET_NS_FD, (uint32_t)shape->spaces[end->space].descriptor);
}

static void put_cable(const struct shape *shape, int descriptor, struct batch *batch,
                      const struct cable *cable)
{
	struct nlmsghdr *message = begin(descriptor, batch, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL);
	struct ifinfomsg *head = mnl_nlmsg_put_extra_header(message, sizeof *head);
	struct nlattr *info, *data, *peer;

	head->ifi_index = (int)index_of(shape, cable, 0);
	put_end(shape, message, &cable->ends[0]);
	if (!cable->ends[0].address) {
		mnl_attr_put_u32(message, IFLA_MASTER, BRIDGE);
		head->ifi_flags = head->ifi_change = IFF_UP;
	}
	info = mnl_attr_nest_start(message, IFLA_LINKINFO);
	mnl_attr_put_strz(message, IFLA_INFO_KIND, "veth");
	data = mnl_attr_nest_start(message, IFLA_INFO_DATA);
	peer = mnl_attr_nest_start(message, VETH_INFO_PEER);
	head = mnl_nlmsg_put_extra_header(message, sizeof *head);
	head->ifi_index = (int)index_of(shape, cable, 1);
	put_end(shape, message, &cable->ends[1]);
	mnl_attr_nest_end(message, peer);
	mnl_attr_nest_end(message, data);
	mnl_attr_nest_end(message, info);
	finish(batch, message);
}

static void put_bridge(int descriptor, struct batch *batch, const struct space *space)
{
	struct nlmsghdr *message = begin(descriptor, batch, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL);
	struct ifinfomsg *head = mnl_nlmsg_put_extra_header(message, sizeof *head);
	struct nlattr *info;

	head->ifi_index = BRIDGE;
	mnl_attr_put_strz(message, IFLA_IFNAME, "br0");
	mnl_attr_put_u32(message, IFLA_GROUP, GROUP);
	mnl_attr_put_u32(message, IFLA_NET_NS_FD, (uint32_t)space->descriptor);
	info = mnl_attr_nest_start(message, IFLA_LINKINFO);
	mnl_attr_put_strz(message, IFLA_INFO_KIND, "bridge");
	mnl_attr_nest_end(message, info);
	finish(batch, message);
}

/* Of a device that is there. */
static struct nlmsghdr *begin_link(int descriptor, struct batch *batch, uint32_t index,
                                   unsigned flags)
{
	struct nlmsghdr *message = begin(descriptor, batch, RTM_NEWLINK, 0);
	struct ifinfomsg *head = mnl_nlmsg_put_extra_header(message, sizeof *head);

	head->ifi_index = (int)index;
	head->ifi_flags = head->ifi_change = flags;
	return message;
}

static void put_up(int descriptor, struct batch *batch, uint32_t index)
{
	finish(batch, begin_link(descriptor, batch, index, IFF_UP));
}

static void put_port(int descriptor, struct batch *batch, uint32_t index)
{
	struct nlmsghdr *message = begin_link(descriptor, batch, index, 0);

	mnl_attr_put_u32(message, IFLA_MASTER, BRIDGE);
	finish(batch, message);
}

static void put_address(int descriptor, struct batch *batch, struct ifaddrmsg address,
                        const void *bytes, size_t length)
{
	struct nlmsghdr *message = begin(descriptor, batch, RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL);
	struct ifaddrmsg *head = mnl_nlmsg_put_extra_header(message, sizeof *head);

	*head = address;
	mnl_attr_put(message, IFA_LOCAL, length, bytes);
	mnl_attr_put(message, IFA_ADDRESS, length, bytes);
	finish(batch, message);
}

static void put_route(int descriptor, struct batch *batch, uint32_t gateway)
{
	struct nlmsghdr *message =
	        begin(descriptor, batch, RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL);
	struct rtmsg *head = mnl_nlmsg_put_extra_header(message, sizeof *head);

	head->rtm_family = AF_INET;
	head->rtm_table = RT_TABLE_MAIN;
	head->rtm_protocol = RTPROT_STATIC;
	head->rtm_scope = RT_SCOPE_UNIVERSE;
	head->rtm_type = RTN_UNICAST;
	mnl_attr_put_u32(message, RTA_GATEWAY, htonl(gateway));
	finish(batch, message);
}

static void make_space(struct space *space)
{
	char path[64];
	int file;

	snprintf(path, sizeof path, "/run/netns/%s", space->name);
	file = open(path, O_RDONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0);
	check(file >= 0, path);
	close(file);
	check(!unshare(CLONE_NEWNET), "unshare");
	check(!mount("/proc/self/ns/net", path, NULL, MS_BIND, NULL), "mount");
	space->descriptor = open(path, O_RDONLY | O_CLOEXEC);
	check(space->descriptor >= 0, path);
}

/* Opened when it is used, as two descriptors for each namespace are more than many a machine allows. */
static int socket_of(struct space *space)
{
	if (!space->socket) {
		check(!setns(space->descriptor, CLONE_NEWNET), "setns");
		space->socket = open_socket();
	}
	return space->socket;
}

/* Devices are made from an empty namespace, where no name is taken. */
static void make_devices(const struct shape *shape)
{
	static struct batch batch;
	int factory;

	check(!unshare(CLONE_NEWNET), "unshare");
	factory = open_socket();
	for (size_t i = 0; i < shape->space_count; i++) {
		if (shape->spaces[i].has_bridge)
			put_bridge(factory, &batch, &shape->spaces[i]);
	}
	for (size_t i = 0; i < shape->cable_count; i++)
		put_cable(shape, factory, &batch, &shape->cables[i]);
	send_batch(factory, &batch);
}

static void configure_end(const struct shape *shape, struct batch *batch, const struct cable *cable,
                          int which)
{
	const struct end *end = &cable->ends[which];
	int descriptor = shape->spaces[end->space].socket;
	uint32_t index = index_of(shape, cable, which);
	struct in6_addr six = {{{0xfd}}};

	if (which == 1 || end->address)
		put_up(descriptor, batch, index);
	if (!end->address)
		return;
	put_address(descriptor, batch,
	            (struct ifaddrmsg){AF_INET, (uint8_t)end->prefix, 0, 0, index},
	            &(uint32_t){htonl(end->address)}, sizeof end->address);
	if (!shape->dual)
		return;
	six.s6_addr32[1] = htonl(end->address >> 8);
	six.s6_addr[15] = (uint8_t)end->address;
	put_address(descriptor, batch, (struct ifaddrmsg){AF_INET6, 64, IFA_F_NODAD, 0, index},
	            &six, sizeof six);
}

struct place {
	const struct cable *cable;
	int which;
	size_t next; /* of the same namespace; one more than its number */
};

/* Each namespace gets all that is in it in one batch. */
static void configure(const struct shape *shape)
{
	static struct batch batch;
	struct place *places = calloc(2 * shape->cable_count + 1, sizeof *places);
	size_t *first = calloc(shape->space_count, sizeof *first);

	check(places && first, "calloc");
	for (size_t i = 2 * shape->cable_count; i-- > 0;) {
		const struct cable *cable = &shape->cables[i / 2];
		size_t space = cable->ends[i % 2].space;

		places[i] = (struct place){cable, (int)(i % 2), first[space]};
		first[space] = i + 1;
	}
	for (size_t i = 0; i < shape->space_count; i++) {
		struct space *space = &shape->spaces[i];
		int descriptor = socket_of(space);

		if (i != HOST)
			put_up(descriptor, &batch, 1);
		for (size_t at = first[i]; at; at = places[at - 1].next)
			configure_end(shape, &batch, places[at - 1].cable, places[at - 1].which);
		if (space->has_bridge)
			put_up(descriptor, &batch, BRIDGE);
		if (space->gateway)
			put_route(descriptor, &batch, space->gateway);
		send_batch(descriptor, &batch);
		close(descriptor);
	}
	free(places);
	free(first);
}

/* A rack's own end of its cable to the spine is a port too. */
static void join_uplinks(const struct shape *shape)
{
	static struct batch batch;

	for (size_t i = 0; i < shape->cable_count; i++) {
		const struct end *end = &shape->cables[i].ends[1];

		if (end->address)
			continue;
		put_port(socket_of(&shape->spaces[end->space]), &batch,
		         index_of(shape, &shape->cables[i], 1));
		send_batch(shape->spaces[end->space].socket, &batch);
	}
}

static void make(struct shape *shape)
{
	struct rlimit limit;

	getrlimit(RLIMIT_NOFILE, &limit);
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
	mkdir("/run/netns", 0755);
	shape->spaces[HOST].descriptor = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	for (size_t i = 1; i < shape->space_count; i++)
		make_space(&shape->spaces[i]);
	make_devices(shape);
	join_uplinks(shape);
	configure(shape);
}

/* Devices of the host first, all at once; the others go with their namespaces. */
static void remove_all(const struct shape *shape)
{
	if (shape->spaces[HOST].has_bridge) {
		static struct batch batch;
		int descriptor = open_socket();
		struct nlmsghdr *message = begin(descriptor, &batch, RTM_DELLINK, 0);

		mnl_nlmsg_put_extra_header(message, sizeof(struct ifinfomsg));
		mnl_attr_put_u32(message, IFLA_GROUP, GROUP);
		finish(&batch, message);
		send_batch(descriptor, &batch);
	}
	for (size_t i = 1; i < shape->space_count; i++) {
		char path[64];

		snprintf(path, sizeof path, "/run/netns/%s", shape->spaces[i].name);
		check(!umount2(path, MNT_DETACH), path);
		check(!unlink(path), path);
	}
}

int main(int count, char **arguments)
{
	struct shape shape;

	if (count != 4) {
		fputs("usage: bench-bare ring|dual|star|racks N make|remove\n", stderr);
		return 64;
	}
	make_shape(&shape, arguments[1], strtoul(arguments[2], NULL, 10));
	if (!strcmp(arguments[3], "make"))
		make(&shape);
	else
		remove_all(&shape);
	free(shape.spaces);
	free(shape.cables);
	return 0;
}
