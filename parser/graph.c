#include "graph.h"

#include "addressing.h"
#include "arena.h"
#include "kinds.h"

#include <string.h>

enum { MOST_LOST = 1000 }; /* past that anything may hang on what could not be read */

struct graph *graph_new(struct arena *arena, const char *topology)
{
	struct graph *graph = arena_alloc(arena, sizeof *graph);

	graph->arena = arena;
	graph->topology = topology;
	graph->host = graph_add(graph, &namespace_kind, NULL, (struct span){0});
	graph_name(graph, graph->host, HOST);
	return graph;
}

struct graph *graph_empty(struct arena *arena, const char *topology)
{
	struct graph *graph = graph_new(arena, topology);

	graph_complete(graph);
	return graph;
}

struct object *graph_add(struct graph *graph, const struct kind *kind, struct object *owner,
                         struct span span)
{
	size_t fields = kind_field_count(kind);
	struct object *object =
	        arena_alloc(graph->arena, sizeof *object + fields * sizeof *object->values);

	if (graph->count == graph->capacity) {
		struct object **old = graph->objects;

		graph->capacity = graph->capacity ? graph->capacity * 2 : 64;
		graph->objects = arena_grow(graph->arena, old, graph->count, graph->capacity,
		                            sizeof *graph->objects);
		arena_release(graph->arena, old);
	}
	object->kind = kind;
	object->owner = owner;
	object->span = span;
	object->order = (uint32_t)graph->count;
	for (size_t i = 0; i < fields; i++)
		object_unset(object, i);
	graph->objects[graph->count++] = object;
	return object;
}

/* FNV-1a, as described in draft-eastlake-fnv. */
static size_t hash(const char *text)
{
	uint64_t sum = 0xcbf29ce484222325;

	while (*text)
		sum = (sum ^ (uint8_t)*text++) * 0x100000001b3;
	return (size_t)(sum ^ sum >> 32);
}

/* The hash stands beside the object, so that others that are passed by need not be looked at. */
struct slot {
	size_t hash;
	struct object *object; /* or NULL */
};

/* The place in the table where the path is or would be. */
static struct slot *slot_of(const struct graph *graph, const char *path, size_t sum)
{
	size_t mask = graph->table_size - 1;

	for (size_t i = sum & mask;; i = (i + 1) & mask) {
		struct slot *slot = &graph->table[i];

		if (!slot->object || (slot->hash == sum && !strcmp(slot->object->path, path)))
			return slot;
	}
}

static void enter(const struct graph *graph, struct object *object, size_t sum)
{
	*slot_of(graph, object->path, sum) = (struct slot){sum, object};
}

/* At most two thirds of the table are taken. */
static void enlarge_table(struct graph *graph)
{
	struct slot *old = graph->table;
	size_t old_size = graph->table_size;

	if (old_size > graph->count + graph->count / 2)
		return;
	graph->table_size = old_size ? old_size * 2 : 128;
	while (graph->table_size <= graph->count + graph->count / 2)
		graph->table_size *= 2;
	graph->table = arena_alloc(graph->arena, graph->table_size * sizeof *graph->table);
	for (size_t i = 0; i < old_size; i++) {
		if (old[i].object)
			enter(graph, old[i].object, old[i].hash);
	}
	arena_release(graph->arena, old);
}

static void drop_object(struct graph *graph, const struct object *object)
{
	size_t i = graph->count;

	while (graph->objects[--i] != object)
		;
	memmove(&graph->objects[i], &graph->objects[i + 1],
	        (graph->count - i - 1) * sizeof *graph->objects);
	graph->count--;
}

static bool is_device(const struct object *object)
{
	return object->kind->class == &link_class;
}

static void append_owned(struct object *owner, struct object *object)
{
	if (owner->last_owned)
		owner->last_owned->next_owned = object;
	else
		owner->first_owned = object;
	owner->last_owned = object;
	if (!is_device(object))
		return;
	if (owner->last_device)
		owner->last_device->next_device = object;
	else
		owner->first_device = object;
	owner->last_device = object;
}

static const char *path_of(struct graph *graph, const struct object *object, const char *name)
{
	const struct object *owner = object->owner;
	const char *class = object->kind->class->name;

	if (!owner || (is_device(object) && object_is_host(owner)))
		return arena_join(graph->arena, class, " ", name, NULL);
	return arena_join(graph->arena, class, strchr(owner->path, ' '),
	                  is_device(object) ? ":" : " ", name, NULL);
}

struct object *graph_name(struct graph *graph, struct object *object, const char *name)
{
	const char *path = path_of(graph, object, name);
	size_t sum = hash(path);
	struct slot *slot;

