#define _GNU_SOURCE
#include "run.h"

#include "batch.h"
#include "former.h"
#include "interrupt.h"
#include "lab.h"
#include "makers.h"
#include "nursery.h"
#include "parser/arena.h"
#include "parser/kinds.h"
#include "sysctl.h"
#include "usable.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <unistd.h>

enum { LOOK_MS = 10 }; /* from one look for a signal to the next */

struct run {
	struct kernel *kernel;
	struct plan *plan;
	const struct run_options *options;
	struct report report;
	struct batch *batch;
	struct nursery *nursery;
	struct makers *makers;
	size_t *places; /* of new namespaces among the makers', by the place of their items */
	struct netlink *factory; /* in an empty namespace: no name there is taken */
	const char *tree;        /* where the nursery will appear */
	long next_look;          /* for a signal, by monotonic_ms() */
};

/* Steps that stand together in the plan and are taken in one place. */
struct group {
	size_t first, end;
};

static bool is_link(const struct step *step)
{
	return step_object(step)->kind->class == &link_class;
}

static bool is_sysctl(const struct step *step)
{
	return step_object(step)->kind->class == &sysctl_class;
}

/* Sysctls. */

static bool set_sysctl(struct run *run, const struct step *step)
{
	const struct object *object = step_object(step);
	const char *form = "", *value = object_value(object, SYSCTL_VALUE)->text;
	int error;

	report_step(&run->report, step);
	error = kernel_enter(kernel_space(run->kernel, object));
	if (!error)
		error = step->verb == VERB_KILL ? former_restore(run->kernel, object)
		                                : former_replace(run->kernel, object, value, &form);
	if (!error || is_gone(step, error))
		return true;
	if (error == -EILSEQ) {
		diagnose(run->report.diagnostics, SEVERITY_ERROR,
		         object_value(object, SYSCTL_VALUE)->span,
		         "the kernel has another form for the value of %s",
		         object_title(run->kernel->arena, object));
		diagnostic_hint(run->report.diagnostics, "write '%s'", form);
		return false;
	}
	return report_failure(&run->report, step, error, "");
}

/* Namespaces. */

static bool is_birth(const struct step *step)
{
	return step->channel == CHANNEL_NURSERY && step->verb == VERB_MAKE;
}

/* The step that makes an object's namespace, or NULL: it is there, or there is no object. */
static const struct step *birth_of(const struct run *run, const struct object *object)
{
	return object ? plan_item(run->plan, object_namespace(object))->make : NULL;
}

/* A new namespace is there when this returns. */
static bool await_birth(struct run *run, const struct step *birth)
{
	struct object *space = birth->item->want;
	struct space new = {.name = space->name};
	int error;

	if (space->index)
		return true;
	report_step(&run->report, birth);
	error = makers_take(run->makers, run->places[birth->order], &new.descriptor, &new.netlink);
	if (error)
		return report_failure(&run->report, birth, error, "");
	space->index = kernel_adopt(run->kernel, new);
	return true;
}

static bool await_namespace(struct run *run, const struct object *object)
{
	const struct step *birth = birth_of(run, object);

	return !birth || await_birth(run, birth);
}

/* The later of a place among the makers' and that of an object's namespace, where that is new. */
static size_t later(const struct run *run, size_t place, const struct object *object)
{
	const struct step *birth = birth_of(run, object);

	return birth && run->places[birth->order] > place ? run->places[birth->order] : place;
}

/* One wait for the last namespace that steps need, rather than one for each. */
static void await_last(const struct run *run, struct group group)
{
	size_t last = 0;

	if (!run->makers)
		return;
	for (size_t i = group.first; i < group.end; i++) {
		const struct object *object = step_object(run->plan->steps[i]);

		if (run->plan->steps[i]->verb == VERB_KILL)
			continue;
		last = later(run, last, object);
		last = later(run, last, object_peer(run->plan->want, object));
	}
	makers_await(run->makers, last);
}

