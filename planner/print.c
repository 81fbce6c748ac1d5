#include "print.h"

#include "internal.h"
#include "parser/arena.h"
#include "parser/diagnostic.h"
#include "parser/kinds.h"

#include <string.h>

struct printer {
	const struct plan *plan;
	FILE *file;
	bool colour;
};

static const struct {
	const char *sign, *colour;
} marks[] = {
        [ACTION_CREATE] = {"+", "\033[32m"},
        [ACTION_CHANGE] = {"~", "\033[33m"},
        [ACTION_REPLACE] = {"-/+", "\033[35m"},
        [ACTION_DESTROY] = {"-", "\033[31m"},
};

static const struct object *shown(const struct item *item)
{
	return item->want ? item->want : item->have;
}

/* The second end of a cable stands in the line of the first, where the same is done to both. */
static bool is_second_end(const struct plan *plan, const struct item *item)
{
	const struct object *object = shown(item);
	const struct object *peer = object_peer(item->want ? plan->want : plan->have, object);

	return item->action != ACTION_CHANGE && peer && peer->order < object->order &&
	       plan_item(plan, peer)->action == item->action;
}

static bool is_printed(const struct plan *plan, const struct item *item)
{
	if (item->action == ACTION_NONE || is_second_end(plan, item))
		return false;
	return !shown(item)->kind->with_owner || item->action == ACTION_CHANGE;
}

/* What was written of an object: " via 10.0.0.1 dev eth0". */
static const char *describe_fields(const struct printer *printer, const struct object *object)
{
	const struct kind *kind = object->kind;
	struct arena *arena = printer->plan->arena;
	const char *text = "";

	for (size_t i = 0; i < kind_field_count(kind); i++) {
		const struct field *field = kind_field(kind, i);
		const struct value *value = object_value(object, i);

		if (value->presence != GIVEN ||
		    field->flags & (FIELD_IDENTITY | FIELD_HIDDEN | FIELD_IGNORED) ||
		    (object->kind == &address_kind && i <= ADDRESS_PEER))
			continue;
		text = arena_printf(arena, "%s %s %s", text, field->key,
		                    value_print(arena, field, value));
	}
	return text;
}

static const char *describe_changes(const struct printer *printer, const struct item *item)
{
	struct arena *arena = printer->plan->arena;
	const char *text = "";

	for (size_t i = 0; i < kind_field_count(item->want->kind); i++) {
		const struct field *field = kind_field(item->want->kind, i);
		const struct value *have = object_value(item->have, i);
		const struct value *want = object_value(item->want, i);

		if (!(item->changed >> i & 1))
			continue;
		text = arena_printf(arena, "%s%s %s %s → %s", text, *text ? "," : ":", field->key,
		                    have->presence ? value_print(arena, field, have) : "none",
		                    want->presence ? value_print(arena, field, want) : "none");
	}
	return text;
}

/* The name; in a namespace's own list without the namespace. */
static const char *describe_name(const struct printer *printer, const struct object *object)
{
	struct arena *arena = printer->plan->arena;

	if (object->owner && !object->owner->owner && object->kind->class != &link_class)
		return arena_printf(arena, "%s %s", object->kind->name,
		                    object_title(arena, object));
	return object_print(arena, object);
}

/* A cable with what was written of either end: "veth a:x mtu 9000 -- b:y bridge b:br0". */
static const char *describe(const struct printer *printer, const struct item *item)
{
	const struct object *object = shown(item);
	const struct object *peer =
	        object_peer(item->want ? printer->plan->want : printer->plan->have, object);
	const char *name = describe_name(printer, object);
	bool written = item->action != ACTION_DESTROY;

	if (item->action == ACTION_CHANGE)
		return arena_printf(printer->plan->arena, "%s%s", name,
		                    describe_changes(printer, item));
	if (written)
		name = arena_printf(printer->plan->arena, "%s%s", name,
		                    describe_fields(printer, object));
	if (!peer)
		return name;
	return arena_printf(printer->plan->arena, "%s -- %s%s", name, strchr(peer->path, ' ') + 1,
	                    written ? describe_fields(printer, peer) : "");
}

static void print_item(const struct printer *printer, const struct item *item)
{
	const char *on = printer->colour ? marks[item->action].colour : "";
	const char *off = printer->colour ? "\033[0m" : "";

	fprintf(printer->file, "  %s%s%s ", on, marks[item->action].sign, off);
	print_escaped(printer->file, describe(printer, item));
	if (item->reason)
		print_escaped(printer->file,
		              arena_printf(printer->plan->arena, " (%s)", item->reason));
	fputc('\n', printer->file);
}

static bool print_owned(const struct printer *printer, const struct object *owner, bool headed)
{
	for (const struct object *at = owner->first_owned; at; at = at->next_owned) {
		const struct item *item = plan_item(printer->plan, at);

		if (is_printed(printer->plan, item) && shown(item) == at) {
			if (!headed)
				fprintf(printer->file, "%s:\n", object_namespace(at)->name);
			print_item(printer, item);
			headed = true;
		}
		headed = print_owned(printer, at, headed);
	}
	return headed;
}

/* One namespace: what the file says of it, then what is only in the kernel. */
static void print_namespace(const struct printer *printer, const struct item *item)
{
	bool headed = false;

	if (is_printed(printer->plan, item)) {
		fprintf(printer->file, "%s:\n", shown(item)->name);
		print_item(printer, item);
		headed = true;
	}
	if (item->want)
		headed = print_owned(printer, item->want, headed);
	if (item->have)
		headed = print_owned(printer, item->have, headed);
	if (headed)
		fputc('\n', printer->file);
}

/* Whether an item is to be told of: not in the host, and not with the device it is on. */
static bool is_foreign_news(const struct item *item)
{
	const struct object *have = item->have;

	if (item->want || !have->foreign)
		return false;
	if (item->lost)
		return true;
	return !object_is_host(object_namespace(have)) && !(have->owner && have->owner->foreign);
}

/* What others made: it is no change, but it should not come as a surprise either. */
static void print_foreign(const struct printer *printer)
{
	bool any = false;

	for (size_t i = 0; i < printer->plan->count; i++) {
		const struct item *item = &printer->plan->items[i];

		if (!is_foreign_news(item))
			continue;
		fprintf(printer->file, "%s: ", item->lost ? "lost" : "foreign");
		print_escaped(printer->file, object_print(printer->plan->arena, item->have));
		print_escaped(printer->file, describe_fields(printer, item->have));
		if (item->lost)
			fprintf(printer->file, " (%s)", item->reason);
		fputc('\n', printer->file);
		any = true;
	}
	if (any)
		fputc('\n', printer->file);
}

void plan_print(const struct plan *plan, FILE *file, bool colour)
{
	struct printer printer = {plan, file, colour};

	for (size_t i = 0; i < plan->count; i++) {
		if (!shown(&plan->items[i])->owner)
			print_namespace(&printer, &plan->items[i]);
	}
	print_foreign(&printer);
	if (plan_is_empty(plan))
		fputs("No changes.\n", file);
	else
		fprintf(file, "Plan: %zu to create, %zu to change, %zu to destroy.\n",
		        plan->created, plan->changed, plan->destroyed);
}
