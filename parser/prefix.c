#include "prefix.h"

#include <stdlib.h>
#include <string.h>

/* What a list is searched for: in its order, and with what counts of it. */
struct key {
	struct ip ip;
	uint32_t table;
	const struct object *owner; /* NULL: any */
};

static int compare_numbers(size_t a, size_t b)
{
	return (a > b) - (a < b);
}

/* A prefix comes right before those that it contains. */
static int compare_ips(const struct ip *a, const struct ip *b)
{
	int order = a->family - b->family;

	if (!order)
		order = memcmp(a->bytes, b->bytes, sizeof a->bytes);
	return order ? order : a->length - b->length;
}

static int compare(const void *left, const void *right)
{
	const struct prefix *a = left, *b = right;
	int order = compare_numbers(a->table, b->table);

	if (!order)
		order = compare_ips(&a->ip, &b->ip);
	if (!order)
		order = compare_numbers(a->object->owner->order, b->object->owner->order);
	return order ? order : compare_numbers(a->object->order, b->object->order);
}

static int compare_key(const struct prefix *prefix, const struct key *key)
{
	int order = compare_numbers(prefix->table, key->table);

	if (!order)
		order = compare_ips(&prefix->ip, &key->ip);
	if (!order && key->owner)
		order = compare_numbers(prefix->object->owner->order, key->owner->order);
	return order;
}

/* How many stand before what the key says, or before what is behind that. */
static size_t count_before(const struct prefixes *prefixes, const struct key *key, bool behind)
{
	size_t low = 0, high = prefixes->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (compare_key(&prefixes->list[middle], key) < behind)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

void prefixes_add(struct prefixes *prefixes, const struct ip *ip, uint32_t table,
                  struct object *object)
{
	prefixes->list[prefixes->count++] = (struct prefix){ip_network(ip), table, object, NULL};
}

static bool covers(const struct prefix *outer, const struct ip *ip, uint32_t table)
{
	return outer->table == table && ip_covers(&outer->ip, ip);
}

static bool is_equal(const struct prefix *a, const struct prefix *b)
{
	return a->table == b->table && ip_equal(&a->ip, &b->ip);
}

void prefixes_sort(struct prefixes *prefixes)
{
	const struct prefix *first = NULL; /* of those that are equal to the one in hand */

	if (prefixes->count)
		qsort(prefixes->list, prefixes->count, sizeof *prefixes->list, compare);
	for (size_t i = 0; i < prefixes->count; i++) {
		struct prefix *at = &prefixes->list[i];

		if (first && is_equal(first, at)) {
			at->outer = first->outer;
			continue;
		}
		while (first && !covers(first, &at->ip, at->table))
			first = first->outer;
		at->outer = first;
		first = at;
	}
}

const struct prefix *prefixes_longest(const struct prefixes *prefixes, const struct ip *address,
                                      uint32_t table)
{
	struct key key = {.ip = *address, .table = table};
	const struct prefix *at;
	size_t before;

	key.ip.length = ip_full_length(address);
	before = count_before(prefixes, &key, true);
	at = before ? &prefixes->list[before - 1] : NULL;
	if (at && covers(at, address, table))
		return prefixes_equal(prefixes, &at->ip, table, NULL).list;
	while (at && !covers(at, address, table))
		at = at->outer;
	return at;
}

struct prefixes prefixes_equal(const struct prefixes *prefixes, const struct ip *ip, uint32_t table,
                               const struct object *owner)
{
	struct key key = {*ip, table, owner};
	size_t first = count_before(prefixes, &key, false);
	struct prefixes found = {.count = count_before(prefixes, &key, true) - first};

	if (found.count)
		found.list = &prefixes->list[first];
	return found;
}

bool prefixes_inside(const struct prefixes *prefixes, const struct ip *ip, uint32_t table)
{
	struct key key = {.ip = *ip, .table = table};
	size_t before = count_before(prefixes, &key, false);

	return before < prefixes->count && prefixes->list[before].table == table &&
	       ip_covers(ip, &prefixes->list[before].ip);
}
