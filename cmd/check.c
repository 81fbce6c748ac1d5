#include "parser/topology.h"

#include "command.h"
#include "verbs.h"

int verb_check(const struct options *options)
{
	int status = STATUS_DONE;

	for (size_t i = 0; i < options->argument_count; i++) {
		struct command command;

		command_begin(&command, options);
		command_read_file(&command, options->arguments[i]);
		if (command.want)
			references_note(command.want, command.diagnostics);
		if (command_end(&command, STATUS_DONE))
			status = STATUS_FAILED;
	}
	return status;
}
