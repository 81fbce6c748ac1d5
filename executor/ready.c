/* Ready means ready: waiting until what was made passes traffic. */
#include "attribute.h"
#include "if_addr.h"
#include "interrupt.h"
#include "neighbours.h"
#include "parser/arena.h"
#include "parser/kinds.h"
#include "progress.h"
#include "run.h"
#include "wire.h"

#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/if.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { FIRST_PAUSE = 1000, LONGEST_PAUSE = 100000 }; /* microseconds */

static const struct codec *codec_named(const char *name)
{
	for (const struct codec *const *codec = codecs; name && *codec; codec++) {
		if (!strcmp((*codec)->kind->name, name))
			return *codec;
	}
	return NULL;
}

static bool port_is_ready(const struct nlattr *info)
{
	const char *master =
	        attribute_text(attributes_find(attributes_in(info), IFLA_INFO_SLAVE_KIND));
	const struct codec *codec = codec_named(master);

	if (!codec || !codec->port_ready)
		return true;
	return codec->port_ready(attributes_find(attributes_in(info), IFLA_INFO_SLAVE_DATA));
}

static bool has_carrier(const struct nlmsghdr *message)
{
	const struct ifinfomsg *head = mnl_nlmsg_get_payload(message);

	return head->ifi_flags & IFF_UP && head->ifi_flags & IFF_LOWER_UP;
}

static uint32_t state_of(const struct nlmsghdr *message)
{
	struct attributes attributes = attributes_of(message, sizeof(struct ifinfomsg));

	return attribute_number(attributes_find(attributes, IFLA_OPERSTATE));
}

static bool as_port_is_ready(const struct nlmsghdr *message)
{
	struct attributes attributes = attributes_of(message, sizeof(struct ifinfomsg));

	return port_is_ready(attributes_find(attributes, IFLA_LINKINFO));
}

/* Without a carrier there is nothing to wait for: the other end may well be down. */
static int read_device(const struct nlmsghdr *message, void *context)
{
	uint32_t state = state_of(message);
	bool *ready = context;

	*ready = !has_carrier(message) ||
	         ((state == IF_OPER_UP || state == IF_OPER_UNKNOWN) && as_port_is_ready(message));
	return 0;
}

/*
 * Asking for one device makes the kernel catch up with its carrier (net/core/rtnetlink.c,
 * rtnl_getlink(): linkwatch_sync_dev()), which a dump does not.
 */
static bool device_is_ready(const struct kernel *kernel, const struct object *device)
{
	_Alignas(struct nlmsghdr) char buffer[128];
	struct nlmsghdr *request = mnl_nlmsg_put_header(buffer);
	struct ifinfomsg *head = mnl_nlmsg_put_extra_header(request, sizeof *head);
	bool ready = true;

	request->nlmsg_type = RTM_GETLINK;
	head->ifi_index = (int)device->index;
	mnl_attr_put_u32(request, IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS);
	netlink_get(kernel_space(kernel, device)->netlink, request, read_device, &ready);
	return ready;
}

static const struct object *master_of(const struct plan *plan, const struct object *device)
{
	const struct value *port_of = object_value(device, LINK_BRIDGE);
	const struct object *master = NULL;

	if (port_of->presence)
		master = graph_device(plan->want, port_of->text);
	if (port_of->presence && !master)
		master = graph_device(plan->have, port_of->text);
	return master;
}

static bool is_set(const struct plan *plan, const struct object *device)
{
	return device && plan_item(plan, device)->set;
}

/* The ports of a bridge that is down pass nothing, for as long as it is. */
static bool can_pass(const struct plan *plan, const struct object *device)
{
	const struct object *master = master_of(plan, device);

	return object_value(device, LINK_UP)->number &&
	       (!master || object_value(master, LINK_UP)->number);
}

