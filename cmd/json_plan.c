/* Plans: what planner/print.c tells people. */
#include "json.h"

#include "parser/arena.h"

#include <assert.h>

static const char *const actions[] = {
        [ACTION_CREATE] = "create",
        [ACTION_CHANGE] = "change",
        [ACTION_REPLACE] = "replace",
        [ACTION_DESTROY] = "destroy",
};

/* What is wanted, and what only the kernel has. */
struct views {
	struct json_view want, have;
};

static void put_item(json_t *json, const struct views *views, const struct item *item)
{
	json_put_object(json, item->want ? &views->want : &views->have,
	                item->want ? item->want : item->have);
	if (item->reason)
		json_put(json, "reason", json_of_text(item->reason));
}

static json_t *of_changes(struct arena *arena, const struct item *item)
{
	json_t *changes = json_object();

	assert(item->want && item->have);
	for (size_t i = 0; i < kind_field_count(item->want->kind); i++) {
		const struct field *field = kind_field(item->want->kind, i);
		json_t *change;

		if (!(item->changed >> i & 1))
			continue;
		change = json_object();
		json_put(change, "from", json_of_value(arena, field, object_value(item->have, i)));
		json_put(change, "to", json_of_value(arena, field, object_value(item->want, i)));
		json_put(changes, field->key, change);
	}
	return changes;
}

static json_t *of_actions(const struct plan *plan, const struct views *views)
{
	json_t *list = json_array();

	for (size_t i = 0; i < plan->count; i++) {
		const struct item *item = &plan->items[i];
		const struct object *object = item->want ? item->want : item->have;
		json_t *json;

		if (item->action == ACTION_NONE ||
		    (object->kind->with_owner && item->action != ACTION_CHANGE))
			continue;
		json = json_object();
		json_put(json, "action", json_string(actions[item->action]));
		put_item(json, views, item);
		if (item->changed)
			json_put(json, "changes", of_changes(plan->arena, item));
		json_add(list, json);
	}
	return list;
}

static json_t *of_noted(const struct plan *plan, const struct views *views, bool lost)
{
	json_t *list = json_array();

	for (size_t i = 0; i < plan->count; i++) {
		json_t *json;

		if (!item_is_noted(&plan->items[i]) || plan->items[i].lost != lost)
			continue;
		json = json_object();
		put_item(json, views, &plan->items[i]);
		json_add(list, json);
	}
	return list;
}

void json_put_plan(json_t *object, const struct plan *plan, const char *file,
                   const struct graph *applied, const char *applied_file)
{
	struct views views = {
	        .want = {plan->want, plan->want, file, NULL},
	        .have = {plan->have, applied, applied_file, NULL},
	};
	json_t *summary = json_object();

	json_put(summary, "create", json_integer((json_int_t)plan->created));
	json_put(summary, "change", json_integer((json_int_t)plan->changed));
	json_put(summary, "destroy", json_integer((json_int_t)plan->destroyed));
	json_put(object, "actions", of_actions(plan, &views));
	json_put(object, "foreign", of_noted(plan, &views, false));
	json_put(object, "lost", of_noted(plan, &views, true));
	json_put(object, "summary", summary);
}
