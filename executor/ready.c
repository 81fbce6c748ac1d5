/* Ready means ready: waiting until what was made passes traffic. */
#include "attribute.h"
#include "interrupt.h"
#include "neighbours.h"
#include "parser/arena.h"
#include "parser/kinds.h"
#include "progress.h"
#include "run.h"
#include "usable.h"
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

enum {
	FIRST_PAUSE = 1000, /* microseconds */
	LONGEST_PAUSE = 100000,
	QUIET_MS = 5000,
	MANY = 3 /* devices of a namespace, for which one dump is cheaper than as many questions */
};

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
static struct nlmsghdr *ask_for(const struct object *device, char *buffer)
{
	struct nlmsghdr *request = mnl_nlmsg_put_header(buffer);
	struct ifinfomsg *head = mnl_nlmsg_put_extra_header(request, sizeof *head);

	request->nlmsg_type = RTM_GETLINK;
	request->nlmsg_flags = NLM_F_ACK;
	head->ifi_index = (int)device->index;
	mnl_attr_put_u32(request, IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS);
	return request;
}

static bool device_is_ready(const struct kernel *kernel, const struct object *device)
{
	_Alignas(struct nlmsghdr) char buffer[128];
	bool ready = true;
	const struct question question = {ask_for(device, buffer), read_device, &ready};

	netlink_ask(kernel_space(kernel, device)->netlink, &question, 1);
	return ready;
}

/*
 * Which of them is not ready: a device, if not NULL, or its namespace, for its addresses; NULL where
 * both are.
 */
