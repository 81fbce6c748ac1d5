#include "options.h"

#include "parser/diagnostic.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What kind of value an option has. */
enum value { VALUE_NONE, VALUE_DURATION, VALUE_COLOR };

static const struct option {
	char letter; /* in a verb's list */
	const char *name, *value, *doc;
	char shorter; /* -q */
	enum value type;
	size_t offset; /* in struct options */
} options_table[] = {
#define FLAG(letter, member, name, shorter, doc)                                               \
	{                                                                                      \
		letter, name, NULL, doc, shorter, VALUE_NONE, offsetof(struct options, member) \
	}
        FLAG('a', all, "all", 0, "every topology"),
        FLAG('d', destroy, "destroy", 0, "what destroy would do"),
        FLAG('e', detailed_exitcode, "detailed-exitcode", 0, "status 2 where there are changes"),
        FLAG('k', kill, "kill", 0, "end the processes that are still inside"),
        FLAG('m', moved, "moved", 0, "the topology was applied from another path: go on"),
        FLAG('w', no_wait, "no-wait", 0, "do not wait until traffic flows"),
        FLAG('q', quiet, "quiet", 'q', "no progress, no summary"),
        FLAG('s', strict, "strict", 0, "every warning is an error"),
        FLAG('v', verbose, "verbose", 'v', "say each step"),
        FLAG('h', help, "help", 'h', "this help"),
        {'c', "color", "WHEN", "auto, always or never", 0, VALUE_COLOR,
         offsetof(struct options, color)},
        {'l', "lock-timeout", "TIME", "how long to wait for another run (60s)", 0, VALUE_DURATION,
         offsetof(struct options, lock_timeout)},
        {'t', "timeout", "TIME", "how long to wait until traffic flows, beyond spanning tree (5s)",
         0, VALUE_DURATION, offsetof(struct options, timeout)},
};

enum { OPTION_COUNT = sizeof options_table / sizeof *options_table };

/* What other tools call the same. */
static const char *const synonyms[][2] = {
        {"deploy", "apply"}, {"up", "apply"},     {"create", "apply"},   {"validate", "check"},
        {"lint", "check"},   {"down", "destroy"}, {"delete", "destroy"}, {"diff", "plan"},
};

static void complain(const char *what, const char *word, const char *near)
{
	fprintf(stderr, "topoc: %s '%s'", what, word);
	if (near)
		fprintf(stderr, "; did you mean '%s'?", near);
	fputc('\n', stderr);
}

static bool takes(const struct verb *verb, const struct option *option)
{
	return option->letter == 'h' || option->letter == 'c' || option->letter == 'q' ||
	       option->letter == 'v' || strchr(verb->options, option->letter);
}

static const struct option *find_option(const struct verb *verb, const char *word, size_t length)
{
	const char *names[OPTION_COUNT], *near;
	char *name;
	size_t count = 0;

	for (size_t i = 0; i < OPTION_COUNT; i++) {
		const struct option *option = &options_table[i];

		if (!takes(verb, option))
			continue;
		names[count++] = option->name;
		if (strlen(option->name) == length - 2 && !strncmp(word, "--", 2) &&
		    !strncmp(option->name, word + 2, length - 2))
			return option;
		if (option->shorter && length == 2 && word[1] == option->shorter)
			return option;
	}
	name = strndup(word, length);
	near = name && length > 2 ? nearest(name + 2, names, count) : NULL;
	fprintf(stderr, "topoc: %s has no option '%s'", verb->name, name ? name : word);
	fprintf(stderr, near ? "; did you mean '--%s'?\n" : "%.0s\n", near ? near : "");
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

static bool set_option(const struct option *option, const char *value, struct options *options)
{
	void *member = (char *)options + option->offset;

	switch (option->type) {
	case VALUE_NONE:
		*(bool *)member = true;
		return true;
	case VALUE_DURATION:
		if (read_duration(value, member))
			return true;
		break;
	case VALUE_COLOR:
		*(const char **)member = value;
		if (!strcmp(value, "auto") || !strcmp(value, "always") || !strcmp(value, "never"))
			return true;
		break;
	}
	fprintf(stderr, "topoc: '%s' is no value of --%s (%s: %s)\n", value, option->name,
	        option->value, option->doc);
	return false;
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
	if (option->type == VALUE_NONE && equals) {
		fprintf(stderr, "topoc: --%s takes no value\n", option->name);
		return false;
	}
	if (option->type != VALUE_NONE && !value) {
		if (*at == argc) {
			fprintf(stderr, "topoc: --%s needs a value\n", option->name);
			return false;
		}
		value = argv[(*at)++];
	}
	return set_option(option, value, options);
}

bool options_parse(const struct verb *verb, int argc, char **argv, struct options *options)
{
	bool only_arguments = false;

	*options = (struct options){.color = "auto", .lock_timeout = 60000, .timeout = 5000};
	options->arguments = calloc((size_t)argc + 1, sizeof *options->arguments);
	if (!options->arguments)
		return false;
	for (int at = 0; at < argc;) {
		const char *word = argv[at];

		if (!only_arguments && !strcmp(word, "--")) {
			only_arguments = true;
			at++;
		} else if (!only_arguments && word[0] == '-' && word[1]) {
			if (!read_option(verb, argc, argv, &at, options))
				return false;
		} else {
			options->arguments[options->argument_count++] = word;
			at++;
			only_arguments |= verb->stops_at_argument;
		}
	}
	if (options->help ||
	    (options->argument_count >= verb->least && options->argument_count <= verb->most))
		return true;
	fprintf(stderr, "topoc: usage: topoc %s [OPTIONS] %s\n", verb->name, verb->arguments);
	return false;
}

const struct verb *verb_find(const char *name)
{
	const char *names[16], *near = NULL;
	size_t count = 0;

	for (const struct verb *verb = verbs; verb->name; verb++) {
		if (!strcmp(verb->name, name))
			return verb;
		names[count++] = verb->name;
	}
	for (size_t i = 0; i < sizeof synonyms / sizeof *synonyms; i++) {
		if (!strcmp(synonyms[i][0], name))
			near = synonyms[i][1];
	}
	complain("there is no verb", name, near ? near : nearest(name, names, count));
	return NULL;
}

static void print_options(const struct verb *verb)
{
	puts("Options:");
	for (size_t i = 0; i < OPTION_COUNT; i++) {
		const struct option *option = &options_table[i];
		char text[64], shorter[8] = "    ";

		if (!takes(verb, option))
			continue;
		if (option->shorter)
			snprintf(shorter, sizeof shorter, "-%c, ", option->shorter);
		snprintf(text, sizeof text, "%s--%s%s%s", shorter, option->name,
		         option->value ? "=" : "", option->value ? option->value : "");
		printf("  %-26s %s\n", text, option->doc);
	}
}

void help_print_verb(const struct verb *verb)
{
	printf("topoc %s [OPTIONS] %s\n\n%s.\n\n", verb->name, verb->arguments, verb->summary);
	print_options(verb);
}

void help_print(void)
{
	puts("topoc VERB [OPTIONS] [TOPOLOGY]\n\n"
	     "Builds network topologies out of namespaces, from a YAML file.\n\nVerbs:");
	for (const struct verb *verb = verbs; verb->name; verb++)
		printf("  %-8s %-26s %s\n", verb->name, verb->arguments, verb->summary);
	puts("\nA TOPOLOGY is a file (FILE; - is standard input) or the name of one that is "
	     "applied.\n"
	     "topoc help VERB, topoc VERB --help: what it takes");
}
