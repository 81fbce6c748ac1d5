/*
 * All that topoc could leave or change, as text: of this network namespace and each in /run/netns
 * the links, addresses, routes and sysctls; the files below /run/topoc and /run/netns; the mounts.
 * A line an object, in order, without what differs from one run to the next (indexes, times, the
 * numbers of generations). Read without any of topoc's code.
 */
#ifndef TOPOC_TESTS_SWEEP_SNAPSHOT_H
#define TOPOC_TESTS_SWEEP_SNAPSHOT_H

#include <stdbool.h>
#include <stddef.h>

struct snapshot {
	char **lines;
	size_t count, capacity;
};

/* Exits with a message where the kernel cannot be read. */
struct snapshot snapshot_take(void);
void snapshot_free(struct snapshot *snapshot);

bool snapshot_equal(const struct snapshot *a, const struct snapshot *b);

/* Prints the lines that only one of them has, with - and +, 20 at most. */
void snapshot_print_difference(const struct snapshot *from, const struct snapshot *to);

/* For those who read the kernel, before the lines are in order: one more, as by printf(3). */
void snapshot_add(struct snapshot *snapshot, const char *format, ...)
        __attribute__((format(printf, 2, 3)));

void snapshot_sort(struct snapshot *snapshot);

/* Takes the lines from number `count` on back. */
void snapshot_cut(struct snapshot *snapshot, size_t count);

/* Adds what the network namespace has that the process is in; `space` begins each line. */
void snapshot_add_network(struct snapshot *snapshot, const char *space);

/* Adds its sysctls, those that topoc could change along with others. */
void snapshot_add_sysctls(struct snapshot *snapshot, const char *space);

#endif
