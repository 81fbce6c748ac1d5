#include "plan.h"

#include "internal.h"
#include "parser/arena.h"
#include "parser/kinds.h"

/* The second end of a cable is counted with the first, where the same is done to both. */
static bool is_counted(const struct plan *plan, const struct item *item)
{
	const struct graph *graph = item->want ? plan->want : plan->have;
	const struct object *object = item->want ? item->want : item->have;
	const struct object *peer = object_peer(graph, object);

	if (object->kind->with_owner && item->action != ACTION_CHANGE)
		return false;
	return !peer || peer->order > object->order ||
	       plan_item(plan, peer)->action != item->action || item->action == ACTION_CHANGE;
}

static void count(struct plan *plan)
{
	for (size_t i = 0; i < plan->count; i++) {
		const struct item *item = &plan->items[i];

		if (item->action == ACTION_NONE || !is_counted(plan, item))
			continue;
		plan->created += item->action == ACTION_CREATE || item->action == ACTION_REPLACE;
		plan->destroyed += item->action == ACTION_DESTROY || item->action == ACTION_REPLACE;
		plan->changed += item->action == ACTION_CHANGE;
	}
}

struct plan *plan_make(struct arena *arena, const struct graph *want, const struct graph *have,
                       struct diagnostics *diagnostics)
{
	struct plan *plan = arena_alloc(arena, sizeof *plan);
	size_t errors = diagnostics_count(diagnostics, SEVERITY_ERROR);

	plan->arena = arena;
	plan->want = want;
	plan->have = have;
	plan->items = arena_alloc(arena, (want->count + have->count) * sizeof *plan->items);
	plan->by_have = arena_alloc(arena, have->count * sizeof *plan->by_have);
	plan_compare(plan, diagnostics);
	if (diagnostics_count(diagnostics, SEVERITY_ERROR) > errors)
		return NULL;
	plan_consequences(plan);
	count(plan);
	return plan_order(plan, diagnostics) ? plan : NULL;
}
