#include "internal.h"

#include "parser/arena.h"
#include "parser/kinds.h"

static const char *describe_change(const struct plan *plan, const struct field *field,
                                   const struct value *have, const struct value *want)
{
	return arena_printf(plan->arena, "%s: %s → %s", field->key,
	                    have->presence ? value_print(plan->arena, field, have) : "none",
	                    want->presence ? value_print(plan->arena, field, want) : "none");
}

static void compare_kinds(const struct plan *plan, struct item *item)
{
	item->action = ACTION_REPLACE;
	item->reason = arena_printf(plan->arena, "a %s becomes a %s", item->have->kind->name,
	                            item->want->kind->name);
}

static void compare(const struct plan *plan, struct item *item)
{
	const struct kind *kind = item->want->kind;

	if (kind != item->have->kind) {
		compare_kinds(plan, item);
		return;
	}
	for (size_t i = 0; i < kind_field_count(kind); i++) {
		const struct field *field = kind_field(kind, i);
		const struct value *want = object_value(item->want, i);
		const struct value *have = object_value(item->have, i);

		if (field->flags & FIELD_IGNORED || !value_compare(field, want, have))
			continue;
		item->changed |= UINT64_C(1) << i;
		if (item->action != ACTION_REPLACE)
			item->action =
			        field->flags & FIELD_REPLACE ? ACTION_REPLACE : ACTION_CHANGE;
		if (field->flags & FIELD_REPLACE && !item->reason)
			item->reason = describe_change(plan, field, have, want);
	}
}

/*
 * What stands in the kernel under the identity of something declared and does not carry our mark:
 * an address or route that is as it should be is taken for ours, and so is what a hand left in a
 * namespace of ours; anything else is somebody's.
 */
static bool takes_over(const struct item *item)
{
	const struct class *class = item->want->kind->class;

	if (class == &link_class || class == &namespace_class)
		return false;
	return item->action == ACTION_NONE || item->have->adoptable;
}

static void in_the_way(const struct plan *plan, const struct item *item,
                       struct diagnostics *diagnostics)
{
	const struct object *have = item->have;
	const char *name = object_print(plan->arena, have);

	if (have->maker) {
		diagnose(diagnostics, SEVERITY_ERROR, item->want->span,
		         "%s belongs to another topology, '%s'", name, have->maker);
		diagnostic_hint(diagnostics, "use another name, or first: topoc destroy %s",
		                have->maker);
		return;
	}
	diagnose(diagnostics, SEVERITY_ERROR, item->want->span,
	         "%s is there already and is not topoc's", name);
	diagnostic_hint(diagnostics, "use another name, or remove it if nobody needs it");
}

/*
 * Rolling back, what was foreign before is foreign still: what is there is somebody's business, and
 * what is not can be made anew only where it hung on something of ours.
 */
static bool is_bystander(const struct item *item)
{
	const struct class *class = item->want->kind->class;

	return item->want->foreign &&
	       (item->have || class == &link_class || class == &namespace_class);
}

static void pair(struct plan *plan, struct item *item, struct diagnostics *diagnostics)
{
	const struct object *owner = item->want->owner;

	/* Who is not there has nothing either; of both graphs an owner comes first. */
	if (!owner || plan_item(plan, owner)->have)
		item->have = graph_find(plan->have, item->want->path);
	if (item->have)
		plan->by_have[item->have->order] = item;
	if (is_bystander(item))
		return;
	if (!item->have) {
		item->action = ACTION_CREATE;
		return;
	}
	compare(plan, item);
	if (item->have->foreign && !takes_over(item))
		in_the_way(plan, item, diagnostics);
}

void plan_compare(struct plan *plan, struct diagnostics *diagnostics)
{
	for (size_t i = 0; i < plan->want->count; i++) {
		struct item *item = &plan->items[plan->count++];

		item->want = plan->want->objects[i];
		pair(plan, item, diagnostics);
	}
	for (size_t i = 0; i < plan->have->count; i++) {
		struct object *have = plan->have->objects[i];
		struct item *item;

		if (plan->by_have[have->order])
			continue;
		item = &plan->items[plan->count++];
		item->have = have;
		item->action = have->foreign ? ACTION_NONE : ACTION_DESTROY;
		plan->by_have[have->order] = item;
	}
}
