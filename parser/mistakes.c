#include "mistakes.h"

#include "arena.h"
#include "kinds.h"
#include "topology.h"

#include <string.h>

enum { ADDRESSES_TOLD = 3 };

const char *article(const char *word)
{
	return strchr("aeiou", word[0]) ? "an" : "a";
}

void expected(const struct reader *reader, struct span span, const char *key, const char *form,
              const char *hint)
{
	diagnose(reader->diagnostics, SEVERITY_ERROR, span, "'%s' takes %s", key, form);
	if (hint)
		diagnostic_hint(reader->diagnostics, "%s", hint);
}

/* `left.eth0`, where there is a namespace `left`: a name that a device of the host may have. */
static void warn_of_dot(struct reader *reader, const struct node *name)
{
	size_t length = strcspn(name->text, ".");
	const char *space = arena_copy(reader->arena, name->text, length);

	if (!name->text[length] || !name->text[length + 1] ||
	    !graph_namespace(reader->graph, space) || interface_name_error(name->text))
		return;
	diagnose(reader->diagnostics, SEVERITY_WARNING, name->span, "'%s' is a device of the host",
	         name->text);
	diagnostic_hint(reader->diagnostics, "did you mean '%s:%s'?", space,
	                name->text + length + 1);
}

bool mistaken_device(struct reader *reader, const struct kind *kind, const struct node *name)
{
	const char *text = name->text, *glued = strpbrk(text, "{[");

	if (glued && glued > text && glued[-1] == ':') {
		diagnose(reader->diagnostics, SEVERITY_ERROR, name->span,
		         "'%s' cannot be a device's name", text);
		diagnostic_hint(reader->diagnostics, "a space is missing after `%.*s`",
		                (int)(glued - text), text);
		return true;
	}
	if (strchr(text, ':'))
		return false;
	warn_of_dot(reader, name);
	if (is_attribute(kind, text)) {
		diagnose(reader->diagnostics, SEVERITY_ERROR, name->span,
		         "'%s' is an attribute, and here stands the name of a device", text);
		diagnostic_hint(reader->diagnostics, "indent it under its device");
		return true;
	}
	if (!graph_namespace(reader->graph, text))
		return false;
	diagnose(reader->diagnostics, SEVERITY_ERROR, name->span,
	         "'%s' is a namespace, and here stands the name of a device", text);
	diagnostic_hint(reader->diagnostics, "write %s:INTERFACE, without a space", text);
	return true;
}

/* Whether a value, which is not empty, may be what is said of a namespace. */
static bool is_of_namespace(const struct node *value)
{
	return value->type == NODE_MAPPING &&
	       is_attribute(&namespace_kind, value->entries[0].key->text);
}

bool mistaken_namespace(struct reader *reader, const struct entry *entry)
{
	bool top = entry->key && kind_keyed(PLACE_TOP, entry->key->text);
	bool attribute = entry->key && is_attribute(&namespace_kind, entry->key->text);

	if ((!top && !attribute) || node_is_empty(entry->value) || is_of_namespace(entry->value))
		return false;
	diagnose(reader->diagnostics, SEVERITY_ERROR, entry->key->span,
	         attribute ? "'%s' is an attribute, and here stands the name of a namespace"
	                   : "'%s' stands among the namespaces",
	         entry->key->text);
	diagnostic_hint(reader->diagnostics, attribute ? "indent it under its namespace"
	                                               : "indent it less: it belongs at the top");
	if (top)
		graph_lose(reader->graph, &link_class, NULL, NULL);
	reader->failures++;
	return true;
}

bool mistaken_scalar(struct reader *reader, const struct node *node)
{
	const struct node *key =
	        node->type == NODE_MAPPING && node->count == 1 ? node->entries[0].key : NULL;
	size_t length = key ? strlen(key->text) : 0;

	if (!length || key->text[length - 1] != ':' || !node_is_empty(node->entries[0].value) ||
	    strspn(key->text, "0123456789abcdefABCDEF:.") != length)
		return false;
	diagnose(reader->diagnostics, SEVERITY_ERROR, key->span,
	         "YAML takes this for a mapping, since it ends in a colon");
	diagnostic_hint(reader->diagnostics, "quote it: '%s:'", key->text);
	return true;
}

static const char *required_key(const struct kind *kind)
{
	for (size_t i = 0; i < kind_field_count(kind); i++) {
		if (kind_field(kind, i)->flags & FIELD_REQUIRED)
			return kind_field(kind, i)->key;
	}
	return NULL;
}

/*
 * "{to: default, via: 10.0.0.1}" of "default via 10.0.0.1", whose first word is of the field `key`, or
 * with NULL is a key itself; NULL where it cannot be told.
 */
