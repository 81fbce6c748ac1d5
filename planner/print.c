#include "print.h"

#include "internal.h"
#include "parser/arena.h"
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

/* Behind the name, what was written: ` via 10.0.0.1 dev eth0`. */
static void print_fields(const struct printer *printer, const struct object *object)
{
	const struct kind *kind = object->kind;

	for (size_t i = 0; i < kind_field_count(kind); i++) {
		const struct field *field = kind_field(kind, i);
		const struct value *value = object_value(object, i);

		if (value->presence != GIVEN ||
		    field->flags & (FIELD_IDENTITY | FIELD_HIDDEN | FIELD_IGNORED) ||
		    (object->kind == &address_kind && i <= ADDRESS_PEER))
			continue;
		fprintf(printer->file, " %s %s", field->key,
		        value_print(printer->plan->arena, field, value));
	}
}

static const char *name_of(const struct printer *printer, const struct item *item)
{
	const struct object *object = shown(item);
	const struct object *peer =
	        object_peer(item->want ? printer->plan->want : printer->plan->have, object);
	const char *text = object_print(printer->plan->arena, object);

	if (object->owner && !object->owner->owner && object->kind->class != &link_class)
		return arena_printf(printer->plan->arena, "%s %s", object->kind->name,
		                    object_title(printer->plan->arena, object));
	if (!peer || item->action == ACTION_CHANGE)
		return text;
	return arena_printf(printer->plan->arena, "%s -- %s", text, strchr(peer->path, ' ') + 1);
}

static void print_changes(const struct printer *printer, const struct item *item)
{
	const char *separator = ":";

	for (size_t i = 0; i < kind_field_count(item->want->kind); i++) {
		const struct field *field = kind_field(item->want->kind, i);
		const struct value *have = object_value(item->have, i);
		const struct value *want = object_value(item->want, i);

		if (!(item->changed >> i & 1))
			continue;
		fprintf(printer->file, "%s %s %s → %s", separator, field->key,
		        have->presence ? value_print(printer->plan->arena, field, have) : "none",
		        want->presence ? value_print(printer->plan->arena, field, want) : "none");
		separator = ",";
	}
}

static void print_item(const struct printer *printer, const struct item *item)
{
	const char *on = printer->colour ? marks[item->action].colour : "";
	const char *off = printer->colour ? "\033[0m" : "";

	fprintf(printer->file, "  %s%s%s %s", on, marks[item->action].sign, off,
	        name_of(printer, item));
	if (item->action == ACTION_CHANGE)
		print_changes(printer, item);
	else if (item->action != ACTION_DESTROY)
		print_fields(printer, item->want);
	if (item->reason)
		fprintf(printer->file, " (%s)", item->reason);
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
		fprintf(printer->file, "%s: %s", item->lost ? "lost" : "foreign",
		        object_print(printer->plan->arena, item->have));
		print_fields(printer, item->have);
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