/* By the place of their items. A device follows its other end and its bridge; a bridge, its ports. */
static bool *find_awaited(struct arena *arena, const struct plan *plan)
{
	bool *awaited = arena_alloc(arena, plan->count * sizeof *awaited);

	for (size_t i = 0; i < plan->want->count; i++) {
		const struct object *device = plan->want->objects[i], *master;

		if (device->kind->class != &link_class || !can_pass(plan, device))
			continue;
		master = master_of(plan, device);
		if (!is_set(plan, device) && !is_set(plan, object_peer(plan->want, device)) &&
		    !is_set(plan, master))
			continue;
		awaited[i] = true;
		if (master)
			awaited[plan_item(plan, master) - plan->items] = true;
	}
	return awaited;
}

static long longest_delay(const struct plan *plan)
{
	long longest = 0;

	for (size_t i = 0; i < plan->count; i++) {
		const struct object *want = plan->items[i].want;
		const struct codec *codec = want ? codec_of(want->kind) : NULL;
		long delay = codec && codec->delay ? codec->delay(want) : 0;

		longest = delay > longest ? delay : longest;
	}
	return longest;
}

static bool is_touched(const struct plan *plan, const bool *awaited, const struct object *space)
{
	for (const struct object *at = space->first_owned; at; at = at->next_owned) {
		if (at->kind->class != &link_class)
			continue;
		if (awaited[plan_item(plan, at) - plan->items])
			return true;
		for (const struct object *on = at->first_owned; on; on = on->next_owned) {
			if (plan_item(plan, on)->action != ACTION_NONE)
				return true;
		}
	}
	return false;
}

/* The devices of a namespace that pass traffic already, by the place of their items. */
struct glance {
	const struct plan *plan;
	const struct object *space;
	bool *passing;
};

/*
 * Before the kernel has caught up with a carrier a dump shows it on, and the state unknown, as that of
 * a loopback device always is.
 */
static int read_link(const struct nlmsghdr *message, void *context)
{
	const struct ifinfomsg *head = mnl_nlmsg_get_payload(message);
	const struct glance *glance = context;
	const struct object *device = kernel_device(glance->space, (uint32_t)head->ifi_index);
	bool known = state_of(message) == IF_OPER_UP || head->ifi_flags & IFF_LOOPBACK;

	if (device && has_carrier(message) && known && as_port_is_ready(message))
		glance->passing[plan_item(glance->plan, device) - glance->plan->items] = true;
	return 0;
}

/* All at once: of thousands of devices only few have to be asked for one by one. */
static bool *find_passing(const struct kernel *kernel, const struct plan *plan, const bool *awaited)
{
	struct glance glance = {plan, NULL,
	                        arena_alloc(kernel->arena, plan->count * sizeof *glance.passing)};

	for (size_t i = 0; i < plan->want->count; i++) {
		_Alignas(struct nlmsghdr) char buffer[128];
		struct nlmsghdr *request = mnl_nlmsg_put_header(buffer);

		glance.space = plan->want->objects[i];
		if (glance.space->owner || !is_touched(plan, awaited, glance.space))
			continue;
		request->nlmsg_type = RTM_GETLINK;
		mnl_nlmsg_put_extra_header(request, sizeof(struct ifinfomsg));
		mnl_attr_put_u32(request, IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS);
		netlink_dump(kernel_space(kernel, glance.space)->netlink, request, read_link, NULL,
		             &glance);
	}
	return glance.passing;
}

/* A wait for several things, one after the other. */
struct wait {
	struct arena *arena;
	struct progress *progress;
	long deadline;    /* by monotonic_ms() */
	useconds_t pause; /* longer each time */
	bool to_the_end;  /* a signal does not end it */
};

/* Waits a little for an object; false when the time is over. */
static bool wait_for(struct wait *wait, const struct object *object)
{
	if (monotonic_ms() >= wait->deadline || (interrupt_is_pending() && !wait->to_the_end))
		return false;
	if (progress_is_due(wait->progress))
		progress_wait(wait->progress, object_print(wait->arena, object), wait->deadline);
	usleep(wait->pause);
	wait->pause = wait->pause * 2 < LONGEST_PAUSE ? wait->pause * 2 : LONGEST_PAUSE;
	return true;
}

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
};

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
	if (!device || !object_value(device, LINK_UP)->number || !address ||
	    mnl_attr_get_payload_len(address) != sizeof(struct in6_addr) ||
	    head->ifa_flags & IFA_F_DADFAILED ||
	    (protocol != TOPOC_PROTOCOL && protocol != IFAPROT_KERNEL_LL))
		return 0;
	survey->tentative |= head->ifa_flags & IFA_F_TENTATIVE;
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

