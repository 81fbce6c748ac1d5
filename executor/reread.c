/*
 * Has the kernel become what a plan wanted? Where a plan touches one namespace among thousands,
 * only that one is read again and compared; what was read before the plan stands for the rest.
 */
#include "observe.h"

#include "parser/arena.h"
#include "parser/kinds.h"

#include <string.h>

/* Which namespaces, by the place of their items. */
struct scope {
	const struct plan *plan;
	bool *touched; /* which the plan may have changed */
	bool *near;    /* and in which the other end of a cable out of those is */
};

static size_t place_of(const struct scope *scope, const struct object *object)
{
	return (size_t)(plan_item(scope->plan, object_namespace(object)) - scope->plan->items);
}

static bool is_touched(const struct scope *scope, const struct object *object)
{
	return object && scope->touched[place_of(scope, object)];
}

static bool has_step(const struct item *item)
{
	return item->action != ACTION_NONE || item->lost || item->kill || item->make || item->set;
}

static bool is_link(const struct object *object)
{
	return object && object->kind->class == &link_class;
}

/*
 * What no namespace has to itself: names of namespaces, and sysctls of the host, of which some are the
 * same everywhere.
 */
static bool touches_all(const struct plan *plan)
{
	for (size_t i = 0; i < plan->count; i++) {
		const struct item *item = &plan->items[i];
		const struct object *object = item->want ? item->want : item->have;

		if (has_step(item) && (!object->owner || (object->kind == &sysctl_kind &&
		                                          object_is_host(object->owner))))
			return true;
	}
	return false;
}

/* The ends of a cable have their carrier, and their end, in common. */
static void touch(const struct scope *scope, const struct graph *graph, const struct object *object)
{
	const struct object *peer = is_link(object) ? object_peer(graph, object) : NULL;

	if (object)
		scope->touched[place_of(scope, object)] = true;
	if (peer)
		scope->touched[place_of(scope, peer)] = true;
}

/* A device may hang on another one in another namespace, and which that is only the kernel knows. */
static void touch_loose(const struct scope *scope)
{
	const struct graph *have = scope->plan->have;

	for (size_t i = 0; i < have->count; i++) {
		const struct object *object = have->objects[i];

		if (object->elsewhere && !object_peer(have, object))
			touch(scope, have, object);
	}
}

static void find_near(const struct scope *scope, const struct graph *graph)
{
	for (size_t i = 0; i < graph->count; i++) {
		const struct object *object = graph->objects[i];

		if (is_link(object) && is_touched(scope, object_peer(graph, object)))
			scope->near[place_of(scope, object)] = true;
	}
}

static struct scope find_scope(struct arena *arena, const struct plan *plan)
{
	struct scope scope = {plan, arena_alloc(arena, plan->count * sizeof *scope.touched),
	                      arena_alloc(arena, plan->count * sizeof *scope.near)};
	bool any_link = false;

	for (size_t i = 0; i < plan->count; i++) {
		const struct item *item = &plan->items[i];

		if (!has_step(item))
			continue;
		touch(&scope, plan->want, item->want);
		touch(&scope, plan->have, item->have);
		any_link |= is_link(item->want ? item->want : item->have);
	}
	if (any_link)
		touch_loose(&scope);
	find_near(&scope, plan->want);
	find_near(&scope, plan->have);
	return scope;
}

/* Of a namespace that is near, only those other ends. */
static bool is_in(const struct scope *scope, const struct graph *graph, const struct object *object)
{
	if (!object->owner)
		return is_touched(scope, object) || scope->near[place_of(scope, object)];
	return is_touched(scope, object) ||
	       (is_link(object) && is_touched(scope, object_peer(graph, object)));
}

static struct object *copy(struct graph *graph, const struct object *old)
{
	struct object *owner = old->owner ? graph_find(graph, old->owner->path) : NULL;
	struct object *new = graph_find(graph, old->path); /* the host, which every graph has */

	if (!new) {
		new = graph_add(graph, old->kind, owner, old->span);
		graph_name(graph, new, old->name);
	}
	object_copy_values(graph->arena, new, old);
	new->index = old->index;
	new->elsewhere = old->elsewhere;
	new->other = old->other;
	new->foreign = old->foreign;
	new->maker = old->maker;
	new->adoptable = old->adoptable;
	return new;
}

static struct graph *want_part(struct kernel *kernel, const struct scope *scope)
{
	struct graph *part = graph_new(kernel->arena, kernel->topology);
	const struct graph *want = scope->plan->want;

	for (size_t i = 0; i < want->count; i++) {
		if (is_in(scope, want, want->objects[i]))
			copy(part, want->objects[i]);
	}
	graph_complete(part);
	return part;
}

static int read_space(struct kernel *kernel, const struct plan *plan, struct graph *part,
                      struct object *space)
{
	int error = kernel_enter(kernel_space(kernel, space));

	return error ? error : observe_own_space(kernel, part, plan->want, space);
}

/* NULL where it cannot be read. */
static struct graph *have_part(struct kernel *kernel, const struct scope *scope)
{
	struct graph *part = graph_new(kernel->arena, kernel->topology);
	const struct graph *have = scope->plan->have;
	int error = 0, left;

	part->observed = true;
	for (size_t i = 0; i < have->count && !error; i++) {
		const struct object *object = have->objects[i];
		bool touched = is_touched(scope, object);
		struct object *new;

		if (!is_in(scope, have, object) || (object->owner && touched))
			continue;
		new = copy(part, object);
		if (touched)
			error = read_space(kernel, scope->plan, part, new);
	}
	left = kernel_leave(kernel);
	if (error || left)
		return NULL;
	observe_finish(kernel, part);
	return part;
}

bool observe_agrees(struct kernel *kernel, const struct plan *plan)
{
	struct diagnostics *ignored = diagnostics_new(kernel->arena, NULL);
	const struct graph *have;
	const struct plan *rest;
	struct scope scope;

	if (touches_all(plan))
		return false;
	scope = find_scope(kernel->arena, plan);
	have = have_part(kernel, &scope);
	rest = have ? plan_make(kernel->arena, want_part(kernel, &scope), have, ignored) : NULL;
	return rest && plan_is_empty(rest);
}
