/* Finding a verb, and the help, from the tables of verbs and options. */
#include "help.h"

#include "command.h"
#include "verbs.h"

#include <stdio.h>
#include <string.h>

const struct ending endings[] = {
        {STATUS_DONE, ENDS_USUAL, "done, or nothing to do"},
        {STATUS_FAILED, ENDS_USUAL, "an error, and nothing is left changed"},
        {STATUS_CHANGES, ENDS_WITH_CHANGES, "with --detailed-exitcode: there are changes"},
        {STATUS_STUCK, ENDS_PUT_BACK,
         "an error, and something could not be put back: the message says what"},
        {STATUS_USAGE, ENDS_USUAL | ENDS_AS_COMMAND, "wrong usage"},
        {STATUS_EXEC_FAILED, ENDS_AS_COMMAND, "there is no such namespace, or topoc failed"},
        {STATUS_NOT_EXECUTABLE, ENDS_AS_COMMAND, "the command cannot be run"},
        {STATUS_NOT_FOUND, ENDS_AS_COMMAND, "the command was not found"},
        {STATUS_INTERRUPTED, ENDS_PUT_BACK, "interrupted, and put back as it was"},
        {0},
};

const struct verb *verb_find(const char *name)
{
	const char *names[32], *near;
	size_t count = 0;

	for (const struct verb *verb = verbs; verb->name; verb++) {
		if (!strcmp(verb->name, name))
			return verb;
		names[count++] = verb->name;
	}
	for (const struct synonym *synonym = synonyms; synonym->word; synonym++) {
		if (!strcmp(synonym->word, name)) {
			usage_error("there is no verb '%s'; in topoc it is '%s'", name,
			            synonym->verb);
			return NULL;
		}
	}
	near = nearest(name, names, count);
	if (near)
		usage_error("there is no verb '%s'; did you mean '%s'?", name, near);
	else if (name[0] == '-')
		usage_error("'%s' comes too early: topoc VERB [OPTIONS] [TOPOLOGY]", name);
	else if (is_file(name))
		usage_error("'%s' is no verb; did you mean 'topoc apply %s'?", name, name);
	else
		usage_error("there is no verb '%s'; topoc help lists those there are", name);
	return NULL;
}

static void print_options(const struct verb *verb, bool general)
{
	for (const struct option *option = option_table; option->name; option++) {
		char text[64], shorter[8] = "    ";

		if (option_is_general(option) != general || !verb_takes(verb, option))
			continue;
		if (option->shorter)
			snprintf(shorter, sizeof shorter, "-%c, ", option->shorter);
		snprintf(text, sizeof text, "%s--%s%s%s", shorter, option->name,
		         option->value ? "=" : "", option->value ? option->value : "");
		printf("  %-25s %s\n", text, option->doc);
	}
}

static void print_endings(const struct verb *verb)
{
	puts("\nExit status:");
	for (const struct ending *ending = endings; ending->doc; ending++) {
		if (ending->ends & verb->ends)
			printf("  %3d  %s\n", (int)ending->status, ending->doc);
	}
	if (verb->ends & ENDS_AS_COMMAND)
		puts("  Any other is the command's own.");
}

void help_print_verb(const struct verb *verb)
{
	printf("topoc %s [OPTIONS]%s%s\n\n%s.\n\n%s\n\nOptions:\n", verb->name,
	       *verb->arguments ? " " : "", verb->arguments, verb->summary, verb->help);
	print_options(verb, false);
	print_options(verb, true);
	print_endings(verb);
}

void help_print(void)
{
	puts("topoc VERB [OPTIONS] [TOPOLOGY]\n\n"
	     "Builds network topologies out of namespaces, from a YAML file.\n\nVerbs:");
	for (const struct verb *verb = verbs; verb->name; verb++)
		printf("  %-8s %-23s %s\n", verb->name, verb->arguments, verb->summary);
	puts("\nA TOPOLOGY is a file (FILE; - is standard input) or the name of one that is\n"
	     "applied: what has a / or ends in .yaml, .yml or .json is a file.\n\n"
	     "topoc help VERB, topoc VERB --help: what it does and takes\n"
	     "topoc help language: every key of a topology file\n"
	     "topoc --version: which topoc this is, and what a report of a bug should say of it");
}