static const char *mapping_of_words(struct reader *reader, const char *key,
                                    const struct field *fields, size_t count, const char *text)
{
	const char *mapping = "{";
	size_t key_length = key ? strlen(key) : 0, length, words = 0;

	for (; (length = strcspn(text += strspn(text, " \t\n"), " \t\n")); text += length) {
		if (words > count)
			return NULL;
		if (!key_length && !is_field(fields, count, text, length))
			return NULL;
		if (!key_length) {
			key = text;
			key_length = length;
			continue;
		}
		mapping =
		        arena_printf(reader->arena, "%s%s%.*s: %.*s", mapping, words++ ? ", " : "",
		                     (int)key_length, key, (int)length, text);
		key_length = 0;
	}
	return words && !key_length ? arena_printf(reader->arena, "%s}", mapping) : NULL;
}

/* "{addresses: [10.0.0.1/24]}" of "10.0.0.1/24", which could stand in a section of that kind. */
static const char *mapping_of_item(struct reader *reader, const struct kind *kind,
                                   const struct node *node)
{
	struct value value;

	for (size_t i = 0; kinds[i]; i++) {
		const struct class *class = kinds[i]->class;

		if (section_keyed(kind, kinds[i]->key) != kinds[i] ||
		    kinds[i]->shape != SHAPE_ITEMS)
			continue;
		for (size_t f = 0; f < class->field_count; f++) {
			if (class->fields[f].flags & FIELD_SHORTHAND &&
			    value_parse(reader->arena, &class->fields[f], node->text, node->span,
			                reader->ignored, &value))
				return arena_printf(reader->arena, "{%s: [%s]}", kinds[i]->key,
				                    node->text);
		}
	}
	return NULL;
}

/* "mtu: 1400" of "mtu:1400" or "mtu=1400". */
static const char *mapping_of_key(struct reader *reader, const struct kind *kind, const char *text)
{
	size_t length = strcspn(text, ":=");
	const char *key = arena_copy(reader->arena, text, length);

	if (!text[length] || strpbrk(text, " \t\n") || !is_attribute(kind, key))
		return NULL;
	return arena_printf(reader->arena, "%s: %s", key, text + length + 1);
}

void mistaken_attributes(struct reader *reader, const struct kind *kind, const struct node *node)
{
	const char *mapping = NULL;

	if (node->type == NODE_SCALAR)
		mapping = mapping_of_key(reader, kind, node->text);
	if (node->type == NODE_SCALAR && !mapping)
		mapping = mapping_of_words(reader, required_key(kind), kind->class->fields,
		                           kind->class->field_count, node->text);
	if (node->type == NODE_SCALAR && !mapping)
		mapping = mapping_of_item(reader, kind, node);
	diagnose(reader->diagnostics, SEVERITY_ERROR, node->span,
	         "%s %s is a mapping of attributes, and this is a %s", article(kind->name),
	         kind->name, node->type == NODE_SCALAR ? "text" : "list");
	if (mapping)
		diagnostic_hint(reader->diagnostics, "write %s", mapping);
}

/* "{via: 10.0.0.2}" of "10.0.0.2": the first field that a text can be a value of. */
static const char *mapping_of_value(struct reader *reader, const struct field *field,
                                    const struct node *node)
{
	struct diagnostics *ignored = diagnostics_new(reader->arena, NULL);
	struct value value;

	for (size_t i = 0; i < field->element_count; i++) {
		const struct field *part = &field->element[i];

		if (part->type == TYPE_DEVICE ? !interface_name_error(node->text)
		                              : value_parse(reader->arena, part, node->text,
		                                            node->span, ignored, &value))
			return arena_printf(reader->arena, "{%s: %s}", part->key, node->text);
	}
	return NULL;
}

/* A mapping that says what a node was to say, or else what one looks like. */
static const char *mapping_of_element(struct reader *reader, const struct field *field,
                                      const struct node *node)
{
	const struct field *parts = field->element;
	const char *mapping = NULL;

	if (node->type == NODE_SCALAR && !node_is_empty(node)) {
		mapping = mapping_of_words(reader, NULL, parts, field->element_count, node->text);
		if (!mapping && strpbrk(node->text, " \t\n"))
			mapping = mapping_of_words(reader, parts->key, parts, field->element_count,
			                           node->text);
		else if (!mapping)
			mapping = mapping_of_value(reader, field, node);
	}
	return mapping ? mapping : arena_printf(reader->arena, "{%s: ...}", parts->key);
}

