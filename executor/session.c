#define _GNU_SOURCE
#include "session.h"

#include "former.h"
#include "interrupt.h"
#include "lab.h"
#include "limits.h"
#include "observe.h"
#include "parser/arena.h"
#include "parser/kinds.h"
#include "parser/topology.h"
#include "report.h"
#include "run.h"
#include "stray.h"

#include <errno.h>
#include <string.h>
#include <time.h>

enum { MOST_PASSES = 3, MOST_NOTES = 10, SETTLING_MS = 500 };

static const struct span nowhere;

/* Whether there is a namespace besides the host's. */
static bool has_namespaces(const struct graph *have)
{
	for (size_t i = 0; i < have->count; i++) {
		if (!have->objects[i]->owner && have->objects[i] != have->host &&
		    !have->objects[i]->foreign)
			return true;
	}
	return false;
}

struct graph *session_read(struct kernel *kernel, const struct graph *want,
                           struct diagnostics *diagnostics)
{
	struct graph *have;
	int error = state_read(kernel->arena, kernel->topology, &kernel->state);

	if (error == -EBADMSG) {
		diagnose(diagnostics, SEVERITY_WARNING, nowhere,
		         "the state of '%s' is damaged: going by what the kernel says",
		         kernel->topology);
	} else if (error) {
		diagnose(diagnostics, SEVERITY_ERROR, nowhere, "cannot read the state of '%s': %s",
		         kernel->topology, strerror(-error));
		return NULL;
	}
	error = former_read_others(kernel, want);
	if (error) {
		diagnose(diagnostics, SEVERITY_ERROR, nowhere,
		         "cannot read the state of other topologies: %s", strerror(-error));
		return NULL;
	}
	have = observe(kernel, want, diagnostics);
	progress_end(kernel->progress);
	error = have ? strays_tell(kernel, have, diagnostics) : 0;
	if (error) {
		diagnose(diagnostics, SEVERITY_ERROR, nowhere, "cannot enter namespace '%s': %s",
		         HOST, strerror(-error));
		return NULL;
	}
	if (have && !kernel->state.file && has_namespaces(have))
		diagnose(diagnostics, SEVERITY_WARNING, nowhere,
		         "the state of '%s' is lost: sysctls of the host that it set stay as they "
		         "are",
		         kernel->topology);
	return have;
}

struct plan *session_compare(const struct kernel *kernel, const struct graph *want,
                             const struct graph *have, struct diagnostics *diagnostics)
{
	size_t errors = diagnostics_count(diagnostics, SEVERITY_ERROR);

	references_check(want, have, diagnostics);
	former_check(kernel, want, have, diagnostics);
	if (diagnostics_count(diagnostics, SEVERITY_ERROR) > errors)
		return NULL;
	return plan_make(kernel->arena, want, have, diagnostics);
}

struct plan *session_plan(struct kernel *kernel, const struct graph *want,
                          struct diagnostics *diagnostics)
{
	const struct graph *have = session_read(kernel, want, diagnostics);
	struct plan *plan = have ? session_compare(kernel, want, have, diagnostics) : NULL;

	if (plan)
		limits_check(plan, "/proc", diagnostics);
	return plan;
}

static const char *now(struct arena *arena)
{
	time_t seconds = time(NULL);
	char text[32];
	struct tm parts;

	gmtime_r(&seconds, &parts);
	strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
	return arena_copy(arena, text, strlen(text));
}

/* The host's routes that the topology wants are its own, whatever device they go over. */
static void note_routes(struct kernel *kernel, const struct graph *want, bool keep)
{
	struct state *state = &kernel->state;
	const char **routes =
	        arena_alloc(kernel->arena, (state->route_count + want->count + 1) * sizeof *routes);
	size_t count = keep ? state->route_count : 0;

	for (size_t i = 0; i < count; i++)
		routes[i] = state->routes[i];
	for (size_t i = 0; i < want->count; i++) {
		const struct object *object = want->objects[i];

		if (object->kind == &route_kind && object->owner == want->host)
			routes[count++] = object->name;
	}
	state->routes = routes;
	state->route_count = count;
}

/* What is about to be done is written down before the first change. */
static int write_intent(struct kernel *kernel, const struct plan *plan, const struct origin *origin)
{
	struct state *state = &kernel->state;
	int error = lab_prepare(kernel->arena, kernel->topology, NULL);

	if (origin) {
		state->file = origin->file;
		state->text = origin->text;
	}
	if (!state->since)
		state->since = now(kernel->arena);
	state->done = false;
	/* A copy: the state as it was is what a rollback writes. */
	state_keep(kernel->arena, state, state->former_count);
	if (!error)
		error = former_note(kernel, plan->want, plan->have);
	if (error)
		return error;
	note_routes(kernel, plan->want, true);
	kernel->has_new_formers = false;
	return state_write(kernel->arena, kernel->topology, state);
}

