#define _GNU_SOURCE
#include "options.h"

#include "parser/diagnostic.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const whens[] = {"auto", "always", "never", NULL};

const struct option option_table[] = {
#define FLAG(letter, member, name, shorter, doc)                                                 \
	{                                                                                        \
		letter, name, NULL, doc, shorter, OPTION_FLAG, offsetof(struct options, member), \
		        NULL                                                                     \
	}
        FLAG('a', all, "all", 0, "every topology, and routes of the host that nobody claims"),
        FLAG('d', destroy, "destroy", 0, "what destroy would do"),
        FLAG('e', detailed_exitcode, "detailed-exitcode", 0, "status 2 where there are changes"),
        FLAG('j', json, "json", 0, "one JSON object instead of text, errors included"),
        FLAG('k', kill, "kill", 0, "end the processes that are still inside"),
        FLAG('m', moved, "moved", 0, "the topology was applied from another path: go on"),
        FLAG('w', no_wait, "no-wait", 0, "do not wait until traffic flows"),
        FLAG('r', reach, "reach", 0, "who reaches whom, from the file alone, and why not"),
        FLAG('s', strict, "strict", 0, "every warning is an error"),
        {'l', "lock-timeout", "TIME", "how long to wait for another run (60s)", 0, OPTION_DURATION,
         offsetof(struct options, lock_timeout), NULL},
        {'t', "timeout", "TIME", "how long to wait until traffic flows, beyond spanning tree (5s)",
         0, OPTION_DURATION, offsetof(struct options, timeout), NULL},
        FLAG('q', quiet, "quiet", 'q', "no progress, no summary"),
        FLAG('v', verbose, "verbose", 'v', "say more: each step, or all of a plan"),
        {'c', "color", "WHEN",
         "colour: auto (on a terminal, unless NO_COLOR is set), always or never", 0, OPTION_WORD,
         offsetof(struct options, color), whens},
        FLAG('h', help, "help", 'h', "what the verb does and takes"),
        {0},
};

enum { OPTION_COUNT = sizeof option_table / sizeof *option_table - 1 };

/* What other tools have, and what topoc has instead. */
static const struct {
	const char *word, *advice;
} foreign_options[] = {
        {"dry-run", "topoc plan shows what would be done"},
        {"yes", "it never asks"},
        {"y", "it never asks"},
        {"auto-approve", "it never asks"},
        {"force", "it never asks"},
        {"file", "the file stands alone"},
        {"f", "the file stands alone"},
        {"topo", "the file stands alone"},
        {"t", "the file stands alone"},
        {"reconfigure", "apply changes what is there"},
        {"version", "topoc --version tells it"},
};

bool usage_error(const char *format, ...)
{
	va_list arguments;
	char *text;

	va_start(arguments, format);
	if (vasprintf(&text, format, arguments) < 0)
		text = NULL;
	va_end(arguments);
	fputs("topoc: ", stderr);
	print_escaped(stderr, text ? text : "wrong usage");
	fputc('\n', stderr);
	free(text);
	return false;
}

bool option_is_general(const struct option *option)
{
	return strchr("qvch", option->letter);
}

bool verb_takes(const struct verb *verb, const struct option *option)
{
	return option_is_general(option) || strchr(verb->options, option->letter);
}

/* "plan, apply and destroy" */
static void print_list(const char *const *words, size_t count, const char *last, char *text,
                       size_t size)
{
	size_t used = 0;

	*text = '\0';
	for (size_t i = 0; i < count && used < size; i++)
		used += (size_t)snprintf(text + used, size - used, "%s%s",
		                         !i              ? ""
		                         : i + 1 < count ? ", "
		                                         : last,
		                         words[i]);
}

/* The verbs that take an option. */
static void print_takers(const struct option *option, char *text, size_t size)
{
	const char *takers[32];
	size_t count = 0;

	for (const struct verb *verb = verbs; verb->name; verb++) {
		if (verb_takes(verb, option))
			takers[count++] = verb->name;
	}
	print_list(takers, count, " and ", text, size);
}

/* The option that `name` most likely was meant to be: of the verb, else of any. */
static const struct option *nearest_option(const struct verb *verb, const char *name)
{
	const char *names[OPTION_COUNT], *near = NULL;
	const struct option *option = option_table;

	for (int own = 1; own >= 0 && !near; own--) {
		size_t count = 0;

		for (option = option_table; option->name; option++) {
			if (!own || verb_takes(verb, option))
				names[count++] = option->name;
		}
		near = nearest(name, names, count);
	}
	for (option = option_table; near && strcmp(option->name, near);)
		option++;
	return near ? option : NULL;
}

