#define _GNU_SOURCE
#include "batch.h"

#include "link_local.h"
#include "parser/arena.h"
#include "parser/kinds.h"
#include "wire.h"

#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/if.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

enum {
	FIRST_INDEX = 16, /* behind the fallback tunnels of kernels that have them */
	DOOM_BATCH = NETLINK_BATCH - 8,
	MOST_TRIES = 1000,
	STEP_MESSAGES = 2 + LINK_LOCAL_MESSAGES,
};

/* A message and the step it belongs to. */
struct parcel {
	const struct step *step;
	struct message message;
	bool is_link_local; /* of link_local.h, which knows what may be refused */
};

struct batch {
	struct kernel *kernel;
	const struct plan *plan;
	const struct report *report;
	struct parcel *parcels;
	size_t count;
	size_t *first; /* a step's first parcel, by its place in the plan; and one more */
};

static uint32_t random_index(void)
{
	uint32_t number = 0;

	/* Any will do: one that is taken is refused. */
	if (getrandom(&number, sizeof number, GRND_NONBLOCK) != sizeof number)
		number = (uint32_t)getpid();
	return (UINT32_C(1) << 24) + number % ((UINT32_C(1) << 31) - (UINT32_C(1) << 25));
}

/*
 * A new device's index is chosen here, so that messages can refer to it before it is there: unique
 * among the topology's namespaces (which makes the two ends of a cable findable), and in the host
 * from a random one on, so that no message can hit a stranger.
 */
static void choose_indexes(const struct kernel *kernel, const struct plan *plan)
{
	uint32_t next = FIRST_INDEX, next_in_host = random_index();

	for (size_t i = 1; i < kernel->count; i++) {
		if (kernel->spaces[i].last_index >= next)
			next = kernel->spaces[i].last_index + 1;
	}
	for (size_t i = 0; i < plan->count; i++) {
		const struct item *item = &plan->items[i];
		struct object *want = item->want;

		if (!want || (want->owner && want->kind->class != &link_class))
			continue;
		if (item->have && item->action != ACTION_REPLACE)
			want->index = item->have->index;
		else if (want->owner && want->kind->with_owner)
			want->index = 1;
		else if (want->owner)
			want->index = object_is_host(want->owner) ? next_in_host++ : next++;
	}
}

static struct message encode_step(const struct plan *plan, const struct step *step, uint64_t fields)
{
	const struct object *object = step_object(step);
	unsigned when = AT_CREATE;

	if (step->verb == VERB_KILL)
		return encode(plan->have, NULL, object, AT_DELETE, 0);
	if (step->verb == VERB_SET && step->item->action == ACTION_CHANGE)
		when = AT_CHANGE;
	else if (step->verb == VERB_SET)
		when = object->kind->with_owner ? AT_BIRTH | AT_CHANGE : AT_BIRTH;
	return encode(plan->want, plan->have, object, when, fields);
}

/* Of the fields that a step changes, those that are changed before the others. */
static uint64_t first_fields(const struct step *step)
{
	const struct kind *kind = step_object(step)->kind;
	uint64_t fields = 0;

	for (size_t i = 0; step->verb == VERB_SET && i < kind_field_count(kind); i++) {
		if (kind_field(kind, i)->flags & FIELD_FIRST)
			fields |= step->item->changed & UINT64_C(1) << i;
	}
	return fields;
}

/*
 * What a device does not show of its kind's settings is said along with what changes of them: it may
 * be something else, and come to light later.
 */
static uint64_t untold_fields(const struct step *step)
{
	const struct item *item = step->item;
	const struct kind *kind = step_object(step)->kind;
	uint64_t fields = 0;

	if (item->action != ACTION_CHANGE || !(item->changed >> kind->class->field_count))
		return 0;
	for (size_t i = kind->class->field_count; i < kind_field_count(kind); i++) {
		if (object_value(item->want, i)->presence && !object_value(item->have, i)->presence)
			fields |= UINT64_C(1) << i;
	}
	return fields;
}

static void add(struct batch *batch, const struct step *step, struct message message,
                bool is_link_local)
{
	if (message.header || !is_link_local)
		batch->parcels[batch->count++] = (struct parcel){step, message, is_link_local};
}

static bool add_step(struct batch *batch, const struct step *step)
{
	const struct object *object = step_object(step);
	struct message message, before, after[LINK_LOCAL_MESSAGES - 1];
	uint64_t first, rest;

	/* Devices are removed as a group: batch_remove_links(). */
	if (!codec_of(object->kind) ||
	    (step->verb == VERB_KILL && object->kind->class == &link_class))
		return true;
	link_local_messages(batch->kernel, step, &before, after);
	add(batch, step, before, true);
	first = first_fields(step);
	rest = (step->item->changed & ~first) | untold_fields(step);
	if (first && rest)
		add(batch, step, encode_step(batch->plan, step, first), false);
	message = encode_step(batch->plan, step, rest ? rest : first);
	add(batch, step, message, false);
	for (size_t i = 0; i < LINK_LOCAL_MESSAGES - 1; i++)
		add(batch, step, after[i], true);
	return message.header != NULL;
}