/* All that is open: a plan that is done has given each its name, or has let go of it. */
static int tidy(const struct kernel *kernel)
{
	struct lab_namespace *kept = arena_alloc(kernel->arena, kernel->count * sizeof *kept);
	size_t count = 0;

	for (size_t i = 0; i < kernel->count; i++) {
		const struct space *space = &kernel->spaces[i];

		if (space->path)
			kept[count++] = (struct lab_namespace){space->name, space->path, -1};
	}
	return lab_tidy(kernel->arena, kernel->topology, kept, count);
}

static int write_done(struct kernel *kernel, const struct graph *want)
{
	int error = kernel_leave(kernel);

	if (error)
		return error;
	error = former_drop(kernel, want);
	if (error)
		return error;
	note_routes(kernel, want, false);
	kernel->state.done = true;
	error = tidy(kernel);
	if (error)
		return error;
	return state_write(kernel->arena, kernel->topology, &kernel->state);
}

/* Whether something of the topology is alive, so that a change may have had effects of its own. */
static bool was_alive(const struct plan *plan)
{
	for (size_t i = 0; i < plan->have->count; i++) {
		const struct object *object = plan->have->objects[i];

		if (object != plan->have->host && !object->foreign && object->kind != &sysctl_kind)
			return true;
	}
	return false;
}

/* Reading anew has opened the namespaces anew: the file's objects follow. */
static void follow_spaces(const struct plan *plan)
{
	for (size_t i = 0; i < plan->want->count; i++) {
		const struct item *item = plan_item(plan, plan->want->objects[i]);

		if (!item->want->owner && item->have)
			item->want->index = item->have->index;
	}
}

/* What is left after all passes is not the file's fault. */
static void say_unfinished(const struct kernel *kernel, struct diagnostics *diagnostics)
{
	diagnose(diagnostics, SEVERITY_ERROR, nowhere,
	         "'%s' does not become what the file says, which is a bug of topoc",
	         kernel->topology);
}

/* Plans again after a change to what was alive, until nothing is left to do. */
static bool run_passes(struct kernel *kernel, struct plan *plan, const struct run_options *options,
                       struct diagnostics *diagnostics)
{
	bool alive = was_alive(plan);

	for (int pass = 1; !plan_is_empty(plan); pass++) {
		struct graph *have;

		if (pass > MOST_PASSES) {
			say_unfinished(kernel, diagnostics);
			return false;
		}
		if (pass > 1 && options->progress && options->progress->steps)
			fputs("topoc: a second pass\n", options->progress->steps);
		if (!run_plan(kernel, plan, options, diagnostics))
			return false;
		if (!alive || options->removes_all || observe_agrees(kernel, plan))
			break;
		have = observe(kernel, plan->want, diagnostics);
		plan = have ? plan_make(kernel->arena, plan->want, have, diagnostics) : NULL;
		if (!plan)
			return false;
		follow_spaces(plan);
	}
	return true;
}

/* Notes what still differs from before, as far as that can be read now. */
static void note_rest(struct kernel *kernel, const struct graph *before,
                      struct diagnostics *diagnostics)
{
	static const char *const words[] = {[ACTION_CREATE] = "is missing",
	                                    [ACTION_CHANGE] = "is not as it was",
	                                    [ACTION_REPLACE] = "is another",
	                                    [ACTION_DESTROY] = "is left"};
	struct diagnostics *ignored = diagnostics_new(kernel->arena, NULL);
	struct graph *have = observe(kernel, before, ignored);
	const struct plan *plan = have ? plan_make(kernel->arena, before, have, ignored) : NULL;
	size_t noted = 0;

	for (size_t i = 0; plan && i < plan->count && noted < MOST_NOTES; i++) {
		const struct item *item = &plan->items[i];

		if (item->action == ACTION_NONE)
			continue;
		diagnostic_note(diagnostics, nowhere, "%s %s",
		                object_print(kernel->arena, item->want ? item->want : item->have),
		                words[item->action]);
		noted++;
	}
	if (!noted)
		diagnostic_note(diagnostics, nowhere, "see `ip netns`, `ip link` and %s",
		                lab_directory(kernel->arena, kernel->topology));
}

static enum outcome cannot_put_back(struct kernel *kernel, const struct graph *before,
                                    struct diagnostics *diagnostics)
{
	diagnose(diagnostics, SEVERITY_ERROR, nowhere,
	         "'%s' could not be put back as it was: `topoc apply` or `topoc destroy` mends it",
	         kernel->topology);
	note_rest(kernel, before, diagnostics);
	return OUTCOME_STUCK;
}

/*
 * Before a rollback changes anything, the state is there: a destroy may have removed it, and it
 * alone knows what sysctls were before the topology. What is there is left alone: it may know more.
 */
static bool write_return(struct kernel *kernel, struct state before)
{
	int error = state_find(kernel->arena, kernel->topology);

	if (error != -ENOENT)
		return !error;
	before.done = false;
	return !lab_prepare(kernel->arena, kernel->topology, NULL) &&
	       !state_write(kernel->arena, kernel->topology, &before);
}

