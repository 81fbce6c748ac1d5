/* What an object's mapping says of it: fields, and sections of objects that it holds. */
#include "kinds.h"
#include "mistakes.h"

#include <string.h>

/* The sections that objects of a kind may hold: routes in a namespace, addresses in a device. */
const struct kind *section_keyed(const struct kind *kind, const char *key)
{
	if (kind->class == &namespace_class)
		return kind_keyed(PLACE_NAMESPACE, key);
	return kind->class == &link_class ? kind_keyed(PLACE_DEVICE, key) : NULL;
}

bool is_field(const struct field *fields, size_t count, const char *word, size_t length)
{
	for (size_t i = 0; i < count; i++) {
		if (!(fields[i].flags & FIELD_HIDDEN) && strlen(fields[i].key) == length &&
		    !strncmp(fields[i].key, word, length))
			return true;
	}
	return false;
}

/* The field of that key, by its index; the count of fields where there is none. */
static size_t field_keyed(const struct kind *kind, const char *key)
{
	size_t i = 0;

	while (i < kind_field_count(kind) &&
	       (kind_field(kind, i)->flags & FIELD_HIDDEN || strcmp(kind_field(kind, i)->key, key)))
		i++;
	return i;
}

bool is_attribute(const struct kind *kind, const char *key)
{
	return field_keyed(kind, key) < kind_field_count(kind) || section_keyed(kind, key);
}

static void read_attribute(struct reader *reader, struct object *object, const struct entry *entry)
{
	size_t field = field_keyed(object->kind, entry->key->text);
	const struct kind *section = section_keyed(object->kind, entry->key->text);

	if (section)
		read_section(reader, section, object, entry);
	else if (field == kind_field_count(object->kind))
		unknown_key(reader, object, entry->key);
	else
		read_value(reader, object, kind_field(object->kind, field), entry->value,
		           object_set(reader->arena, object, field));
}

void read_attributes(struct reader *reader, struct object *object, const struct node *node)
{
	reader->failures += node->told;
	if (node->told)
		graph_lose(reader->graph, &address_class, object_namespace(object), NULL);
	if (node->told || node_is_empty(node))
		return;
	if (node->type != NODE_MAPPING) {
		mistaken_attributes(reader, object->kind, node);
		graph_lose(reader->graph, &address_class, object_namespace(object), NULL);
		reader->failures++;
		return;
	}
	for (size_t i = 0; i < node->count; i++)
		read_attribute(reader, object, &node->entries[i]);
	if (object->kind->expand)
		object->kind->expand(reader->graph, object, reader->diagnostics);
}
