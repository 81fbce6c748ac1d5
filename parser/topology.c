#include "topology.h"

#include "arena.h"
#include "check.h"
#include "kinds.h"
#include "mistakes.h"

#include <string.h>

static void read_top(struct reader *reader, const struct entry *entry)
{
	const char *key = entry->key->text;
	const struct kind *kind = kind_keyed(PLACE_TOP, key);

	if (kind)
		read_section(reader, kind, NULL, entry);
	else if (!strcmp(key, HOST))
		read_attributes(reader, reader->graph->host, entry->value);
	else if (strcmp(key, TOPOLOGY_NAME) && strncmp(key, "x-", 2))
		unknown_key(reader, NULL, entry->key);
}

/* The topology's name: the file's own word, else `name`. */
static const char *read_name(const struct node *root, const char *name,
                             struct diagnostics *diagnostics)
{
	const struct node *own = node_get(root, TOPOLOGY_NAME);
	struct span span = own ? own->span : (struct span){0};

	if (own && own->type == NODE_SCALAR)
		name = own->text;
	if (!name) {
		diagnose(diagnostics, SEVERITY_ERROR, span,
		         "a topology from standard input needs a name");
		diagnostic_hint(diagnostics, "write name: NAME into it");
		return NULL;
	}
	if (own && own->told)
		return NULL;
	if (own && own->type != NODE_SCALAR) {
		diagnose(diagnostics, SEVERITY_ERROR, span, "'%s' takes a text", TOPOLOGY_NAME);
		return NULL;
	}
	if (topology_name_valid(name) && (!own || !node_is_empty(own)))
		return name;
	diagnose(diagnostics, SEVERITY_ERROR, span, "'%s' cannot be a topology's name", name);
	diagnostic_hint(diagnostics, "letters, digits, and between them _ . - (at most 64)");
	return NULL;
}

/* The graph as the nodes tell it, not yet complete; NULL where they do not tell one. */
static struct graph *read_graph(struct reader *reader, const struct node *root, const char **name)
{
	if (root->type != NODE_MAPPING && !node_is_empty(root)) {
		diagnose(reader->diagnostics, SEVERITY_ERROR, root->span,
		         "a topology is a mapping");
		diagnostic_hint(reader->diagnostics, "such as `namespaces: [left, right]`");
		return NULL;
	}
	*name = read_name(root, *name, reader->diagnostics);
	if (*name)
		*name = arena_copy(reader->arena, *name, strlen(*name));
	reader->graph = graph_new(reader->arena, *name ? *name : "unnamed");
	declare_namespaces(reader, root);
	for (size_t i = 0; i < root->count; i++)
		read_top(reader, &root->entries[i]);
	return reader->graph;
}

struct graph *topology_read(struct arena *arena, const struct source *source, const char *name,
                            struct diagnostics *diagnostics)
{
	struct arena *nodes = arena_new();
	const struct node *root = yaml_read(nodes, source, diagnostics);
	struct reader reader = {.arena = arena,
	                        .diagnostics = diagnostics,
	                        .ignored = diagnostics_new(arena, NULL)};
	struct graph *graph = root ? read_graph(&reader, root, &name) : NULL;

	arena_free(nodes);
	if (!graph)
		return NULL;
	graph_complete(graph);
	tell_misnomers(&reader);
	references_check(graph, NULL, diagnostics);
	graph->damaged |= diagnostics_count(diagnostics, SEVERITY_ERROR) > 0;
	graph_check(graph, diagnostics);
	diagnostics_unite(diagnostics);
	return name ? graph : NULL;
}
