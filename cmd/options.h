/* The command line: one table of verbs, one of options, and from them the parsing and the help. */
#ifndef TOPOC_CMD_OPTIONS_H
#define TOPOC_CMD_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

/* Exit statuses, as scripts rely on them. */
enum status {
	STATUS_DONE = 0,
	STATUS_FAILED = 1,
	STATUS_CHANGES = 2, /* plan --detailed-exitcode */
	STATUS_STUCK = 3,
	STATUS_USAGE = 64,
	STATUS_EXEC_FAILED = 125, /* exec: topoc's own failure */
	STATUS_NOT_EXECUTABLE = 126,
	STATUS_NOT_FOUND = 127,
	STATUS_INTERRUPTED = 130,
};

struct options {
	bool all, destroy, detailed_exitcode, kill, moved, no_wait, quiet, strict, verbose, help;
	const char *color;      /* auto, always, never */
	long lock_timeout;      /* milliseconds */
	long timeout;           /* milliseconds */
	const char **arguments; /* behind the options */
	size_t argument_count;
};

struct verb {
	const char *name, *arguments, *summary;
	int (*run)(const struct options *options);
	const char *options;    /* the letters of those it takes (options.c) */
	size_t least, most;     /* arguments */
	bool stops_at_argument; /* what follows the first argument is somebody else's */
};

extern const struct verb verbs[]; /* ended by a NULL name */

/*
 * Reads what follows the verb. False, with a message on standard error that offers the nearest,
 * where an option is unknown, lacks its value, or the arguments are too few or too many.
 */
bool options_parse(const struct verb *verb, int argc, char **argv, struct options *options);

/* The verb of that name, or NULL after a message that offers the nearest. */
const struct verb *verb_find(const char *name);

void help_print(void);
void help_print_verb(const struct verb *verb);

#endif
