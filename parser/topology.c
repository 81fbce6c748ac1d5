#include "topology.h"

#include "arena.h"
#include "kinds.h"
#include "reader.h"

#include <string.h>

static void read_section(const struct reader *reader, const struct kind *kind, struct object *owner,
                         const struct entry *entry);

/* The sections that objects of a kind may hold: routes in a namespace, addresses in a device. */
static enum place inside(const struct kind *kind)
{
	return kind->class == &namespace_class ? PLACE_NAMESPACE : PLACE_DEVICE;
}

static bool holds_sections(const struct kind *kind)
{
	return kind->class == &namespace_class || kind->class == &link_class;
}

static const char *article(const char *word)
{
	return strchr("aeiou", word[0]) ? "an" : "a";
}

static void unknown_key(const struct reader *reader, const struct kind *kind,
                        const struct node *key)
{
	const char *candidates[64], *near;
	size_t count = 0;

	for (size_t i = 0; i < kind_field_count(kind) && count < 64; i++) {
		if (!(kind_field(kind, i)->flags & FIELD_HIDDEN))
			candidates[count++] = kind_field(kind, i)->key;
	}
	for (size_t i = 0; holds_sections(kind) && kinds[i] && count < 64; i++) {
		if (kinds[i]->place == inside(kind))
			candidates[count++] = kinds[i]->key;
	}
	near = nearest(key->text, candidates, count);
	diagnose(reader->diagnostics, SEVERITY_ERROR, key->span, "unknown key '%s' in %s %s",
	         key->text, article(kind->name), kind->name);
	if (near)
		diagnostic_hint(reader->diagnostics, "did you mean '%s'?", near);
}

static void read_attribute(const struct reader *reader, struct object *object,
                           const struct entry *entry)
{
	const struct kind *section = NULL;

	for (size_t i = 0; i < kind_field_count(object->kind); i++) {
		const struct field *field = kind_field(object->kind, i);

		if (field->flags & FIELD_HIDDEN || strcmp(field->key, entry->key->text))
			continue;
		read_value(reader, object, field, entry->value, object_value(object, i));
		return;
	}
	if (holds_sections(object->kind))
		section = kind_keyed(inside(object->kind), entry->key->text);
	if (section)
		read_section(reader, section, object, entry);
	else
		unknown_key(reader, object->kind, entry->key);
}

static void read_attributes(const struct reader *reader, struct object *object,
                            const struct node *node)
{
	if (node_is_empty(node))
		return;
	if (node->type != NODE_MAPPING) {
		expected(reader, node->span, object->kind->name, "a mapping of attributes");
		return;
	}
	for (size_t i = 0; i < node->count; i++)
		read_attribute(reader, object, &node->entries[i]);
	if (object->kind->expand)
		object->kind->expand(reader->graph, object, reader->diagnostics);
}

static void name_object(const struct reader *reader, struct object *object, const char *name)
{
	struct object *other = graph_name(reader->graph, object, name);

	if (!other)
		return;
	diagnose(reader->diagnostics, SEVERITY_ERROR, object->span, "%s is there twice",
	         object_print(reader->arena, other));
	diagnostic_note(reader->diagnostics, other->span, "first used here");
}

static struct object *declare_namespace(const struct reader *reader, const struct node *name)
{
	const char *error = namespace_name_error(name->text);
	struct object *space;

	if (error) {
		diagnose(reader->diagnostics, SEVERITY_ERROR, name->span,
		         "'%s' cannot be a namespace's name", name->text);
		diagnostic_hint(reader->diagnostics, "%s", error);
		return NULL;
	}
	space = graph_add(reader->graph, &namespace_kind, NULL, name->span);
	name_object(reader, space, name->text);
	return space;
}

