#define _GNU_SOURCE
#include "observe.h"

#include "former.h"
#include "inventory.h"
#include "lab.h"
#include "link_local.h"
#include "lock.h"
#include "netlink.h"
#include "parser/arena.h"
#include "parser/kinds.h"
#include "progress.h"
#include "readers.h"
#include "sysctl.h"

#include <errno.h>
#include <sched.h>
#include <string.h>
#include <unistd.h>

static void add_sysctl(struct graph *graph, struct object *space, const char *name,
                       const char *value)
{
	struct object *sysctl = graph_add(graph, &sysctl_kind, space, (struct span){0});

	*object_set(graph->arena, sysctl, SYSCTL_VALUE) =
	        (struct value){.presence = GIVEN, .text = value};
	graph_name(graph, sysctl, name);
}

/* Of the sysctls, those that the file sets, and those to put back that are as topoc set them. */
static int read_sysctls(const struct kernel *kernel, struct graph *graph,
                        const struct graph *want_graph, struct object *space)
{
	const struct state *state = &kernel->state;
	const struct object *want = want_graph ? graph_find(want_graph, space->path) : NULL;

	for (const struct object *at = want ? want->first_owned : NULL; at; at = at->next_owned) {
		const char *value;

		if (at->kind != &sysctl_kind)
			continue;
		value = sysctl_read(kernel->sysctls, kernel->arena, at->name);
		if (value)
			add_sysctl(graph, space, at->name, value);
		else if (errno != ENOENT)
			return -errno;
	}
	for (const struct former *former = NULL;
	     (former = state_formers(state, space->name, former));) {
		const char *value;

		if (former->cause || former_is_set_by(former, want_graph, former->name) ||
		    former_is_shared(kernel, former))
			continue;
		value = sysctl_read(kernel->sysctls, kernel->arena, former->name);
		if (!value && errno != ENOENT) /* whose device may have gone */
			return -errno;
		if (value && former_is_live(former, value) && strcmp(value, former->value))
			add_sysctl(graph, space, former->name, value);
	}
	return 0;
}

static int read_space(struct kernel *kernel, struct graph *graph, const struct graph *want,
                      struct object *space, const char *maker)
{
	int error = inventory_read(kernel, graph, want, space, maker);

	return error || space->foreign ? error : read_sysctls(kernel, graph, want, space);
}

int observe_space(struct kernel *kernel, struct graph *graph, const struct graph *want,
                  struct object *space)
{
	return read_space(kernel, graph, want, space, NULL);
}

int observe_own_space(struct kernel *kernel, struct graph *graph, const struct graph *want,
                      struct object *space)
{
	return read_space(kernel, graph, want, space,
	                  space == graph->host ? NULL : kernel->topology);
}

static void say_unread(struct diagnostics *diagnostics, const char *space, int error)
{
	diagnose(diagnostics, SEVERITY_ERROR, (struct span){0}, "cannot read namespace '%s': %s",
	         space, strerror(-error));
}

static struct object *add_namespace(struct graph *graph, const char *name, bool named)
{
	struct object *space = graph_add(graph, &namespace_kind, NULL, (struct span){0});

	*object_set(graph->arena, space, NAMESPACE_NAMED) =
	        (struct value){.presence = GIVEN, .number = named};
	graph_name(graph, space, name);
	return space;
}

/* `netlink`: a socket there, on which all has been asked already, or NULL. */
static int open_namespace(struct kernel *kernel, struct graph *graph, const struct graph *want,
                          const struct lab_namespace *found, struct netlink *netlink)
{
	struct object *space;
	const char *target;
	enum claim claim;
	int error = lab_claim_of(kernel->arena, kernel->topology, found->name, &claim, &target);

	if (!error && setns(found->descriptor, CLONE_NEWNET))
		error = -errno;
	if (error) {
		netlink_close(netlink);
		close(found->descriptor);
		return error;
	}
	space = add_namespace(graph, found->name,
	                      claim == CLAIM_OURS && !strcmp(target, found->path));
	if (netlink)
		space->index = kernel_adopt(kernel, (struct space){.name = found->name,
		                                                   .path = found->path,
		                                                   .descriptor = found->descriptor,
		                                                   .netlink = netlink});
	else
		error = kernel_add(kernel, found->name, found->path, found->descriptor,
		                   &space->index);
	return error ? error : observe_own_space(kernel, graph, want, space);
}

