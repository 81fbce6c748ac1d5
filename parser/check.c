#include "check.h"

#include "arena.h"
#include "segment.h"

/* A class is that of several kinds: its turn is the first one's. */
static bool is_first_of_class(size_t kind)
{
	size_t first = 0;

	while (kinds[first]->class != kinds[kind]->class)
		first++;
	return first == kind;
}

static void run_checks(struct graph *graph, struct diagnostics *diagnostics)
{
	for (size_t i = 0; i < graph->count; i++) {
		const struct object *object = graph->objects[i];

		if (object->kind->class->check)
			object->kind->class->check(graph, object, diagnostics);
		if (object->kind->check)
			object->kind->check(graph, object, diagnostics);
	}
	for (size_t i = 0; kinds[i]; i++) {
		if (kinds[i]->class->check_all && is_first_of_class(i))
			kinds[i]->class->check_all(graph, diagnostics);
		if (kinds[i]->check_all)
			kinds[i]->check_all(graph, diagnostics);
	}
}

void graph_check(struct graph *graph, struct diagnostics *diagnostics)
{
	struct arena *kept = graph->arena;

	graph->arena = arena_new();
	graph->segments = segments_find(graph);
	run_checks(graph, diagnostics);
	arena_free(graph->arena);
	graph->arena = kept;
	graph->segments = NULL;
}
