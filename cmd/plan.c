#include "planner/print.h"

#include "command.h"
#include "parser/arena.h"
#include "verbs.h"

#include <string.h>
#include <unistd.h>

enum { REACHED_ALONG = 200 }; /* namespaces: beside a plan it must not take seconds */

/* The file that an applied topology came from, as it is now; where it is gone, as it was applied.
 */
static bool read_origin(struct command *command, const char *topology)
{
	struct state state;

	if (state_read(command->arena, topology, &state) || !state.file) {
		diagnose(command->diagnostics, SEVERITY_ERROR, (struct span){0},
		         "it is not known which file '%s' came from: name it", topology);
		return false;
	}
	if (strcmp(state.file, "-") && !access(state.file, R_OK))
		return command_read_file(command, state.file);
	if (!state.text)
		return command_read_file(command, state.file);
	if (strcmp(state.file, "-"))
		diagnose(command->diagnostics, SEVERITY_NOTE, (struct span){0},
		         "'%s' is gone: going by what was applied", state.file);
	return command_read_text(command, state.file, state.text);
}

static int print_plan(struct command *command, const struct graph *want)
{
	struct plan *plan;

	plan = session_plan(&command->kernel, want, command->diagnostics);
	if (!plan)
		return command_end(command, STATUS_FAILED);
	command_tell_plan(command, plan);
	if (!command->options->answer)
		plan_print(plan, stdout, command_colour(command, STDOUT_FILENO),
		           command->options->verbose);
	if (command->options->verbose && want == command->want) {
		command_say(command, "%s", "");
		command_tell_reach(command, REACHED_ALONG);
	}
	if (command->options->detailed_exitcode && !plan_is_empty(plan))
		return command_end(command, STATUS_CHANGES);
	return command_end(command, STATUS_DONE);
}

static int plan_file(struct command *command, const char *path, bool destroys)
{
	if (!command_read_file(command, path) ||
	    !command_open(command, command->want->topology, false))
		return command_end(command, STATUS_FAILED);
	return print_plan(command, destroys ? graph_empty(command->arena, command->topology)
	                                    : command->want);
}

/* Its file is read when nobody is about to note another one, and may have another name by now. */
static int plan_applied(struct command *command, const char *argument, bool destroys)
{
	int status;
	const char *topology = command_topology(command, argument, &status);

	if (!topology)
		return command_end(command, status);
	if (!command_open_applied(command, topology) ||
	    (!destroys && !read_origin(command, topology)))
		return command_end(command, STATUS_FAILED);
	command->kernel.topology = command->topology;
	return print_plan(command,
	                  destroys ? graph_empty(command->arena, topology) : command->want);
}

int verb_plan(const struct options *options)
{
	const char *argument = options->argument_count ? options->arguments[0] : NULL;
	struct command command;

	command_begin(&command, options);
	if (argument && is_file(argument))
		return plan_file(&command, argument, options->destroy);
	return plan_applied(&command, argument, options->destroy);
}