static int read_namespaces(struct kernel *kernel, struct graph *graph, const struct graph *want,
                           struct diagnostics *diagnostics)
{
	struct lab_namespace *found;
	size_t count, next = 0;
	struct readers *readers;
	int error = lab_namespaces(kernel->arena, kernel->topology, &found, &count);

	if (error)
		diagnose(diagnostics, SEVERITY_ERROR, (struct span){0},
		         "cannot find the namespaces of '%s': %s", kernel->topology,
		         strerror(-error));
	if (error == -EMFILE)
		diagnostic_hint(diagnostics, "raise that: `ulimit -n`");
	progress_expect(kernel->progress, "reading", count);
	readers = error ? NULL : readers_start(found, count);
	while (next < count && !error) {
		const struct lab_namespace *space = &found[next];

		progress_count(kernel->progress, 1);
		if (progress_is_due(kernel->progress))
			progress_tell(kernel->progress, "read", space->name);
		error = open_namespace(kernel, graph, want, space, readers_take(readers, next++));
		if (error)
			say_unread(diagnostics, space->name, error);
	}
	readers_stop(readers);
	while (next < count)
		close(found[next++].descriptor);
	return error;
}

static bool is_named(const struct object *space)
{
	return object_value(space, NAMESPACE_NAMED)->number;
}

static int read_claim(struct kernel *kernel, struct graph *graph, const struct object *space,
                      struct diagnostics *diagnostics)
{
	struct object *there = graph_find(graph, space->path);
	const char *target;
	enum claim claim;
	int error;

	if (!is_named(space) || (there && is_named(there)))
		return 0;
	error = lab_claim_of(kernel->arena, kernel->topology, space->name, &claim, &target);
	if (error)
		say_unread(diagnostics, space->name, error);
	if (error || claim == CLAIM_NONE || claim == CLAIM_OURS)
		return error;
	if (!there)
		there = add_namespace(graph, space->name, true);
	there->foreign = true;
	there->maker = lab_topology_of(kernel->arena, target);
	return 0;
}

/* Names that the file wants and somebody else has; also of a namespace of ours that has lost its. */
static int read_claims(struct kernel *kernel, struct graph *graph, const struct graph *want,
                       struct diagnostics *diagnostics)
{
	const char **names;
	size_t count = 0;
	int error = want ? namespace_names(kernel->arena, &names, &count) : 0;

	if (error)
		diagnose(diagnostics, SEVERITY_ERROR, (struct span){0},
		         "cannot read " NETNS_DIRECTORY ": %s", strerror(-error));
	for (size_t i = 0; i < count && !error; i++) {
		const struct object *space = graph_namespace(want, names[i]);

		if (space)
			error = read_claim(kernel, graph, space, diagnostics);
	}
	return error;
}

struct graph *observe(struct kernel *kernel, const struct graph *want,
                      struct diagnostics *diagnostics)
{
	struct graph *graph = graph_new(kernel->arena, kernel->topology);
	int error, left;

	graph->host->index = 1;
	graph->observed = true;
	*object_set(graph->arena, graph->host, NAMESPACE_NAMED) =
	        (struct value){.presence = IMPLIED, .number = true};
	error = kernel_forget(kernel);
	if (!error)
		error = observe_space(kernel, graph, want, graph->host);
	if (!error)
		error = link_local_observe(kernel);
	if (error)
		say_unread(diagnostics, HOST, error);
	else
		error = read_namespaces(kernel, graph, want, diagnostics);
	if (!error)
		error = read_claims(kernel, graph, want, diagnostics);
	left = kernel_leave(kernel);
	if (left)
		say_unread(diagnostics, HOST, left);
	if (error || left)
		return NULL;
	observe_finish(kernel, graph);
	return graph;
}
