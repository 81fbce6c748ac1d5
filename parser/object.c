/* An object of a graph: its values, whose it is, what it is called. */
#include "arena.h"
#include "graph.h"
#include "kinds.h"

#include <string.h>

static const struct value absent = {.presence = ABSENT, .shared = true};

struct value *object_set(struct arena *arena, struct object *object, size_t field)
{
	const struct value *value = object_value(object, field);
	struct value *own;

	if (!value->shared)
		return (struct value *)value;
	own = arena_alloc(arena, sizeof *own);
	*own = *value;
	own->shared = false;
	own->span = object->span;
	object->values[field] = own;
	return own;
}

void object_unset(struct object *object, size_t field)
{
	object->values[field] = &absent;
}

void object_copy_values(struct arena *arena, struct object *object, const struct object *from)
{
	for (size_t i = 0; i < kind_field_count(object->kind); i++) {
		object->values[i] = from->values[i];
		if (object->values[i]->shared)
			continue;
		object_unset(object, i);
		*object_set(arena, object, i) = *object_value(from, i);
	}
}

struct object *object_peer(const struct graph *graph, const struct object *object)
{
	const struct kind *kind = object->kind;

	(void)graph;
	/* What all kinds of a class have is no peer. */
	for (size_t i = 0; i < kind->field_count; i++) {
		size_t field = kind->class->field_count + i;

		if (kind->fields[i].flags & FIELD_PEER && object_has(object, field))
			return object_value(object, field)->target;
	}
	return NULL;
}

struct object *object_namespace(const struct object *object)
{
	while (object->owner)
		object = object->owner;
	return (struct object *)object;
}

bool object_is_host(const struct object *object)
{
	return !object->owner && !strcmp(object->name, HOST);
}

const char *device_full_name(struct arena *arena, const struct object *space, const char *name)
{
	if (object_is_host(space))
		return arena_copy(arena, name, strlen(name));
	return arena_join(arena, space->name, ":", name, NULL);
}

const char *object_title(struct arena *arena, const struct object *object)
{
	const struct class *class = object->kind->class;

	if (class == &link_class)
		return strchr(object->path, ' ') + 1;
	return class->title ? class->title(arena, object) : object->name;
}

const char *object_print(struct arena *arena, const struct object *object)
{
	const char *kind = object->kind->name, *title = object_title(arena, object);

	if (!object->owner || object->kind->class == &link_class)
		return arena_join(arena, kind, " ", title, NULL);
	if (object->owner->owner)
		return arena_join(arena, kind, " ", title, " on ",
		                  object_title(arena, object->owner), NULL);
	return arena_join(arena, kind, " ", title, " in ", object->owner->name, NULL);
}
