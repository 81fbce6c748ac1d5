/*
 * Any bytes as a message of the kernel's, the first byte saying of which kind: whatever decode()
 * makes of them can be named, printed and encoded again.
 */
#include "executor/wire.h"
#include "parser/arena.h"
#include "parser/kinds.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A namespace with a device, on which an object of any kind can be. */
static struct object *owner_for(struct graph *graph, const struct kind *kind)
{
	struct object *space = graph_add(graph, &namespace_kind, NULL, (struct span){0});
	struct object *device;

	graph_name(graph, space, "n");
	if (kind->class != &address_class)
		return space;
	device = graph_add(graph, &device_kind, space, (struct span){0});
	graph_name(graph, device, "d");
	device->index = 2;
	return device;
}

/* Decoding leaves references as indexes, and here there is no device with any of them. */
static void drop_references(const struct field *field, struct value *value)
{
	if (field->type == TYPE_DEVICE)
		value->presence = ABSENT;
	for (size_t i = 0; field->type == TYPE_LIST && value->presence &&
	                   i < value->list.count * field->element_count;
	     i++)
		drop_references(&field->element[i % field->element_count], &value->list.values[i]);
}

static void use(struct graph *graph, struct object *object)
{
	struct diagnostics *diagnostics = diagnostics_new(graph->arena, NULL);
	static const unsigned when[] = {AT_CREATE, AT_BIRTH, AT_CHANGE, AT_DELETE};
	const struct kind *kind = object->kind;
	const char *name;

	for (size_t i = 0; i < kind_field_count(kind); i++) {
		struct value *value = object_set(graph->arena, object, i);

		drop_references(kind_field(kind, i), value);
		if (value->presence)
			value_print(graph->arena, kind_field(kind, i), value);
	}
	name = kind->class->identify ? kind->class->identify(graph, object, diagnostics) : "x";
	if (!name)
		return;
	graph_name(graph, object, name);
	for (size_t i = 0; i < sizeof when / sizeof *when; i++)
		encode(graph, NULL, object, when[i], 0);
	graph_complete(graph);
	object_print(graph->arena, object);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new();
	struct graph *graph = graph_new(arena, "fuzz");
	graph->observed = true;
	const struct kind *kind;
	struct nlmsghdr *message;
	struct object *object;
	size_t count = 0;

	while (codecs[count])
		count++;
	if (size && count) {
		kind = codecs[*data % count]->kind;
		object = graph_add(graph, kind, owner_for(graph, kind), (struct span){0});
		/* Nothing behind its end, so that reading there is found. */
		message = malloc(sizeof *message + size - 1);
		*message = (struct nlmsghdr){.nlmsg_len = (uint32_t)(sizeof *message + size - 1)};
		memcpy(message + 1, data + 1, size - 1);
		decode(arena, message, object);
		free(message);
		use(graph, object);
	}
	arena_free(arena);
	return 0;
}
