#include "print.h"

#include "internal.h"
#include "parser/arena.h"
#include "parser/diagnostic.h"
#include "parser/kinds.h"

#include <string.h>

struct printer {
	const struct plan *plan;
	FILE *file;
	bool colour, verbose;
};

static const struct {
	const char *sign, *colour;
} marks[] = {
        [ACTION_NONE] = {"  =", "\033[2m"},     [ACTION_CREATE] = {"  +", "\033[32m"},
        [ACTION_CHANGE] = {"  ~", "\033[33m"},  [ACTION_REPLACE] = {"-/+", "\033[35m"},
        [ACTION_DESTROY] = {"  -", "\033[31m"},
};

/* As fprintf() would, which takes its time: a plan may have a hundred thousand lines. */
static void put(const struct printer *printer, const char *a, const char *b, const char *c)
{
	fputs(a, printer->file);
	fputs(b, printer->file);
	fputs(c, printer->file);
}

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

static bool is_printed(const struct printer *printer, const struct item *item)
{
	if (item->action == ACTION_NONE && (!printer->verbose || !item->want || !item->have))
		return false;
	if (is_second_end(printer->plan, item) || shown(item) == printer->plan->want->host)
		return false;
	return !shown(item)->kind->with_owner || item->action == ACTION_CHANGE;
}

/*
 * Whether a field is worth telling. The file gives what it means; of what is only in the kernel,
 * which gives everything, it is what is no default, and what leads to something else. In full it is
 * whatever nobody could guess.
 */
static bool is_told(const struct printer *printer, const struct object *object, size_t number,
                    bool observed)
{
	const struct field *field = kind_field(object->kind, number);
	const struct value *value = object_value(object, number);

	if (!value->presence || field->flags & (FIELD_IDENTITY | FIELD_HIDDEN | FIELD_IGNORED) ||
	    (object->kind == &address_kind && number <= ADDRESS_PEER))
		return false;
	if (value->presence == GIVEN && !observed)
		return true;
	if (printer->verbose)
		return field->flags & FIELD_FREE || !value_is_default(field, value);
	return value_is_news(field, value);
}

static void print_value(const struct printer *printer, const struct field *field,
                        const struct value *value)
{
	print_escaped(printer->file,
	              value->presence ? value_print(printer->plan->arena, field, value) : "none");
}

/* What there is to tell of an object: " via 10.0.0.1 dev eth0"; of what is its value, " = 1". */
static void print_fields(const struct printer *printer, const struct object *object, bool observed)
{
	const struct kind *kind = object->kind;

	for (size_t i = 0; i < kind_field_count(kind); i++) {
		const struct field *field = kind_field(kind, i);

		if (!is_told(printer, object, i, observed))
			continue;
		put(printer, " ", kind->shape == SHAPE_VALUES ? "=" : field->key, " ");
		print_value(printer, field, object_value(object, i));
	}
}

static void print_changes(const struct printer *printer, const struct item *item)
{
	const struct kind *kind = item->want->kind;
	const char *before = ": ";

	for (size_t i = 0; i < kind_field_count(kind); i++) {
		const struct field *field = kind_field(kind, i);
		const struct value *have = object_value(item->have, i);
		const struct value *want = object_value(item->want, i);

		if (!(item->changed >> i & 1))
			continue;
		fputs(before, printer->file);
		before = ", ";
		if (kind->shape != SHAPE_VALUES)
			fprintf(printer->file, "%s ", field->key);
		if (value_compare(field, have, want)) {
			print_value(printer, field, have);
			fputs(" → ", printer->file);
		}
		print_value(printer, field, want);
	}
}

/* In a namespace's own list without the namespace. */
static void print_name(const struct printer *printer, const struct object *object)
{
	struct arena *arena = printer->plan->arena;
	bool listed = object->owner && !object->owner->owner && object->kind->class != &link_class;

	if (!listed) {
		print_escaped(printer->file, object_print(arena, object));
		return;
	}
	put(printer, object->kind->name, " ", "");
	print_escaped(printer->file, object_title(arena, object));
}

