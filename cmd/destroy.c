#include "executor/lab.h"

#include "command.h"
#include "parser/arena.h"
#include "parser/topology.h"
#include "verbs.h"

#include <stdio.h>
#include <string.h>

/* With `all_routes` the host's routes of which nobody knows whose they are go too. */
static int destroy(const struct options *options, const char *topology, bool all_routes)
{
	struct session_options session = {.progress = options->verbose ? stderr : NULL};
	struct command command;
	enum outcome outcome;
	struct plan *plan;

	command_begin(&command, options);
	if (!command_open(&command, topology, true))
		return command_end(&command, STATUS_FAILED);
	command.kernel.takes_all_routes = all_routes;
	plan = session_plan(&command.kernel, graph_empty(command.arena, topology),
	                    command.diagnostics);
	if (!plan)
		return command_end(&command, STATUS_FAILED);
	session_inhabitants(&command.kernel, plan, options->kill, command.diagnostics);
	outcome = session_run(&command.kernel, plan, NULL, &session, command.diagnostics);
	if (outcome == OUTCOME_DONE && !options->quiet)
		printf("Destroyed '%s': %zu destroyed.\n", topology, plan->destroyed);
	return command_end(&command, command_status(outcome));
}

static int destroy_all(const struct options *options)
{
	struct arena *arena = arena_new();
	size_t count;
	const char **names = session_topologies(arena, &count);
	int status = STATUS_DONE;

	if (!count)
		puts("No topology is applied.");
	for (size_t i = 0; i < count; i++) {
		int one = destroy(options, names[i], true);

		status = one > status ? one : status;
	}
	arena_free(arena);
	return status;
}

/* The name of the topology that a file describes, if it is applied: the file may have errors. */
static const char *applied_from(struct command *command, const char *file, int *status)
{
	size_t count;
	const char **names;

	command_read_file(command, file);
	*status = STATUS_FAILED;
	if (!command->want)
		return NULL;
	names = session_topologies(command->arena, &count);
	for (size_t i = 0; i < count; i++) {
		if (!strcmp(names[i], command->want->topology))
			return names[i];
	}
	*status = STATUS_DONE;
	printf("'%s' is not applied.\n", command->want->topology);
	return NULL;
}

int verb_destroy(const struct options *options)
{
	const char *argument = options->argument_count ? options->arguments[0] : NULL, *topology;
	struct command command;
	int status = STATUS_FAILED;

	if (options->all && argument) {
		usage_error("--all is every topology: leave '%s' out", argument);
		return STATUS_USAGE;
	}
	if (options->all)
		return destroy_all(options);
	command_begin(&command, options);
	if (!command_privileged(&command))
		return command_end(&command, STATUS_FAILED);
	topology = argument && is_file(argument) ? applied_from(&command, argument, &status)
	                                         : command_topology(&command, argument, &status);
	if (!topology) {
		lab_tidy_all();
		return command_end(&command, status);
	}
	status = destroy(options, topology, false);
	arena_free(command.arena);
	return status;
}
