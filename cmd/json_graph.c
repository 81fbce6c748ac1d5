/* Objects and their values, from the field tables. */
#include "json.h"

#include "parser/arena.h"
#include "parser/kinds.h"

bool field_is_told(const struct field *field, bool foreign)
{
	return !(field->flags & FIELD_HIDDEN) || (foreign && field->flags & FIELD_IGNORED);
}

/* What was written, or told by the kernel. */
static void put_value(json_t *object, struct arena *arena, const struct field *field,
                      const struct value *value, bool foreign)
{
	if (value->presence == GIVEN && field_is_told(field, foreign))
		json_put(object, field->key, json_of_value(arena, field, value));
}

static json_t *of_list(struct arena *arena, const struct field *field, const struct list *list)
{
	json_t *rows = json_array();

	for (size_t row = 0; row < list->count; row++) {
		json_t *object = json_object();

		for (size_t i = 0; i < field->element_count; i++)
			put_value(object, arena, &field->element[i],
			          &list->values[row * field->element_count + i], false);
		json_add(rows, object);
	}
	return rows;
}

static bool has_word(const struct field *field, int64_t number)
{
	const struct choice *choice = field->choices;

	while (choice && choice->word && choice->number != number)
		choice++;
	return choice && choice->word;
}

json_t *json_of_value(struct arena *arena, const struct field *field, const struct value *value)
{
	if (!value->presence)
		return json_null();
	switch (field->type) {
	case TYPE_BOOL:
		return json_boolean(value->number);
	case TYPE_NUMBER:
	case TYPE_CHOICE:
		if (!has_word(field, value->number))
			return json_integer(value->number);
		break;
	case TYPE_LIST:
		return of_list(arena, field, &value->list);
	default:
		break;
	}
	return json_of_text(value_print(arena, field, value));
}

static void put_place(json_t *object, const struct json_view *view, const char *path)
{
	const struct object *declared = view->declared ? graph_find(view->declared, path) : NULL;

	if (!declared || !declared->span.line)
		return;
	json_put(object, "file", json_of_text(view->file));
	json_put(object, "line", json_integer(declared->span.line));
	json_put(object, "column", json_integer(declared->span.column));
}

static json_t *of_attributes(const struct json_view *view, const struct object *object)
{
	json_t *attributes = json_object();

	for (size_t i = 0; i < kind_field_count(object->kind); i++)
		put_value(attributes, view->graph->arena, kind_field(object->kind, i),
		          object_value(object, i), object->foreign);
	return attributes;
}

void json_put_object(json_t *json, const struct json_view *view, const struct object *object)
{
	struct arena *arena = view->graph->arena;
	const struct object *peer = object_peer(view->graph, object);
	const struct object *owner = object->owner;

	json_put(json, "kind", json_string(object->kind->name));
	json_put(json, "class", json_string(object->kind->class->name));
	json_put(json, "name", json_of_text(object_title(arena, object)));
	if (owner)
		json_put(json, "namespace", json_of_text(object_namespace(object)->name));
	if (owner && owner->owner)
		json_put(json, "device", json_of_text(object_title(arena, owner)));
	if (peer)
		json_put(json, "peer", json_of_text(object_title(arena, peer)));
	if (object->foreign)
		json_put(json, "foreign", json_true());
	put_place(json, view, object->path);
	json_put(json, "attributes", of_attributes(view, object));
}

static json_t *of_tree(const struct json_view *view, const struct object *object)
{
	json_t *json = json_object(), *owned = json_array();

	json_put_object(json, view, object);
	for (const struct object *at = object->first_owned; at; at = at->next_owned) {
		if (!view->shows || view->shows(at))
			json_add(owned, of_tree(view, at));
	}
	json_put(json, "objects", owned);
	return json;
}

json_t *json_of_graph(const struct json_view *view)
{
	json_t *list = json_array();

	for (size_t i = 0; i < view->graph->count; i++) {
		const struct object *object = view->graph->objects[i];

		if (!object->owner && (!view->shows || view->shows(object)))
			json_add(list, of_tree(view, object));
	}
	return list;
}

json_t *json_of_counts(const struct graph *graph)
{
	json_t *counts = json_object();

	for (const struct kind *const *kind = kinds; *kind; kind++) {
		if (!(*kind)->with_owner)
			json_put(counts, (*kind)->name,
			         json_integer((json_int_t)graph_count_kind(graph, *kind)));
	}
	return counts;
}
