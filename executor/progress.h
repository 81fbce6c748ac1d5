/* What is said while work goes on: each step on a line, or one line that is written anew in place. */
#ifndef TOPOC_EXECUTOR_PROGRESS_H
#define TOPOC_EXECUTOR_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct progress {
	FILE *steps;   /* a line for each step; NULL: none */
	FILE *line;    /* a terminal, for the one line; NULL: none */
	long patience; /* milliseconds of work until the line is shown */
	/* progress.c's own: */
	long begun, told; /* by monotonic_ms() */
	size_t done, total;
	bool visible;
};

/* Work begins now. */
void progress_begin(struct progress *progress);

/* The next `total` steps are counted; where `progress` is NULL this and all below do nothing. */
void progress_expect(struct progress *progress, size_t total);

/* Counts a step that is about to be taken. True when it is to be told. */
bool progress_step(struct progress *progress);

/* Tells a step: "topoc: make veth r12:eth0", or in the one line "topoc: 1234/4000 veth r12:eth0". */
void progress_tell(struct progress *progress, const char *verb, const char *what);

/* While something is waited for: whether it is time to tell, in the one line, and that. */
bool progress_is_due(const struct progress *progress);
void progress_wait(struct progress *progress, const char *what);

/* Takes the line away, before anything else is written to the terminal. */
void progress_end(struct progress *progress);

/* The time in milliseconds, by a clock that nobody sets (CLOCK_MONOTONIC). */
long monotonic_ms(void);

#endif
