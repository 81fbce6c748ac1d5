/* The command line: a table of verbs, one of options, and from them the parsing and the help. */
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
	bool all, destroy, detailed_exitcode, json, kill, moved, no_wait, quiet, reach, strict,
	        verbose, help;
	const char *color;      /* auto, always or never */
	long lock_timeout;      /* milliseconds */
	long timeout;           /* milliseconds */
	const char **arguments; /* behind the options; ended by NULL */
	size_t argument_count;
	struct answer *answer; /* what --json prints at the end; NULL without --json */
};

/* Which exit statuses a verb has. */
enum ends {
	ENDS_USUAL = 1 << 0,
	ENDS_WITH_CHANGES = 1 << 1,
	ENDS_PUT_BACK = 1 << 2, /* what it began may have to be put back */
	ENDS_AS_COMMAND = 1 << 3,
};

/* What a verb's arguments are. */
enum argument {
	ARGUMENT_NONE,
	ARGUMENT_FILE,
	ARGUMENT_TOPOLOGY, /* a file, or the name of one that is applied */
	ARGUMENT_COMMAND,  /* a namespace, and what is to run in it: its options are its own */
};

struct verb {
	const char *name, *arguments, *summary;
	const char *help; /* lines of at most 80 columns */
	int (*run)(const struct options *options);
	const char *options; /* the letters of those it takes, beyond every verb's (options.c) */
	enum argument argument;
	size_t least, most; /* arguments */
	unsigned ends;      /* enum ends, any of them */
};

extern const struct verb verbs[]; /* ended by a NULL name */

/* A verb of another tool, and topoc's own for the same. */
struct synonym {
	const char *word, *verb;
};
extern const struct synonym synonyms[]; /* ended by a NULL word */

/* What kind of value an option has. */
enum option_type { OPTION_FLAG, OPTION_DURATION, OPTION_WORD };

struct option {
	char letter; /* in a verb's list */
	const char *name, *value, *doc;
	char shorter; /* -q; 0: none */
	enum option_type type;
	size_t offset;            /* in struct options */
	const char *const *words; /* of OPTION_WORD: those it may be, ended by NULL */
};

extern const struct option option_table[]; /* ended by a NULL name */

/* Whether the option is every verb's; whether it is this verb's, alone or as one of all. */
bool option_is_general(const struct option *option);
bool verb_takes(const struct verb *verb, const struct option *option);

/*
 * Reads what follows the verb. False, after a line on standard error that says how it is right,
 * where an option is unknown, lacks its value, or the arguments are too few or too many.
 */
bool options_parse(const struct verb *verb, int argc, char **argv, struct options *options);

/* The verb of that name, or NULL after a line that says what was meant. */
const struct verb *verb_find(const char *name);

/* Prints "topoc: " and one line, escaped, on standard error. Always false. */
bool usage_error(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
