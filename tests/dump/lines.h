/*
 * What a namespace has, in a normal form, a line an object: without what differs from run to run
 * (indexes, lifetimes, timers), what the kernel makes by itself, and the marks that say whose an
 * object is.
 */
#ifndef TOPOC_TESTS_DUMP_LINES_H
#define TOPOC_TESTS_DUMP_LINES_H

#include <stdbool.h>

#include "spaces.h"
#include "tests/sweep/snapshot.h"

struct wish {
	bool no_macs;   /* nor what is made of them */
	bool no_locals; /* without the link-local addresses that the kernel makes */
};

/* Adds them. False where something changed meanwhile, so that what was read never was. */
bool lines_add(struct snapshot *lines, const struct spaces *spaces, const struct space *space,
               struct wish wish);

#endif
