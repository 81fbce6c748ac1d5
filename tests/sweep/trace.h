/*
 * Running a command while each of its system calls is looked at first (seccomp_unotify(2)), and one
 * of them made to fail, or the process killed there. Needs Linux 5.6 and the rights of root in its
 * user namespace, and no more: nothing here depends on the machine's instruction set.
 */
#ifndef TOPOC_TESTS_SWEEP_TRACE_H
#define TOPOC_TESTS_SWEEP_TRACE_H

#include <stdbool.h>

enum fault_kind {
	FAULT_KILL,     /* SIGKILL before the call is carried out */
	FAULT_KILL_ANY, /* the same before any call, whether or not it acts (call.h) */
	FAULT_INSIDE,   /* SIGKILL `delay` microseconds after the call began */
	FAULT_FAIL,     /* the call is not carried out and returns `error` */
	FAULT_EXHAUST,  /* so does each call for memory from there on */
	FAULT_SHORT,    /* a read or write of a file does half of it */
	FAULT_SIGNAL,   /* SIGINT before the call, and once more `second` calls later */
	FAULT_REFUSE,   /* a message to the kernel is made one that it does not know */
	FAULT_LIE,      /* an acknowledgement of the kernel is read as `error` */
};

/*
 * `at` counts from 1: calls since main() began, whose first opens /dev/null; those that act alone
 * for FAULT_KILL, of sendmsg(2) for FAULT_INSIDE; messages for FAULT_REFUSE; acknowledgements for
 * FAULT_LIE.
 */
struct fault {
	enum fault_kind kind;
	long at;
	int error;      /* of errno(3) */
	unsigned delay; /* microseconds */
	long second; /* when not 0: so many calls later another fails, with `error`, or SIGINT comes */
	long third; /* when not 0: the same again and again, so many calls after the one before */
};

struct trace {
	int status;  /* of waitpid(2) */
	bool hung;   /* it was killed since it did not end */
	bool struck; /* the fault has happened */
	long calls, acts, sends, messages, replies;
	const char *call;       /* the name of what failed; or "message", "reply" */
	char output[65536];     /* what it printed on standard output ... */
	char diagnostic[65536]; /* ... and on standard error */
};

/*
 * Runs a program, without a `fault` (NULL) unseen; 0, or a negative errno where that could not be
 * done.
 */
int trace_run(char *const arguments[], const struct fault *fault, struct trace *trace);

#endif