static void dump(struct netlink *netlink, uint16_t type, size_t head_size,
                 int (*each)(const struct nlmsghdr *, void *), struct survey *survey)
{
	_Alignas(struct nlmsghdr) char buffer[64];
	struct nlmsghdr *request = mnl_nlmsg_put_header(buffer);
	uint8_t *family = mnl_nlmsg_put_extra_header(request, head_size);

	request->nlmsg_type = type;
	*family = AF_INET6;
	if (type == RTM_GETROUTE)
		mnl_attr_put_u32(request, RTA_TABLE, RT_TABLE_LOCAL);
	netlink_dump(netlink, request, each, NULL, survey);
}

/*
 * Also without duplicate address detection an IPv6 address answers nobody until a work queue has got
 * round to it (net/ipv6/addrconf.c, addrconf_dad_start()): the kernel's own is tentative so long, and
 * one that is added without it only lacks the route by which packets are taken in.
 */
static bool addresses_are_ready(const struct kernel *kernel, const struct object *space)
{
	struct netlink *netlink = kernel_space(kernel, space)->netlink;
	struct survey survey = {.arena = kernel->arena, .space = space};

	dump(netlink, RTM_GETADDR, sizeof(struct ifaddrmsg), read_address, &survey);
	if (survey.tentative || !survey.count)
		return !survey.tentative;
	sort_stations(&survey);
	dump(netlink, RTM_GETROUTE, sizeof(struct rtmsg), read_route, &survey);
	for (size_t i = 0; i < survey.count; i++) {
		if (!survey.stations[i].routed)
			return false;
	}
	return true;
}

/* Ports, or the others: a bridge has no carrier before its ports have one. */
static bool await_devices(struct kernel *kernel, const struct plan *plan, const bool *awaited,
                          const bool *passing, bool ports, struct wait *wait)
{
	for (size_t i = 0; i < plan->count; i++) {
		const struct item *item = &plan->items[i];
		const struct object *device = item->want ? item->want : item->have;

		if (!awaited[i] || passing[i] || (master_of(plan, device) != NULL) != ports)
			continue;
		while (!device_is_ready(kernel, device)) {
			if (!wait_for(wait, device))
				return false;
		}
	}
	return true;
}

static bool await_addresses(struct kernel *kernel, const struct plan *plan, const bool *awaited,
                            struct wait *wait)
{
	for (size_t i = 0; i < plan->want->count; i++) {
		const struct object *space = plan->want->objects[i];

		if (space->owner || !is_touched(plan, awaited, space))
			continue;
		while (!addresses_are_ready(kernel, space)) {
			if (!wait_for(wait, space))
				return false;
		}
	}
	return true;
}

bool run_until_ready(struct kernel *kernel, const struct plan *plan, long timeout_ms,
                     struct progress *progress)
{
	const bool *awaited = find_awaited(kernel->arena, plan);
	const bool *passing = find_passing(kernel, plan, awaited);
	struct wait wait = {.arena = kernel->arena,
	                    .progress = progress,
	                    .deadline = monotonic_ms() + timeout_ms + longest_delay(plan),
	                    .pause = FIRST_PAUSE};
	bool ready = await_devices(kernel, plan, awaited, passing, true, &wait) &&
	             await_devices(kernel, plan, awaited, passing, false, &wait) &&
	             await_addresses(kernel, plan, awaited, &wait);

	neighbours_forget(kernel, plan);
	return ready;
}

void run_until_settled(struct kernel *kernel, const struct graph *have, long timeout_ms)
{
	struct wait wait = {.arena = kernel->arena,
	                    .deadline = monotonic_ms() + timeout_ms,
	                    .pause = FIRST_PAUSE,
	                    .to_the_end = true};

	for (size_t i = 0; i < have->count; i++) {
		const struct object *space = have->objects[i];

		if (space->owner || space->foreign)
			continue;
		while (!addresses_are_ready(kernel, space)) {
			if (!wait_for(&wait, space))
				return;
		}
	}
}
