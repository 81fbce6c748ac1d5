/* Values of attributes, as the nodes of a file have them. */
#include "reader.h"

#include "arena.h"
#include "mistakes.h"

#include <string.h>

static bool read_field(struct reader *reader, const struct object *object,
                       const struct field *fields, size_t count, const struct entry *entry,
                       struct value *values);

/* A device of the object's own namespace, by the interface alone or by its full name. */
static bool read_reference(struct reader *reader, const struct object *object,
                           const struct node *node, struct value *value)
{
	const struct object *space = object_namespace(object);
	const char *text = node->text, *colon = strchr(text, ':');

	if (colon) {
		size_t length = (size_t)(colon - text);

		if (strlen(space->name) != length || strncmp(space->name, text, length)) {
			diagnose(reader->diagnostics, SEVERITY_ERROR, node->span,
			         "'%s' is in another namespace than this one, '%s'", text,
			         space->name);
			return false;
		}
		text = colon + 1;
	}
	*value = (struct value){.presence = GIVEN,
	                        .span = node->span,
	                        .text = device_full_name(reader->arena, space, text)};
	return true;
}

static bool read_list(struct reader *reader, const struct object *object, const struct field *field,
                      const struct node *node, struct value *value)
{
	struct list list = {.count = node->count};
	bool good = true;

	if (node->told)
		return false;
	if (node->type != NODE_LIST || !node->count) {
		mistaken_list(reader, field, node);
		return false;
	}
	list.values =
	        arena_alloc(reader->arena, list.count * field->element_count * sizeof *list.values);
	for (size_t row = 0; row < list.count; row++) {
		const struct node *element = node->entries[row].value;

		if (element->type != NODE_MAPPING || !element->count) {
			good = false;
			if (!element->told)
				mistaken_element(reader, field, element);
			continue;
		}
		for (size_t i = 0; i < element->count; i++)
			good &= read_field(reader, object, field->element, field->element_count,
			                   &element->entries[i],
			                   &list.values[row * field->element_count]);
	}
	if (good)
		*value = (struct value){.presence = GIVEN, .span = node->span, .list = list};
	return good;
}

static bool read_scalar(struct reader *reader, const struct object *object,
                        const struct field *field, const struct node *node, struct value *value)
{
	if (node->told)
		return false;
	if (node->type != NODE_SCALAR) {
		if (!mistaken_scalar(reader, node))
			expected(reader, node->span, field->key, "a single value", NULL);
		return false;
	}
	if (node_is_empty(node)) {
		diagnose(reader->diagnostics, SEVERITY_ERROR, node->span, "'%s' has no value",
		         field->key);
		return false;
	}
	if (field->type == TYPE_DEVICE)
		return read_reference(reader, object, node, value);
	return !mistaken_name(reader, object, field, node) &&
	       value_parse(reader->arena, field, node->text, node->span, reader->diagnostics,
	                   value);
}

bool read_value(struct reader *reader, const struct object *object, const struct field *field,
                const struct node *node, struct value *value)
{
	bool good = field->type == TYPE_LIST ? read_list(reader, object, field, node, value)
	                                     : read_scalar(reader, object, field, node, value);

	reader->failures += !good;
	value->broken |= !good;
	return good;
}

/* Reads an entry into the field of that key; false where there is none, or its value is wrong. */
static bool read_field(struct reader *reader, const struct object *object,
                       const struct field *fields, size_t count, const struct entry *entry,
                       struct value *values)
{
	for (size_t i = 0; i < count; i++) {
		if (!(fields[i].flags & FIELD_HIDDEN) && !strcmp(fields[i].key, entry->key->text))
			return read_value(reader, object, &fields[i], entry->value, &values[i]);
	}
	unknown_field(reader, fields, count, entry->key);
	return false;
}
