/* Namespaces and devices: what has a name of its own. */
#include "arena.h"
#include "kinds.h"
#include "mistakes.h"
#include "topology.h"

#include <string.h>

void name_object(struct reader *reader, struct object *object, const char *name)
{
	struct object *other = graph_name(reader->graph, object, name);

	if (!other)
		return;
	reader->failures++;
	diagnose(reader->diagnostics, SEVERITY_ERROR, object->span,
	         object->kind == other->kind ? "%s is there twice" : "%s is there already",
	         object_print(reader->arena, other));
	if (object->kind->class->twice)
		diagnostic_hint(reader->diagnostics, "%s", object->kind->class->twice);
	diagnostic_note(reader->diagnostics, other->span, "first used here");
}

/* `~` and `null` are no names, unless in quotes. */
static const char *name_error(const struct node *name, const char *error)
{
	return node_is_empty(name) ? "a name is missing" : error;
}

static struct object *declare_namespace(struct reader *reader, const struct node *name, bool listed)
{
	const char *error = name_error(name, namespace_name_error(name->text));
	struct object *space;

	if (error) {
		diagnose(reader->diagnostics, SEVERITY_ERROR, name->span,
		         "'%s' cannot be a namespace's name", name->text);
		diagnostic_hint(reader->diagnostics, "%s",
		                listed && strchr(name->text, ' ')
		                        ? "names in a list have commas between them"
		                        : error);
		graph_lose(reader->graph, &namespace_class, NULL, name->text);
		return NULL;
	}
	space = graph_add(reader->graph, &namespace_kind, NULL, name->span);
	name_object(reader, space, name->text);
	return space->path ? space : NULL;
}

/* What is there as soon as the namespace is. */
static void add_contents(struct reader *reader, struct object *space)
{
	for (size_t i = 0; kinds[i]; i++) {
		if (kinds[i]->with_owner)
			graph_name(reader->graph,
			           graph_add(reader->graph, kinds[i], space, space->span),
			           kinds[i]->key);
	}
}

void declare_namespaces(struct reader *reader, const struct node *root)
{
	const struct node *section = node_get(root, namespace_kind.key);

	for (size_t i = 0; section && i < section->count; i++) {
		const struct entry *entry = &section->entries[i];
		const struct node *name = entry->key ? entry->key : entry->value;
		struct object *space = NULL;

		if (name->type == NODE_SCALAR && !mistaken_namespace(reader, entry))
			space = declare_namespace(reader, name, !entry->key);
		if (space)
			add_contents(reader, space);
	}
}

static const char *near_namespace(struct reader *reader, const char *name)
{
	const struct graph *graph = reader->graph;
	const char **names = arena_alloc(reader->arena, (graph->count + 1) * sizeof *names);
	size_t count = 0;

	for (size_t i = 0; i < graph->count; i++) {
		if (!graph->objects[i]->owner)
			names[count++] = graph->objects[i]->name;
	}
	return nearest(name, names, count);
}

static void undeclared(struct reader *reader, const struct node *node, const char *name)
{
	const char *near;

	if (graph_lacks(reader->graph, &namespace_class, NULL, name))
		return;
	diagnose(reader->diagnostics, SEVERITY_ERROR, node->span, "no namespace '%s' is declared",
	         name);
	if (!diagnostic_wants_hint(reader->diagnostics))
		return;
	near = near_namespace(reader, name);
	diagnostic_hint(reader->diagnostics,
	                near ? "did you mean '%s'? if not, add it to `%s`" : "%sadd it to `%s`",
	                near ? near : "", namespace_kind.key);
	if (!near)
		graph_lose(reader->graph, &namespace_class, NULL, name); /* which is said once */
}

/* Splits `namespace:interface`; the interface alone is in the host. */
static struct object *device_space(struct reader *reader, const struct node *name,
                                   const char **interface)
{
	const char *colon = strchr(name->text, ':');
	struct object *space = reader->graph->host;
	const char *space_name;

	*interface = colon ? colon + 1 : name->text;
	if (!colon)
		return space;
	space_name = arena_copy(reader->arena, name->text, (size_t)(colon - name->text));
	space = graph_namespace(reader->graph, space_name);
	if (!space)
		undeclared(reader, name, space_name);
	return space;
}

struct object *declare_device(struct reader *reader, const struct kind *kind,
                              const struct node *name)
{
	const char *interface = NULL, *error;
	struct object *space = NULL, *device;

	if (name->type != NODE_SCALAR)
		expected(reader, name->span, kind->key, "the name of a device", NULL);
	else if (!mistaken_device(reader, kind, name))
		space = device_space(reader, name, &interface);
	error = space ? name_error(name, interface_name_error(interface)) : NULL;
	if (error) {
		diagnose(reader->diagnostics, SEVERITY_ERROR, name->span,
		         "'%s' cannot be an interface's name", interface);
		diagnostic_hint(reader->diagnostics, "%s", error);
	}
	/* Where it was meant to be is not known: there may be a slip in the namespace's name. */
	if (!space || error)
		graph_lose(reader->graph, kind->class, NULL, interface ? interface : name->text);
	if (!space || error)
		return NULL;
	device = graph_add(reader->graph, kind, space, name->span);
	name_object(reader, device, interface);
	return device->path ? device : NULL; /* there twice: the first one counts */
}