void mistaken_list(struct reader *reader, const struct field *field, const struct node *node)
{
	const char *mapping = mapping_of_element(reader, field, node);

	if (node_is_empty(node)) {
		diagnose(reader->diagnostics, SEVERITY_ERROR, node->span, "'%s' is empty",
		         field->key);
		diagnostic_hint(reader->diagnostics, "write [%s], or leave it out", mapping);
		return;
	}
	expected(reader, node->span, field->key, "a list of mappings", NULL);
	if (node->type != NODE_MAPPING)
		diagnostic_hint(reader->diagnostics, "write [%s]", mapping);
	else if (node->at && *node->at == '{')
		diagnostic_hint(reader->diagnostics, "write [{...}]");
	else
		diagnostic_hint(reader->diagnostics, "put `- ` before each");
}

void mistaken_element(struct reader *reader, const struct field *field, const struct node *node)
{
	const char *form = node->type == NODE_LIST ? "a list" : "a text";

	diagnose(reader->diagnostics, SEVERITY_ERROR, node->span,
	         "an item of '%s' is a mapping, and this is %s", field->key,
	         node_is_empty(node) ? "empty" : form);
	diagnostic_hint(reader->diagnostics, "write %s", mapping_of_element(reader, field, node));
}

/* A name where an address belongs, until the addresses of what has that name are known. */
struct misnomer {
	struct misnomer *next;
	const struct object *object; /* of which it was said */
	const struct field *field;
	const char *text;
	struct span span;
};

/* What the text names, from the object's own place: a namespace, a device, or NULL. */
static const struct object *named(const struct graph *graph, const struct object *object,
                                  const char *text)
{
	const struct object *own = object_namespace(object), *found = graph_device(graph, text);

	if (!found && !strchr(text, ':'))
		found = graph_device(graph, device_full_name(graph->arena, own, text));
	return found ? found : graph_namespace(graph, text);
}

bool mistaken_name(struct reader *reader, const struct object *object, const struct field *field,
                   const struct node *node)
{
	struct misnomer *misnomer;
	const char *text = node->text, *colon = strchr(text, ':');
	bool known = strspn(text, "0123456789./") != strlen(text);

	if (colon)
		known = graph_namespace(reader->graph, arena_copy(reader->arena, text,
		                                                  (size_t)(colon - text))) != NULL;
	if (!known || (field->type != TYPE_ADDRESS && field->type != TYPE_PREFIX) ||
	    value_parse(reader->arena, field, text, node->span, reader->ignored,
	                &(struct value){0}))
		return false;
	misnomer = arena_alloc(reader->arena, sizeof *misnomer);
	*misnomer = (struct misnomer){reader->misnomers, object, field,
	                              arena_copy(reader->arena, text, strlen(text)), node->span};
	reader->misnomers = misnomer;
	return true;
}

static const char *add_addresses(struct reader *reader, const struct object *object,
                                 const char *text, size_t *count)
{
	const struct object *at = object->first_owned;

	for (; at && *count < ADDRESSES_TOLD; at = at->next_owned) {
		text = add_addresses(reader, at, text, count);
		if (at->kind != &address_kind || (*count)++ >= ADDRESSES_TOLD)
			continue;
		text = arena_printf(
		        reader->arena, "%s%s%s", text, *text ? ", " : "",
		        ip_print(reader->arena, &object_value(at, ADDRESS_ADDRESS)->ip, false));
	}
	return text;
}

static void tell_misnomer(struct reader *reader, const struct misnomer *misnomer)
{
	const struct object *object = named(reader->graph, misnomer->object, misnomer->text);
	const char *addresses;
	size_t count = 0;

	if (!object) {
		value_parse(reader->arena, misnomer->field, misnomer->text, misnomer->span,
		            reader->diagnostics, &(struct value){0});
		return;
	}
	diagnose(reader->diagnostics, SEVERITY_ERROR, misnomer->span,
	         "'%s' takes an address, and '%s' is a %s", misnomer->field->key, misnomer->text,
	         object->owner ? "device" : "namespace");
	if (!diagnostic_wants_hint(reader->diagnostics))
		return;
	addresses = add_addresses(reader, object, "", &count);
	if (*addresses ||
	    !graph_lacks(reader->graph, &address_class, object_namespace(object), NULL))
		diagnostic_hint(reader->diagnostics, *addresses ? "%s has %s" : "%s has none%s",
		                misnomer->text, addresses);
}

void tell_misnomers(struct reader *reader)
{
	struct misnomer *first = NULL;

	/* The last one came first. */
	for (struct misnomer *at = reader->misnomers, *next; at; at = next) {
		next = at->next;
		at->next = first;
		first = at;
	}
	for (const struct misnomer *at = first; at; at = at->next)
		tell_misnomer(reader, at);
}
