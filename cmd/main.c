/*
 * topoc: network topologies out of namespaces, from a YAML file.
 *
 *   bytes --parser--> graph --+
 *                             +--planner--> plan --executor--> kernel
 *   kernel --executor-> graph-+
 *
 * The headers in an order to read them in; a .c file of the same name is beside each, if not said.
 *
 *   parser/    arena.h (memory), diagnostic.h (errors with places), yaml/yaml.h (text to nodes);
 *              value.h, kind.h, kinds.h (what there is: one table of fields a kind, in kinds/),
 *              graph.h (objects), needs.h (what needs what), addressing.h (which address or route
 *              reaches what) by prefix.h; topology.h (a file to a graph) by reader.h (section.c,
 *              attributes.c, declare.c ...) and mistakes.h (what people write instead); check.h
 *              (is the whole right?), segment.h, reach/reach.h (who reaches whom)
 *   planner/   plan.h (the difference of two graphs, as steps), internal.h (its stages: compare.c,
 *              consequences.c, order.c, stages.c), print.h
 *   executor/  netlink.h (a socket; socket.c opens it), kernel.h (the namespaces in play), wire.h
 *              (encode.c, decode.c, and one table of attributes a kind, in kinds/), observe.h
 *              (kernel to graph), inventory.h (one namespace of it), readers.h (many, by several
 *              threads: ahead.h), stray.h (what was moved elsewhere); batch.h, nursery.h (new
 *              namespaces, published at once), makers.h (by several threads as well), home.h (is
 *              this the host?), cover.h (a /run of one's own), trust.h
 *              (what others planted), lock.h, lab.h and state.h (/run/topoc), limits.h (what the
 *              system may not have), run.h (plan to kernel), usable.h (do addresses answer?),
 *              session.h (one run of all this)
 *   cmd/       options.h (tables of verbs.c and options.c), verbs.h (a file a verb), command.h (what
 *              they share), answer.h and json.h (--json); document/ (man pages,
 *              completions and JSON Schemas, made of the tables by a step of the build)
 */
#include "answer.h"
#include "help.h"
#include "language.h"
#include "verbs.h"
#include "version.h"

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

/* `*changes`: the verb is one that changes the kernel. */
static int run(int argc, char **argv, bool *changes)
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
		version_print();
		return STATUS_DONE;
	}
	verb = verb_find(argv[1]);
	if (!verb)
		return STATUS_USAGE;
	*changes = verb->ends & ENDS_PUT_BACK;
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

/*
 * Of a reader that goes: it must not end a change half way. A handler, since the command that exec
 * runs would inherit that the signal is ignored.
 */
static void let_go_by(int signal)
{
	(void)signal;
}

int main(int argc, char **argv)
{
	bool changes = false;
	int status;

	open_standard_descriptors();
	setvbuf(stderr, NULL, _IOLBF, BUFSIZ); /* a line at a time, not a byte */
	if (signal(SIGPIPE, let_go_by) == SIG_IGN)
		signal(SIGPIPE, SIG_IGN);
	status = run(argc, argv, &changes);
	if (!fflush(stdout) && !ferror(stdout))
		return status;
	/* A status of 1 would say that nothing is changed. */
	fprintf(stderr, "topoc: %s: standard output cannot be written\n",
	        changes ? "warning" : "error");
	return status == STATUS_DONE && !changes ? STATUS_FAILED : status;
}
