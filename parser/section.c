/* The objects under a key: by the shape of their kind. */
#include "section.h"

#include "arena.h"
#include "kinds.h"
#include "mistakes.h"

#include <string.h>

/* Whether what must be written is there; `failures`: how many there were before it was read. */
static bool is_whole(struct reader *reader, const struct object *object, size_t failures)
{
	for (size_t i = 0; i < kind_field_count(object->kind); i++) {
		const struct field *field = kind_field(object->kind, i);

		if (!(field->flags & FIELD_REQUIRED) || object_has(object, i))
			continue;
		if (failures == reader->failures) {
			diagnose(reader->diagnostics, SEVERITY_ERROR, object->span,
			         "%s %s needs '%s'", article(object->kind->name),
			         object->kind->name, field->key);
			diagnostic_hint(reader->diagnostics, "%s: %s", field->key, field->doc);
		}
		return false;
	}
	return true;
}

static void read_named(struct reader *reader, const struct kind *kind, const struct node *name,
                       const struct node *attributes)
{
	size_t failures = reader->failures;
	struct object *object;

	if (name->told) {
		graph_lose(reader->graph, kind->class, NULL, NULL);
		return;
	}
	if (name->type != NODE_SCALAR) {
		expected(reader, name->span, kind->key, "a list of names",
		         "with attributes, a mapping: without the `-`");
		graph_lose(reader->graph, kind->class, NULL, NULL);
		return;
	}
	object = kind == &namespace_kind ? graph_namespace(reader->graph, name->text)
	                                 : declare_device(reader, kind, name);
	if (object && attributes)
		read_attributes(reader, object, attributes);
	if (object)
		is_whole(reader, object, failures);
}

static void read_shorthand(struct reader *reader, struct object *object, const struct node *node)
{
	for (size_t i = 0; i < kind_field_count(object->kind); i++) {
		const struct field *field = kind_field(object->kind, i);

		if (!(field->flags & FIELD_SHORTHAND))
			continue;
		read_value(reader, object, field, node, object_set(reader->arena, object, i));
		return;
	}
	reader->failures++;
	mistaken_attributes(reader, object->kind, node);
}

/*
 * Names an item after what it says. What is incomplete or wrong is no object, and neither is what
 * is there of itself (127.0.0.1 on lo).
 */
static void identify(struct reader *reader, struct object *object, size_t failures)
{
	size_t errors = diagnostics_count(reader->diagnostics, SEVERITY_ERROR);
	bool whole = is_whole(reader, object, failures);
	const char *name = NULL;

	if (whole)
		name = object->kind->class->identify(reader->graph, object, reader->diagnostics);
	whole &= failures == reader->failures &&
	         errors == diagnostics_count(reader->diagnostics, SEVERITY_ERROR);
	if (name && whole)
		name_object(reader, object, name);
	else
		reader->graph->count--; /* the last one, without a name */
	if (!whole)
		graph_lose(reader->graph, object->kind->class, object_namespace(object), NULL);
}

static void read_item(struct reader *reader, const struct kind *kind, struct object *owner,
                      const struct node *node)
{
	size_t failures = reader->failures;
	struct object *object;

	if (node->told || (node->type != NODE_SCALAR && mistaken_scalar(reader, node))) {
		graph_lose(reader->graph, kind->class, object_namespace(owner), NULL);
		return;
	}
	object = graph_add(reader->graph, kind, owner, node->span);
	if (node->type == NODE_SCALAR && !node_is_empty(node))
		read_shorthand(reader, object, node);
	else
		read_attributes(reader, object, node);
	identify(reader, object, failures);
}

static void read_setting(struct reader *reader, const struct kind *kind, struct object *owner,
                         const struct entry *entry)
{
	struct object *object = graph_add(reader->graph, kind, owner, entry->key->span);
	size_t failures = reader->failures;

	object->name = entry->key->text;
	if (entry->value->told) {
		reader->failures++;
	} else if (node_is_empty(entry->value)) {
		diagnose(reader->diagnostics, SEVERITY_ERROR, entry->value->span,
		         "'%s' has no value", entry->key->text);
		reader->failures++;
	} else if (entry->value->type == NODE_SCALAR) {
		read_shorthand(reader, object, entry->value);
	} else {
		expected(reader, entry->value->span, entry->key->text, "a single value",
		         "write the whole name, such as net.ipv4.tcp_sack: 1");
		reader->failures++;
	}
	identify(reader, object, failures);
}

