#include "segment.h"

#include "arena.h"
#include "kinds.h"

/* A device in a forest of disjoint sets: Tarjan, "Efficiency of a good but not linear set union
 * algorithm", 1975. */
struct member {
	struct member *parent; /* itself: the root of its set; NULL: no device */
	struct segment *segment;
	uint32_t size; /* of a root's set */
	bool open;     /* of a root's set */
};

struct segments {
	struct member *members; /* by the objects' order */
	struct segment *list;
	size_t count;
};

static struct member *root_of(struct member *member)
{
	while (member->parent != member)
		member = member->parent = member->parent->parent;
	return member;
}

static void join(struct member *a, struct member *b)
{
	a = root_of(a);
	b = root_of(b);
	if (a == b)
		return;
	if (a->size < b->size) {
		struct member *larger = b;

		b = a;
		a = larger;
	}
	b->parent = a;
	a->size += b->size;
	a->open |= b->open;
}

static bool passes_frames(const struct object *device)
{
	return object_value(device, LINK_UP)->number && !device->kind->with_owner;
}

static void join_references(const struct segments *segments, const struct object *device)
{
	struct member *member = &segments->members[device->order];

	for (size_t i = 0; i < kind_field_count(device->kind); i++) {
		const struct object *other;

		if (!(kind_field(device->kind, i)->flags &
		      (FIELD_PEER | FIELD_MASTER | FIELD_LOWER)) ||
		    !object_has(device, i))
			continue;
		other = object_value(device, i)->target;
		if (!other)
			root_of(member)->open = true;
		else if (passes_frames(other))
			join(member, &segments->members[other->order]);
	}
}

static struct segments *list_members(const struct graph *graph)
{
	struct segments *segments = arena_alloc(graph->arena, sizeof *segments);
	struct member *members = arena_alloc(graph->arena, graph->count * sizeof *members);

	for (size_t i = 0; i < graph->count; i++) {
		if (graph->objects[i]->kind->class == &link_class)
			members[i] = (struct member){.parent = &members[i], .size = 1};
	}
	segments->members = members;
	return segments;
}

/* Numbers the sets, and lists the devices of each. */
static void list_segments(const struct graph *graph, struct segments *segments)
{
	const struct object **next = arena_alloc(graph->arena, graph->count * sizeof *next);

	segments->list = arena_alloc(graph->arena, graph->count * sizeof *segments->list);
	for (size_t i = 0; i < graph->count; i++) {
		struct member *member = &segments->members[i], *root;

		if (!member->parent)
			continue;
		root = root_of(member);
		if (!root->segment) {
			root->segment = &segments->list[segments->count];
			*root->segment = (struct segment){
			        .number = segments->count++, .devices = next, .open = root->open};
			next += root->size;
		}
		member->segment = root->segment;
		member->segment->devices[member->segment->count++] = graph->objects[i];
	}
}

struct segments *segments_find(const struct graph *graph)
{
	struct segments *segments = list_members(graph);

	for (size_t i = 0; i < graph->count; i++) {
		if (segments->members[i].parent && passes_frames(graph->objects[i]))
			join_references(segments, graph->objects[i]);
	}
	list_segments(graph, segments);
	return segments;
}

const struct segment *segment_of(const struct segments *segments, const struct object *device)
{
	return segments->members[device->order].segment;
}

size_t segments_count(const struct segments *segments)
{
	return segments->count;
}

const struct segment *segments_at(const struct segments *segments, size_t number)
{
	return &segments->list[number];
}
