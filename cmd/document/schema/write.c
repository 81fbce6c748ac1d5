/* What the schemas share: making JSON that is whole, and writing it. */
#include "schema.h"

#include <stdlib.h>

/* jansson passes on what failed as NULL, which would leave out a part of a schema. */
static void *allocate(size_t size)
{
	void *memory = malloc(size);

	if (memory)
		return memory;
	fputs("topoc-document: out of memory\n", stderr);
	exit(EXIT_FAILURE);
}

json_t *schema_pack(const char *format, ...)
{
	json_error_t error;
	json_t *schema;
	va_list arguments;

	va_start(arguments, format);
	schema = json_vpack_ex(&error, 0, format, arguments);
	va_end(arguments);
	if (schema)
		return schema;
	fprintf(stderr, "topoc-document: %s: %s\n", format, error.text);
	exit(EXIT_FAILURE);
}

void schema_merge(json_t *schema, json_t *others)
{
	json_object_update(schema, others);
	json_decref(others);
}

/* With a line's end, which json_dumpf() leaves out. */
bool schema_write(struct arena *arena, json_t *(*make)(struct arena *arena), FILE *out)
{
	json_t *schema;
	bool written;

	json_set_alloc_funcs(allocate, free);
	schema = make(arena);
	written = !json_dumpf(schema, out, JSON_INDENT(2)) && fputc('\n', out) != EOF;
	json_decref(schema);
	return written;
}
