#include "command.h"
#include "json.h"
#include "parser/arena.h"
#include "verbs.h"

#include <stdio.h>
#include <string.h>

/* A topology as a line of the list. */
struct row {
	const char *cells[5]; /* as in `headings` */
};

static const char *const headings[] = {"NAME", "STATE", "SINCE", "OBJECTS", "FILE"};

enum { COLUMNS = sizeof headings / sizeof *headings };

/*
 * Whether the kernel is as it was applied; an edit of the file since then is no drift. A run that
 * goes on looks like one that was killed to who may not wait for it.
 */
static const char *find_state(struct command *command, bool compares, const struct state *state,
                              const struct graph *applied)
{
	struct diagnostics *ignored = diagnostics_new(command->arena, NULL);
	const struct graph *have;
	const struct plan *plan;

	if (state->file && !state->done)
		return "unfinished";
	if (!applied || !compares)
		return "unknown";
	have = session_read(&command->kernel, applied, command->diagnostics);
	if (!have)
		return "unknown";
	plan = session_compare(&command->kernel, applied, have, ignored);
	return plan && plan_is_empty(plan) ? "in step" : "drifted";
}

/* "2 namespaces, 1 bridge, 2 veths" */
static const char *print_counts(struct arena *arena, const struct graph *graph)
{
	const char *text = "";

	for (const struct kind *const *kind = kinds; graph && *kind; kind++) {
		size_t count = graph_count_kind(graph, *kind);

		if (count && !(*kind)->with_owner)
			text = arena_printf(arena, "%s%s%zu %s", text, *text ? ", " : "", count,
			                    count == 1 ? (*kind)->name : (*kind)->key);
	}
	return text;
}

static void tell(json_t *facts, const struct state *state, const char *how,
                 const struct graph *applied)
{
	if (state->since)
		json_put(facts, "since", json_of_text(state->since));
	json_put(facts, "state", json_string(how));
	if (applied)
		json_put(facts, "counts", json_of_counts(applied));
}

/* Whether nothing is left of a topology: another run has removed it while this one waited. */
static bool is_gone(struct command *command, const struct state *state)
{
	const char **names;
	size_t count;

	if (state->file || !command_topologies(command, &names, &count))
		return false;
	for (size_t i = 0; i < count; i++) {
		if (!strcmp(names[i], command->topology))
			return false;
	}
	return true;
}

/*
 * `*compares`: whether to try; where another run does not end, the first has waited for all. A
 * topology that is gone has no row: its name is NULL.
 */
static int inspect(const struct options *options, const char *topology, struct arena *arena,
                   bool *compares, struct row *row)
{
	const struct graph *applied;
	struct command command;
	struct state state;
	const char *how;

	command_begin(&command, options);
	command.topology = topology;
	*compares = *compares && command_open(&command, topology, false);
	state_read(command.arena, topology, &state);
	if (is_gone(&command, &state)) {
		command.topology = NULL;
		*row = (struct row){{NULL}};
		return command_end(&command, STATUS_DONE);
	}
	applied = command_applied(&command, &state);
	how = find_state(&command, *compares, &state, applied);
	command.file = state.file;
	if (command.facts)
		tell(command.facts, &state, how, applied);
	*row = (struct row){{topology, strcmp(how, "unknown") ? how : "?",
	                     state.since ? arena_printf(arena, "%s", state.since) : "?",
	                     applied ? print_counts(arena, applied) : "?",
	                     state.file ? arena_printf(arena, "%s", state.file) : "?"}};
	return command_end(&command, STATUS_DONE);
}

/* All but the last column are ASCII. */
static void print_row(const struct row *row, const size_t widths[COLUMNS])
{
	for (size_t i = 0; i < COLUMNS; i++) {
		print_escaped(stdout, row->cells[i]);
		if (i + 1 < COLUMNS)
			printf("%*s  ", (int)(widths[i] - strlen(row->cells[i])), "");
	}
	putchar('\n');
}

static void print_rows(const struct row *rows, size_t count)
{
	size_t widths[COLUMNS] = {0};
	struct row heading;

	memcpy(heading.cells, headings, sizeof headings);
	for (size_t i = 0; i < COLUMNS; i++) {
		widths[i] = strlen(headings[i]);
		for (size_t row = 0; row < count; row++) {
			size_t length = strlen(rows[row].cells[i]);

			widths[i] = length > widths[i] ? length : widths[i];
		}
	}
	print_row(&heading, widths);
	for (size_t row = 0; row < count; row++)
		print_row(&rows[row], widths);
}

/* Nothing that takes long or needs privilege: shells complete with it. */
static void print_names(const char **names, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		print_escaped(stdout, names[i]);
		putchar('\n');
	}
}

int verb_list(const struct options *options)
{
	struct command command; /* only of the list itself */
	const char **names;
	bool compares = is_privileged();
	int status = STATUS_DONE;
	struct row *rows;
	size_t count, shown = 0;

	command_begin(&command, options);
	if (!command_topologies(&command, &names, &count))
		return command_end(&command, STATUS_FAILED);
	if (options->quiet && !command.facts) {
		print_names(names, count);
		command_drop(&command);
		return STATUS_DONE;
	}
	rows = arena_alloc(command.arena, (count + 1) * sizeof *rows);
	for (size_t i = 0; i < count; i++) {
		if (inspect(options, names[i], command.arena, &compares, &rows[shown]))
			status = STATUS_FAILED;
		shown += rows[shown].cells[0] != NULL;
	}
	if (!shown)
		command_say(&command, "No topology is applied.");
	else if (!command.facts)
		print_rows(rows, shown);
	command_drop(&command);
	return status;
}
