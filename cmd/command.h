/* What the verbs share: reading a topology, the lock, and telling how it went. */
#ifndef TOPOC_CMD_COMMAND_H
#define TOPOC_CMD_COMMAND_H

#include "executor/session.h"
#include "options.h"
#include "parser/diagnostic.h"

struct arena;
struct json_t;

/* One command on one topology. */
struct command {
	const struct options *options;
	struct arena *arena;
	struct diagnostics *diagnostics;
	struct source source;
	const char *file;     /* the absolute path of the topology file, or "-" */
	struct graph *want;   /* what it says; NULL after errors */
	const char *topology; /* its name, as soon as it is known */
	struct json_t *facts; /* what --json tells of it; NULL without --json */
	struct kernel kernel;
	struct progress progress;
	bool kernel_is_open;
	int lock; /* -1: not taken */
};

void command_begin(struct command *command, const struct options *options);

/*
 * Tells the diagnostics, and to --json the facts, lets everything go, and returns `status`, or 1
 * where there were errors.
 */
int command_end(struct command *command, int status);

/* The same with what became of an apply or destroy; `changed`: there was something to do. */
int command_conclude(struct command *command, enum outcome outcome, bool changed);

/* Tells --json of a plan of session_plan(), before it is carried out. */
void command_tell_plan(struct command *command, const struct plan *plan);

/*
 * Tells who reaches whom in the file that has been read, unless it has more than so many
 * namespaces, whose square is what it takes.
 */
void command_tell_reach(struct command *command, size_t most);

/* Lets everything go, without a word. */
void command_drop(struct command *command);

/* Prints a line on standard output, unless --json has its own there. */
void command_say(const struct command *command, const char *format, ...)
        __attribute__((format(printf, 2, 3)));

/* Reads a topology file, or with "-" standard input. False, with diagnostics, where it is wrong. */
bool command_read_file(struct command *command, const char *path);

/* The same with a text that was applied before, from `path`. */
bool command_read_text(struct command *command, const char *path, const char *text);

/* Whether an argument is a file: it has a slash, or ends in .yaml, .yml or .json, or is "-". */
bool is_file(const char *argument);

/*
 * Finds the applied topology that an argument names or describes as a file, which may have errors,
 * or with NULL the one there is. NULL where there is none: `*status` is then what to end with,
 * after a message.
 */
const char *command_topology(struct command *command, const char *argument, int *status);

/* The names of all topologies (session.h). False, with a diagnostic, where they cannot be told. */
bool command_topologies(struct command *command, const char ***names, size_t *count);

/* The text that was applied, read again; NULL where it is not known. */
struct graph *command_applied(struct command *command, const struct state *state);

/* Whether the process may do what topoc does; if not, a diagnostic says what it lacks. */
bool is_privileged(void);
bool command_privileged(struct command *command);

/* Opens the kernel for a topology, after the lock. False with a diagnostic. */
bool command_open(struct command *command, const char *topology, bool exclusive);

/* The same, to read a topology that command_topology() found: unless another run has removed it. */
bool command_open_applied(struct command *command, const char *topology);

/* Whether there are errors; with --strict warnings are. */
bool command_failed(struct command *command);

bool command_colour(const struct command *command, int descriptor);

#endif
