#define _GNU_SOURCE
#include "run.h"

#include "former.h"
#include "lab.h"
#include "nursery.h"
#include "parser/arena.h"
#include "parser/kinds.h"
#include "sysctl.h"
#include "wire.h"

#include <errno.h>
#include <fcntl.h>
#include <libmnl/libmnl.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

enum {
	FIRST_INDEX = 16, /* behind the fallback tunnels of kernels that have them */
	DOOM_BATCH = NETLINK_BATCH - 8,
};

struct run {
	struct kernel *kernel;
	struct plan *plan;
	const struct run_options *options;
	struct diagnostics *diagnostics;
	struct message *messages; /* a step's, by its place in the plan */
	struct nursery *nursery;
	struct netlink *factory; /* in an empty namespace: no name there is taken */
	const char *tree;        /* where the nursery will appear */
	struct settings settings;
	bool settings_known;
};

/* Steps that stand together in the plan and are taken in one place. */
struct group {
	size_t first, end;
};

static const struct object *object_of(const struct step *step)
{
	return step->verb == VERB_KILL ? step->item->have : step->item->want;
}

static bool is_link(const struct step *step)
{
	return object_of(step)->kind->class == &link_class;
}

static bool is_sysctl(const struct step *step)
{
	return object_of(step)->kind->class == &sysctl_class;
}

static const char *verb_of(const struct step *step)
{
	static const char *const verbs[] = {
	        [VERB_KILL] = "remove", [VERB_MAKE] = "make", [VERB_SET] = "set up"};

	return verbs[step->verb];
}

static bool failed(const struct run *run, const struct step *step, int error, const char *words)
{
	const struct object *place = step->item->want ? step->item->want : step->item->have;

	diagnose(run->diagnostics, SEVERITY_ERROR, place->span, "cannot %s %s: %s%s%s",
	         verb_of(step), object_print(run->kernel->arena, object_of(step)), strerror(-error),
	         *words ? ": " : "", words);
	return false;
}

static bool failed_at(const struct run *run, const char *what, int error)
{
	diagnose(run->diagnostics, SEVERITY_ERROR, (struct span){0}, "cannot %s: %s", what,
	         strerror(-error));
	return false;
}

/* Indexes. */

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
 * random, so that no message can hit a stranger.
 */
static void choose_indexes(const struct run *run)
{
	uint32_t next = FIRST_INDEX;

	for (size_t i = 1; i < run->kernel->count; i++) {
		if (run->kernel->spaces[i].last_index >= next)
			next = run->kernel->spaces[i].last_index + 1;
	}
	for (size_t i = 0; i < run->plan->count; i++) {
		struct item *item = &run->plan->items[i];
		struct object *want = item->want;

		if (!want || (want->owner && want->kind->class != &link_class))
			continue;
		if (item->have && item->action != ACTION_REPLACE)
			want->index = item->have->index;
		else if (want->owner && want->kind->with_owner)
			want->index = 1;
		else if (want->owner)
			want->index = object_is_host(want->owner) ? random_index() : next++;
	}
}

/* Encoding: all of it before the kernel is touched. */

static struct message encode_step(const struct run *run, const struct step *step)
{
	const struct plan *plan = run->plan;
	const struct object *object = object_of(step);
	unsigned when = AT_CREATE;

	if (step->verb == VERB_KILL)
		return encode(plan->have, NULL, object, AT_DELETE, 0);
	if (step->verb == VERB_SET) {
		if (step->item->action == ACTION_CHANGE)
			when = AT_CHANGE;
		else
			when = object->kind->with_owner ? AT_BIRTH | AT_CHANGE : AT_BIRTH;
	}
	return encode(plan->want, plan->have, object, when, step->item->changed);
}

