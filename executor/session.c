#define _GNU_SOURCE
#include "session.h"

#include "former.h"
#include "lab.h"
#include "observe.h"
#include "parser/arena.h"
#include "parser/kinds.h"
#include "parser/topology.h"
#include "run.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <time.h>

enum { MOST_PASSES = 3 };

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

	if (!state_read(kernel->arena, kernel->topology, &kernel->state))
		diagnose(diagnostics, SEVERITY_WARNING, nowhere,
		         "the state of '%s' cannot be read: going by what the kernel says",
		         kernel->topology);
	have = observe(kernel, want, diagnostics);
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

	return have ? session_compare(kernel, want, have, diagnostics) : NULL;
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
	state->formers = arena_grow(kernel->arena, state->formers, state->former_count,
	                            state->former_count + 1, sizeof *state->formers);
	if (!error)
		error = former_note(kernel, plan->want, plan->have);
	if (error)
		return error;
	note_routes(kernel, plan->want, true);
	kernel->has_new_formers = false;
	return state_write(kernel->arena, kernel->topology, state);
}

static int write_done(struct kernel *kernel, const struct graph *want)
{
	int error = kernel_leave(kernel);

	if (error)
		return error;
	former_drop(kernel, want);
	note_routes(kernel, want, false);
	kernel->state.done = true;
	lab_tidy(kernel->arena, kernel->topology);
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
		if (!alive || options->removes_all)
			break;
		have = observe(kernel, plan->want, diagnostics);
		plan = have ? plan_make(kernel->arena, plan->want, have, diagnostics) : NULL;
		if (!plan)
			return false;
		follow_spaces(plan);
	}
	return true;
}

static enum outcome cannot_put_back(const struct kernel *kernel, struct diagnostics *diagnostics)
{
	diagnose(diagnostics, SEVERITY_ERROR, nowhere,
	         "'%s' could not be put back as it was: `topoc plan %s` shows what is left",
	         kernel->topology, kernel->topology);
	return OUTCOME_STUCK;
}

/*
 * There is no second mechanism: a plan from what is there now to what was read before. `existed`:
 * there was something of the topology then.
 */
static enum outcome roll_back(struct kernel *kernel, const struct graph *before, bool existed,
                              const struct state *state, struct progress *progress,
                              struct diagnostics *diagnostics)
{
	struct run_options quiet = {.progress = progress, .removes_all = !existed};
	struct graph *have = observe(kernel, before, diagnostics);
	struct plan *plan = have ? plan_make(kernel->arena, before, have, diagnostics) : NULL;

	if (progress)
		progress->steps = NULL;
	if (!plan || !run_plan(kernel, plan, &quiet, diagnostics))
		return cannot_put_back(kernel, diagnostics);
	if (existed) {
		lab_tidy(kernel->arena, kernel->topology);
		return state_write(kernel->arena, kernel->topology, state)
		               ? cannot_put_back(kernel, diagnostics)
		               : OUTCOME_REFUSED;
	}
	return lab_remove(kernel->arena, kernel->topology) ? cannot_put_back(kernel, diagnostics)
	                                                   : OUTCOME_REFUSED;
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

static void wait_until_ready(struct kernel *kernel, const struct plan *plan,
                             const struct session_options *options, struct diagnostics *diagnostics)
{
	if (!run_until_ready(kernel, plan, options->timeout_ms, options->progress))
		diagnose(diagnostics, SEVERITY_WARNING, nowhere,
		         "not all devices of '%s' are ready yet", kernel->topology);
}

static enum outcome run_blocked(struct kernel *kernel, struct plan *plan,
                                const struct origin *origin, const struct session_options *options,
                                struct diagnostics *diagnostics)
{
	struct run_options run = {
	        .progress = options->progress, .interruptible = true, .removes_all = !origin};
	struct state before = kernel->state;
	bool existed = before.file || was_alive(plan);
	enum outcome outcome;
	int error = write_intent(kernel, plan, origin);

	if (error) {
		diagnose(diagnostics, SEVERITY_ERROR, nowhere, "cannot write the state of '%s': %s",
		         kernel->topology, strerror(-error));
		if (!existed)
			lab_remove(kernel->arena, kernel->topology);
		return OUTCOME_REFUSED;
	}
	if (run_passes(kernel, plan, &run, diagnostics) &&
	    close_state(kernel, plan, origin, diagnostics)) {
		if (origin && options->timeout_ms)
			wait_until_ready(kernel, plan, options, diagnostics);
		return OUTCOME_DONE;
	}
	outcome = roll_back(kernel, plan->have, existed, &before, options->progress, diagnostics);
	return outcome == OUTCOME_REFUSED && run_interrupted() ? OUTCOME_INTERRUPTED : outcome;
}

enum outcome session_run(struct kernel *kernel, struct plan *plan, const struct origin *origin,
                         const struct session_options *options, struct diagnostics *diagnostics)
{
	enum outcome outcome;
	sigset_t held, old;

	sigemptyset(&held);
	sigaddset(&held, SIGINT);
	sigaddset(&held, SIGTERM);
	sigaddset(&held, SIGHUP);
	sigprocmask(SIG_BLOCK, &held, &old);
	outcome = run_blocked(kernel, plan, origin, options, diagnostics);
	progress_end(options->progress);
	/* A signal that came too late to matter is let go by. */
	signal(SIGINT, SIG_IGN);
	signal(SIGTERM, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	sigprocmask(SIG_SETMASK, &old, NULL);
	return outcome;
}
