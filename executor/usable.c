#include "usable.h"

#include "attribute.h"
#include "if_addr.h"
#include "netlink.h"
#include "parser/arena.h"
#include "parser/kinds.h"
#include "wire.h"

#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/rtnetlink.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

enum { MANY_PORTS = 16 };

/* An IPv6 address, and whether packets for it are taken in. */
struct station {
	struct in6_addr address;
	bool routed;
};

/* Those of a namespace. */
struct survey {
	struct arena *arena;
	const struct object *space;
	struct station *stations; /* when all are read: by address */
	size_t count, capacity;
	bool tentative;
	bool all_by_kernel;
};

bool is_crowded(const struct object *master)
{
	const struct object *port = master->first_port;
	size_t count = 0;

	for (; port && count < MANY_PORTS; port = port->next_port)
		count++;
	return count == MANY_PORTS;
}

/*
 * A port hands what it receives to its bridge, so that its own addresses do not matter: where the
 * ports are many, they are not worth the wait.
 */
static bool takes_packets(const struct object *device)
{
	const struct value *port_of = object_value(device, LINK_BRIDGE);

	return object_value(device, LINK_UP)->number &&
	       !(port_of->presence && port_of->target && is_crowded(port_of->target));
}

/* Of the addresses on the topology's devices, its own and those that the kernel makes. */
static int read_address(const struct nlmsghdr *message, void *context)
{
	const struct ifaddrmsg *head = mnl_nlmsg_get_payload(message);
	struct attributes attributes = attributes_of(message, sizeof *head);
	uint32_t protocol = attribute_number(attributes_find(attributes, IFA_PROTO));
	const struct nlattr *address = attributes_find(attributes, IFA_LOCAL);
	struct survey *survey = context;
	const struct object *device = kernel_device(survey->space, head->ifa_index);

	if (!address)
		address = attributes_find(attributes, IFA_ADDRESS);
	if (!device || !takes_packets(device) || !address ||
	    mnl_attr_get_payload_len(address) != sizeof(struct in6_addr) ||
	    head->ifa_flags & IFA_F_DADFAILED ||
	    (protocol != TOPOC_PROTOCOL && protocol != IFAPROT_KERNEL_LL))
		return 0;
	survey->tentative |= head->ifa_flags & IFA_F_TENTATIVE;
	survey->all_by_kernel &= protocol == IFAPROT_KERNEL_LL;
	if (survey->count == survey->capacity) {
		survey->capacity = survey->count * 2 + 16;
		survey->stations = arena_grow(survey->arena, survey->stations, survey->count,
		                              survey->capacity, sizeof *survey->stations);
	}
	memcpy(&survey->stations[survey->count++].address, mnl_attr_get_payload(address),
	       sizeof(struct in6_addr));
	return 0;
}

static int compare_stations(const void *left, const void *right)
{
	const struct station *a = left, *b = right;

	return memcmp(&a->address, &b->address, sizeof a->address);
}

/* Each address once, though several devices may have it. */
static void sort_stations(struct survey *survey)
{
	size_t kept = 0;

	qsort(survey->stations, survey->count, sizeof *survey->stations, compare_stations);
	for (size_t i = 0; i < survey->count; i++) {
		if (!i || compare_stations(&survey->stations[i], &survey->stations[kept - 1]))
			survey->stations[kept++] = survey->stations[i];
	}
	survey->count = kept;
}

static int read_route(const struct nlmsghdr *message, void *context)
{
	const struct rtmsg *head = mnl_nlmsg_get_payload(message);
	const struct nlattr *to = attributes_find(attributes_of(message, sizeof *head), RTA_DST);
	struct survey *survey = context;
	struct station key, *found;

	if (head->rtm_type != RTN_LOCAL || !to ||
	    mnl_attr_get_payload_len(to) != sizeof key.address)
		return 0;
	memcpy(&key.address, mnl_attr_get_payload(to), sizeof key.address);
	found = bsearch(&key, survey->stations, survey->count, sizeof key, compare_stations);
	if (found)
		found->routed = true;
	return 0;
}

/* Of IPv6 only. */
static struct nlmsghdr *begin_dump(char *buffer, uint16_t type, size_t head_size)
{
	struct nlmsghdr *request = mnl_nlmsg_put_header(buffer);
	uint8_t *family = mnl_nlmsg_put_extra_header(request, head_size);

	request->nlmsg_type = type;
	request->nlmsg_flags = NLM_F_DUMP;
	*family = AF_INET6;
	return request;
}

/* False where addresses came or went meanwhile. */
static bool read_addresses(struct netlink *netlink, const struct question *also,
                           struct survey *survey)
{
	_Alignas(struct nlmsghdr) char buffer[64];
	struct question questions[NETLINK_QUESTIONS];
	size_t count = 0;

	if (also)
		questions[count++] = *also;
	questions[count++] = (struct question){
	        begin_dump(buffer, RTM_GETADDR, sizeof(struct ifaddrmsg)), read_address, survey};
	return netlink_ask(netlink, questions, count) != -EINTR;
}

static void read_routes(struct netlink *netlink, struct survey *survey)
{
	_Alignas(struct nlmsghdr) char buffer[64];
	struct nlmsghdr *request = begin_dump(buffer, RTM_GETROUTE, sizeof(struct rtmsg));

	mnl_attr_put_u32(request, RTA_TABLE, RT_TABLE_LOCAL);
	netlink_dump(netlink, request, read_route, NULL, survey);
}

bool addresses_are_usable(const struct kernel *kernel, const struct object *space,
                          const struct question *also)
{
	struct netlink *netlink = kernel_space(kernel, space)->netlink;
	struct survey survey = {.arena = kernel->arena, .space = space, .all_by_kernel = true};

	if (!read_addresses(netlink, also, &survey))
		return false;
	if (survey.tentative || survey.all_by_kernel)
		return !survey.tentative;
	sort_stations(&survey);
	read_routes(netlink, &survey);
	for (size_t i = 0; i < survey.count; i++) {
		if (!survey.stations[i].routed)
			return false;
	}
	return true;
}

void addresses_catch_up(const struct kernel *kernel)
{
	_Alignas(struct nlmsghdr) char buffer[64];
	struct nlmsghdr *request = mnl_nlmsg_put_header(buffer);
	struct ifinfomsg *head = mnl_nlmsg_put_extra_header(request, sizeof *head);

	request->nlmsg_type = RTM_GETLINK;
	head->ifi_index = 1; /* lo */
	netlink_get(kernel->spaces[0].netlink, request, NULL, NULL);
}
