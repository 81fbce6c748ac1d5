/* Prefixes are found as by a walk through all of them. */
#include "parser/prefix.h"
#include "parser/arena.h"

#include <criterion/criterion.h>
#include <sys/socket.h>

enum { OWNERS = 3, PREFIXES = 300, ASKED = 2000, TABLES = 2 };

static struct arena *arena;
static uint32_t state;

static void start(void)
{
	arena = arena_new();
	state = 1;
}

static void end(void)
{
	arena_free(arena);
}

TestSuite(prefix, .init = start, .fini = end);

/* xorshift32: Marsaglia, "Xorshift RNGs", 2003. */
static uint32_t draw(uint32_t below)
{
	state ^= state << 13;
	state ^= state >> 17;
	state ^= state << 5;
	return state % below;
}

/* Few bits differ, so that many contain each other and some are equal. */
static struct ip random_ip(void)
{
	struct ip ip = {.family = draw(2) ? AF_INET : AF_INET6};
	uint32_t bytes = ip.family == AF_INET ? 4 : 16;

	for (uint32_t i = 0; i < bytes; i++)
		ip.bytes[i] = (uint8_t)(draw(3) ? 0 : 1 << draw(8));
	ip.length = (uint8_t)(draw(4) ? draw(8 * bytes + 1) : 0);
	return ip;
}

static struct object *add_object(struct object *owner, size_t order)
{
	struct object *object = arena_alloc(arena, sizeof *object);

	object->owner = owner;
	object->order = (uint32_t)order;
	return object;
}

/* Those of a list in the order in which they were added: by owner, and then by object. */
static struct prefixes fill(struct prefixes *sorted, struct object **owners)
{
	struct prefixes added = {arena_alloc(arena, PREFIXES * sizeof *added.list), 0};

	sorted->list = arena_alloc(arena, PREFIXES * sizeof *sorted->list);
	for (size_t i = 0; i < OWNERS; i++)
		owners[i] = add_object(NULL, i);
	for (size_t i = 0; i < PREFIXES; i++) {
		struct object *object = add_object(owners[i * OWNERS / PREFIXES], OWNERS + i);
		struct ip ip = random_ip();
		uint32_t table = draw(TABLES);

		prefixes_add(&added, &ip, table, object);
		prefixes_add(sorted, &ip, table, object);
	}
	prefixes_sort(sorted);
	return added;
}

static bool is_in(const struct prefix *prefix, const struct ip *outer, uint32_t table)
{
	return prefix->table == table && prefix->ip.length >= outer->length &&
	       ip_covers(outer, &prefix->ip);
}

/* The next longest one around an address that is shorter than `length`. */
static const struct prefix *longest(const struct prefixes *all, const struct ip *ip, uint32_t table,
                                    unsigned length)
{
	const struct prefix *best = NULL;

	for (size_t i = 0; i < all->count; i++) {
		const struct prefix *at = &all->list[i];

		if (at->table == table && at->ip.length < length && ip_covers(&at->ip, ip) &&
		    (!best || at->ip.length > best->ip.length))
			best = at;
	}
	return best;
}

static void compare_longest(const struct prefixes *all, const struct prefixes *sorted,
                            const struct ip *ip, uint32_t table)
{
	const struct prefix *want = longest(all, ip, table, 129);
	const struct prefix *have = prefixes_longest(sorted, ip, table);

	for (; want && have; have = have->outer) {
		cr_assert_eq(have->object, want->object);
		want = longest(all, ip, table, want->ip.length);
	}
	cr_assert(!want && !have);
}

static void compare_equal(const struct prefixes *all, const struct prefixes *sorted,
                          const struct ip *ip, uint32_t table, const struct object *owner)
{
	struct prefixes have = prefixes_equal(sorted, ip, table, owner);
	size_t count = 0;

	for (size_t i = 0; i < all->count; i++) {
		const struct prefix *at = &all->list[i];

		if (at->table != table || !ip_equal(&at->ip, ip) ||
		    (owner && at->object->owner != owner))
			continue;
		cr_assert_lt(count, have.count);
		cr_assert_eq(have.list[count++].object, at->object);
	}
	cr_assert_eq(count, have.count);
}

static void compare_inside(const struct prefixes *all, const struct prefixes *sorted,
                           const struct ip *ip, uint32_t table)
{
	bool want = false;

	for (size_t i = 0; i < all->count; i++)
		want |= is_in(&all->list[i], ip, table);
	cr_assert_eq(prefixes_inside(sorted, ip, table), want);
}

Test(prefix, are_found_as_by_a_walk)
{
	struct object *owners[OWNERS];
	struct prefixes sorted = {0}, all;

	all = fill(&sorted, owners);
	cr_assert_eq(sorted.count, PREFIXES);
	for (size_t i = 0; i < ASKED; i++) {
		struct ip ip = i % 2 ? random_ip() : all.list[draw(PREFIXES)].ip;
		struct ip network = ip_network(&ip);
		uint32_t table = draw(TABLES);
		uint32_t owner = draw(OWNERS + 1);

		compare_longest(&all, &sorted, &ip, table);
		compare_equal(&all, &sorted, &network, table,
		              owner < OWNERS ? owners[owner] : NULL);
		compare_inside(&all, &sorted, &network, table);
	}
}

Test(prefix, of_none_none_are_found)
{
	struct prefixes none = {0};
	struct ip ip = {AF_INET, 32, {10, 0, 0, 1}};

	prefixes_sort(&none);
	cr_assert_null(prefixes_longest(&none, &ip, 0));
	cr_assert_eq(prefixes_equal(&none, &ip, 0, NULL).count, 0);
	cr_assert_not(prefixes_inside(&none, &ip, 0));
}
