#include "needs.h"

#include "arena.h"
#include "kinds.h"

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

/* What an object is a port of, or NULL. */
static struct object *master_of(const struct object *object)
{
	for (size_t i = 0; i < kind_field_count(object->kind); i++) {
		if (kind_field(object->kind, i)->flags & FIELD_MASTER && object_has(object, i))
			return object_value(object, i)->target;
	}
	return NULL;
}

/*
 * A port comes up when the other end of its cable has: with a carrier, since without one the kernel
 * searches all routes of the namespace for the device's (net/ipv6/addrconf.c, addrconf_notify()).
 */
static void port_needs(const struct graph *graph, const struct object *port, struct object *master,
                       struct needs *needs)
{
	struct object *far = object_peer(graph, port);

	needs_add(needs, master, UP, MADE, BOND_NONE);
	if (far && !master_of(far))
		needs_add(needs, far, UP, UP, BOND_NONE);
}

static void reference_needs(const struct graph *graph, const struct object *object,
                            const struct field *field, struct object *target, struct needs *needs)
{
	if (!target)
		return;
	if (field->flags & FIELD_MASTER)
		port_needs(graph, object, target, needs);
	if (field->flags & FIELD_LOWER) {
		needs_add(needs, target, MADE, MADE, BOND_EXISTENCE);
		needs_add(needs, target, UP, UP, BOND_NONE);
	}
	if (field->flags & FIELD_PEER)
		needs_add(needs, target, UP, MADE, BOND_EXISTENCE);
}

/* How many ports of a master lead to another one. */
static size_t count_trunks(const struct graph *graph, const struct object *master)
{
	size_t count = 0;

	for (const struct object *port = master->first_port; port; port = port->next_port) {
		const struct object *far = object_peer(graph, port);

		count += far && master_of(far);
	}
	return count;
}

/*
 * Of two that are joined, the one at the edge: what its hosts say goes no further than to itself
 * then.
 */
static bool comes_up_before(const struct graph *graph, const struct object *a,
                            const struct object *b)
{
	size_t trunks_a = count_trunks(graph, a), trunks_b = count_trunks(graph, b);

	return trunks_a != trunks_b ? trunks_a < trunks_b : a->order < b->order;
}

/*
 * A master comes up when its ports have: one flood of multicast instead of one a port. What joins
 * others comes up after them.
 */
static void master_needs(const struct graph *graph, const struct object *master,
                         struct needs *needs)
{
	for (struct object *port = master->first_port; port; port = port->next_port) {
		struct object *far = object_peer(graph, port), *other = far ? master_of(far) : NULL;

		needs_add(needs, port, UP, UP, BOND_NONE);
		if (far)
			needs_add(needs, far, UP, UP, BOND_NONE);
		if (other && other != master && comes_up_before(graph, other, master))
			needs_add(needs, other, UP, UP, BOND_NONE);
	}
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
			reference_needs(graph, object, field, object_value(object, i)->target,
			                needs);
	}
	if (kind->class == &link_class)
		master_needs(graph, object, needs);
	if (kind->class->needs)
		kind->class->needs(graph, object, needs);
}
