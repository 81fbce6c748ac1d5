/*
 * topoc-document TEMPLATES DIRECTORY: writes what is made of topoc's tables, a step of the build. Man
 * pages and completions are templates, from the one directory, whose marked lines are filled in; the
 * JSON Schemas have none. All of it goes into the other directory.
 */
#include "document.h"
#include "parser/arena.h"
#include "schema/schema.h"

#include <stdio.h>
#include <stdlib.h>

static const struct {
	const char *name;
	const struct fragment *fragments;       /* of its template ... */
	json_t *(*schema)(struct arena *arena); /* ... or what it is */
} documents[] = {
        {"topoc.1", manual_fragments, NULL},
        {"topoc.5", manual_fragments, NULL},
        {"topoc.bash", bash_fragments, NULL},
        {"topoc.zsh", zsh_fragments, NULL},
        {"topoc.fish", fish_fragments, NULL},
        {"topology.schema.json", NULL, topology_schema},
        {"output.schema.json", NULL, output_schema},
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
	bool done = argc == 3;

	if (!done)
		fputs("usage: topoc-document TEMPLATES DIRECTORY\n", stderr);
	for (size_t i = 0; done && i < sizeof documents / sizeof *documents; i++) {
		const char *path = arena_printf(arena, "%s/%s", argv[2], documents[i].name);
		const char *template = arena_printf(arena, "%s/%s", argv[1], documents[i].name);
		FILE *file = fopen(path, "we");

		if (!file) {
			perror(path);
			done = false;
		} else if (documents[i].schema) {
			done = close_written(file, path,
			                     schema_write(arena, documents[i].schema, file));
		} else {
			done = close_written(file, path,
			                     template_fill(template, documents[i].fragments, file));
		}
	}
	arena_free(arena);
	return done ? EXIT_SUCCESS : EXIT_FAILURE;
}
