#include "segment.h"

#include "arena.h"
#include "kinds.h"

#include <stdlib.h>

/* A device in a forest of disjoint sets: Tarjan, "Efficiency of a good but not linear set union
 * algorithm", 1975. */
struct member {
	const struct object *device;
	struct member *parent; /* itself: the root of its set */
	size_t size;           /* of a root's set */
	bool open;             /* of a root's set */
	struct segment *segment;
};

struct segments {
	struct member *members; /* by the device's address */
	size_t member_count;
	struct segment *list;
	size_t count;
};

static int compare_members(const void *a, const void *b)
{
	const struct object *one = ((const struct member *)a)->device;
	const struct object *other = ((const struct member *)b)->device;

	return (one > other) - (one < other);
}

static struct member *member_of(const struct segments *segments, const struct object *device)
{
	struct member key = {.device = device};

	return bsearch(&key, segments->members, segments->member_count, sizeof key,
	               compare_members);
}

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

static void join_references(const struct graph *graph, const struct segments *segments,
                            struct member *member)
{
	const struct object *device = member->device;

	for (size_t i = 0; i < kind_field_count(device->kind); i++) {
		const struct object *other;

		if (!(kind_field(device->kind, i)->flags &
		      (FIELD_PEER | FIELD_MASTER | FIELD_LOWER)) ||
		    !object_has(device, i))
			continue;
		other = graph_device(graph, object_value(device, i)->text);
		if (!other)
			root_of(member)->open = true;
		else if (passes_frames(other))
			join(member, member_of(segments, other));
	}
}

static struct segments *list_members(const struct graph *graph)
{
	struct segments *segments = arena_alloc(graph->arena, sizeof *segments);
	struct member *members = arena_alloc(graph->arena, (graph->count + 1) * sizeof *members);
	size_t count = 0;

	for (size_t i = 0; i < graph->count; i++) {
		if (graph->objects[i]->kind->class == &link_class)
			members[count++] = (struct member){.device = graph->objects[i], .size = 1};
	}
	qsort(members, count, sizeof *members, compare_members);
	for (size_t i = 0; i < count; i++)
		members[i].parent = &members[i];
	segments->members = members;
	segments->member_count = count;
	return segments;
}

/* Numbers the sets, and lists the devices of each. */
static void list_segments(const struct graph *graph, struct segments *segments)
{
	const struct object **next =
	        arena_alloc(graph->arena, (segments->member_count + 1) * sizeof *next);

	segments->list =
	        arena_alloc(graph->arena, (segments->member_count + 1) * sizeof *segments->list);
	for (size_t i = 0; i < graph->count; i++) {
		struct member *member = member_of(segments, graph->objects[i]), *root;

		if (!member)
			continue;
		root = root_of(member);
		if (!root->segment) {
			root->segment = &segments->list[segments->count];
			*root->segment = (struct segment){
			        .number = segments->count++, .devices = next, .open = root->open};
			next += root->size;
		}
		member->segment = root->segment;
		member->segment->devices[member->segment->count++] = member->device;
	}
}

struct segments *segments_find(const struct graph *graph)
{
	struct segments *segments = list_members(graph);

	for (size_t i = 0; i < segments->member_count; i++) {
		if (passes_frames(segments->members[i].device))
			join_references(graph, segments, &segments->members[i]);
	}
	list_segments(graph, segments);
	return segments;
}

const struct segment *segment_of(const struct segments *segments, const struct object *device)
{
	const struct member *member = member_of(segments, device);

	return member ? member->segment : NULL;
}

size_t segments_count(const struct segments *segments)
{
	return segments->count;
}

const struct segment *segments_at(const struct segments *segments, size_t number)
{
	return &segments->list[number];
}