struct batch *batch_encode(struct kernel *kernel, const struct plan *plan,
                           const struct report *report)
{
	struct batch *batch = arena_alloc(kernel->arena, sizeof *batch);
	size_t steps = plan->step_count;

	*batch = (struct batch){.kernel = kernel, .plan = plan, .report = report};
	batch->parcels =
	        arena_alloc(kernel->arena, (steps + 1) * STEP_MESSAGES * sizeof *batch->parcels);
	batch->first = arena_alloc(kernel->arena, (steps + 1) * sizeof *batch->first);
	choose_indexes(kernel, plan);
	for (size_t i = 0; i < steps; i++) {
		batch->first[i] = batch->count;
		if (!add_step(batch, plan->steps[i])) {
			report_failure(report, plan->steps[i], -EMSGSIZE, "");
			return NULL;
		}
	}
	batch->first[steps] = batch->count;
	return batch;
}

/* Puts in what is known only now: the namespaces' descriptors. */
static struct nlmsghdr *complete(const struct batch *batch, const struct message *message)
{
	for (size_t i = 0; i < message->patch_count; i++) {
		int descriptor = kernel_space(batch->kernel, message->patches[i].space)->descriptor;

		memcpy((char *)message->header + message->patches[i].offset, &descriptor,
		       sizeof descriptor);
	}
	return message->header;
}

/* Whether an object's namespace has an IPv6 address with a peer. */
static bool has_peers(const struct object *object)
{
	const struct object *device = object_namespace(object)->first_owned, *at;

	for (; device; device = device->next_owned) {
		for (at = device->first_owned; at; at = at->next_owned) {
			if (at->kind == &address_kind &&
			    object_value(at, ADDRESS_PEER)->ip.family == AF_INET6 &&
			    object_value(at, ADDRESS_PEER)->presence == GIVEN)
				return true;
		}
	}
	return false;
}

/*
 * The kernel adds the route to an IPv6 peer from a work queue (net/ipv6/addrconf.c,
 * addrconf_dad_completed()): a gateway there is reached a moment after the address is made.
 */
static int send_again(struct netlink *netlink, const struct parcel *parcel, struct reply *reply)
{
	struct nlmsghdr *header = parcel->message.header;
	int error = 0;

	for (int tries = 0; !error && reply->error == -EHOSTUNREACH && tries < MOST_TRIES;
	     tries++) {
		usleep(1000);
		error = netlink_send(netlink, &header, 1, reply);
	}
	return error;
}

/* Whether a device of that name, or alternative name, is there. */
static bool is_taken(const struct batch *batch, const struct object *device)
{
	_Alignas(struct nlmsghdr) char buffer[128];
	struct nlmsghdr *request = mnl_nlmsg_put_header(buffer);

	request->nlmsg_type = RTM_GETLINK;
	mnl_nlmsg_put_extra_header(request, sizeof(struct ifinfomsg));
	mnl_attr_put_strz(request, IFLA_IFNAME, device->name);
	return !netlink_get(kernel_space(batch->kernel, device)->netlink, request, NULL, NULL);
}

/*
 * Where one message makes two devices the kernel does not tell whose name is taken: as if it had
 * named the other end, where it is that one's.
 */
static void find_taken(const struct batch *batch, const struct parcel *parcel, struct reply *reply)
{
	const struct object *object = step_object(parcel->step);

	if (object->kind->class != &link_class || is_taken(batch, object))
		return;
	for (size_t i = 0; i < parcel->message.part_count; i++) {
		const struct part *part = &parcel->message.parts[i];

		if (!part->field && is_taken(batch, part->object))
			reply->offset = part->first;
	}
}

static bool refuse(const struct batch *batch, const struct parcel *parcel, struct reply *reply)
{
	if (reply->error == -EEXIST && !reply->offset)
		find_taken(batch, parcel, reply);
	return report_refusal(batch->report, parcel->step, &parcel->message, reply);
}

/* The step of the first message that the kernel has not answered. */
static const struct step *unanswered(const struct batch *batch, size_t first, size_t count,
                                     const struct reply *replies)
{
	size_t i = 0;

	while (i + 1 < count && replies[i].error <= 0)
		i++;
	return batch->parcels[first + i].step;
}

