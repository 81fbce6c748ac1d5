/*
 * Numbered pieces of work that threads do ahead of whoever takes what comes of them, in about that
 * order: what the kernel does for many namespaces, for the most part it can do for two at once.
 */
#ifndef TOPOC_EXECUTOR_AHEAD_H
#define TOPOC_EXECUTOR_AHEAD_H

#include <stdbool.h>
#include <stddef.h>

struct ahead;

enum { AHEAD_WORKERS = 3 }; /* number 0 is whoever takes; the others are threads */

struct work {
	/* Does the piece at that place. The calling thread keeps its namespaces, and its number. */
	void (*piece)(void *context, unsigned worker, size_t place);
	void *context;
	size_t first, count; /* pieces before the first are done already */
	size_t most;         /* pieces that may be done ahead of the last that was taken */
};

/*
 * Begins with the work in threads, `most_threads` of them, and none that there is no processor for.
 * NULL: no memory.
 */
struct ahead *ahead_start(struct work work, size_t most_threads);

/* Whether threads are at work. */
bool ahead_has_threads(const struct ahead *ahead);

/* Waits until the piece at that place is done; where there are no threads, does all up to it. */
void ahead_await(struct ahead *ahead, size_t place);

/* Ends when all pieces that were begun are done; no other is begun. */
void ahead_stop(struct ahead *ahead);

#endif
