/*
 * topoc: network topologies out of namespaces, from a YAML file.
 *
 *   bytes --parser--> graph --+
 *                             +--planner--> plan --executor--> kernel
 *   kernel --executor-> graph-+
 *
 *   parser/    the language: topology.c with section.c and attributes.c (a file to a graph),
 *              mistakes.c (what people write instead), check.c (is the whole right?), kinds/ (what
 *              there is: one table of fields a kind), yaml/ (text to nodes), reach/ (who reaches
 *              whom), diagnostic.c (errors with places)
 *   planner/   plan.c: compare.c (two graphs), consequences.c (what goes with what), order.c (steps)
 *   executor/  session.c (one run), observe.c (kernel to graph), run.c (plan to kernel), encode.c
 *              and decode.c with kinds/ (one table of attributes a kind), netlink.c, nursery.c (new
 *              namespaces, published at once), lab.c and state.c (/run/topoc)
 *   cmd/       the face: verbs.c (the table of verbs), options.c (the table of options), help.c,
 *              a file a verb, command.c (what they share), answer.c and json.c (--json)
 */
#include "answer.h"
#include "language.h"
#include "verbs.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool is(const char *word, const char *one, const char *other)
{
	return !strcmp(word, one) || !strcmp(word, other);
}

static int help(int argc, char **argv)
{
	const struct verb *verb = NULL;

	if (argc > 3) {
		usage_error("'%s' is one too many: topoc help [VERB]", argv[3]);
		return STATUS_USAGE;
	}
	if (argc == 3 && !strcmp(argv[2], "language")) {
		language_print();
		return STATUS_DONE;
	}
	if (argc == 3 && !is(argv[2], "help", "--help")) {
		verb = verb_find(argv[2]);
		if (!verb)
			return STATUS_USAGE;
	}
	if (verb)
		help_print_verb(verb);
	else
		help_print();
	return STATUS_DONE;
}

static int run(int argc, char **argv)
{
	const struct verb *verb;
	struct options options;
	int status;

	if (argc < 2) {
		usage_error("a verb is missing: topoc VERB [OPTIONS] [TOPOLOGY]; see topoc help");
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
		options.answer = options.json ? answer_new(verb->name) : NULL;
		status = verb->run(&options);
		status = options.answer ? answer_end(options.answer, status) : status;
	}
	free(options.arguments);
	return status;
}

/* Where one of these is closed, what is opened next would be taken for it. */
static void open_standard_descriptors(void)
{
	int descriptor = open("/dev/null", O_RDWR);

	while (descriptor >= 0 && descriptor <= STDERR_FILENO)
		descriptor = open("/dev/null", O_RDWR);
	if (descriptor >= 0)
		close(descriptor);
}

int main(int argc, char **argv)
{
	int status;

	open_standard_descriptors();
	signal(SIGPIPE, SIG_IGN); /* a reader that goes must not end a change half way */
	status = run(argc, argv);
	if (!fflush(stdout) && !ferror(stdout))
		return status;
	fputs("topoc: error: standard output cannot be written\n", stderr);
	return status == STATUS_DONE ? STATUS_FAILED : status;
}
