#include "command.h"
#include "json.h"
#include "parser/topology.h"
#include "verbs.h"

enum { MOST_REACHED = 2000 }; /* namespaces: some minutes, and some gigabytes where nothing works */

static void tell(const struct command *command)
{
	struct json_view view = {command->want, command->want, command->file, NULL};

	json_put(command->facts, "counts", json_of_counts(command->want));
	json_put(command->facts, "objects", json_of_graph(&view));
}

/* Of several files each has its name above. */
static void tell_reach(struct command *command, const char *path)
{
	if (command->options->argument_count > 1 && !command->facts) {
		print_escaped(stdout, path);
		puts(":");
	}
	command_tell_reach(command, MOST_REACHED);
}

int verb_check(const struct options *options)
{
	int status = STATUS_DONE;

	for (size_t i = 0; i < options->argument_count; i++) {
		struct command command;
		bool good;

		command_begin(&command, options);
		good = command_read_file(&command, options->arguments[i]);
		if (command.want)
			references_note(command.want, command.diagnostics);
		if (good && command.facts)
			tell(&command);
		if (good && options->reach)
			tell_reach(&command, options->arguments[i]);
		if (command_end(&command, STATUS_DONE))
			status = STATUS_FAILED;
	}
	return status;
}
