/* What is known of system calls: those that topoc makes. */
#ifndef TOPOC_TESTS_SWEEP_CALL_H
#define TOPOC_TESTS_SWEEP_CALL_H

#include <stdbool.h>

struct seccomp_data;

/* "openat"; "call 999" of one that is not known here, good until the next. */
const char *call_name(int number);

/*
 * Whether a call may change something that outlives the process, other than what it has printed.
 * Killed before one that does not, it leaves what it leaves killed before the next that does.
 */
bool call_acts(const struct seccomp_data *data);

#endif