	enlarge_table(graph);
	slot = slot_of(graph, path, sum);
	if (slot->object) {
		drop_object(graph, object);
		return slot->object;
	}
	object->name = path + strlen(path) - strlen(name);
	object->path = path;
	*slot = (struct slot){sum, object};
	if (object->owner)
		append_owned(object->owner, object);
	return NULL;
}

void graph_lose(struct graph *graph, const struct class *class, const struct object *space,
                const char *name)
{
	graph->damaged = true;
	if (graph_lacks(graph, class, space, name) || graph->lost_count > MOST_LOST)
		return;
	if (graph->lost_count == graph->lost_capacity) {
		graph->lost_capacity = graph->lost_capacity ? graph->lost_capacity * 2 : 8;
		graph->lost = arena_grow(graph->arena, graph->lost, graph->lost_count,
		                         graph->lost_capacity, sizeof *graph->lost);
	}
	if (name)
		name = arena_copy(graph->arena, name, strlen(name));
	graph->lost[graph->lost_count++] = (struct lost){class, space, name};
}

bool graph_lacks(const struct graph *graph, const struct class *class, const struct object *space,
                 const char *name)
{
	bool lacks = graph->lost_count > MOST_LOST;

	for (size_t i = 0; i < graph->lost_count && !lacks; i++) {
		const struct lost *lost = &graph->lost[i];

		lacks = lost->class == class && (!lost->space || lost->space == space) &&
		        (!lost->name || !name || !strncmp(lost->name, name, strlen(name)));
	}
	return lacks;
}

/* Fills the table of paths and the owners' lists anew. */
static void enter_all(struct graph *graph)
{
	memset(graph->table, 0, graph->table_size * sizeof *graph->table);
	for (size_t i = 0; i < graph->count; i++) {
		struct object *object = graph->objects[i];

		object->first_owned = object->last_owned = object->next_owned = NULL;
		if (!object->owner)
			object->first_device = object->last_device = NULL;
		if (is_device(object))
			object->next_device = NULL;
	}
	for (size_t i = 0; i < graph->count; i++) {
		struct object *object = graph->objects[i];

		if (!object->path)
			continue;
		enter(graph, object, hash(object->path));
		if (object->owner)
			append_owned(object->owner, object);
	}
}

void graph_truncate(struct graph *graph, size_t count)
{
	graph->count = count;
	enter_all(graph);
}

void graph_arrange(struct graph *graph, const struct graph *model)
{
	struct object **arranged = arena_alloc(graph->arena, graph->count * sizeof *arranged);
	uint32_t count = 0;

	for (size_t i = 0; i < graph->count; i++)
		graph->objects[i]->order = UINT32_MAX;
	for (size_t i = 0; i < model->count; i++) {
		struct object *object = graph_find(graph, model->objects[i]->path);

		if (object)
			object->order = count++;
	}
	for (size_t i = 0; i < graph->count; i++) {
		if (graph->objects[i]->order == UINT32_MAX)
			graph->objects[i]->order = count++;
		arranged[graph->objects[i]->order] = graph->objects[i];
	}
	graph->objects = arranged;
	graph->capacity = graph->count;
	enter_all(graph);
}

struct object *graph_find(const struct graph *graph, const char *path)
{
	return graph->table_size ? slot_of(graph, path, hash(path))->object : NULL;
}

static struct object *find_named(const struct graph *graph, const struct class *class,
                                 const char *name)
{
	char path[640]; /* a class's name, a namespace's of 255 bytes, an interface's of 15 */
	size_t first = strlen(class->name), rest = strlen(name);

	if (first + rest > sizeof path - 2)
		return NULL;
	memcpy(path, class->name, first);
	path[first] = ' ';
	memcpy(&path[first + 1], name, rest + 1);
	return graph_find(graph, path);
}

struct object *graph_device(const struct graph *graph, const char *full_name)
{
	return find_named(graph, &link_class, full_name);
}

struct object *graph_namespace(const struct graph *graph, const char *name)
{
	return find_named(graph, &namespace_class, name);
}

size_t graph_count_kind(const struct graph *graph, const struct kind *kind)
{
	size_t count = 0;

	for (size_t i = 0; i < graph->count; i++) {
		const struct object *object = graph->objects[i], *peer = object_peer(graph, object);

		if (object->kind == kind && object != graph->host &&
		    !(peer && strcmp(peer->path, object->path) < 0))
			count++;
	}
	return count;
}

/* What the fields of a kind are where nothing is written: worked out once, for all its objects. */
struct fallbacks {
	const struct kind *kind;
	struct value *values; /* ABSENT where there is none */
	struct fallbacks *next;
};

static const struct value *fallbacks_of(struct graph *graph, const struct kind *kind,
                                        struct fallbacks **known)
{
	struct fallbacks *at = *known;

