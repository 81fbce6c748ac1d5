/* What is said while work goes on: each step on a line, or one line that is written anew in place. */
#ifndef TOPOC_EXECUTOR_PROGRESS_H
#define TOPOC_EXECUTOR_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct progress {
	FILE *steps;    /* a line for each step; NULL: none */
	FILE *line;     /* a terminal, for the one line; NULL: none */
	long patience;  /* milliseconds of work until the line is shown */
	bool backwards; /* what is done now puts back what was done before */
	/* progress.c's own: */
	long begun, expected, told; /* by monotonic_ms() */
	const char *doing;
	size_t done, total;
	bool visible;
};

/* Work begins now. */
void progress_begin(struct progress *progress);

/*
 * What comes next is so much work that the sum of its weights is `total`; a weight is about how
 * long a step takes, in whatever unit. `doing` is said of it, or NULL. Where `progress` is NULL
 * this and all below do nothing.
 */
void progress_expect(struct progress *progress, const char *doing, size_t total);

/* Counts what is about to be done. */
void progress_count(struct progress *progress, size_t weight);

/* The same for a step. True when it is to be told. */
bool progress_step(struct progress *progress, size_t weight);

/*
 * Tells a step: "topoc: make veth r12:eth0", or in the one line "topoc: 42 %, 12 s left: veth
 * r12:eth0". How long it still takes is worked out from how long what is done has taken.
 */
void progress_tell(struct progress *progress, const char *verb, const char *what);

/*
 * While something is waited for: whether it is time to tell, in the one line, and that, with the
 * time until the wait ends in any case.
 */
bool progress_is_due(const struct progress *progress);
void progress_wait(struct progress *progress, const char *what, long deadline);

/* Takes the line away, before anything else is written to the terminal. */
void progress_end(struct progress *progress);

/* The time in milliseconds, by a clock that nobody sets (CLOCK_MONOTONIC). */
long monotonic_ms(void);

#endif
