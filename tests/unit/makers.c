/* Namespaces that are made ahead of what takes them. */
#define _GNU_SOURCE
#include "executor/makers.h"
#include "executor/netlink.h"
#include "executor/nursery.h"
#include "own_run.h"
#include "parser/arena.h"

#include <dirent.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

enum { COUNT = 200, SPARE = 48, ALLOWED = COUNT + SPARE };

static void start(void)
{
	own_run(CLONE_NEWNET);
}

TestSuite(makers, .init = start);

static const char *const *name_all(struct arena *arena)
{
	const char **names = arena_alloc(arena, COUNT * sizeof *names);

	for (size_t i = 0; i < COUNT; i++)
		names[i] = arena_printf(arena, "n%zu", i);
	return names;
}

static size_t open_files(void)
{
	DIR *directory = opendir("/proc/self/fd");
	size_t count = 0;

	if (!directory) /* there is no descriptor for it */
		return ALLOWED;
	while (readdir(directory))
		count++;
	closedir(directory);
	return count;
}

/* Until nothing more is opened. Where no thread is at work, none is made ahead. */
static void await_all(const struct makers *makers)
{
	size_t before = 0, now = open_files();

	while (makers_are_ahead(makers) && now != before) {
		usleep(200 * 1000);
		before = now;
		now = open_files();
	}
}

Test(makers, leave_a_descriptor_for_each_when_nobody_takes)
{
	struct rlimit limit = {ALLOWED, ALLOWED};
	struct arena *arena = arena_new();
	struct nursery *nursery;
	struct makers *makers;

	cr_assert_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
	cr_assert_eq(nursery_open(&nursery), 0);
	makers = makers_start(nursery, arena, ALLOWED - SPARE, name_all(arena), COUNT);
	cr_assert(makers);
	await_all(makers);
	for (size_t i = 0; i < COUNT; i++) {
		struct netlink *netlink = NULL;
		int descriptor = -1;
		int error = makers_take(makers, i, &descriptor, &netlink);

		cr_assert_eq(error, 0, "n%zu: %s", i, strerror(-error));
		cr_expect_geq(descriptor, 0);
		netlink_close(netlink);
		close(descriptor);
	}
	makers_stop(makers);
	nursery_close(nursery);
	arena_free(arena);
}
