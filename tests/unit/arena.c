/* The arena when the machine has no memory left: the reserve, and that it is told. */
#include "parser/arena.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED true
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define SANITIZED true
#endif
#ifndef SANITIZED
#define SANITIZED false
#endif

static const size_t megabyte = 1 << 20;
static const bool is_sanitized = SANITIZED;

/* From now on the process has at most so many bytes. */
static void limit_memory(rlim_t most)
{
	struct rlimit limit = {most, RLIM_INFINITY};

	if (is_sanitized)
		cr_skip_test("the sanitizer ends a program that has no memory left");
	cr_assert_eq(setrlimit(RLIMIT_AS, &limit), 0);
}

/* ... or none beyond what it has. */
static void use_up_memory(void)
{
	limit_memory(0);
}

static size_t memory_used(void)
{
	FILE *file = fopen("/proc/self/statm", "r");
	unsigned long pages = 0;

	cr_assert(file);
	cr_assert_eq(fscanf(file, "%lu", &pages), 1);
	fclose(file);
	return pages * (size_t)sysconf(_SC_PAGESIZE);
}

Test(arena, reserve_is_there_when_memory_is_not)
{
	struct arena *arena = arena_new();
	char *before = arena_copy(arena, "kept", 4), *after;

	cr_assert(arena_reserve(arena));
	cr_assert(arena_reserve(arena), "a second time it is there already");
	memset(arena_alloc(arena, megabyte), 1, megabyte);
	cr_expect(!arena_is_short(arena), "nothing of it is used while there is memory");
	use_up_memory();
	after = arena_alloc(arena, megabyte / 2);
	cr_expect(arena_is_short(arena));
	for (size_t i = 0; i < megabyte / 2; i++)
		cr_assert_eq(after[i], 0);
	memset(after, 1, megabyte / 2);
	cr_expect_str_eq(arena_printf(arena, "%s %d", before, 1), "kept 1");
	arena_free(arena);
}

Test(arena, reserve_grows_with_what_was_used)
{
	struct arena *arena = arena_new();

	arena_alloc(arena, 4 * megabyte);
	cr_assert(arena_reserve(arena));
	use_up_memory();
	for (size_t i = 0; i < 8; i++)
		memset(arena_alloc(arena, megabyte - 64), 1, megabyte - 64);
	cr_expect(arena_is_short(arena));
	arena_free(arena);
}

Test(arena, ends_where_there_is_no_reserve, .exit_code = 1)
{
	if (is_sanitized)
		exit(1);
	use_up_memory();
	arena_alloc(arena_new(), 64 * megabyte);
}

Test(arena, no_reserve_without_memory)
{
	struct arena *arena = arena_new();

	arena_alloc(arena, megabyte);
	use_up_memory();
	cr_expect(!arena_reserve(arena));
	cr_expect(!arena_is_short(arena));
	arena_free(arena);
}

/* Of the large, so much would not fit in together; what else is there stays as it is. */
Test(arena, large_memory_is_released)
{
	struct arena *arena = arena_new();
	char *small = arena_copy(arena, "kept", 4), *large = arena_alloc(arena, megabyte);

	memset(large, 1, megabyte);
	limit_memory(memory_used() + 4 * megabyte);
	for (size_t i = 0; i < 100; i++) {
		char *other = arena_alloc(arena, megabyte);

		memset(other, 2, megabyte);
		arena_release(arena, other);
		arena_release(arena, small);
	}
	for (size_t i = 0; i < megabyte; i++)
		cr_assert_eq(large[i], 1);
	cr_expect_str_eq(small, "kept");
	arena_free(arena);
}
