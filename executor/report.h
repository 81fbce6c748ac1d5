/* What is said of a step while a plan is carried out. */
#ifndef TOPOC_EXECUTOR_REPORT_H
#define TOPOC_EXECUTOR_REPORT_H

#include "planner/plan.h"
#include "progress.h"

struct message;
struct reply;

struct report {
	struct arena *arena;
	struct diagnostics *diagnostics;
	struct progress *progress; /* or NULL */
};

/* What a step acts on: as it is wanted, or to remove it, as it is. */
const struct object *step_object(const struct step *step);

/* Tells `progress` that a plan's steps are about to be taken; that one is. */
void report_plan(const struct report *report, const struct plan *plan);
void report_step(const struct report *report, const struct step *step);

/*
 * Appends an error at the place that asked for the step, with errno's text for the negative `error`
 * and the kernel's own words, if any. Always false.
 */
bool report_failure(const struct report *report, const struct step *step, int error,
                    const char *words);

/*
 * The same for a message of the step that the kernel refused, at the value that is to blame: the
 * one that the kernel names, the one that changes, or the one that clue.h knows to be meant. Where
 * it cannot be told, or is not written in the file, at the object.
 */
bool report_refusal(const struct report *report, const struct step *step,
                    const struct message *message, const struct reply *reply);

/* The same for what is no step: "cannot WHAT: ..." */
bool report_error(const struct report *report, const char *what, int error);

/* That a signal ends the run here. Always false. */
bool report_interruption(const struct report *report);

/* Whether an error says of a step that removes something that it is gone already. */
bool is_gone(const struct step *step, int error);

#endif