static void near_namespace(const struct reader *reader, const char *name)
{
	const struct graph *graph = reader->graph;
	const char **names = arena_alloc(reader->arena, (graph->count + 1) * sizeof *names), *near;
	size_t count = 0;

	for (size_t i = 0; i < graph->count; i++) {
		if (!graph->objects[i]->owner)
			names[count++] = graph->objects[i]->name;
	}
	near = nearest(name, names, count);
	if (near)
		diagnostic_hint(reader->diagnostics, "did you mean '%s'?", near);
}

/* Splits `namespace:interface`; the interface alone is in the host. */
static struct object *device_space(const struct reader *reader, const struct node *name,
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
	if (!space) {
		diagnose(reader->diagnostics, SEVERITY_ERROR, name->span,
		         "no namespace '%s' is declared", space_name);
		near_namespace(reader, space_name);
	}
	return space;
}

static struct object *declare_device(const struct reader *reader, const struct kind *kind,
                                     const struct node *name)
{
	const char *interface, *error;
	struct object *space = device_space(reader, name, &interface), *device;

	if (!space)
		return NULL;
	error = interface_name_error(interface);
	if (error) {
		diagnose(reader->diagnostics, SEVERITY_ERROR, name->span,
		         "'%s' cannot be an interface's name", interface);
		diagnostic_hint(reader->diagnostics, "%s", error);
		return NULL;
	}
	device = graph_add(reader->graph, kind, space, name->span);
	name_object(reader, device, interface);
	return device->path ? device : NULL; /* there twice: the first one counts */
}

static void read_named(const struct reader *reader, const struct kind *kind,
                       const struct node *name, const struct node *attributes)
{
	struct object *object;

	if (name->type != NODE_SCALAR) {
		expected(reader, name->span, kind->key, "a list of names");
		return;
	}
	object = kind == &namespace_kind ? graph_namespace(reader->graph, name->text)
	                                 : declare_device(reader, kind, name);
	if (object && attributes)
		read_attributes(reader, object, attributes);
}

static size_t peer_field(const struct kind *kind)
{
	size_t i = 0;

	while (!(kind_field(kind, i)->flags & FIELD_PEER))
		i++;
	return i;
}

static void join(struct object *object, const struct object *peer)
{
	struct value *value = object_value(object, peer_field(object->kind));

	if (!peer->path)
		return;
	*value = (struct value){
	        .presence = GIVEN, .span = peer->span, .text = strchr(peer->path, ' ') + 1};
}

static void read_pair(const struct reader *reader, const struct kind *kind, const struct node *node)
{
	struct object *ends[2] = {NULL, NULL};
	const struct entry *entries = node->entries;

	if (node->type == NODE_SCALAR || node->count != 2) {
		diagnose(reader->diagnostics, SEVERITY_ERROR,
		         node->count
		                 ? entries[0].key ? entries[0].key->span : entries[0].value->span
		                 : node->span,
		         "a cable has two ends, and this has %zu", node->count);
		diagnostic_hint(reader->diagnostics, "- left:eth0:, and below it right:eth0:");
		return;
	}
	for (size_t i = 0; i < 2; i++) {
		const struct node *name = entries[i].key ? entries[i].key : entries[i].value;

		if (name->type != NODE_SCALAR)
			expected(reader, name->span, kind->key, "two names of devices");
		else
			ends[i] = declare_device(reader, kind, name);
		if (ends[i] && entries[i].key)
			read_attributes(reader, ends[i], entries[i].value);
	}
	if (ends[0] && ends[1]) {
		join(ends[0], ends[1]);
		join(ends[1], ends[0]);
	}
}

static void read_shorthand(const struct reader *reader, struct object *object,
                           const struct node *node)
{
	for (size_t i = 0; i < kind_field_count(object->kind); i++) {
		const struct field *field = kind_field(object->kind, i);

		if (!(field->flags & FIELD_SHORTHAND))
			continue;
		read_value(reader, object, field, node, object_value(object, i));
		return;
	}
	expected(reader, node->span, object->kind->key, "a list of mappings");
}

