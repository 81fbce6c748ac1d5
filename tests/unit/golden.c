/*
 * What topoc prints, kept beside what it is printed for:
 *
 *   tests/golden/diagnostic/X.yaml               a file, and
 *                           X.txt                what is wrong with it, as `topoc check` says it
 *   tests/golden/graph/X.yaml                    a file, and
 *                      X.txt                     all that it says and implies
 *   tests/golden/plan/X.A.yaml, X.B.yaml         what is there (no A: nothing) and what is wanted,
 *                     X.foreign                    the paths of what of A others made, if any, and
 *                     X.txt                        the plan from the one to the other, with colour
 *                                                  where X begins with colour-, in full where it
 *                                                  begins with verbose-
 *
 * A new case is a new input. To record what is printed now, of new cases and of old ones, run this
 * in the top directory of the sources with TOPOC_RECORD=1 in the environment
 * (`TOPOC_RECORD=1 ctest -R golden` in the build directory), and read `git diff` before it goes in.
 */
#include "parser/arena.h"
#include "parser/kinds.h"
#include "parser/reach/print.h"
#include "parser/topology.h"
#include "planner/plan.h"
#include "planner/print.h"

#include <criterion/criterion.h>
#include <dirent.h>
#include <stdlib.h>
#include <string.h>

enum { LARGEST = 1 << 20 };

static struct arena *arena;

static void start(void)
{
	arena = arena_new();
}

static void end(void)
{
	arena_free(arena);
}

TestSuite(golden, .init = start, .fini = end);

/* The text of a file, or NULL where there is none. */
static const char *read_file(const char *path)
{
	FILE *file = fopen(path, "r");
	char *text;
	size_t length;

	if (!file)
		return NULL;
	text = arena_alloc(arena, LARGEST);
	length = fread(text, 1, LARGEST - 1, file);
	fclose(file);
	return arena_copy(arena, text, length);
}

/* Compares with what was recorded, or records it. */
static void expect_recorded(const char *path, const char *text)
{
	const char *expected = read_file(path);

	if (expected && !strcmp(expected, text))
		return;
	if (getenv("TOPOC_RECORD")) {
		FILE *file = fopen(path, "w");

		cr_assert(file && fputs(text, file) >= 0 && !fclose(file), "%s", path);
		return;
	}
	cr_expect_fail("%s: printed:\n%s\nrecorded:\n%s", path, text,
	               expected ? expected : "nothing yet");
}

/* The graph of a file, or NULL; what is wrong with it is added to `file`. */
static struct graph *read_topology(const char *directory, const char *name, bool warnings,
                                   FILE *file)
{
	struct source source = {.path = name};
	struct diagnostics *diagnostics = diagnostics_new(arena, &source);
	struct graph *graph;

	source.text = read_file(arena_printf(arena, "%s/%s", directory, name));
	cr_assert(source.text, "%s/%s", directory, name);
	source.length = strlen(source.text);
	graph = topology_read(arena, &source, "golden", diagnostics);
	if (warnings || diagnostics_count(diagnostics, SEVERITY_ERROR))
		diagnostics_print(diagnostics, file, false);
	return diagnostics_count(diagnostics, SEVERITY_ERROR) ? NULL : graph;
}

static bool has_prefix(const char *name, const char *prefix)
{
	return !strncmp(name, prefix, strlen(prefix));
}

/* What the file names, an object's path on a line, was made by somebody else. */
static void mark_foreign(const struct graph *have, const char *path)
{
	const char *text = read_file(path);
	char *line, *rest = text ? arena_copy(arena, text, strlen(text)) : NULL;

	while (rest && (line = strtok_r(rest, "\n", &rest))) {
		struct object *object = graph_find(have, line);

		cr_assert(object, "%s: %s", path, line);
		object->foreign = true;
		if (object->kind == &route_kind)
			object_set(arena, object, ROUTE_PROTOCOL)->number = 186; /* RTPROT_BGP */
	}
}