static bool encode_all(struct run *run)
{
	const struct plan *plan = run->plan;

	run->messages =
	        arena_alloc(run->kernel->arena, (plan->step_count + 1) * sizeof *run->messages);
	for (size_t i = 0; i < plan->step_count; i++) {
		const struct step *step = plan->steps[i];

		if (!codec_of(object_of(step)->kind) || (step->verb == VERB_KILL && is_link(step)))
			continue;
		run->messages[i] = encode_step(run, step);
		if (!run->messages[i].header)
			return failed(run, step, -EMSGSIZE, "");
	}
	return true;
}

/* Sending. */

static void say(const struct run *run, const struct step *step)
{
	if (run->options->progress)
		fprintf(run->options->progress, "topoc: %s %s\n", verb_of(step),
		        object_print(run->kernel->arena, object_of(step)));
}

/* What is to go may have gone. */
static bool is_gone(const struct step *step, int error)
{
	return step->verb == VERB_KILL &&
	       (error == -ENODEV || error == -ESRCH || error == -EADDRNOTAVAIL || error == -ENOENT);
}

static void patch(const struct run *run, const struct message *message)
{
	for (size_t i = 0; i < message->patch_count; i++) {
		int descriptor = kernel_space(run->kernel, message->patches[i].space)->descriptor;

		memcpy((char *)message->header + message->patches[i].offset, &descriptor,
		       sizeof descriptor);
	}
}

/* Sends the messages of the steps from `first` to before `end`, at most NETLINK_BATCH. */
static bool send_steps(const struct run *run, struct netlink *netlink, size_t first, size_t end)
{
	struct nlmsghdr *headers[NETLINK_BATCH] = {0};
	struct reply replies[NETLINK_BATCH];
	int error;

	for (size_t i = first; i < end; i++) {
		patch(run, &run->messages[i]);
		headers[i - first] = run->messages[i].header;
		say(run, run->plan->steps[i]);
	}
	error = netlink_send(netlink, headers, end - first, replies);
	for (size_t i = first; i < end; i++) {
		const struct reply *reply = &replies[i - first];

		if (!error && reply->error && !is_gone(run->plan->steps[i], reply->error))
			return failed(run, run->plan->steps[i], reply->error, reply->text);
	}
	return error ? failed_at(run, "talk to the kernel", error) : true;
}

static bool send_group(const struct run *run, struct netlink *netlink, size_t first, size_t end)
{
	for (; first < end; first += NETLINK_BATCH) {
		size_t next = end - first > NETLINK_BATCH ? first + NETLINK_BATCH : end;

		if (!send_steps(run, netlink, first, next))
			return false;
	}
	return true;
}

/* Removing devices. */

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

/*
 * Devices go as a group, since each removal by itself waits 16 ms for the kernel's grace period:
 * those read as ours are moved to a group of their own, and the group is removed, in one sendmsg,
 * so that a kill cannot leave one without its mark.
 */
static bool doom(const struct run *run, struct netlink *netlink, size_t first, size_t end)
{
	struct nlmsghdr *headers[DOOM_BATCH + 1];
	struct reply replies[DOOM_BATCH + 1];
	uint32_t group = random_index();
	size_t count = end - first;
	int error;

	for (size_t i = 0; i < count; i++) {
		const struct step *step = run->plan->steps[first + i];

		headers[i] = doom_message(run->kernel->arena, RTM_SETLINK, object_of(step)->index,
		                          group);
		say(run, step);
	}
	headers[count] = doom_message(run->kernel->arena, RTM_DELLINK, 0, group);
	error = netlink_send(netlink, headers, count + 1, replies);
	if (error)
		return failed_at(run, "talk to the kernel", error);
	for (size_t i = 0; i <= count; i++) {
		const struct step *step = run->plan->steps[i < count ? first + i : first];

		if (replies[i].error && !is_gone(step, replies[i].error))
			return failed(run, step, replies[i].error, replies[i].text);
	}
	return true;
}

static bool doom_group(const struct run *run, struct netlink *netlink, size_t first, size_t end)
{
	for (; first < end; first += DOOM_BATCH) {
		size_t next = end - first > DOOM_BATCH ? first + DOOM_BATCH : end;

		if (!doom(run, netlink, first, next))
			return false;
	}
	return true;
}

