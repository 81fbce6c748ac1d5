/* Graphs for tests, from texts in the language. */
#ifndef TOPOC_TESTS_UNIT_GRAPH_H
#define TOPOC_TESTS_UNIT_GRAPH_H

#include "parser/arena.h"
#include "parser/kinds.h"
#include "parser/topology.h"

#include <criterion/criterion.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/* The graph of a valid text, whose devices have indexes from 1. */
static struct graph *graph_of(struct arena *arena, const char *text)
{
	struct source source = {"t.yaml", text, strlen(text)};
	struct diagnostics *diagnostics = diagnostics_new(arena, &source);
	struct graph *graph = topology_read(arena, &source, "t", diagnostics);
	uint32_t index = 0;

	diagnostics_print(diagnostics, stderr, false);
	cr_assert(graph && !diagnostics_count(diagnostics, SEVERITY_ERROR), "%s", text);
	for (size_t i = 0; i < graph->count; i++) {
		if (graph->objects[i]->kind->class == &link_class)
			graph->objects[i]->index = ++index;
	}
	return graph;
}

#endif