static void print_plan(const char *directory, const char *name, FILE *file)
{
	const char *before = arena_printf(arena, "%s.A.yaml", name);
	const char *path = arena_printf(arena, "%s/%s", directory, before);
	struct diagnostics *diagnostics = diagnostics_new(arena, NULL);
	const struct graph *have = read_file(path) ? read_topology(directory, before, false, file)
	                                           : graph_empty(arena, "golden");
	const char *foreign = arena_printf(arena, "%s/%s.foreign", directory, name);
	const struct graph *want =
	        read_topology(directory, arena_printf(arena, "%s.B.yaml", name), false, file);
	const struct plan *plan;

	if (have)
		mark_foreign(have, foreign);
	plan = have && want ? plan_make(arena, want, have, diagnostics) : NULL;

	diagnostics_print(diagnostics, file, false);
	cr_expect(plan, "%s", name);
	if (plan)
		plan_print(plan, file, has_prefix(name, "colour-"), has_prefix(name, "verbose-"));
}

static void print_diagnostics(const char *directory, const char *name, FILE *file)
{
	read_topology(directory, arena_printf(arena, "%s.yaml", name), true, file);
}

static void print_reach(const char *directory, const char *name, FILE *file)
{
	const char *path = arena_printf(arena, "%s.yaml", name);
	const struct graph *graph = read_topology(directory, path, false, file);
	struct source source = {.path = path};

	cr_assert(graph, "%s", name);
	reach_print(reach_matrix_new(graph), &source, file);
}

/* Calls `print` for each X such that the directory has a file called X and `suffix`. */
static void check_all(const char *directory, const char *suffix,
                      void (*print)(const char *directory, const char *name, FILE *file))
{
	struct dirent **entries;
	int count = scandir(directory, &entries, NULL, alphasort);
	size_t checked = 0;

	cr_assert_geq(count, 0, "%s: run it in the top directory of the sources", directory);
	for (int i = 0; i < count; i++) {
		size_t length = strlen(entries[i]->d_name), without = length - strlen(suffix);
		const char *name;
		char *text;
		FILE *file;

		if (length > strlen(suffix) && !strcmp(entries[i]->d_name + without, suffix)) {
			name = arena_copy(arena, entries[i]->d_name, without);
			file = open_memstream(&text, &length);
			print(directory, name, file);
			fclose(file);
			expect_recorded(arena_printf(arena, "%s/%s.txt", directory, name), text);
			free(text);
			checked++;
		}
		free(entries[i]);
	}
	free(entries);
	cr_expect(checked);
}

/* What is written and what is implied, each with its place; hidden fields too. */
static void print_values(const struct object *object, FILE *file)
{
	for (size_t i = 0; i < kind_field_count(object->kind); i++) {
		const struct field *field = kind_field(object->kind, i);
		const struct value *value = object_value(object, i);

		if (value->presence == GIVEN)
			fprintf(file, "    %s %s (%u:%u)\n", field->key,
			        value_print(arena, field, value), value->span.line,
			        value->span.column);
		else if (value->presence == IMPLIED)
			fprintf(file, "    %s %s\n", field->key, value_print(arena, field, value));
	}
}

static void print_graph(const char *directory, const char *name, FILE *file)
{
	const struct graph *graph =
	        read_topology(directory, arena_printf(arena, "%s.yaml", name), true, file);

	for (size_t i = 0; graph && i < graph->count; i++) {
		const struct object *object = graph->objects[i];

		fprintf(file, "%s (%u:%u)\n", object_print(arena, object), object->span.line,
		        object->span.column);
		print_values(object, file);
	}
}

Test(golden, diagnostics)
{
	check_all("tests/golden/diagnostic", ".yaml", print_diagnostics);
}

Test(golden, graphs)
{
	check_all("tests/golden/graph", ".yaml", print_graph);
}

Test(golden, plans)
{
	check_all("tests/golden/plan", ".B.yaml", print_plan);
}

Test(golden, reach)
{
	check_all("tests/golden/reach", ".yaml", print_reach);
}
