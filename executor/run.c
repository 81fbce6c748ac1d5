#define _GNU_SOURCE
#include "run.h"

#include "batch.h"
#include "former.h"
#include "interrupt.h"
#include "lab.h"
#include "nursery.h"
#include "parser/arena.h"
#include "parser/kinds.h"
#include "sysctl.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <unistd.h>

struct run {
	struct kernel *kernel;
	struct plan *plan;
	const struct run_options *options;
	struct report report;
	struct batch *batch;
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

static bool make_namespace(struct run *run, const struct step *step)
{
	struct object *space = step->item->want;
	int descriptor, error;

	report_step(&run->report, step);
	error = nursery_add(run->nursery, space->name, &descriptor);
	if (error)
		return report_failure(&run->report, step, error, "");
	if (!run->settings_known)
		error = settings_find(run->kernel->sysctls, run->kernel->arena, &run->settings);
	run->settings_known = !error;
	if (!error)
		error = settings_write(run->kernel->sysctls, &run->settings);
	if (error)
		close(descriptor);
	else
		error = kernel_add(run->kernel, space->name, NULL, descriptor, &space->index);
	return error ? report_failure(&run->report, step, error, "") : true;
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
	        kernel_space(run->kernel, step_object(run->plan->steps[group.first]))->netlink;
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
		return batch_send(run->batch, run->factory, group.first, group.end);
	case CHANNEL_NAMESPACE:
		return take_namespace_steps(run, group);
	}
	return false;
}

/* Whether it is time to end half way, after a diagnostic that says why. */
static bool must_stop(const struct run *run)
{
	if (interrupt_is_pending())
		return !report_interruption(&run->report);
	if (arena_is_short(run->kernel->arena))
		return !report_error(&run->report, "go on", -ENOMEM);
	return false;
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
	int error = lab_prepare(run->kernel->arena, run->kernel->topology, &run->tree);

	if (error)
		return report_error(&run->report, "make a directory in /run/topoc", error);
	for (size_t i = 0; i < run->plan->step_count; i++) {
		const struct step *step = run->plan->steps[i];
		const char *path;

		if (step->channel != CHANNEL_NURSERY || step->verb != VERB_MAKE)
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

static bool publish(struct run *run)
{
	int error = former_save(run->kernel);

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

static bool build(struct run *run)
{
	bool spaces = makes(run->plan, CHANNEL_NURSERY);
	int error = 0;

	if (spaces && !claim_names(run))
		return false;
	if (spaces)
		error = nursery_open(&run->nursery);
	if (error)
		return report_error(&run->report, "make a mount namespace", error);
	if (makes(run->plan, CHANNEL_FACTORY))
		error = open_factory(run);
	if (error)
		return report_error(&run->report, "make a network namespace", error);
	return take_groups(run, false) && (!spaces || publish(run));
}

bool run_plan(struct kernel *kernel, struct plan *plan, const struct run_options *options,
              struct diagnostics *diagnostics)
{
	struct run run = {.kernel = kernel, .plan = plan, .options = options};
	bool good;

	run.report = (struct report){kernel->arena, diagnostics, options->progress};
	report_plan(&run.report, plan);
	run.batch = batch_encode(kernel, plan, &run.report);
	good = run.batch && build(&run);
	if (run.nursery)
		nursery_close(run.nursery);
	if (run.factory)
		netlink_close(run.factory);
	return good && take_groups(&run, true);
}