/* No option of the verb's: what was meant? `word` has its dashes. */
static bool unknown_option(const struct verb *verb, const char *word)
{
	const char *name = word + strspn(word, "-");
	const struct option *near = nearest_option(verb, name);
	char takers[128];

	for (size_t i = 0; i < sizeof foreign_options / sizeof *foreign_options; i++) {
		if (!strcmp(foreign_options[i].word, name))
			return usage_error("%s has no option '%s': %s", verb->name, word,
			                   foreign_options[i].advice);
	}
	if (!near)
		return usage_error("%s has no option '%s'; topoc help %s lists those it has",
		                   verb->name, word, verb->name);
	if (verb_takes(verb, near))
		return usage_error("%s has no option '%s'; did you mean '--%s'?", verb->name, word,
		                   near->name);
	print_takers(near, takers, sizeof takers);
	if (!strcmp(near->name, name))
		return usage_error("%s has no option '%s': it belongs to %s", verb->name, word,
		                   takers);
	return usage_error("%s has no option '%s'; '--%s' belongs to %s", verb->name, word,
	                   near->name, takers);
}

static const struct option *find_option(const struct verb *verb, const char *word, size_t length)
{
	char *name;

	for (const struct option *option = option_table; option->name; option++) {
		if (!verb_takes(verb, option))
			continue;
		if (strlen(option->name) == length - 2 && !strncmp(word, "--", 2) &&
		    !strncmp(option->name, word + 2, length - 2))
			return option;
		if (option->shorter && length == 2 && word[1] == option->shorter)
			return option;
	}
	name = strndup(word, length);
	unknown_option(verb, name ? name : word);
	free(name);
	return NULL;
}

/* "60s", "500ms", "2m"; a bare number is seconds. */
static bool read_duration(const char *text, long *milliseconds)
{
	static const struct {
		const char *unit;
		long factor;
	} units[] = {{"ms", 1}, {"s", 1000}, {"", 1000}, {"m", 60000}, {"h", 3600000}};
	char *end;
	long number = strtol(text, &end, 10);

	if (end == text || number < 0 || number > 100000000)
		return false;
	for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
		if (strcmp(end, units[i].unit))
			continue;
		*milliseconds = number * units[i].factor;
		return true;
	}
	return false;
}

/* False, with `text` what it may be, where it is none of the option's words. */
static bool read_word(const struct option *option, const char *value, const char **word, char *text,
                      size_t size)
{
	size_t count = 0;

	for (; option->words[count]; count++) {
		if (strcmp(option->words[count], value))
			continue;
		*word = option->words[count];
		return true;
	}
	print_list(option->words, count, " or ", text, size);
	return false;
}

static bool set_option(const struct option *option, const char *value, struct options *options)
{
	char right[128] = "a time like 500ms, 60s or 2m";
	void *member = (char *)options + option->offset;

	switch (option->type) {
	case OPTION_FLAG:
		*(bool *)member = true;
		return true;
	case OPTION_DURATION:
		if (read_duration(value, member))
			return true;
		break;
	case OPTION_WORD:
		if (read_word(option, value, member, right, sizeof right))
			return true;
		break;
	}
	return usage_error("'%s' is no value of --%s: write %s", value, option->name, right);
}

/* Reads the option at argv[*at], with its value, and moves on behind it. */
static bool read_option(const struct verb *verb, int argc, char **argv, int *at,
                        struct options *options)
{
	const char *word = argv[(*at)++], *equals = strchr(word, '=');
	const struct option *option =
	        find_option(verb, word, equals ? (size_t)(equals - word) : strlen(word));
	const char *value = equals ? equals + 1 : NULL;

	if (!option)
		return false;
	if (option->type == OPTION_FLAG && equals)
		return usage_error("--%s takes no value: write it alone", option->name);
	if (option->type != OPTION_FLAG && !value && *at == argc)
		return usage_error("--%s needs a value: --%s=%s", option->name, option->name,
		                   option->value);
	if (option->type != OPTION_FLAG && !value)
		value = argv[(*at)++];
	return set_option(option, value, options);
}

/* Whether the arguments are as many as the verb takes. */
static bool check_count(const struct verb *verb, const struct options *options)
{
	if (options->argument_count < verb->least)
		return usage_error("%s needs %s: topoc %s [OPTIONS] %s", verb->name,
		                   verb->arguments, verb->name, verb->arguments);
	if (options->argument_count > verb->most)
		return usage_error("'%s' is one too many: topoc %s [OPTIONS]%s%s",
		                   options->arguments[verb->most], verb->name,
		                   *verb->arguments ? " " : "", verb->arguments);
	return true;
}

bool options_parse(const struct verb *verb, int argc, char **argv, struct options *options)
{
	bool only_arguments = false;

	*options = (struct options){.color = "auto", .lock_timeout = 60000, .timeout = 5000};
	options->arguments = (const char **)argv; /* they move to the front of it */
	for (int at = 0; at < argc;) {
		const char *word = argv[at];

		if (!only_arguments && !strcmp(word, "--")) {
			only_arguments = true;
			at++;
		} else if (!only_arguments && word[0] == '-' && word[1]) {
			if (!read_option(verb, argc, argv, &at, options))
				return false;
		} else {
			at++;
			options->arguments[options->argument_count++] = word;
			only_arguments |= verb->argument == ARGUMENT_COMMAND;
		}
	}
	options->arguments[options->argument_count] = NULL;
	return options->help || check_count(verb, options);
}
