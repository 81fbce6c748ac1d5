/*
 * topoc-compare FILE: compares the namespaces of /run/netns that a file names, and the host as far
 * as the file has something there, with the file; whoever made them. Prints the plan that would
 * remove the difference: status 0 where there is none, 2 where there is, 1 after an error.
 *
 * It shows what stands or falls with the canonical form: reading a lab that ip(8) built.
 */
#define _GNU_SOURCE
#include "executor/observe.h"
#include "parser/arena.h"
#include "parser/kinds.h"
#include "parser/topology.h"
#include "planner/print.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct graph *read_file(struct arena *arena, struct source *source,
                               struct diagnostics *diagnostics)
{
	FILE *file = fopen(source->path, "re");
	char *text = arena_alloc(arena, 1 << 20);

	if (!file)
		return NULL;
	source->text = text;
	source->length = fread(text, 1, (1 << 20) - 1, file);
	fclose(file);
	return topology_read(arena, source, "compared", diagnostics);
}

/* ip(8) gives hardware addresses by chance: where the file leaves them out, any will do. */
static void forgive_mac(const struct graph *want)
{
	for (size_t i = 0; i < want->count; i++) {
		struct object *object = want->objects[i];

		if (object->kind->class == &link_class &&
		    object_value(object, LINK_MAC)->presence == IMPLIED)
			object_unset(object, LINK_MAC);
	}
}

static int read_space(struct kernel *kernel, struct graph *graph, const struct graph *want,
                      const struct object *wanted)
{
	const char *path = arena_printf(kernel->arena, "/run/netns/%s", wanted->name);
	int descriptor = open(path, O_RDONLY | O_CLOEXEC), error;
	struct object *space;

	if (descriptor < 0)
		return 0;
	space = graph_add(graph, &namespace_kind, NULL, (struct span){0});
	graph_name(graph, space, wanted->name);
	if (setns(descriptor, CLONE_NEWNET)) {
		close(descriptor);
		return -errno;
	}
	error = kernel_add(kernel, wanted->name, path, descriptor, &space->index);
	return error ? error : observe_space(kernel, graph, want, space);
}

/* Takes what was read for topoc's, in the host only what the file declares. */
static void adopt(struct graph *graph, const struct graph *want)
{
	for (size_t i = 0; i < graph->count; i++) {
		struct object *object = graph->objects[i];

		if (!object_is_host(object_namespace(object)) || graph_find(want, object->path))
			object->foreign = false;
	}
}

static struct graph *read_kernel(struct kernel *kernel, const struct graph *want)
{
	struct graph *graph = graph_new(kernel->arena, kernel->topology);
	int error;

	graph->host->index = 1;
	graph->observed = true;
	error = observe_space(kernel, graph, want, graph->host);
	for (size_t i = 0; i < want->count && !error; i++) {
		if (!want->objects[i]->owner && want->objects[i] != want->host)
			error = read_space(kernel, graph, want, want->objects[i]);
	}
	kernel_leave(kernel);
	observe_finish(kernel, graph);
	adopt(graph, want);
	return error ? NULL : graph;
}

int main(int argc, char **argv)
{
	struct arena *arena = arena_new();
	struct source source = {.path = argc > 1 ? argv[1] : ""};
	struct diagnostics *diagnostics = diagnostics_new(arena, &source);
	struct graph *want = read_file(arena, &source, diagnostics), *have;
	struct plan *plan = NULL;
	struct kernel kernel;
	int status = 1;

	if (want && !diagnostics_count(diagnostics, SEVERITY_ERROR) &&
	    !kernel_open(&kernel, arena, want->topology)) {
		forgive_mac(want);
		have = read_kernel(&kernel, want);
		plan = have ? plan_make(arena, want, have, diagnostics) : NULL;
		kernel_close(&kernel);
	}
	diagnostics_print(diagnostics, stderr, false);
	if (plan) {
		plan_print(plan, stdout, false, false);
		status = plan_is_empty(plan) ? 0 : 2;
	}
	arena_free(arena);
	return status;
}
