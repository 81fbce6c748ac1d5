/* Layer-2 segments of topologies. */
#include "parser/segment.h"
#include "graph.h"

#include <stdlib.h>

static struct arena *arena;

static void start(void)
{
	arena = arena_new();
}

static void end(void)
{
	arena_free(arena);
}

TestSuite(segment, .init = start, .fini = end);

/* "[a:x b:y] [c:z]+": the segments in their order, loopbacks left out, `+` behind an open one. */
static const char *print(const struct graph *graph)
{
	const struct segments *segments = segments_find(graph);
	const char *text = "";

	for (size_t i = 0; i < segments_count(segments); i++) {
		const struct segment *segment = segments_at(segments, i);

		cr_assert_eq(segment->number, i);
		cr_assert_gt(segment->count, 0);
		for (size_t d = 0; d < segment->count; d++)
			cr_assert_eq(segment_of(segments, segment->devices[d]), segment);
		if (segment->devices[0]->kind->with_owner) {
			cr_assert_eq(segment->count, 1);
			continue;
		}
		text = arena_printf(arena, "%s%s[", text, *text ? " " : "");
		for (size_t d = 0; d < segment->count; d++)
			text = arena_printf(arena, "%s%s%s", text, d ? " " : "",
			                    object_title(arena, segment->devices[d]));
		text = arena_printf(arena, "%s]%s", text, segment->open ? "+" : "");
	}
	return text;
}

static const struct {
	const char *file, *segments;
} cases[] = {
        {"{}", ""},
        {"namespaces: [a, b]\nveths:\n  - [a:x, b:y]\n  - [b:x, a:y]\n", "[a:x b:y] [b:x a:y]"},
        /* Two ports of one bridge, and the ends of their cables. */
        {"namespaces: [a, b]\nbridges: [br]\n"
         "veths:\n  - a:x:\n    p: {bridge: br}\n  - b:x:\n    q: {bridge: br}\n",
         "[br a:x p b:x q]"},
        /* Two bridges with a cable between them are one segment. */
        {"namespaces: [a, b]\nbridges: [a:s, b:t]\n"
         "veths:\n  - a:x: {bridge: s}\n    b:x: {bridge: t}\n",
         "[a:s b:t a:x b:x]"},
        /* What is down passes nothing: an end, a bridge, a port. */
        {"namespaces: [a, b]\nveths:\n  - a:x: {up: false}\n    b:y:\n", "[a:x] [b:y]"},
        {"namespaces: [a]\nbridges: {br: {up: false}}\n"
         "veths:\n  - a:x:\n    p: {bridge: br}\n  - a:y:\n    q: {bridge: br}\n",
         "[br] [a:x p] [a:y q]"},
        {"namespaces: [a]\nbridges: [br]\n"
         "veths:\n  - a:x:\n    p: {bridge: br, up: false}\n  - a:y:\n    q: {bridge: br}\n",
         "[br a:y q] [a:x] [p]"},
        /* A bridge of the host that the file does not declare. */
        {"namespaces: [a, b]\n"
         "veths:\n  - a:x:\n    p: {bridge: docker0}\n  - [a:y, b:y]\n",
         "[a:x p]+ [a:y b:y]"},
};

Test(segment, follow_bridges_and_cables)
{
	for (size_t i = 0; i < COUNT(cases); i++) {
		const char *found = print(graph_of(arena, cases[i].file));

		cr_expect_str_eq(found, cases[i].segments, "%s\ngave %s, not %s", cases[i].file,
		                 found, cases[i].segments);
	}
}

Test(segment, of_a_namespace_there_is_none)
{
	struct graph *graph = graph_of(arena, "namespaces: [a]\n");

	cr_expect_null(segment_of(segments_find(graph), graph_namespace(graph, "a")));
}

/* A chain of bridges, the worst case for sets that are joined without care. */
Test(segment, of_many_devices_are_found_at_once, .timeout = 60)
{
	enum { LENGTH = 3000 };
	const struct segments *segments;
	struct graph *graph;
	char *text;
	size_t size;
	FILE *file = open_memstream(&text, &size);

	fputs("bridges:\n", file);
	for (int i = 0; i <= LENGTH; i++)
		fprintf(file, "  s%d:\n", i);
	fputs("veths:\n", file);
	for (int i = 0; i < LENGTH; i++)
		fprintf(file, "  - a%d: {bridge: s%d}\n    b%d: {bridge: s%d}\n", i, i, i, i + 1);
	fclose(file);
	graph = graph_of(arena, text);
	segments = segments_find(graph);
	cr_expect_eq(segments_count(segments), 1);
	cr_expect_eq(segments_at(segments, 0)->count, 3 * LENGTH + 1);
	free(text);
}
