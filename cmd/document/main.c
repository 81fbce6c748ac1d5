/*
 * topoc-document DIRECTORY: writes what is made of topoc's tables into a directory, a step of the
 * build: the JSON Schemas.
 */
#include "parser/arena.h"
#include "schema/schema.h"

#include <stdio.h>
#include <stdlib.h>

static const struct {
	const char *name;
	json_t *(*schema)(struct arena *arena);
} documents[] = {
        {"topology.schema.json", topology_schema},
        {"output.schema.json", output_schema},
};

static bool close_written(FILE *file, const char *path, bool written)
{
	written = !ferror(file) && written;
	if (!fclose(file) && written)
		return true;
	fprintf(stderr, "topoc-document: %s: cannot be written\n", path);
	return false;
}

int main(int argc, char **argv)
{
	struct arena *arena = arena_new();
	bool done = argc == 2;

	if (!done)
		fputs("usage: topoc-document DIRECTORY\n", stderr);
	for (size_t i = 0; done && i < sizeof documents / sizeof *documents; i++) {
		const char *path = arena_printf(arena, "%s/%s", argv[1], documents[i].name);
		FILE *file = fopen(path, "we");

		if (!file) {
			perror(path);
			done = false;
		} else {
			done = close_written(file, path,
			                     schema_write(arena, documents[i].schema, file));
		}
	}
	arena_free(arena);
	return done ? EXIT_SUCCESS : EXIT_FAILURE;
}