/* The namespaces that steps act in, and those that they reach into from outside. */
static bool await_namespaces(struct run *run, struct group group)
{
	await_last(run, group);
	for (size_t i = group.first; i < group.end; i++) {
		const struct object *object = step_object(run->plan->steps[i]);

		if (run->plan->steps[i]->verb != VERB_KILL &&
		    (!await_namespace(run, object) ||
		     !await_namespace(run, object_peer(run->plan->want, object))))
			return false;
	}
	return true;
}

static bool kill_namespace(const struct run *run, const struct step *step)
{
	const struct object *space = step_object(step);
	int error = 0;

	report_step(&run->report, step);
	/* Where all go, they go at once in the end (lab_remove()). */
	if (!run->options->removes_all) {
		error = lab_disclaim(run->kernel->arena, run->kernel->topology, space->name);
		if (!error)
			error = lab_unmount(kernel_space(run->kernel, space)->path);
	}
	return error ? report_failure(&run->report, step, error, "") : true;
}

static bool rename_namespace(const struct run *run, const struct step *step)
{
	int error = lab_claim(run->kernel->arena, run->kernel->topology, step_object(step)->name,
	                      kernel_space(run->kernel, step_object(step))->path);

	return error ? report_failure(&run->report, step, error, "") : true;
}

static bool take_nursery_step(struct run *run, const struct step *step)
{
	if (is_birth(step)) /* as late as can be, where that pays */
		return makers_are_ahead(run->makers) || await_birth(run, step);
	return step->verb == VERB_KILL ? kill_namespace(run, step) : rename_namespace(run, step);
}

/* Groups. */

static bool same_group(const struct step *a, const struct step *b)
{
	return a->last == b->last && a->stage == b->stage && a->channel == b->channel &&
	       (a->channel != CHANNEL_NAMESPACE || !strcmp(a->space->path, b->space->path));
}

static void await_quiet(const struct run *run, const struct step *step)
{
	if (step->verb == VERB_SET && step->item->make && is_crowded(step_object(step)))
		run_until_quiet(run->kernel, run->plan, step, run->options->progress);
}

/* Within a namespace: runs of messages, of devices to remove, and single sysctls, in order. */
static bool take_namespace_steps(struct run *run, struct group group)
{
	struct space *space = kernel_space(run->kernel, step_object(run->plan->steps[group.first]));
	struct netlink *netlink = space->netlink;
	size_t end;

	for (size_t i = group.first; i < group.end && run->options->patient; i++)
		await_quiet(run, run->plan->steps[i]);
	space->settled = 0;
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
		if (kills ? !batch_remove_links(run->batch, netlink, first, end)
		          : !batch_send(run->batch, netlink, first, end))
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
		return await_namespaces(run, group) &&
		       batch_send(run->batch, run->factory, group.first, group.end);
	case CHANNEL_NAMESPACE:
		return await_namespaces(run, group) && take_namespace_steps(run, group);
	}
	return false;
}

/* A signal is looked for now and then: who sent one does not notice a few milliseconds. */
static bool is_asked_to_stop(struct run *run)
{
	long now = monotonic_ms();

	if (now < run->next_look)
		return false;
	run->next_look = now + LOOK_MS;
	return interrupt_is_pending();
}

/* Whether it is time to end half way, after a diagnostic that says why. */
static bool must_stop(struct run *run)
{
	if (is_asked_to_stop(run))
		return !report_interruption(&run->report);
	if (arena_is_short(run->kernel->arena))
		return !report_error(&run->report, "go on", -ENOMEM);
	return false;
}

/*
 * From the factory as many at once as fit into a batch, so that what is made there need not wait
 * for all namespaces.
 */
static size_t end_of_group(const struct plan *plan, size_t first)
{
	struct step *const *steps = &plan->steps[first];
	size_t most = plan->step_count - first, count = 1;

	if (steps[0]->channel == CHANNEL_FACTORY && most > NETLINK_BATCH)
		most = NETLINK_BATCH;
	while (count < most && same_group(steps[0], steps[count]))
		count++;
	return first + count;
}

