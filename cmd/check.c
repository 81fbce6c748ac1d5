#include "command.h"
#include "json.h"
#include "parser/reach_print.h"
#include "parser/topology.h"
#include "verbs.h"

static void tell(const struct command *command)
{
	struct json_view view = {command->want, command->want, command->file, NULL};

	json_put(command->facts, "counts", json_of_counts(command->want));
	json_put(command->facts, "objects", json_of_graph(&view));
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
		if (good && options->reach && !command.facts)
			reach_print(command.want, &command.source, stdout);
		if (command_end(&command, STATUS_DONE))
			status = STATUS_FAILED;
	}
	return status;
}