static void print_peer(const struct printer *printer, const struct object *peer, bool observed)
{
	fputs(" -- ", printer->file);
	print_escaped(printer->file, strchr(peer->path, ' ') + 1);
	print_fields(printer, peer, observed);
}

/* A cable with what was written of either end: "veth a:x mtu 9000 -- b:y bridge b:br0". */
static void print_object(const struct printer *printer, const struct item *item)
{
	const struct object *object = shown(item);
	const struct object *peer =
	        object_peer(item->want ? printer->plan->want : printer->plan->have, object);

	print_name(printer, object);
	if (item->action == ACTION_CHANGE) {
		print_changes(printer, item);
		return;
	}
	print_fields(printer, object, !item->want);
	if (peer)
		print_peer(printer, peer, !item->want);
}

static void print_reason(const struct printer *printer, const struct item *item)
{
	if (item->reason)
		print_escaped(printer->file,
		              arena_printf(printer->plan->arena, " (%s)", item->reason));
}

static void print_item(const struct printer *printer, const struct item *item)
{
	const char *on = printer->colour ? marks[item->action].colour : "";
	const char *off = printer->colour ? "\033[0m" : "";

	put(printer, on, marks[item->action].sign, off);
	fputc(' ', printer->file);
	print_object(printer, item);
	print_reason(printer, item);
	fputc('\n', printer->file);
}

static void print_heading(const struct printer *printer, const struct object *space)
{
	fputs(printer->colour ? "\033[1m" : "", printer->file);
	print_escaped(printer->file, space->name);
	fputs(printer->colour ? ":\033[0m\n" : ":\n", printer->file);
}

static bool print_owned(const struct printer *printer, const struct object *owner, bool headed)
{
	for (const struct object *at = owner->first_owned; at; at = at->next_owned) {
		const struct item *item = plan_item(printer->plan, at);

		if (is_printed(printer, item) && shown(item) == at) {
			if (!headed)
				print_heading(printer, object_namespace(at));
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

	if (is_printed(printer, item)) {
		print_heading(printer, shown(item));
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

/* "foreign: route 10.9.0.0/16 in r1 via 10.0.0.2 dev r1:eth0 proto bgp" */
static void print_note(const struct printer *printer, const struct item *item)
{
	struct arena *arena = printer->plan->arena;
	const struct object *have = item->have, *peer = object_peer(printer->plan->have, have);
	const struct field *maker = kind_field(&route_kind, ROUTE_PROTOCOL);

	fprintf(printer->file, "%s: ", item->lost ? "lost" : "foreign");
	print_escaped(printer->file, object_print(arena, have));
	print_fields(printer, have, true);
	if (peer)
		print_peer(printer, peer, true);
	if (have->kind == &route_kind && object_has(have, ROUTE_PROTOCOL))
		fprintf(printer->file, " %s %s", maker->key,
		        value_print(arena, maker, object_value(have, ROUTE_PROTOCOL)));
	print_reason(printer, item);
	fputc('\n', printer->file);
}

/* Whether a note on the first end of a cable tells of this one too. */
static bool is_noted_before(const struct plan *plan, const struct item *item)
{
	return is_second_end(plan, item) &&
	       item_is_noted(plan_item(plan, object_peer(plan->have, item->have)));
}

/* What others made: it is no change, but it should not come as a surprise either. */
static void print_foreign(const struct printer *printer)
{
	bool any = false;

	for (size_t i = 0; i < printer->plan->count; i++) {
		const struct item *item = &printer->plan->items[i];

		if (!item_is_noted(item) || is_noted_before(printer->plan, item))
			continue;
		print_note(printer, item);
		any = true;
	}
	if (any)
		fputc('\n', printer->file);
}

void plan_print(const struct plan *plan, FILE *file, bool colour, bool verbose)
{
	struct printer printer = {plan, file, colour, verbose};

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
