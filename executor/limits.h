/* What a plan needs and the system may not have: told before the first change. */
#ifndef TOPOC_EXECUTOR_LIMITS_H
#define TOPOC_EXECUTOR_LIMITS_H

#include "planner/plan.h"

struct diagnostics;

/*
 * Appends an error for each limit that the plan cannot be carried out within, and a warning for
 * each that what it makes may not work within, with what to raise it to. The limits are read below
 * `proc`, the directory "/proc", and only where the plan is so large that they may matter. What
 * cannot be read there is passed over: the kernel will say.
 */
void limits_check(const struct plan *plan, const char *proc, struct diagnostics *diagnostics);

#endif
