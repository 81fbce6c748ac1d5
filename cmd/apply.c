#include "command.h"
#include "json.h"
#include "verbs.h"

#include <string.h>

/* A topology that was applied from another path is not silently turned into this one. */
static bool is_moved(struct command *command)
{
	const char *former = command->kernel.state.file;

	if (!former || !strcmp(former, command->file) || command->options->moved)
		return false;
	diagnose(command->diagnostics, SEVERITY_ERROR, (struct span){0},
	         "'%s' was applied from '%s', not from '%s'", command->want->topology, former,
	         command->file);
	diagnostic_note(command->diagnostics, (struct span){0},
	                "--moved if this is the same topology, or give this one another `name`");
	return true;
}

/* Whether the state is already what the run would write. */
static bool is_noted(const struct state *state, const struct origin *origin)
{
	return state->done && state->text && !strcmp(state->text, origin->text) &&
	       !strcmp(state->file, origin->file);
}

/* Nothing to do is a success that says so; what there is to do is done. */
static enum outcome apply_plan(struct command *command, struct plan *plan)
{
	struct origin origin = {command->file, command->source.text};
	struct session_options session = {
	        .progress = &command->progress,
	        .timeout_ms = command->options->no_wait ? 0 : command->options->timeout,
	        .strict = command->options->strict,
	};
	bool empty = plan_is_empty(plan);
	enum outcome outcome = OUTCOME_DONE;

	if (!empty || !is_noted(&command->kernel.state, &origin))
		session_inhabitants(&command->kernel, plan, false, command->diagnostics);
	outcome = session_run(&command->kernel, plan, &origin, &session, command->diagnostics);
	if (outcome != OUTCOME_DONE || command->options->quiet)
		return outcome;
	if (empty)
		command_say(command, "No changes.");
	else
		command_say(command, "Applied '%s': %zu created, %zu changed, %zu destroyed.",
		            command->want->topology, plan->created, plan->changed, plan->destroyed);
	return outcome;
}

int verb_apply(const struct options *options)
{
	struct command command;
	struct plan *plan;

	command_begin(&command, options);
	if (!command_read_file(&command, options->arguments[0]) ||
	    !command_open(&command, command.want->topology, true))
		return command_conclude(&command, OUTCOME_REFUSED, false);
	plan = session_plan(&command.kernel, command.want, command.diagnostics);
	if (!plan || command_failed(&command) || is_moved(&command))
		return command_conclude(&command, OUTCOME_REFUSED, false);
	command_tell_plan(&command, plan);
	return command_conclude(&command, apply_plan(&command, plan), !plan_is_empty(plan));
}