/* There is no second mechanism: a plan from what is there now to what was read before. */
static bool put_back(struct kernel *kernel, const struct graph *before, bool existed,
                     const struct state *state, struct progress *progress,
                     struct diagnostics *diagnostics)
{
	struct run_options quiet = {.progress = progress, .removes_all = !existed};
	struct graph *have = observe(kernel, before, diagnostics);
	struct plan *plan = have ? plan_make(kernel->arena, before, have, diagnostics) : NULL;
	int error;

	if (!plan)
		return false;
	run_until_settled(kernel, have, SETTLING_MS);
	if (existed && !write_return(kernel, *state))
		return false;
	if (!run_plan(kernel, plan, &quiet, diagnostics))
		return false;
	if (!existed)
		return !lab_remove(kernel->arena, kernel->topology);
	error = lab_tidy(kernel->arena, kernel->topology, NULL, 0);
	if (!error)
		error = state_write(kernel->arena, kernel->topology, state);
	return !error;
}

/*
 * `existed`: there was something of the topology before. What fails is tried once more: want of memory
 * in the kernel, a signal, somebody else's change pass. With no memory left here, that would end it.
 */
static enum outcome roll_back(struct kernel *kernel, const struct graph *before, bool existed,
                              const struct state *state, struct progress *progress,
                              struct diagnostics *diagnostics)
{
	bool once = arena_is_short(kernel->arena);
	struct diagnostics *first = once ? diagnostics : diagnostics_new(kernel->arena, NULL);

	if (progress) {
		progress->steps = NULL;
		progress->backwards = true;
	}
	if (put_back(kernel, before, existed, state, progress, first))
		return OUTCOME_REFUSED;
	if (!arena_is_short(kernel->arena) &&
	    put_back(kernel, before, existed, state, progress, diagnostics))
		return OUTCOME_REFUSED;
	return cannot_put_back(kernel, before, diagnostics);
}

/* What is done is written down, or, of a topology that is removed, all traces of it go. */
static bool close_state(struct kernel *kernel, const struct plan *plan, const struct origin *origin,
                        struct diagnostics *diagnostics)
{
	int error = origin ? write_done(kernel, plan->want)
	                   : lab_remove(kernel->arena, kernel->topology);

	if (error)
		diagnose(diagnostics, SEVERITY_ERROR, nowhere, "cannot %s the state of '%s': %s",
		         origin ? "write" : "remove", kernel->topology, strerror(-error));
	return !error;
}

/* With `strict`, what is not ready in time is a failure; so is a signal that ends the wait. */
static bool wait_until_ready(struct kernel *kernel, const struct plan *plan,
                             const struct session_options *options, struct diagnostics *diagnostics)
{
	if (!options->timeout_ms ||
	    run_until_ready(kernel, plan, options->timeout_ms, options->progress))
		return true;
	if (interrupt_is_pending())
		return report_interruption(&(struct report){.diagnostics = diagnostics});
	diagnose(diagnostics, options->strict ? SEVERITY_ERROR : SEVERITY_WARNING, nowhere,
	         "not all devices of '%s' are ready yet", kernel->topology);
	return !options->strict;
}

static bool carry_out(struct kernel *kernel, struct plan *plan, const struct origin *origin,
                      const struct session_options *options, struct diagnostics *diagnostics)
{
	struct run_options run = {.progress = options->progress,
	                          .interruptible = true,
	                          .patient = options->timeout_ms > 0,
	                          .removes_all = !origin};

	return run_passes(kernel, plan, &run, diagnostics) &&
	       (!origin || wait_until_ready(kernel, plan, options, diagnostics)) &&
	       close_state(kernel, plan, origin, diagnostics);
}

/* Before the first change. */
static bool prepare(struct kernel *kernel, const struct plan *plan, const struct origin *origin,
                    struct diagnostics *diagnostics)
{
	int error = arena_reserve(kernel->arena) ? 0 : -ENOMEM;

	if (!error)
		error = write_intent(kernel, plan, origin);
	if (error)
		diagnose(diagnostics, SEVERITY_ERROR, nowhere, "cannot write the state of '%s': %s",
		         kernel->topology, strerror(-error));
	return !error;
}

enum outcome session_run(struct kernel *kernel, struct plan *plan, const struct origin *origin,
                         const struct session_options *options, struct diagnostics *diagnostics)
{
	struct state before = kernel->state;
	bool existed = before.file || was_alive(plan);
	enum outcome outcome = OUTCOME_DONE;

	if (!prepare(kernel, plan, origin, diagnostics)) {
		outcome = OUTCOME_REFUSED;
		if (!existed)
			lab_remove(kernel->arena, kernel->topology);
	} else if (!carry_out(kernel, plan, origin, options, diagnostics)) {
		outcome = roll_back(kernel, plan->have, existed, &before, options->progress,
		                    diagnostics);
	}
	progress_end(options->progress);
	return outcome == OUTCOME_REFUSED && interrupt_is_pending() ? OUTCOME_INTERRUPTED : outcome;
}
