#include "diagnostic.h"
#include "arena.h"
#include "diagnostic_list.h"

#include <stdarg.h>

struct diagnostics *diagnostics_new(struct arena *arena, const struct source *source)
{
	struct diagnostics *list = arena_alloc(arena, sizeof(*list));

	list->arena = arena;
	list->source = source;
	return list;
}

void diagnose(struct diagnostics *list, enum severity severity, struct span span,
              const char *format, ...)
{
	struct diagnostic *item;
	va_list arguments;

	if (list->count == list->capacity) {
		list->capacity = list->capacity ? 2 * list->capacity : 8;
		list->items = arena_grow(list->arena, list->items, list->count, list->capacity,
		                         sizeof(*list->items));
	}
	item = &list->items[list->count++];
	item->severity = severity;
	item->span = span;
	va_start(arguments, format);
	item->text = arena_vprintf(list->arena, format, arguments);
	va_end(arguments);
}

void diagnostic_hint(struct diagnostics *list, const char *format, ...)
{
	va_list arguments;

	if (list->count == 0)
		return;
	va_start(arguments, format);
	list->items[list->count - 1].hint = arena_vprintf(list->arena, format, arguments);
	va_end(arguments);
}

void diagnostic_note(struct diagnostics *list, struct span span, const char *format, ...)
{
	struct diagnostic *item;
	struct note *note;
	va_list arguments;

	if (list->count == 0)
		return;
	note = arena_alloc(list->arena, sizeof(*note));
	note->span = span;
	va_start(arguments, format);
	note->text = arena_vprintf(list->arena, format, arguments);
	va_end(arguments);

	item = &list->items[list->count - 1];
	if (item->last_note)
		item->last_note->next = note;
	else
		item->notes = note;
	item->last_note = note;
}

size_t diagnostics_count(const struct diagnostics *list, enum severity severity)
{
	size_t count = 0;

	for (size_t i = 0; i < list->count; i++)
		count += list->items[i].severity == severity;
	return count;
}

void diagnostics_promote_warnings(struct diagnostics *list)
{
	for (size_t i = 0; i < list->count; i++)
		if (list->items[i].severity == SEVERITY_WARNING)
			list->items[i].severity = SEVERITY_ERROR;
}
