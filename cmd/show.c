#include "command.h"
#include "json.h"
#include "parser/arena.h"
#include "parser/kinds.h"
#include "verbs.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct printer {
	struct arena *arena;
	const struct graph *have;
	const struct graph *declared; /* what was applied */
	bool colour;
};

/* Of the host, which has much that is nobody's business here, what is the topology's. */
static bool is_shown(const struct object *object)
{
	return !object->foreign || !object_is_host(object_namespace(object));
}

/* Whether a value says more than was to be expected. */
static bool is_told(const struct printer *printer, const struct object *object, size_t i)
{
	const struct field *field = kind_field(object->kind, i);
	const struct value *value = object_value(object, i), *wanted;
	const struct object *declared = graph_find(printer->declared, object->path);

	if (value->presence != GIVEN || !field_is_told(field, object->foreign) ||
	    field->flags & FIELD_IDENTITY)
		return false;
	if (!declared || declared->kind != object->kind)
		return field->flags & FIELD_HIDDEN || value_is_news(field, value);
	wanted = object_value(declared, i);
	return wanted->presence != IMPLIED || value_compare(field, wanted, value);
}

/* A device is one of the same namespace, whose name stands above. */
static void print_field(const struct printer *printer, const struct object *object, size_t i)
{
	const struct field *field = kind_field(object->kind, i);
	const char *text = value_print(printer->arena, field, object_value(object, i));
	const char *colon = field->type == TYPE_DEVICE ? strrchr(text, ':') : NULL;

	printf(" %s ", object->kind->shape == SHAPE_VALUES ? "=" : field->key);
	print_escaped(stdout, colon ? colon + 1 : text);
}

/* What is told of a device in any case comes first. */
static size_t print_device(const struct printer *printer, const struct object *device)
{
	const struct object *peer = object_peer(printer->have, device);

	if (peer) {
		fputs(" -- ", stdout);
		print_escaped(stdout, object_title(printer->arena, peer));
	}
	fputs(object_value(device, LINK_UP)->number ? " up" : " down", stdout);
	print_field(printer, device, LINK_MTU);
	if (!device->kind->with_owner && object_has(device, LINK_MAC))
		print_field(printer, device, LINK_MAC);
	return LINK_MAC + 1;
}

static void print_object(const struct printer *printer, const struct object *object, int depth)
{
	bool is_device = object->kind->class == &link_class;
	const char *name = is_device ? object->name : object_title(printer->arena, object);
	size_t i = 0;

	printf("%*s", 2 * depth, "");
	if (!is_device && depth == 1)
		printf("%s ", object->kind->name);
	print_escaped(stdout, name);
	if (is_device && !object->kind->with_owner)
		printf(" %s", object->kind->name);
	if (is_device)
		i = print_device(printer, object);
	if (object->kind == &address_kind)
		i = ADDRESS_PEER + 1;
	for (; i < kind_field_count(object->kind); i++) {
		if (is_told(printer, object, i))
			print_field(printer, object, i);
	}
	puts(object->foreign ? " (foreign)" : "");
	for (const struct object *at = object->first_owned; at; at = at->next_owned) {
		if (is_shown(at))
			print_object(printer, at, depth + 1);
	}
}

/* The host's heading needs something below it. */
static bool has_something(const struct object *space)
{
	const struct object *at = space->first_owned;

	while (at && !is_shown(at))
		at = at->next_owned;
	return at || !object_is_host(space);
}

/* Of what a namespace owns, its devices or all else. */
static void print_owned(const struct printer *printer, const struct object *space, bool devices)
{
	for (const struct object *at = space->first_owned; at; at = at->next_owned) {
		if (is_shown(at) && (at->kind->class == &link_class) == devices)
			print_object(printer, at, 1);
	}
}

static void print_namespace(const struct printer *printer, const struct object *space)
{
	putchar('\n');
	fputs(printer->colour ? "\033[1m" : "", stdout);
	print_escaped(stdout, space->name);
	fputs(printer->colour ? "\033[0m" : "", stdout);
	puts(space->foreign ? " (foreign)" : "");
	print_owned(printer, space, true);
	print_owned(printer, space, false);
}

static void print_heading(const char *topology, const struct state *state)
{
	print_escaped(stdout, topology);
	if (!state->file) {
		puts(" (its state is lost)");
		return;
	}
	printf(" (%s ", state->done ? "applied" : "unfinished, begun");
	print_escaped(stdout, state->since ? state->since : "?");
	fputs(" from ", stdout);
	print_escaped(stdout, state->file);
	puts(")");
}

static void print(struct command *command, const struct graph *have, const struct graph *declared)
{
	struct printer printer = {command->arena, have, declared,
	                          command_colour(command, STDOUT_FILENO)};

	print_heading(command->topology, &command->kernel.state);
	for (size_t i = 0; i < have->count; i++) {
		if (!have->objects[i]->owner && has_something(have->objects[i]))
			print_namespace(&printer, have->objects[i]);
	}
}

static void tell(const struct command *command, const struct graph *have,
                 const struct graph *declared)
{
	const struct state *state = &command->kernel.state;
	struct json_view view = {have, declared, state->file, is_shown};

	if (state->since)
		json_put(command->facts, "since", json_of_text(state->since));
	if (state->file)
		json_put(command->facts, "finished", json_boolean(state->done));
	json_put(command->facts, "objects", json_of_graph(&view));
}

static int show(struct command *command, const char *topology)
{
	struct graph *declared, *have;
	struct state state;

	if (!command_open_applied(command, topology))
		return command_end(command, STATUS_FAILED);
	state_read(command->arena, topology, &state);
	declared = command_applied(command, &state);
	if (!declared)
		declared = graph_empty(command->arena, topology);
	have = session_read(&command->kernel, declared, command->diagnostics);
	if (!have)
		return command_end(command, STATUS_FAILED);
	graph_arrange(have, declared);
	command->file = state.file;
	if (command->facts)
		tell(command, have, declared);
	else
		print(command, have, declared);
	return command_end(command, STATUS_DONE);
}

int verb_show(const struct options *options)
{
	const char *argument = options->argument_count ? options->arguments[0] : NULL, *topology;
	struct command command;
	int status;

	command_begin(&command, options);
	topology = command_topology(&command, argument, &status);
	return topology ? show(&command, topology) : command_end(&command, status);
}
