#include "diagnostic.h"
#include "arena.h"
#include "diagnostic_list.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum {
	KEPT = 1000, /* of errors and of the rest, each */
	ROOM = 4 * KEPT,
	HINTED = 100,
};

struct diagnostics *diagnostics_new(struct arena *arena, const struct source *source)
{
	struct diagnostics *list = arena_alloc(arena, sizeof(*list));

	list->arena = arena;
	list->source = source;
	return list;
}

int diagnostic_compare(const struct diagnostic *a, const struct diagnostic *b)
{
	if (a->span.line != b->span.line) {
		if (!a->span.line || !b->span.line)
			return a->span.line ? -1 : 1;
		return a->span.line < b->span.line ? -1 : 1;
	}
	if (a->span.line && a->span.column != b->span.column)
		return a->span.column < b->span.column ? -1 : 1;
	return (a->order > b->order) - (a->order < b->order);
}

static int compare_items(const void *a, const void *b)
{
	return diagnostic_compare(a, b);
}

static bool is_error(const struct diagnostic *item)
{
	return item->severity == SEVERITY_ERROR;
}

/* Keeps the first ones by place: a file of a million errors must not take memory for them all. */
static void thin_out(struct diagnostics *list)
{
	size_t kept[2] = {0, 0}, count = 0;

	qsort(list->items, list->count, sizeof(*list->items), compare_items);
	for (size_t i = 0; i < list->count; i++) {
		struct diagnostic item = list->items[i];
		bool error = is_error(&item);

		if (kept[error] == KEPT)
			continue;
		list->items[count++] = item;
		if (++kept[error] == KEPT) {
			list->limit[error] = item;
			list->is_limited[error] = true;
		}
	}
	list->count = count;
}

static void make_room(struct diagnostics *list)
{
	if (list->count == ROOM)
		thin_out(list);
	if (list->count < list->capacity)
		return;
	list->capacity = list->capacity ? 2 * list->capacity : 8;
	if (list->capacity > ROOM)
		list->capacity = ROOM;
	list->items = arena_grow(list->arena, list->items, list->count, list->capacity,
	                         sizeof(*list->items));
}

void diagnose(struct diagnostics *list, enum severity severity, struct span span,
              const char *format, ...)
{
	struct diagnostic item = {.severity = severity, .span = span};
	bool error = is_error(&item);
	va_list arguments;

	for (size_t i = 0; i <= SEVERITY_NOTE; i++)
		item.order += list->appended[i];
	list->appended[severity]++;
	list->last = NULL;
	if (list->is_limited[error] && diagnostic_compare(&item, &list->limit[error]) > 0)
		return;
	va_start(arguments, format);
	item.text = arena_vprintf(list->arena, format, arguments);
	va_end(arguments);
	make_room(list);
	list->last = &list->items[list->count++];
	*list->last = item;
}

void diagnostic_hint(struct diagnostics *list, const char *format, ...)
{
	va_list arguments;

	if (!list->last)
		return;
	va_start(arguments, format);
	list->last->hint = arena_vprintf(list->arena, format, arguments);
	va_end(arguments);
}

bool diagnostic_wants_hint(const struct diagnostics *list)
{
	size_t appended = 0;

	for (size_t i = 0; i <= SEVERITY_NOTE; i++)
		appended += list->appended[i];
	return appended <= HINTED;
}

void diagnostic_note(struct diagnostics *list, struct span span, const char *format, ...)
{
	struct diagnostic *item = list->last;
	struct note *note;
	va_list arguments;

	if (!item)
		return;
	note = arena_alloc(list->arena, sizeof(*note));
	note->span = span;
	va_start(arguments, format);
	note->text = arena_vprintf(list->arena, format, arguments);
	va_end(arguments);

	if (item->last_note)
		item->last_note->next = note;
	else
		item->notes = note;
	item->last_note = note;
}

size_t diagnostics_count(const struct diagnostics *list, enum severity severity)
{
	return list->appended[severity];
}

static bool is_repeated(const struct diagnostic *items, size_t count, const struct diagnostic *item)
{
	while (count--) {
		const struct diagnostic *other = &items[count];

		if (other->span.line != item->span.line || other->span.column != item->span.column)
			return false;
		if (other->severity == item->severity && !strcmp(other->text, item->text))
			return true;
	}
	return false;
}

void diagnostics_unite(struct diagnostics *list)
{
	size_t count = 0;

	list->last = NULL;
	if (list->count)
		qsort(list->items, list->count, sizeof *list->items, compare_items);
	for (size_t i = 0; i < list->count; i++) {
		if (list->items[i].span.line && is_repeated(list->items, count, &list->items[i]))
			list->appended[list->items[i].severity]--;
		else
			list->items[count++] = list->items[i];
	}
	list->count = count;
}

void diagnostics_promote_warnings(struct diagnostics *list)
{
	for (size_t i = 0; i < list->count; i++)
		if (list->items[i].severity == SEVERITY_WARNING)
			list->items[i].severity = SEVERITY_ERROR;
	list->appended[SEVERITY_ERROR] += list->appended[SEVERITY_WARNING];
	list->appended[SEVERITY_WARNING] = 0;
}