static void read_self(struct reader *reader, const struct kind *kind, struct object *owner,
                      const struct entry *entry)
{
	for (struct object *at = owner->first_owned; at; at = at->next_owned) {
		if (at->kind != kind)
			continue;
		at->span = entry->key->span;
		read_attributes(reader, at, entry->value);
		return;
	}
	diagnose(reader->diagnostics, SEVERITY_ERROR, entry->key->span,
	         "'%s' of this namespace is not topoc's to set", kind->key);
}

/* What a shape looks like, for who wrote something else. */
static const struct form {
	const char *form, *hint;
	enum node_type type, other; /* of nodes that have this shape */
} forms[] = {
        [SHAPE_NAMES] = {"a mapping of names, or a list of them", "such as [a, b]", NODE_MAPPING,
                         NODE_LIST},
        [SHAPE_PAIRS] = {"a list", "put `- ` before each cable", NODE_LIST, NODE_LIST},
        [SHAPE_ITEMS] = {"a list", "put `- ` before each", NODE_LIST, NODE_LIST},
        [SHAPE_VALUES] = {"a mapping of names to values", "write NAME: VALUE, without `-` and `=`",
                          NODE_MAPPING, NODE_MAPPING},
        [SHAPE_SELF] = {"a mapping of attributes", NULL, NODE_MAPPING, NODE_MAPPING},
};

/* A `-` without a blank behind it is no item, but the beginning of a text. */
static bool is_glued_item(const struct node *node)
{
	const char *text = node->text;

	if (node->type == NODE_MAPPING && node->count)
		text = node->entries[0].key->text;
	return text && text[0] == '-' && text[1] && text[1] != '-';
}

/* Whether an item of a list may be a text. */
static bool has_shorthand(const struct kind *kind)
{
	bool has = false;

	for (size_t i = 0; i < kind->class->field_count; i++)
		has |= kind->class->fields[i].flags & FIELD_SHORTHAND;
	return has && kind->shape == SHAPE_ITEMS;
}

static const char *hint_form(struct reader *reader, const struct kind *kind,
                             const struct node *node)
{
	bool flow = node->at && *node->at == '{';
	bool list = forms[kind->shape].type == NODE_LIST;

	if (list && is_glued_item(node))
		return "a space is missing after `-`";
	if (list && flow)
		return "write [{...}]";
	if (has_shorthand(kind) && node->type == NODE_SCALAR)
		return arena_printf(reader->arena, "write [%s]", node->text);
	return forms[kind->shape].hint;
}

/* Whether a section has the shape of its kind; where not, what is in it is lost. */
static bool fits(struct reader *reader, const struct kind *kind, const struct object *owner,
                 const struct node *node)
{
	const struct form *form = &forms[kind->shape];

	if (node->type == form->type || node->type == form->other)
		return true;
	expected(reader, node->span, kind->key, form->form, hint_form(reader, kind, node));
	graph_lose(reader->graph, kind->class, owner ? object_namespace(owner) : NULL, NULL);
	return false;
}

void read_section(struct reader *reader, const struct kind *kind, struct object *owner,
                  const struct entry *entry)
{
	const struct node *node = entry->value;

	if (node->told)
		graph_lose(reader->graph, kind->class, owner ? object_namespace(owner) : NULL,
		           NULL);
	if (node->told || node_is_empty(node) || !fits(reader, kind, owner, node))
		return;
	if (kind->shape == SHAPE_PAIRS)
		read_pairs(reader, kind, node);
	if (kind->shape == SHAPE_SELF)
		read_self(reader, kind, owner, entry);
	for (size_t i = 0; i < node->count; i++) {
		const struct entry *at = &node->entries[i];

		if (kind->shape == SHAPE_NAMES)
			read_named(reader, kind, at->key ? at->key : at->value,
			           at->key ? at->value : NULL);
		else if (kind->shape == SHAPE_ITEMS)
			read_item(reader, kind, owner, at->value);
		else if (kind->shape == SHAPE_VALUES)
			read_setting(reader, kind, owner, at);
	}
}