static void discard(const struct reader *reader, const struct object *object)
{
	struct graph *graph = reader->graph;

	if (graph->objects[graph->count - 1] == object)
		graph->count--;
}

/* Names an item after what it says; one that is incomplete or wrong is no object. */
static void identify(const struct reader *reader, struct object *object, size_t errors)
{
	const char *name = NULL;

	for (size_t i = 0; i < kind_field_count(object->kind); i++) {
		const struct field *field = kind_field(object->kind, i);

		if (!(field->flags & FIELD_REQUIRED) || object_has(object, i))
			continue;
		if (errors == diagnostics_count(reader->diagnostics, SEVERITY_ERROR))
			diagnose(reader->diagnostics, SEVERITY_ERROR, object->span,
			         "%s %s needs '%s'", article(object->kind->name),
			         object->kind->name, field->key);
		discard(reader, object);
		return;
	}
	name = object->kind->class->identify(reader->graph, object, reader->diagnostics);
	if (name)
		name_object(reader, object, name);
	else
		discard(reader, object);
}

static void read_item(const struct reader *reader, const struct kind *kind, struct object *owner,
                      const struct node *node)
{
	struct object *object = graph_add(reader->graph, kind, owner, node->span);
	size_t errors = diagnostics_count(reader->diagnostics, SEVERITY_ERROR);

	if (node->type == NODE_SCALAR && !node_is_empty(node))
		read_shorthand(reader, object, node);
	else
		read_attributes(reader, object, node);
	identify(reader, object, errors);
}

static void read_setting(const struct reader *reader, const struct kind *kind, struct object *owner,
                         const struct entry *entry)
{
	struct object *object = graph_add(reader->graph, kind, owner, entry->key->span);
	size_t errors = diagnostics_count(reader->diagnostics, SEVERITY_ERROR);

	object->name = entry->key->text;
	read_shorthand(reader, object, entry->value);
	identify(reader, object, errors);
}

static void read_self(const struct reader *reader, const struct kind *kind, struct object *owner,
                      const struct entry *entry)
{
	for (struct object *at = owner->first_owned; at; at = at->next_owned) {
		if (at->kind != kind)
			continue;
		at->span = entry->key->span;
		read_attributes(reader, at, entry->value);
		return;
	}
	diagnose(reader->diagnostics, SEVERITY_ERROR, entry->key->span,
	         "'%s' of this namespace is not topoc's to set", kind->key);
}

/* What a shape looks like, for who wrote something else. */
static const char *const forms[] = {
        [SHAPE_NAMES] = "a mapping of names, or a list of them",
        [SHAPE_PAIRS] = "a list: put `- ` before each cable",
        [SHAPE_ITEMS] = "a list: put `- ` before each",
        [SHAPE_VALUES] = "a mapping of name to value",
        [SHAPE_SELF] = "a mapping of attributes",
};

static bool shape_fits(enum shape shape, enum node_type type)
{
	if (shape == SHAPE_NAMES)
		return type != NODE_SCALAR;
	return type == (shape == SHAPE_VALUES || shape == SHAPE_SELF ? NODE_MAPPING : NODE_LIST);
}

static void read_section(const struct reader *reader, const struct kind *kind, struct object *owner,
                         const struct entry *entry)
{
	const struct node *node = entry->value;

	if (node_is_empty(node))
		return;
	if (!shape_fits(kind->shape, node->type)) {
		expected(reader, node->span, kind->key, forms[kind->shape]);
		return;
	}
	if (kind->shape == SHAPE_SELF) {
		read_self(reader, kind, owner, entry);
		return;
	}
	for (size_t i = 0; i < node->count; i++) {
		const struct entry *at = &node->entries[i];

		if (kind->shape == SHAPE_NAMES)
			read_named(reader, kind, at->key ? at->key : at->value,
			           at->key ? at->value : NULL);
		else if (kind->shape == SHAPE_PAIRS)
			read_pair(reader, kind, at->value);
		else if (kind->shape == SHAPE_ITEMS)
			read_item(reader, kind, owner, at->value);
		else
			read_setting(reader, kind, owner, at);
	}
}