static bool send_parcels(const struct batch *batch, struct netlink *netlink, size_t first,
                         size_t end)
{
	struct nlmsghdr *headers[NETLINK_BATCH] = {0};
	struct reply replies[NETLINK_BATCH];
	int error;

	for (size_t i = first; i < end; i++)
		headers[i - first] = complete(batch, &batch->parcels[i].message);
	error = netlink_send(netlink, headers, end - first, replies);
	if (error)
		return report_failure(batch->report, unanswered(batch, first, end - first, replies),
		                      error, "");
	for (size_t i = first; i < end; i++) {
		const struct parcel *parcel = &batch->parcels[i];
		struct reply *reply = &replies[i - first];

		if (reply->error == -EHOSTUNREACH && has_peers(step_object(parcel->step)) &&
		    send_again(netlink, parcel, reply))
			return report_failure(batch->report, parcel->step, -EIO, "");
		if (reply->error && !(parcel->is_link_local && link_local_is_moot(reply->error)) &&
		    !is_gone(parcel->step, reply->error))
			return refuse(batch, parcel, reply);
	}
	return true;
}

bool batch_send(const struct batch *batch, struct netlink *netlink, size_t first, size_t end)
{
	size_t limit = batch->first[end], step = first;

	for (size_t i = batch->first[first]; i < limit; i += NETLINK_BATCH) {
		size_t next = limit - i > NETLINK_BATCH ? i + NETLINK_BATCH : limit;

		while (step < end && batch->first[step] < next)
			report_step(batch->report, batch->plan->steps[step++]);
		if (!send_parcels(batch, netlink, i, next))
			return false;
	}
	while (step < end)
		report_step(batch->report, batch->plan->steps[step++]);
	return true;
}

static struct nlmsghdr *doom_message(struct arena *arena, uint16_t type, uint32_t index,
                                     uint32_t group)
{
	struct nlmsghdr *message = mnl_nlmsg_put_header(arena_alloc(arena, 64));
	struct ifinfomsg *head = mnl_nlmsg_put_extra_header(message, sizeof *head);

	message->nlmsg_type = type;
	head->ifi_index = (int)index;
	mnl_attr_put_u32(message, IFLA_GROUP, group);
	return message;
}

/* What could not be removed gets its mark back, or it would be nobody's. */
static void spare(const struct batch *batch, struct netlink *netlink, struct step *const *steps,
                  size_t count)
{
	uint32_t mark = topology_mark(batch->kernel->topology);
	struct nlmsghdr *headers[DOOM_BATCH];
	struct reply replies[DOOM_BATCH];

	for (size_t i = 0; i < count; i++)
		headers[i] = doom_message(batch->kernel->arena, RTM_SETLINK,
		                          step_object(steps[i])->index, mark);
	netlink_send(netlink, headers, count, replies); /* those that are gone are refused */
}

/*
 * What has ports goes down first: one that leaves a bridge which is up has all others looked at,
 * and each sends a query (net/bridge/br_stp.c, br_port_state_selection();
 * br_multicast_enable_port()).
 */
static void take_down(struct nlmsghdr *message)
{
	struct ifinfomsg *head = mnl_nlmsg_get_payload(message);

	head->ifi_change = IFF_UP;
}

static bool doom(const struct batch *batch, struct netlink *netlink, size_t first, size_t count)
{
	struct step *const *steps = &batch->plan->steps[first];
	struct nlmsghdr *headers[DOOM_BATCH + 1];
	struct reply replies[DOOM_BATCH + 1];
	uint32_t group = random_index();
	int error;

	for (size_t i = 0; i < count; i++) {
		headers[i] = doom_message(batch->kernel->arena, RTM_SETLINK,
		                          step_object(steps[i])->index, group);
		if (step_object(steps[i])->first_port)
			take_down(headers[i]);
		report_step(batch->report, steps[i]);
	}
	headers[count] = doom_message(batch->kernel->arena, RTM_DELLINK, 0, group);
	error = netlink_send(netlink, headers, count + 1, replies);
	if (error) {
		spare(batch, netlink, steps, count);
		return report_failure(batch->report, steps[0], error, "");
	}
	for (size_t i = 0; i <= count; i++) {
		const struct step *step = steps[i < count ? i : 0];

		if (!replies[i].error || is_gone(step, replies[i].error))
			continue;
		spare(batch, netlink, steps, count);
		return report_failure(batch->report, step, replies[i].error, replies[i].text);
	}
	return true;
}

bool batch_remove_links(const struct batch *batch, struct netlink *netlink, size_t first,
                        size_t end)
{
	for (; first < end; first += DOOM_BATCH) {
		size_t count = end - first > DOOM_BATCH ? DOOM_BATCH : end - first;

		if (!doom(batch, netlink, first, count))
			return false;
	}
	return true;
}