static const struct object *find_late(const struct kernel *kernel, const struct object *space,
                                      const struct object *device)
{
	_Alignas(struct nlmsghdr) char buffer[128];
	bool ready = true;
	const struct question question = {device ? ask_for(device, buffer) : NULL, read_device,
	                                  &ready};
	bool usable = addresses_are_usable(kernel, space, device ? &question : NULL);

	return !ready ? device : usable ? NULL : space;
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

/*
 * Whether the kernel has noticed a device's carrier as it came up: it has where the other end was
 * up before (drivers/net/veth.c, veth_open()).
 */
static bool is_noticed(const struct plan *plan, const struct item *device)
{
	const struct object *peer = device->want ? object_peer(plan->want, device->want) : NULL;
	const struct step *own = device->set, *others;

	if (device->want && device->want->kind->with_owner)
		return true; /* has a carrier as soon as it is up */
	if (!peer || !own || master_of(plan, device->want))
		return false;
	others = plan_item(plan, peer)->set;
	return !others || others->place < own->place;
}

static bool is_touched(const struct plan *plan, const bool *awaited, const struct object *space)
{
	for (const struct object *at = space->first_device; at; at = at->next_device) {
		if (awaited[plan_item(plan, at) - plan->items])
			return true;
		for (const struct object *on = at->first_owned; on; on = on->next_owned) {
			if (plan_item(plan, on)->action != ACTION_NONE)
				return true;
		}
	}
	return false;
}

/* A look at all devices of a namespace: those that pass traffic already need not be asked any more. */
struct glance {
	const struct plan *plan;
	const struct object *space;
	bool *asked; /* by the place of their items */
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
		glance->asked[plan_item(glance->plan, device) - glance->plan->items] = false;
	return 0;
}

/* Whether run_until_quiet() has waited for a device, and after its other end came up. */
static bool is_settled(const struct kernel *kernel, const struct plan *plan,
                       const struct object *device)
{
	const struct object *peer = object_peer(plan->want, device);
	const struct step *others = peer ? plan_item(plan, peer)->set : NULL;
	size_t settled = kernel_space(kernel, device)->settled;

	return settled && (!others || others->place < settled);
}

static bool all_are_settled(const struct kernel *kernel, const struct plan *plan,
                            const struct object *space)
{
	for (const struct object *at = space->first_device; at; at = at->next_device) {
		if (!is_settled(kernel, plan, at))
			return false;
	}
	return kernel_space(kernel, space)->settled;
}

static void dump_links(const struct kernel *kernel, struct glance *glance)
{
	_Alignas(struct nlmsghdr) char buffer[128];
	struct nlmsghdr *request = mnl_nlmsg_put_header(buffer);

	request->nlmsg_type = RTM_GETLINK;
	mnl_nlmsg_put_extra_header(request, sizeof(struct ifinfomsg));
	mnl_attr_put_u32(request, IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS);
	netlink_dump(kernel_space(kernel, glance->space)->netlink, request, read_link, NULL,
	             glance);
}

static size_t count_asked(const struct plan *plan, const bool *asked, const struct object *space)
{
	size_t count = 0;

	for (const struct object *at = space->first_device; at; at = at->next_device)
		count += asked[plan_item(plan, at) - plan->items];
	return count;
}

/*
 * The devices that have to be asked one by one: those that are awaited, but for those that a look at
 * their whole namespace, where it has many, finds ready.
 */
static bool *find_asked(const struct kernel *kernel, const struct plan *plan, const bool *awaited)
{
	bool *asked = arena_alloc(kernel->arena, plan->count * sizeof *asked);
	struct glance glance = {plan, NULL, asked};

	for (size_t i = 0; i < plan->count; i++) {
		const struct item *item = &plan->items[i];

		asked[i] = awaited[i] && !is_noticed(plan, item) &&
		           !(item->want && is_settled(kernel, plan, item->want));
	}
	for (size_t i = 0; i < plan->want->count; i++) {
		glance.space = plan->want->objects[i];
		if (!glance.space->owner && count_asked(plan, asked, glance.space) >= MANY)
			dump_links(kernel, &glance);
	}
	return asked;
}

/* Namespaces whose addresses are waited for, each with a device that is asked along, or NULL. */
struct visits {
	struct visit {
		const struct object *space, *device;
	} * list;
	size_t count;
};

/* Ports are waited for before all else: they are not asked along. */
static const struct object *last_asked(const struct plan *plan, const bool *asked,
                                       const struct object *space)
{
	const struct object *last = NULL;

	for (const struct object *at = space->first_device; at; at = at->next_device) {
		if (asked[plan_item(plan, at) - plan->items] && !master_of(plan, at))
			last = at;
	}
	return last;
}

/* A device that is asked along need not be asked by itself: `asked` says so then. */
static struct visits find_visits(const struct kernel *kernel, const struct plan *plan,
                                 const bool *awaited, bool *asked)
{
	struct visits visits = {arena_alloc(kernel->arena, plan->want->count * sizeof *visits.list),
	                        0};

	for (size_t i = 0; i < plan->want->count; i++) {
		const struct object *space = plan->want->objects[i], *device;

		if (space->owner || !is_touched(plan, awaited, space) ||
		    all_are_settled(kernel, plan, space))
			continue;
		device = last_asked(plan, asked, space);
		if (device)
			asked[plan_item(plan, device) - plan->items] = false;
		visits.list[visits.count++] = (struct visit){space, device};
	}
	return visits;
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

static bool await_device(const struct kernel *kernel, const struct object *device,
                         struct wait *wait)
{
	while (!device_is_ready(kernel, device)) {
		if (!wait_for(wait, device))
			return false;
	}
	return true;
}

/* Ports, or the others: a bridge has no carrier before its ports have one. */
static bool await_devices(const struct kernel *kernel, const struct plan *plan, const bool *asked,
                          bool ports, struct wait *wait)
{
	for (size_t i = 0; i < plan->count; i++) {
		const struct item *item = &plan->items[i];
		const struct object *device = item->want ? item->want : item->have;

		if (asked[i] && (master_of(plan, device) != NULL) == ports &&
		    !await_device(kernel, device, wait))
			return false;
	}
	return true;
}

/* The addresses of a namespace, and a device in it if that is not NULL. */
static bool await_visit(const struct kernel *kernel, struct visit visit, struct wait *wait)
{
	const struct object *late;

	while ((late = find_late(kernel, visit.space, visit.device))) {
		if (!wait_for(wait, late))
			return false;
	}
	return true;
}

static bool await_visits(const struct kernel *kernel, struct visits visits, struct wait *wait)
{
	for (size_t i = 0; i < visits.count; i++) {
		if (!await_visit(kernel, visits.list[i], wait))
			return false;
	}
	return true;
}

bool run_until_ready(struct kernel *kernel, const struct plan *plan, long timeout_ms,
                     struct progress *progress)
{
	const bool *awaited = find_awaited(kernel->arena, plan);
	bool *asked = find_asked(kernel, plan, awaited);
	const struct visits visits = find_visits(kernel, plan, awaited, asked);
	struct wait wait = {.arena = kernel->arena,
	                    .progress = progress,
	                    .deadline = monotonic_ms() + timeout_ms + longest_delay(plan),
	                    .pause = FIRST_PAUSE};
	bool ready = await_devices(kernel, plan, asked, true, &wait) &&
	             await_devices(kernel, plan, asked, false, &wait) &&
	             await_visits(kernel, visits, &wait);

	addresses_catch_up(kernel);
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

		if (!space->owner && !space->foreign &&
		    !await_visit(kernel, (struct visit){space, NULL}, &wait))
			return;
	}
	addresses_catch_up(kernel);
}

/* All that a host has, so that nothing of it is waited for again. */
static bool await_host(const struct kernel *kernel, const struct plan *plan,
                       const struct object *space, struct wait *wait)
{
	struct visit visit = {space, NULL};

	for (const struct object *at = space->first_device; at; at = at->next_device) {
		if (!is_set(plan, at) || !can_pass(plan, at) ||
		    is_noticed(plan, plan_item(plan, at)))
			continue;
		if (visit.device && !await_device(kernel, visit.device, wait))
			return false;
		visit.device = at;
	}
	return await_visit(kernel, visit, wait);
}

/*
 * What is itself a port may have to wait for this very bridge: of it only what can be usable is
 * waited for.
 */
void run_until_quiet(struct kernel *kernel, const struct plan *plan, const struct step *step,
                     struct progress *progress)
{
	const struct object *port = step->item->want->first_port;
	struct wait wait = {.arena = kernel->arena,
	                    .progress = progress,
	                    .deadline = monotonic_ms() + QUIET_MS,
	                    .pause = FIRST_PAUSE};

	for (; port; port = port->next_port) {
		const struct object *far = object_peer(plan->want, port), *space;

		if (!is_set(plan, far) || !can_pass(plan, far))
			continue;
		space = object_namespace(far);
		if (master_of(plan, far) ? !await_visit(kernel, (struct visit){space, NULL}, &wait)
		                         : !await_host(kernel, plan, space, &wait))
			return;
		if (!master_of(plan, far))
			kernel_space(kernel, space)->settled = step->place;
	}
}
