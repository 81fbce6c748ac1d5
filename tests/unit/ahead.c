/* Work that is done ahead of who takes what comes of it. */
#include "executor/ahead.h"

#include <criterion/criterion.h>
#include <stdatomic.h>
#include <unistd.h>

enum { COUNT = 1000, MOST = 8 };

static atomic_uint done[COUNT];
static atomic_size_t taken, furthest;
static atomic_uint wrong;

static void piece(void *context, unsigned worker, size_t place)
{
	size_t ahead = place - (taken < place ? taken : place);

	wrong += context != &wrong || worker >= AHEAD_WORKERS;
	if (ahead > furthest)
		furthest = ahead;
	if (place % 100 == 0)
		usleep(1000); /* others overtake it */
	done[place]++;
}

static void take_all(size_t threads)
{
	struct ahead *ahead = ahead_start((struct work){piece, &wrong, 1, COUNT, MOST}, threads);

	cr_assert(ahead);
	cr_assert(threads || !ahead_has_threads(ahead));
	for (size_t i = 0; i < COUNT; i++) {
		taken = i + 1;
		ahead_await(ahead, i);
		cr_assert_eq(done[i], i > 0, "%zu", i); /* the first was done before */
	}
	ahead_stop(ahead);
	cr_assert_eq(wrong, 0);
	cr_assert_leq(furthest, MOST);
}

Test(ahead, each_piece_once)
{
	take_all(AHEAD_WORKERS - 1);
}

Test(ahead, without_threads)
{
	take_all(0);
	cr_assert_eq(furthest, 0);
}

Test(ahead, ends_early)
{
	for (size_t threads = 0; threads < AHEAD_WORKERS; threads++) {
		struct ahead *ahead;
		size_t begun = 11;

		for (size_t i = 0; i < COUNT; i++)
			done[i] = 0;
		ahead = ahead_start((struct work){piece, &wrong, 0, COUNT, MOST}, threads);
		cr_assert(ahead);
		ahead_await(ahead, 10);
		ahead_stop(ahead);
		while (done[begun])
			begun++;
		cr_assert_leq(begun, 11 + MOST);
		for (size_t i = 0; i < COUNT; i++)
			cr_assert_eq(done[i], i < begun, "%zu", i);
	}
}
