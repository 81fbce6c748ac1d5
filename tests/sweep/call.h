/* The names of system calls: those that topoc makes. */
#ifndef TOPOC_TESTS_SWEEP_CALL_H
#define TOPOC_TESTS_SWEEP_CALL_H

/* "openat"; "call 999" of one that is not known here, good until the next. */
const char *call_name(int number);

#endif
