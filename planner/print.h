/* A plan as people read it. */
#ifndef TOPOC_PLANNER_PRINT_H
#define TOPOC_PLANNER_PRINT_H

#include "plan.h"

#include <stdio.h>

/*
 * Prints a plan like a diff, grouped by namespace in the order of the file: + create, - destroy,
 * ~ change in place, -/+ replace with the reason; then what others made: `lost` where it goes with
 * what the plan destroys, `foreign` where it is left alone; then the summary, or "No changes.".
 * With `verbose` also what stays as it is (=), and attributes that the file leaves to topoc.
 */
void plan_print(const struct plan *plan, FILE *file, bool colour, bool verbose);

#endif
