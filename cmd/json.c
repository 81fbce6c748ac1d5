#define _GNU_SOURCE
#include "json.h"

#include "parser/diagnostic_list.h"

#include <stdio.h>
#include <stdlib.h>

static _Noreturn void out_of_memory(void)
{
	fputs("topoc: error: out of memory\n", stderr);
	exit(1);
}

void json_put(json_t *object, const char *key, json_t *value)
{
	if (json_object_set_new(object, key, value))
		out_of_memory();
}

void json_put_all(json_t *object, json_t *others)
{
	if (json_object_update(object, others))
		out_of_memory();
}

void json_add(json_t *list, json_t *value)
{
	if (json_array_append_new(list, value))
		out_of_memory();
}

/* As messages have it. */
static json_t *escaped(const char *text)
{
	char *buffer = NULL;
	size_t length;
	FILE *file = open_memstream(&buffer, &length);
	json_t *value;

	if (!file)
		out_of_memory();
	print_escaped(file, text);
	if (fclose(file))
		out_of_memory();
	value = json_string(buffer);
	free(buffer);
	return value;
}

json_t *json_of_text(const char *text)
{
	json_t *value = json_string(text);

	return value ? value : escaped(text);
}

static void put_place(json_t *object, const struct source *source, struct span span)
{
	if (source && source->path)
		json_put(object, "file", json_of_text(source->path));
	if (!source || !span.line)
		return;
	json_put(object, "line", json_integer(span.line));
	json_put(object, "column", json_integer(span.column));
	json_put(object, "length", json_integer(span.length ? span.length : 1));
}

static json_t *of_notes(const struct source *source, const struct note *notes)
{
	json_t *list = json_array();

	for (const struct note *note = notes; note; note = note->next) {
		json_t *object = json_object();

		json_put(object, "message", json_of_text(note->text));
		put_place(object, source, note->span);
		json_add(list, object);
	}
	return list;
}

void json_add_diagnostics(json_t *list, const struct diagnostics *diagnostics)
{
	static const char *const severities[] = {
	        [SEVERITY_ERROR] = "error",
	        [SEVERITY_WARNING] = "warning",
	        [SEVERITY_NOTE] = "note",
	};
	const struct diagnostic **sorted = diagnostics_sorted(diagnostics);

	for (size_t i = 0; i < diagnostics->count; i++) {
		json_t *object = json_object();

		json_put(object, "severity", json_string(severities[sorted[i]->severity]));
		json_put(object, "message", json_of_text(sorted[i]->text));
		if (sorted[i]->hint)
			json_put(object, "hint", json_of_text(sorted[i]->hint));
		put_place(object, diagnostics->source, sorted[i]->span);
		json_put(object, "notes", of_notes(diagnostics->source, sorted[i]->notes));
		json_add(list, object);
	}
}
