/* One run of topoc: reading, planning, applying, and putting back what could not be finished. */
#ifndef TOPOC_EXECUTOR_SESSION_H
#define TOPOC_EXECUTOR_SESSION_H

#include "kernel.h"
#include "planner/plan.h"
#include "progress.h"

struct session_options {
	struct progress *progress; /* or NULL */
	long timeout_ms; /* how long to wait until it works, beyond spanning tree's time; 0: not */
	bool strict;     /* what does not work by then is a failure */
};

/* What became of an apply or destroy. */
enum outcome {
	OUTCOME_DONE,
	OUTCOME_REFUSED,     /* nothing is changed, or everything is as it was before */
	OUTCOME_INTERRUPTED, /* by a signal, and everything is as it was before */
	OUTCOME_STUCK,       /* something could not be put back */
};

/* A topology file as it is to be remembered: its absolute path, or "-", and its text. */
struct origin {
	const char *file, *text;
};

/*
 * Reads the state of the topology into `kernel`, and what the kernel has of it, with the sysctls
 * and host routes that `want` names. NULL, with diagnostics, where it cannot be read.
 */
struct graph *session_read(struct kernel *kernel, const struct graph *want,
                           struct diagnostics *diagnostics);

/*
 * Plans what brings what was read to `want` (an empty graph: what removes the topology). NULL, with
 * diagnostics, where that cannot be done.
 */
struct plan *session_compare(const struct kernel *kernel, const struct graph *want,
                             const struct graph *have, struct diagnostics *diagnostics);

/* Both; and tells which limits of the system do not suffice for it (limits.h). */
struct plan *session_plan(struct kernel *kernel, const struct graph *want,
                          struct diagnostics *diagnostics);

/*
 * Carries out a plan of session_plan(). What fails is rolled back by a plan from what is there then
 * to what was read before; so is what a held signal (interrupt.h) ends between two steps or while
 * it waits. With an `origin` of NULL it removes the topology.
 */
enum outcome session_run(struct kernel *kernel, struct plan *plan, const struct origin *origin,
                         const struct session_options *options, struct diagnostics *diagnostics);

/*
 * A warning that names the processes in namespaces which the plan removes: they keep them alive in
 * the kernel. With `end` they are killed.
 */
void session_inhabitants(const struct kernel *kernel, const struct plan *plan, bool end,
                         struct diagnostics *diagnostics);

/*
 * The names of all topologies: those with a directory, those that claim a name of a namespace, and
 * those whose devices are in the host. 0, or a negative errno.
 */
int session_topologies(struct arena *arena, const char ***names, size_t *count);

#endif
