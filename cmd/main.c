/*
 * topoc: network topologies out of namespaces, from a YAML file.
 *
 *   bytes --parser--> graph --+
 *                             +--planner--> plan --executor--> kernel
 *   kernel --executor-> graph-+
 *
 *   parser/    YAML and the language: yaml.c (text to nodes), topology.c (nodes to a graph),
 *              kinds/ (what there is: one table of fields a kind), diagnostic.c (errors with
 * places) planner/   plan.c: compare.c (two graphs), consequences.c (what goes with what), order.c
 * (steps) executor/  session.c (one run), observe.c (kernel to graph), run.c (plan to kernel),
 * encode.c and decode.c with kinds/ (one table of attributes a kind), netlink.c, nursery.c (new
 *              namespaces, published at once), lab.c and state.c (/run/topoc)
 *   cmd/       the face: options.c (the tables of options and help), and a file a verb
 *
 * A verb is a line in the table below.
 */
#include "verbs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct verb verbs[] = {
        {"check", "FILE...", "Reads files and reports everything wrong with them", verb_check, "s",
         1, 1000000, false},
        {"plan", "[TOPOLOGY]", "Prints what apply would do", verb_plan, "desl", 0, 1, false},
        {"apply", "FILE", "Makes the kernel match a file", verb_apply, "mwslt", 1, 1, false},
        {"destroy", "[TOPOLOGY]", "Removes what a topology owns, and nothing else", verb_destroy,
         "akl", 0, 1, false},
        {"exec", "NAMESPACE [COMMAND...]", "Runs a command in a namespace", verb_exec, "", 1,
         1000000, true},
        {0},
};

static int help(int argc, char **argv)
{
	const struct verb *verb = argc > 2 ? verb_find(argv[2]) : NULL;

	if (argc > 2 && !verb)
		return STATUS_USAGE;
	if (verb)
		help_print_verb(verb);
	else
		help_print();
	return STATUS_DONE;
}

static bool is(const char *word, const char *one, const char *other)
{
	return !strcmp(word, one) || !strcmp(word, other);
}

int main(int argc, char **argv)
{
	const struct verb *verb;
	struct options options;
	int status;

	if (argc < 2) {
		fputs("topoc: usage: topoc VERB [OPTIONS] [TOPOLOGY]; see topoc help\n", stderr);
		return STATUS_USAGE;
	}
	if (is(argv[1], "help", "--help") || !strcmp(argv[1], "-h"))
		return help(argc, argv);
	if (is(argv[1], "--version", "-V")) {
		puts("topoc " TOPOC_VERSION);
		return STATUS_DONE;
	}
	verb = verb_find(argv[1]);
	if (!verb)
		return STATUS_USAGE;
	if (!options_parse(verb, argc - 2, argv + 2, &options)) {
		status = STATUS_USAGE;
	} else if (options.help) {
		help_print_verb(verb);
		status = STATUS_DONE;
	} else {
		status = verb->run(&options);
	}
	free(options.arguments);
	return fflush(stdout) ? STATUS_FAILED : status;
}
