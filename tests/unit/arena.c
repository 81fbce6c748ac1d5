/* The arena when the machine has no memory left: the reserve, and that it is told. */
#include "parser/arena.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#endif

enum { MEGABYTE = 1 << 20 };

/* From now on no memory is to be had beyond what the process has. */
static void use_up_memory(void)
{
	struct rlimit none = {0, RLIM_INFINITY};

#ifdef SANITIZED
	cr_skip_test("the sanitizer ends a program that has no memory left");
#endif
	cr_assert_eq(setrlimit(RLIMIT_AS, &none), 0);
}

Test(arena, reserve_is_there_when_memory_is_not)
{
	struct arena *arena = arena_new();
	char *before = arena_copy(arena, "kept", 4), *after;

	cr_assert(arena_reserve(arena));
	cr_assert(arena_reserve(arena), "a second time it is there already");
	memset(arena_alloc(arena, MEGABYTE), 1, MEGABYTE);
	cr_expect(!arena_is_short(arena), "nothing of it is used while there is memory");
	use_up_memory();
	after = arena_alloc(arena, MEGABYTE / 2);
	cr_expect(arena_is_short(arena));
	for (size_t i = 0; i < MEGABYTE / 2; i++)
		cr_assert_eq(after[i], 0);
	memset(after, 1, MEGABYTE / 2);
	cr_expect_str_eq(arena_printf(arena, "%s %d", before, 1), "kept 1");
	arena_free(arena);
}

Test(arena, reserve_grows_with_what_was_used)
{
	struct arena *arena = arena_new();

	arena_alloc(arena, 4 * MEGABYTE);
	cr_assert(arena_reserve(arena));
	use_up_memory();
	for (size_t i = 0; i < 8; i++)
		memset(arena_alloc(arena, MEGABYTE - 64), 1, MEGABYTE - 64);
	cr_expect(arena_is_short(arena));
	arena_free(arena);
}

Test(arena, ends_where_there_is_no_reserve, .exit_code = 1)
{
	struct arena *arena = arena_new();

#ifdef SANITIZED
	exit(1);
#endif
	use_up_memory();
	arena_alloc(arena, 64 * MEGABYTE);
}

Test(arena, no_reserve_without_memory)
{
	struct arena *arena = arena_new();

	arena_alloc(arena, MEGABYTE);
	use_up_memory();
	cr_expect(!arena_reserve(arena));
	cr_expect(!arena_is_short(arena));
	arena_free(arena);
}
