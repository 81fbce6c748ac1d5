/* What the verbs share: reading a topology, the lock, and telling how it went. */
#ifndef TOPOC_CMD_COMMAND_H
#define TOPOC_CMD_COMMAND_H

#include "executor/session.h"
#include "options.h"
#include "parser/diagnostic.h"

struct arena;

/* One command on one topology. */
struct command {
	const struct options *options;
	struct arena *arena;
	struct diagnostics *diagnostics;
	struct source source;
	const char *file;   /* the absolute path of the topology file, or "-" */
	struct graph *want; /* what it says; NULL after errors */
	struct kernel kernel;
	bool kernel_is_open;
	int lock; /* -1: not taken */
};

void command_begin(struct command *command, const struct options *options);

/* Prints the diagnostics, lets everything go, and returns `status`, or 1 where there were errors.
 */
int command_end(struct command *command, int status);

/* Reads a topology file, or with "-" standard input. False, with diagnostics, where it is wrong. */
bool command_read_file(struct command *command, const char *path);

/* The same with a text that was applied before, from `path`. */
bool command_read_text(struct command *command, const char *path, const char *text);

/* Whether an argument is a file: it has a slash, or ends in .yaml, .yml or .json, or is "-". */
bool is_file(const char *argument);

/*
 * Finds the topology that an argument names, or with NULL the one that is applied. NULL where there
 * is none: `*status` is then what to end with, after a message.
 */
const char *command_topology(struct command *command, const char *argument, int *status);

/* Whether the process may do what topoc does; if not, a diagnostic says what it lacks. */
bool command_privileged(struct command *command);

/* Opens the kernel for a topology, after the lock. False with a diagnostic. */
bool command_open(struct command *command, const char *topology, bool exclusive);

/* Whether there are errors; with --strict warnings are. */
bool command_failed(struct command *command);

bool command_colour(const struct command *command, int descriptor);

/* The exit status of an outcome. */
int command_status(enum outcome outcome);

#endif