/* Sysctls. */

static bool set_sysctl(struct run *run, const struct step *step)
{
	const struct object *object = object_of(step);
	int error;

	say(run, step);
	error = kernel_enter(run->kernel, kernel_space(run->kernel, object));
	if (!error)
		error = step->verb == VERB_KILL
		                ? former_restore(run->kernel, object)
		                : former_replace(run->kernel, object,
		                                 object_value(object, SYSCTL_VALUE)->text);
	return error && !is_gone(step, error) ? failed(run, step, error, "") : true;
}

/* Namespaces. */

static bool make_namespace(struct run *run, const struct step *step)
{
	struct object *space = step->item->want;
	int descriptor, error;

	say(run, step);
	error = nursery_add(run->nursery, space->name, &descriptor);
	if (error)
		return failed(run, step, error,
		              error == -ENOSPC ? "user.max_net_namespaces is reached" : "");
	if (!run->settings_known)
		run->settings = settings_find(run->kernel->arena);
	run->settings_known = true;
	error = settings_write(&run->settings);
	if (error)
		close(descriptor);
	else
		error = kernel_add(run->kernel, space->name, NULL, descriptor, &space->index);
	return error ? failed(run, step, error, "") : true;
}

/* Whether the topology keeps a namespace: if not, they all go at once in the end (lab_remove()). */
static bool keeps_any(const struct plan *plan)
{
	for (size_t i = 0; i < plan->want->count; i++) {
		const struct object *object = plan->want->objects[i];

		if (!object->owner && !object_is_host(object))
			return true;
	}
	return false;
}

static bool kill_namespace(const struct run *run, const struct step *step)
{
	const struct object *space = object_of(step);
	int error = 0;

	say(run, step);
	if (keeps_any(run->plan)) {
		error = lab_disclaim(run->kernel->arena, run->kernel->topology, space->name);
		if (!error)
			error = lab_unmount(kernel_space(run->kernel, space)->path);
	}
	return error ? failed(run, step, error, "") : true;
}

static bool rename_namespace(const struct run *run, const struct step *step)
{
	int error = lab_claim(run->kernel->arena, run->kernel->topology, object_of(step)->name,
	                      kernel_space(run->kernel, object_of(step))->path);

	return error ? failed(run, step, error, "") : true;
}

static bool take_nursery_step(struct run *run, const struct step *step)
{
	if (step->verb == VERB_MAKE)
		return make_namespace(run, step);
	return step->verb == VERB_KILL ? kill_namespace(run, step) : rename_namespace(run, step);
}

/* Groups. */

static bool same_group(const struct step *a, const struct step *b)
{
	return a->last == b->last && a->stage == b->stage && a->channel == b->channel &&
	       (a->channel != CHANNEL_NAMESPACE || !strcmp(a->space->path, b->space->path));
}

/* Within a namespace: runs of messages, of devices to remove, and single sysctls, in order. */
static bool take_namespace_steps(struct run *run, struct group group)
{
	struct netlink *netlink =
	        kernel_space(run->kernel, object_of(run->plan->steps[group.first]))->netlink;
	size_t end;

	for (size_t first = group.first; first < group.end; first = end) {
		const struct step *step = run->plan->steps[first];
		bool kills = step->verb == VERB_KILL && is_link(step);

		end = first + 1;
		if (is_sysctl(step)) {
			if (!set_sysctl(run, step))
				return false;
			continue;
		}
		while (end < group.end && !is_sysctl(run->plan->steps[end]) &&
		       kills == (run->plan->steps[end]->verb == VERB_KILL &&
		                 is_link(run->plan->steps[end])))
			end++;
		if (kills ? !doom_group(run, netlink, first, end)
		          : !send_group(run, netlink, first, end))
			return false;
	}
	return true;
}

