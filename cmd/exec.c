#include "executor/enter.h"
#include "executor/lab.h"

#include "parser/arena.h"
#include "parser/diagnostic.h"
#include "verbs.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A name that is not there: which one was meant? */
static void offer_nearest(const char *name)
{
	struct arena *arena = arena_new();
	const char **names, *near = NULL;
	size_t count;

	if (!namespace_names(arena, &names, &count))
		near = nearest(name, names, count);
	if (near) {
		fputs("topoc: note: did you mean '", stderr);
		print_escaped(stderr, near);
		fputs("'?\n", stderr);
	}
	arena_free(arena);
}

static void cannot(const char *what, const char *name, int error)
{
	fprintf(stderr, "topoc: error: cannot %s '", what);
	print_escaped(stderr, name);
	fprintf(stderr, "': %s\n", strerror(error));
}

static void advise(const char *name, int error)
{
	if (error == -ENOENT)
		offer_nearest(name);
	if (error == -EINVAL)
		fputs("topoc: note: it is no network namespace\n", stderr);
	if (error == -EPERM)
		fputs("topoc: note: this needs CAP_SYS_ADMIN: run it as root, or in the shell of "
		      "`unshare` that the topology was applied in\n",
		      stderr);
}

int verb_exec(const struct options *options)
{
	const char *name = options->arguments[0], *shell = getenv("SHELL");
	char *fallback[] = {(char *)(shell && *shell ? shell : "/bin/sh"), NULL};
	char **command = options->argument_count > 1 ? (char **)&options->arguments[1] : fallback;
	const char *step = "enter namespace";
	int error;

	if (options->argument_count > 1 && !strcmp(command[0], "--"))
		command++;
	if (!command[0])
		command = fallback;
	error = enter_namespace(name, &step);
	if (error) {
		cannot(step, name, -error);
		advise(name, error);
		return STATUS_EXEC_FAILED;
	}
	execvp(command[0], command);
	error = errno;
	cannot("run", command[0], error);
	return error == ENOENT ? STATUS_NOT_FOUND : STATUS_NOT_EXECUTABLE;
}
