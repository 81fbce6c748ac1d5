/* Any bytes at all: as a topology they are refused with reasons, or there is a plan to make it, to
 * keep it and to remove it. */
#include "parser/topology.h"
#include "parser/arena.h"
#include "planner/plan.h"
#include "planner/print.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect(bool truth)
{
	if (!truth)
		abort();
}

static void check_diagnostics(const struct diagnostics *diagnostics)
{
	char *text;
	size_t length;
	FILE *file = open_memstream(&text, &length);

	diagnostics_print(diagnostics, file, false);
	fclose(file);
	for (size_t i = 0; i < length; i++)
		expect(text[i] == '\n' || (unsigned char)text[i] >= 0x20);
	free(text);
}

static void check_objects(const struct graph *graph)
{
	for (size_t i = 0; i < graph->count; i++) {
		const struct object *object = graph->objects[i];

		expect(object->name && object->path);
		expect(graph_find(graph, object->path) == object);
	}
}

/* A plan without a circle; each of its steps belongs to something that is to be done. */
static const struct plan *check_plan(const struct graph *want, const struct graph *have)
{
	struct diagnostics *diagnostics = diagnostics_new(want->arena, NULL);
	const struct plan *plan = plan_make(want->arena, want, have, diagnostics);
	size_t length;
	char *text;
	FILE *file;

	expect(plan && !diagnostics_count(diagnostics, SEVERITY_ERROR));
	file = open_memstream(&text, &length);
	plan_print(plan, file, false, false);
	fclose(file);
	expect(plan_is_empty(plan) == !strcmp(text, "No changes.\n"));
	free(text);
	for (size_t i = 0; i < plan->step_count; i++)
		expect(plan->steps[i]->item->action != ACTION_NONE);
	return plan;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new();
	struct source source = {"fuzz.yaml", (const char *)data, size};
	struct diagnostics *diagnostics = diagnostics_new(arena, &source);
	struct graph *graph = topology_read(arena, &source, "fuzz", diagnostics);
	const struct graph *empty = graph_empty(arena, "fuzz");

	check_diagnostics(diagnostics);
	if (!diagnostics_count(diagnostics, SEVERITY_ERROR)) {
		expect(graph != NULL);
		check_objects(graph);
		check_plan(graph, empty);
		expect(!check_plan(graph, graph)->step_count);
		expect(!check_plan(empty, graph)->created);
	}
	arena_free(arena);
	return 0;
}
