/* Devices that are named: are they declared? */
#include "arena.h"
#include "kinds.h"
#include "topology.h"

#include <string.h>

/* Where the interfaces of an object's namespace are known from: the file, and in the host also
 * live. */
struct known {
	const struct graph *graph, *live;
};

/* Whether there is a device of that very name elsewhere, which is then told. */
static bool tell_elsewhere(const struct graph *graph, const struct field *field, const char *name,
                           struct diagnostics *diagnostics)
{
	for (size_t i = 0; i < graph->count; i++) {
		const struct object *at = graph->objects[i];

		if (at->kind->class != &link_class || at->kind->with_owner ||
		    strcmp(at->name, name) != 0)
			continue;
		diagnostic_hint(diagnostics, "'%s' takes a device of the same namespace",
		                field->key);
		diagnostic_note(diagnostics, at->span, "'%s' is in another one, '%s'",
		                object_title(graph->arena, at), at->owner->name);
		return true;
	}
	return false;
}

/* The interface of a namespace whose name is nearest. */
static const struct object *near_device(const struct graph *graph, const struct object *space,
                                        const char *name)
{
	const char **names = arena_alloc(graph->arena, (graph->count + 1) * sizeof *names), *near;
	const struct object *at;
	size_t count = 0;

	for (at = space->first_owned; at; at = at->next_owned) {
		if (at->kind->class == &link_class)
			names[count++] = at->name;
	}
	near = nearest(name, names, count);
	for (at = near ? space->first_owned : NULL; at; at = at->next_owned) {
		if (at->kind->class == &link_class && !strcmp(at->name, near))
			return at;
	}
	return NULL;
}

/* The nearest one that the file declares, else in the host the nearest that is there. */
static const struct object *near_known(const struct known *known, const struct object *object,
                                       const char *name)
{
	const struct object *space = object_namespace(object);
	const struct object *near = near_device(known->graph, space, name);

	return near || !known->live ? near : near_device(known->live, known->live->host, name);
}

static void undeclared(const struct known *known, const struct object *object,
                       const struct field *field, const struct value *value,
                       struct diagnostics *diagnostics)
{
	const struct object *space = object_namespace(object), *near;
	const char *name = strchr(value->text, ':');

	name = name ? name + 1 : value->text;
	if (graph_lacks(known->graph, &link_class, space, name))
		return;
	diagnose(diagnostics, SEVERITY_ERROR, value->span, "no interface '%s' in namespace '%s'",
	         name, space->name);
	if (!diagnostic_wants_hint(diagnostics))
		return;
	/* Interfaces of one name are in most namespaces; a bridge's name is seldom there twice. */
	if (field->flags & FIELD_MASTER && tell_elsewhere(known->graph, field, name, diagnostics))
		return;
	near = near_known(known, object, name);
	if (!near) {
		tell_elsewhere(known->graph, field, name, diagnostics);
		return;
	}
	diagnostic_hint(diagnostics, "did you mean '%s'?", near->name);
	diagnostic_note(diagnostics, near->span,
	                near->span.line ? "'%s' is declared here" : "'%s' is in the host",
	                object_title(known->graph->arena, near));
}

static bool is_known(const struct known *known, const struct value *value)
{
	return value->target || (known->live && graph_device(known->live, value->text));
}

static void check_value(const struct known *known, const struct object *object,
                        const struct field *field, const struct value *value,
                        struct diagnostics *diagnostics)
{
	if (!field_refers(field) || value->presence != GIVEN)
		return;
	if (field->type == TYPE_DEVICE && !is_known(known, value))
		undeclared(known, object, field, value, diagnostics);
	for (size_t i = 0; field->type == TYPE_LIST && i < value->list.count * field->element_count;
	     i++)
		check_value(known, object, &field->element[i % field->element_count],
		            &value->list.values[i], diagnostics);
}

/* Notes on the host's devices that `value` refers to. */
static void note_value(const struct graph *graph, const struct field *field,
                       const struct value *value, struct diagnostics *diagnostics)
{
	const struct object *near;

	if (!field_refers(field) || value->presence != GIVEN)
		return;
	for (size_t i = 0; field->type == TYPE_LIST && i < value->list.count * field->element_count;
	     i++)
		note_value(graph, &field->element[i % field->element_count], &value->list.values[i],
		           diagnostics);
	if (field->type != TYPE_DEVICE || value->target)
		return;
	diagnose(diagnostics, SEVERITY_NOTE, value->span,
	         "'%s' is not declared: a plan looks for it in the host", value->text);
	near = diagnostic_wants_hint(diagnostics) ? near_device(graph, graph->host, value->text)
	                                          : NULL;
	if (near)
		diagnostic_hint(diagnostics, "did you mean '%s'?", near->name);
}

void references_note(const struct graph *graph, struct diagnostics *diagnostics)
{
	for (size_t i = 0; i < graph->count && !graph->damaged; i++) {
		const struct object *object = graph->objects[i];

		if (!object_is_host(object_namespace(object)))
			continue;
		for (size_t f = 0; f < kind_field_count(object->kind); f++)
			note_value(graph, kind_field(object->kind, f), object_value(object, f),
			           diagnostics);
	}
}

void references_check(const struct graph *graph, const struct graph *live,
                      struct diagnostics *diagnostics)
{
	struct known known = {graph, live};

	for (size_t i = 0; i < graph->count; i++) {
		const struct object *object = graph->objects[i];

		/* The host has devices that the file does not know: they are looked for later. */
		if (object_is_host(object_namespace(object)) != (live != NULL))
			continue;
		for (size_t f = 0; f < kind_field_count(object->kind); f++)
			if (object_value(object, f)->presence == GIVEN)
				check_value(&known, object, kind_field(object->kind, f),
				            object_value(object, f), diagnostics);
	}
}