static bool take_group(struct run *run, struct group group)
{
	switch (run->plan->steps[group.first]->channel) {
	case CHANNEL_NURSERY:
		for (size_t i = group.first; i < group.end; i++) {
			if (!take_nursery_step(run, run->plan->steps[i]))
				return false;
		}
		return true;
	case CHANNEL_FACTORY:
		return send_group(run, run->factory, group.first, group.end);
	case CHANNEL_NAMESPACE:
		return take_namespace_steps(run, group);
	}
	return false;
}

bool run_interrupted(void)
{
	sigset_t pending;

	return !sigpending(&pending) &&
	       (sigismember(&pending, SIGINT) == 1 || sigismember(&pending, SIGTERM) == 1 ||
	        sigismember(&pending, SIGHUP) == 1);
}

/* All groups, up to or from the first that removes for good. */
static bool take_groups(struct run *run, bool last)
{
	const struct plan *plan = run->plan;
	struct group group = {0, 0};
	bool good = true;

	for (; good && group.first < plan->step_count; group.first = group.end) {
		group.end = group.first + 1;
		while (group.end < plan->step_count &&
		       same_group(plan->steps[group.first], plan->steps[group.end]))
			group.end++;
		if (plan->steps[group.first]->last != last)
			continue;
		if (!last && run->options->interruptible && run_interrupted())
			good = failed_at(run, "go on", -EINTR);
		else
			good = take_group(run, group);
	}
	kernel_leave(run->kernel);
	return good;
}

/* Before and after. */

static bool makes(const struct plan *plan, enum channel channel)
{
	for (size_t i = 0; i < plan->step_count; i++) {
		if (plan->steps[i]->channel == channel && plan->steps[i]->verb == VERB_MAKE)
			return true;
	}
	return false;
}

static bool claim_names(struct run *run)
{
	int error = lab_prepare(run->kernel->arena, run->kernel->topology, &run->tree);

	if (error)
		return failed_at(run, "make a directory in /run/topoc", error);
	for (size_t i = 0; i < run->plan->step_count; i++) {
		const struct step *step = run->plan->steps[i];
		const char *path;

		if (step->channel != CHANNEL_NURSERY || step->verb != VERB_MAKE)
			continue;
		path = arena_printf(run->kernel->arena, "%s/%s", run->tree, object_of(step)->name);
		error = lab_claim(run->kernel->arena, run->kernel->topology, object_of(step)->name,
		                  path);
		if (error)
			return failed(run, step, error, "");
	}
	return true;
}

static int open_factory(struct run *run)
{
	int error = unshare(CLONE_NEWNET) ? -errno : netlink_open(&run->factory);
	int back = kernel_leave(run->kernel);

	return error ? error : back;
}

static bool publish(struct run *run)
{
	int error = nursery_publish(run->nursery, run->tree);

	if (error)
		return failed_at(run, "publish the new namespaces", error);
	for (size_t i = 1; i < run->kernel->count; i++) {
		struct space *space = &run->kernel->spaces[i];

		if (!space->path)
			space->path =
			        arena_printf(run->kernel->arena, "%s/%s", run->tree, space->name);
	}
	return true;
}

static bool build(struct run *run)
{
	bool spaces = makes(run->plan, CHANNEL_NURSERY);
	int error = 0;

	if (spaces && !claim_names(run))
		return false;
	if (spaces)
		error = nursery_open(&run->nursery);
	if (error)
		return failed_at(run, "make a mount namespace", error);
	if (makes(run->plan, CHANNEL_FACTORY))
		error = open_factory(run);
	if (error)
		return failed_at(run, "make a network namespace", error);
	return take_groups(run, false) && (!spaces || publish(run));
}

bool run_plan(struct kernel *kernel, struct plan *plan, const struct run_options *options,
              struct diagnostics *diagnostics)
{
	struct run run = {
	        .kernel = kernel, .plan = plan, .options = options, .diagnostics = diagnostics};
	bool good;

	choose_indexes(&run);
	good = encode_all(&run) && build(&run);
	if (run.nursery)
		nursery_close(run.nursery);
	if (run.factory)
		netlink_close(run.factory);
	return good && take_groups(&run, true);
}
