/*
 * topoc-schema NAME FILE: writes one of topoc's JSON Schemas, made of the field tables. A step of the
 * build.
 */
#include "parser/arena.h"
#include "schema.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	const char *name;
	json_t *(*make)(struct arena *arena);
} schemas[] = {{"topology", topology_schema}, {"output", output_schema}};

/* jansson passes on what failed as NULL, which would leave out a part of a schema. */
static void *allocate(size_t size)
{
	void *memory = malloc(size);

	if (memory)
		return memory;
	fputs("topoc-schema: out of memory\n", stderr);
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
	fprintf(stderr, "topoc-schema: %s: %s\n", format, error.text);
	exit(EXIT_FAILURE);
}

void schema_merge(json_t *schema, json_t *others)
{
	json_object_update(schema, others);
	json_decref(others);
}

/* With a line's end, which json_dump_file() leaves out. */
static bool write_file(const json_t *schema, const char *path)
{
	FILE *file = fopen(path, "we");
	bool written =
	        file && !json_dumpf(schema, file, JSON_INDENT(2)) && fputc('\n', file) != EOF;

	if (file && fclose(file))
		written = false;
	if (!written)
		perror(path);
	return written;
}

int main(int argc, char **argv)
{
	json_set_alloc_funcs(allocate, free);
	for (size_t i = 0; argc == 3 && i < sizeof schemas / sizeof *schemas; i++) {
		struct arena *arena;
		json_t *schema;
		bool written;

		if (strcmp(schemas[i].name, argv[1]))
			continue;
		arena = arena_new();
		schema = schemas[i].make(arena);
		written = write_file(schema, argv[2]);
		json_decref(schema);
		arena_free(arena);
		return written ? EXIT_SUCCESS : EXIT_FAILURE;
	}
	fputs("usage: topoc-schema NAME FILE\n", stderr);
	return EXIT_FAILURE;
}