/* Namespaces first: whatever else there is stands in one. */
static void declare_namespaces(const struct reader *reader, const struct node *root)
{
	const struct node *section = node_get(root, namespace_kind.key);

	for (size_t i = 0; section && i < section->count; i++) {
		const struct entry *entry = &section->entries[i];
		const struct node *name = entry->key ? entry->key : entry->value;
		struct object *space =
		        name->type == NODE_SCALAR ? declare_namespace(reader, name) : NULL;

		for (size_t k = 0; space && space->path && kinds[k]; k++) {
			if (kinds[k]->with_owner)
				graph_name(reader->graph,
				           graph_add(reader->graph, kinds[k], space, name->span),
				           kinds[k]->key);
		}
	}
}

static void read_top(const struct reader *reader, const struct entry *entry)
{
	const struct kind *kind = kind_keyed(PLACE_TOP, entry->key->text);
	const char *candidates[32] = {"name", HOST}, *near;
	size_t count = 2;

	if (!strcmp(entry->key->text, "name") || !strncmp(entry->key->text, "x-", 2))
		return;
	if (!strcmp(entry->key->text, HOST)) {
		read_attributes(reader, reader->graph->host, entry->value);
		return;
	}
	if (kind) {
		read_section(reader, kind, NULL, entry);
		return;
	}
	for (size_t i = 0; kinds[i] && count < 32; i++) {
		if (kinds[i]->place == PLACE_TOP)
			candidates[count++] = kinds[i]->key;
	}
	near = nearest(entry->key->text, candidates, count);
	diagnose(reader->diagnostics, SEVERITY_ERROR, entry->key->span, "unknown key '%s'",
	         entry->key->text);
	if (near)
		diagnostic_hint(reader->diagnostics, "did you mean '%s'?", near);
}

/* The topology's name: the file's own word, else `name`. */
static const char *read_name(const struct node *root, const char *name,
                             struct diagnostics *diagnostics)
{
	const struct node *own = node_get(root, "name");
	struct span span = own ? own->span : (struct span){0};

	if (own && own->type == NODE_SCALAR)
		name = own->text;
	if (!name) {
		diagnose(diagnostics, SEVERITY_ERROR, span,
		         "a topology from standard input needs a name");
		diagnostic_hint(diagnostics, "write name: NAME into it");
		return NULL;
	}
	if (topology_name_valid(name) && (!own || own->type == NODE_SCALAR))
		return name;
	diagnose(diagnostics, SEVERITY_ERROR, span, "'%s' cannot be a topology's name", name);
	diagnostic_hint(diagnostics, "letters, digits, and between them _ . - (at most 64)");
	return NULL;
}

struct graph *topology_read(struct arena *arena, const struct source *source, const char *name,
                            struct diagnostics *diagnostics)
{
	const struct node *root = yaml_read(arena, source, diagnostics);
	struct reader reader = {.arena = arena, .diagnostics = diagnostics};

	if (!root)
		return NULL;
	if (root->type != NODE_MAPPING && !node_is_empty(root)) {
		expected(&reader, root->span, "a topology", "a mapping, such as namespaces:");
		return NULL;
	}
	name = read_name(root, name, diagnostics);
	if (!name)
		return NULL;
	reader.graph = graph_new(arena, name);
	declare_namespaces(&reader, root);
	for (size_t i = 0; i < root->count; i++)
		read_top(&reader, &root->entries[i]);
	if (diagnostics_count(diagnostics, SEVERITY_ERROR))
		return reader.graph;
	graph_complete(reader.graph);
	references_check(reader.graph, NULL, diagnostics);
	graph_check(reader.graph, diagnostics);
	return reader.graph;
}
