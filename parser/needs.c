#include "needs.h"

#include "arena.h"

void needs_add(struct needs *needs, struct object *target, enum milestone mine,
               enum milestone theirs, enum bond bond)
{
	if (needs->count == needs->capacity) {
		needs->capacity = needs->capacity ? needs->capacity * 2 : 16;
		needs->list = arena_grow(needs->arena, needs->list, needs->count, needs->capacity,
		                         sizeof *needs->list);
	}
	needs->list[needs->count++] = (struct need){target, mine, theirs, bond};
}

static void reference_needs(const struct graph *graph, const struct field *field,
                            const struct value *value, struct needs *needs)
{
	struct object *target = graph_device(graph, value->text);

	if (!target)
		return;
	if (field->flags & FIELD_MASTER)
		needs_add(needs, target, UP, MADE, BOND_NONE);
	if (field->flags & FIELD_LOWER) {
		needs_add(needs, target, MADE, MADE, BOND_EXISTENCE);
		needs_add(needs, target, UP, UP, BOND_NONE);
	}
	if (field->flags & FIELD_PEER)
		needs_add(needs, target, UP, MADE, BOND_EXISTENCE);
}

/*
 * A master comes up when its ports have, and what is at the other ends of them: one flood of multicast
 * instead of one a port.
 */
static void port_needs(const struct graph *graph, struct object *port, struct needs *needs)
{
	struct object *far = object_peer(graph, port);

	needs_add(needs, port, UP, UP, BOND_NONE);
	if (far)
		needs_add(needs, far, UP, UP, BOND_NONE);
}

void object_needs(const struct graph *graph, const struct object *object, struct needs *needs)
{
	const struct kind *kind = object->kind;

	needs->count = 0;
	if (object->owner)
		needs_add(needs, object->owner, MADE, MADE, BOND_EXISTENCE);
	for (size_t i = 0; i < kind_field_count(kind); i++) {
		const struct field *field = kind_field(kind, i);

		if (field->type == TYPE_DEVICE && object_has(object, i))
			reference_needs(graph, field, &object->values[i], needs);
	}
	for (struct object *port = object->first_port; port; port = port->next_port)
		port_needs(graph, port, needs);
	if (kind->class->needs)
		kind->class->needs(graph, object, needs);
}
