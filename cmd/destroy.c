#include "executor/lab.h"

#include "command.h"
#include "verbs.h"

#include <stdio.h>

/* With `all_routes` the host's routes of which nobody knows whose they are go too. */
static int destroy(const struct options *options, const char *topology, bool all_routes)
{
	struct command command;
	struct session_options session = {.progress = &command.progress};
	enum outcome outcome;
	struct plan *plan;

	command_begin(&command, options);
	if (!command_open(&command, topology, true))
		return command_conclude(&command, OUTCOME_REFUSED, false);
	command.kernel.takes_all_routes = all_routes;
	plan = session_plan(&command.kernel, graph_empty(command.arena, topology),
	                    command.diagnostics);
	if (!plan)
		return command_conclude(&command, OUTCOME_REFUSED, false);
	command_tell_plan(&command, plan);
	session_inhabitants(&command.kernel, plan, options->kill, command.diagnostics);
	outcome = session_run(&command.kernel, plan, NULL, &session, command.diagnostics);
	if (outcome == OUTCOME_DONE && !options->quiet)
		command_say(&command, "Destroyed '%s': %zu destroyed.", topology, plan->destroyed);
	return command_conclude(&command, outcome, true);
}

static int destroy_all(const struct options *options)
{
	struct command command;
	size_t count;
	const char **names;
	int status = STATUS_DONE;

	command_begin(&command, options);
	if (!command_topologies(&command, &names, &count))
		return command_conclude(&command, OUTCOME_REFUSED, false);
	if (!count)
		command_say(&command, "No topology is applied.");
	for (size_t i = 0; i < count && status != STATUS_INTERRUPTED; i++) {
		int one = destroy(options, names[i], true);

		status = one > status ? one : status;
	}
	if (!count)
		lab_tidy_all();
	command_drop(&command);
	return status;
}

int verb_destroy(const struct options *options)
{
	const char *argument = options->argument_count ? options->arguments[0] : NULL, *topology;
	struct command command;
	int status;

	if (options->all && argument) {
		usage_error("--all is every topology: leave '%s' out", argument);
		return STATUS_USAGE;
	}
	if (options->all)
		return destroy_all(options);
	command_begin(&command, options);
	if (!command_privileged(&command))
		return command_end(&command, STATUS_FAILED);
	topology = command_topology(&command, argument, &status);
	if (!topology) {
		lab_tidy_all();
		return command_conclude(&command, status ? OUTCOME_REFUSED : OUTCOME_DONE, false);
	}
	status = destroy(options, topology, false);
	command_drop(&command);
	return status;
}
