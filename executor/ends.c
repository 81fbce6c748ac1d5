/* Which device is a cable's other end? The kernel tells its index, and a number for its namespace.
 */
#include "observe.h"

#include "attribute.h"
#include "parser/arena.h"

#include <libmnl/libmnl.h>
#include <linux/net_namespace.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>

struct end {
	struct object *device;
	struct value *peer;
	uint32_t index; /* its own ... */
	uint32_t other; /* ... and the other end's */
};

struct ends {
	struct end *list;
	size_t count;
};

static struct value *peer_value(const struct graph *graph, struct object *object)
{
	for (size_t i = 0; i < kind_field_count(object->kind); i++) {
		if (kind_field(object->kind, i)->flags & FIELD_PEER && object_has(object, i))
			return object_set(graph->arena, object, i);
	}
	return NULL;
}

static struct ends collect(const struct graph *graph)
{
	struct ends ends = {arena_alloc(graph->arena, (graph->count + 1) * sizeof *ends.list), 0};

	for (size_t i = 0; i < graph->count; i++) {
		struct object *device = graph->objects[i];
		struct value *peer = peer_value(graph, device);

		if (peer)
			ends.list[ends.count++] =
			        (struct end){device, peer, device->index, device->other};
	}
	return ends;
}

static int compare_ends(const void *left, const void *right)
{
	const struct end *a = left, *b = right;

	if (a->index != b->index)
		return a->index < b->index ? -1 : 1;
	return (a->other > b->other) - (a->other < b->other);
}

static int read_number(const struct nlmsghdr *message, void *context)
{
	struct attributes attributes = attributes_of(message, sizeof(struct rtgenmsg));

	*(int32_t *)context = (int32_t)attribute_number(attributes_find(attributes, NETNSA_NSID));
	return 0;
}

/* Whether the namespace that `end` calls by a number is the one that `candidate` is in. */
static bool is_elsewhere(const struct kernel *kernel, const struct end *end,
                         const struct object *candidate)
{
	_Alignas(struct nlmsghdr) char buffer[64];
	struct nlmsghdr *request = mnl_nlmsg_put_header(buffer);
	int32_t number = -1;

	request->nlmsg_type = RTM_GETNSID;
	mnl_nlmsg_put_extra_header(request, sizeof(struct rtgenmsg));
	mnl_attr_put_u32(request, NETNSA_FD, (uint32_t)kernel_space(kernel, candidate)->descriptor);
	if (netlink_get(kernel_space(kernel, end->device)->netlink, request, read_number, &number))
		return false;
	return number >= 0 && (uint32_t)number + 1 == end->device->elsewhere;
}

/* Devices of topoc's own making have indexes of their own, so that there is one candidate only. */
static const struct object *other_end(const struct kernel *kernel, const struct ends *ends,
                                      const struct end *end)
{
	struct end key = {.index = end->other, .other = end->index};
	const struct end *at = ends->list, *limit = ends->list + ends->count;
	const struct object *only = NULL;
	size_t candidates = 0;

	at = bsearch(&key, at, ends->count, sizeof key, compare_ends);
	while (at && at > ends->list && !compare_ends(at - 1, &key))
		at--;
	for (const struct end *other = at; other && other < limit && !compare_ends(other, &key);
	     other++) {
		bool here = other->device->owner == end->device->owner;

		if (here != !end->device->elsewhere || other->device == end->device)
			continue;
		if (here)
			return other->device;
		only = other->device;
		candidates++;
	}
	if (candidates < 2)
		return only;
	for (const struct end *other = at; other < limit && !compare_ends(other, &key); other++) {
		if (other->device->elsewhere && is_elsewhere(kernel, end, other->device))
			return other->device;
	}
	return NULL;
}

void observe_finish(struct kernel *kernel, struct graph *graph)
{
	struct ends ends = collect(graph);

	if (ends.count)
		qsort(ends.list, ends.count, sizeof *ends.list, compare_ends);
	for (size_t i = 0; i < ends.count; i++) {
		const struct object *other = other_end(kernel, &ends, &ends.list[i]);

		ends.list[i].peer->text = other ? strchr(other->path, ' ') + 1 : "?";
	}
	graph_complete(graph);
}

bool observe_has_loose_end(const struct graph *graph, uint32_t index)
{
	for (size_t i = 0; i < graph->count; i++) {
		const struct object *device = graph->objects[i];

		if (device->index == index && device->elsewhere && !device->foreign &&
		    !object_peer(graph, device))
			return true;
	}
	return false;
}