	while (at && at->kind != kind)
		at = at->next;
	if (at)
		return at->values;
	at = arena_alloc(graph->arena, sizeof *at);
	*at = (struct fallbacks){kind, NULL, *known};
	at->values = arena_alloc(graph->arena, kind_field_count(kind) * sizeof *at->values);
	for (size_t i = 0; i < kind_field_count(kind); i++) {
		const struct field *field = kind_field(kind, i);

		if (!field->fallback || (graph->observed && field->flags & FIELD_FREE))
			continue;
		value_parse(graph->arena, field, field->fallback, (struct span){0}, NULL,
		            &at->values[i]);
		at->values[i].presence = IMPLIED;
		at->values[i].shared = true;
	}
	*known = at;
	return at->values;
}

static void fill_fallbacks(struct graph *graph, struct object *object, struct fallbacks **known)
{
	const struct value *fallbacks = fallbacks_of(graph, object->kind, known);

	for (size_t i = 0; i < kind_field_count(object->kind); i++) {
		if (!object_has(object, i) && fallbacks[i].presence)
			object->values[i] = &fallbacks[i];
	}
}

static void link_reference(const struct graph *graph, struct object *object,
                           const struct field *field, struct value *value)
{
	for (size_t i = 0; field->type == TYPE_LIST && i < value->list.count * field->element_count;
	     i++) {
		struct value *element = &value->list.values[i];

		if (element->presence)
			link_reference(graph, object, &field->element[i % field->element_count],
			               element);
	}
	if (field->type != TYPE_DEVICE)
		return;
	value->target = graph_device(graph, value->text);
	if (!value->target)
		return;
	value->target->named = true;
	if (field->flags & FIELD_MASTER) {
		object->next_port = value->target->first_port;
		value->target->first_port = object;
	}
}

static void link_references(struct graph *graph, struct object *object)
{
	for (size_t i = 0; i < kind_field_count(object->kind); i++) {
		const struct field *field = kind_field(object->kind, i);

		/* A default is no reference. */
		if (!object_value(object, i)->shared && object_has(object, i) &&
		    field_refers(field))
			link_reference(graph, object, field, object_set(graph->arena, object, i));
	}
}

enum visit { VISIT_NONE, VISIT_BEGUN, VISIT_DONE };

/* Objects on the way to being complete, the next one last. */
struct completion {
	struct graph *graph;
	enum visit *visits; /* by the objects' order */
	struct object **stack;
	size_t count, capacity;
};

static void completion_push(struct completion *completion, struct object *object)
{
	if (!object || completion->visits[object->order] != VISIT_NONE)
		return;
	if (completion->count == completion->capacity) {
		completion->capacity = completion->capacity ? completion->capacity * 2 : 64;
		completion->stack =
		        arena_grow(completion->graph->arena, completion->stack, completion->count,
		                   completion->capacity, sizeof(struct object *));
	}
	completion->stack[completion->count++] = object;
}

/* What may hang on them comes after a device's ports and the one that it stands on. */
static void completion_push_before(struct completion *completion, const struct object *object)
{
	struct object *port = is_device(object) ? object->first_port : NULL;

	for (; port; port = port->next_port)
		completion_push(completion, port);
	for (size_t i = 0; i < kind_field_count(object->kind); i++) {
		if (kind_field(object->kind, i)->flags & FIELD_LOWER && object_has(object, i))
			completion_push(completion, object_value(object, i)->target);
	}
}

static void complete_object(struct graph *graph, struct object *object)
{
	if (object->kind->class->complete)
		object->kind->class->complete(graph, object);
	if (object->kind->complete)
		object->kind->complete(graph, object);
}

/* Completes the last one, or puts those before it that come first. */
static void completion_step(struct completion *completion)
{
	struct object *object = completion->stack[completion->count - 1];
	enum visit *visit = &completion->visits[object->order];

	if (*visit == VISIT_NONE) {
		*visit = VISIT_BEGUN;
		completion_push_before(completion, object);
		return;
	}
	if (*visit == VISIT_BEGUN)
		complete_object(completion->graph, object);
	*visit = VISIT_DONE;
	completion->count--;
}

static void complete_objects(struct graph *graph)
{
	struct completion completion = {.graph = graph};

	completion.visits = arena_alloc(graph->arena, (graph->count + 1) * sizeof(enum visit));
	for (size_t i = 0; i < graph->count; i++) {
		completion_push(&completion, graph->objects[i]);
		while (completion.count)
			completion_step(&completion);
	}
}

void graph_complete(struct graph *graph)
{
	struct fallbacks *known = NULL;

	for (size_t i = 0; i < graph->count; i++) {
		graph->objects[i]->order = (uint32_t)i;
		fill_fallbacks(graph, graph->objects[i], &known);
	}
	/* From the last on, so that a device's ports come to stand in the order of the graph. */
	for (size_t i = graph->count; i--;)
		link_references(graph, graph->objects[i]);
	addressing_fill(graph);
	complete_objects(graph);
}