/* All groups, up to or from the first that removes for good. */
static bool take_groups(struct run *run, bool last)
{
	const struct plan *plan = run->plan;
	struct group group = {0, 0};
	bool good = true;

	for (; good && group.first < plan->step_count; group.first = group.end) {
		group.end = end_of_group(plan, group.first);
		if (plan->steps[group.first]->last != last)
			continue;
		good = !(!last && run->options->interruptible && must_stop(run)) &&
		       take_group(run, group);
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
	for (size_t i = 0; i < run->plan->step_count; i++) {
		const struct step *step = run->plan->steps[i];
		const char *path;
		int error;

		if (!is_birth(step))
			continue;
		path = arena_printf(run->kernel->arena, "%s/%s", run->tree,
		                    step_object(step)->name);
		error = lab_claim(run->kernel->arena, run->kernel->topology,
		                  step_object(step)->name, path);
		if (error)
			return report_failure(&run->report, step, error, "");
	}
	return true;
}

static int open_factory(struct run *run)
{
	int error = unshare(CLONE_NEWNET) ? -errno : netlink_open(&run->factory);
	int back = kernel_leave(run->kernel);

	return error ? error : back;
}

static bool start_makers(struct run *run)
{
	const struct plan *plan = run->plan;
	const char **names = arena_alloc(run->kernel->arena, plan->step_count * sizeof *names);
	size_t count = 0;

	run->places = arena_alloc(run->kernel->arena, plan->count * sizeof *run->places);
	for (size_t i = 0; i < plan->step_count; i++) {
		const struct step *step = plan->steps[i];

		if (!is_birth(step))
			continue;
		step->item->want->index = 0;
		run->places[step->order] = count;
		names[count++] = step->item->want->name;
	}
	run->makers = makers_start(run->nursery, run->kernel->arena, run->kernel->sockets.high,
	                           names, count);
	return run->makers || report_error(&run->report, "make namespaces", -ENOMEM);
}

/* Nothing needs a namespace that has nothing in it. */
static bool await_all(struct run *run)
{
	for (size_t i = 0; i < run->plan->step_count; i++) {
		if (is_birth(run->plan->steps[i]) && !await_birth(run, run->plan->steps[i]))
			return false;
	}
	return true;
}

static bool publish(struct run *run)
{
	int error;

	if (!await_all(run))
		return false;
	makers_stop(run->makers);
	run->makers = NULL;
	error = former_save(run->kernel);
	if (error)
		return report_error(&run->report, "write the state", error);
	error = nursery_publish(run->nursery, run->tree);
	if (error)
		return report_error(&run->report, "publish the new namespaces", error);
	for (size_t i = 1; i < run->kernel->count; i++) {
		struct space *space = &run->kernel->spaces[i];

		if (!space->path)
			space->path =
			        arena_printf(run->kernel->arena, "%s/%s", run->tree, space->name);
	}
	return true;
}

static bool open_nursery(struct run *run)
{
	int error = lab_prepare(run->kernel->arena, run->kernel->topology, &run->tree);

	if (error)
		return report_error(&run->report, "make a directory in /run/topoc", error);
	error = nursery_open(&run->nursery);
	if (error)
		return report_error(&run->report, "make a mount namespace", error);
	return true;
}

/*
 * While namespaces are being made there is time for the messages and the names. The factory comes
 * first: where no more namespaces are allowed it is one of the file's that is refused, at its place.
 */
static bool build(struct run *run)
{
	bool spaces = makes(run->plan, CHANNEL_NURSERY);
	int error = 0;

	if (spaces && !open_nursery(run))
		return false;
	if (makes(run->plan, CHANNEL_FACTORY))
		error = open_factory(run);
	if (error)
		return report_error(&run->report, "make a network namespace", error);
	if (spaces && !start_makers(run))
		return false;
	run->batch = batch_encode(run->kernel, run->plan, &run->report);
	if (!run->batch || (spaces && !claim_names(run)))
		return false;
	return take_groups(run, false) && (!spaces || publish(run));
}

bool run_plan(struct kernel *kernel, struct plan *plan, const struct run_options *options,
              struct diagnostics *diagnostics)
{
	struct run run = {.kernel = kernel, .plan = plan, .options = options};
	bool good;

	run.report = (struct report){kernel->arena, diagnostics, options->progress};
	report_plan(&run.report, plan);
	good = build(&run);
	makers_stop(run.makers);
	nursery_close(run.nursery);
	netlink_close(run.factory);
	return good && take_groups(&run, true);
}
