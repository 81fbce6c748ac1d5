#include "entries.h"
#include "../arena.h"

#include <string.h>

void entries_append(struct entries *entries, struct entry entry)
{
	if (entries->count == entries->capacity) {
		struct entry *old = entries->list;

		entries->capacity = entries->capacity ? 2 * entries->capacity : 64;
		entries->list = arena_grow(entries->arena, old, entries->count, entries->capacity,
		                           sizeof(*entries->list));
		arena_release(entries->arena, old);
	}
	entries->list[entries->count++] = entry;
}

void entries_take(struct entries *entries, size_t before, struct node *node)
{
	node->count = entries->count - before;
	if (node->count)
		node->entries = arena_grow(entries->arena, &entries->list[before], node->count,
		                           node->count, sizeof(*node->entries));
	entries->count = before;
}

void entries_move(struct entries *entries, size_t from, size_t to)
{
	size_t moved = entries->count - from;
	struct entry *before, *copy;

	if (!moved)
		return;
	before = &entries->list[to];
	copy = arena_grow(entries->arena, before, from - to, from - to, sizeof(*copy));
	memmove(before, &entries->list[from], moved * sizeof(*before));
	memcpy(&before[moved], copy, (from - to) * sizeof(*before));
}
