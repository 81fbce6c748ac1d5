/*
 * topoc-verdicts FILE: what static reachability says of every namespace and address of a file, a
 * line each: `SOURCE ADDRESS VERDICT REASON`, the verdict on a ping. Link-local addresses, which
 * have a meaning on one segment only, are left out.
 */
#include "parser/arena.h"
#include "parser/kinds.h"
#include "parser/reach/reach.h"
#include "parser/topology.h"

#include <stdio.h>
#include <stdlib.h>

static const char *const words[] = {
        [REACH_NO] = "no",
        [REACH_PARTLY] = "partly",
        [REACH_UNKNOWN] = "unknown",
        [REACH_YES] = "yes",
};

static struct graph *read_file(struct arena *arena, struct source *source,
                               struct diagnostics *diagnostics)
{
	FILE *file = fopen(source->path, "re");
	char *text = arena_alloc(arena, 1 << 24);

	if (!file)
		return NULL;
	source->text = text;
	source->length = fread(text, 1, (1 << 24) - 1, file);
	fclose(file);
	return topology_read(arena, source, "verdicts", diagnostics);
}

static void print_address(struct arena *arena, const struct graph *graph, struct reach *reach,
                          const struct object *address)
{
	const struct ip *ip = &object_value(address, ADDRESS_ADDRESS)->ip;

	for (size_t i = 0; i < graph->count && !ip_is_link_local(ip); i++) {
		const struct object *space = graph->objects[i];
		struct reach_answer answer;

		if (space->owner)
			continue;
		answer = reach_find(reach, space, address);
		printf("%s %s %s %s\n", space->name, ip_print(arena, ip, false), words[answer.ping],
		       answer.reason ? answer.reason : "");
	}
}

int main(int argc, char **argv)
{
	struct arena *arena = arena_new();
	struct source source = {.path = argc > 1 ? argv[1] : ""};
	struct diagnostics *diagnostics = diagnostics_new(arena, &source);
	struct graph *graph = read_file(arena, &source, diagnostics);
	bool valid = graph && !diagnostics_count(diagnostics, SEVERITY_ERROR);
	struct reach *reach = valid ? reach_new(graph) : NULL;

	diagnostics_print(diagnostics, stderr, false);
	for (size_t i = 0; reach && i < graph->count; i++) {
		if (graph->objects[i]->kind == &address_kind)
			print_address(arena, graph, reach, graph->objects[i]);
	}
	if (reach)
		reach_free(reach);
	arena_free(arena);
	return reach ? EXIT_SUCCESS : EXIT_FAILURE;
}
