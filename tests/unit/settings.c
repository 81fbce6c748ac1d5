/* What a new namespace is given, whatever the machine handed on to it. */
#define _GNU_SOURCE
#include "executor/settings.h"
#include "executor/sysctl.h"
#include "parser/arena.h"

#include <criterion/criterion.h>
#include <dirent.h>
#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>

static const char *const devices[] = {"all", "default", "lo"};

static void give_settings(struct sysctl_view *view, struct arena *arena)
{
	struct settings settings;

	cr_assert_eq(settings_find(view, arena, &settings), 0);
	cr_assert_eq(settings_write(view, &settings), 0);
	cr_assert_eq(settings_find(view, arena, &settings), 0);
	for (size_t i = 0; i < settings.count; i++)
		cr_expect(false, "%s is not %s", settings.list[i].path, settings.list[i].value);
}

/* Of a setting of all that topoc gives of its own, what a device has does not matter. */
static bool is_left_alone(const char *name)
{
	return !strcmp(name, "promote_secondaries");
}

/* All of IPv4's of one device, as far as they can be written: their paths, up to NULL. */
static const char **list(struct arena *arena, const char *device)
{
	const char *directory = arena_printf(arena, "/proc/sys/net/ipv4/conf/%s", device);
	const char **paths = arena_alloc(arena, 200 * sizeof *paths);
	DIR *stream = opendir(directory);
	size_t count = 0;

	cr_assert(stream, "%s", strerror(errno));
	for (struct dirent *entry; (entry = readdir(stream));) {
		if (*entry->d_name != '.' && strcmp(entry->d_name, "mc_forwarding") != 0 &&
		    !is_left_alone(entry->d_name))
			paths[count++] = arena_printf(
			        arena, "%s/%s", directory + strlen("/proc/sys/"), entry->d_name);
	}
	closedir(stream);
	cr_assert_gt(count, 25);
	return paths;
}

static void write_another(struct sysctl_view *view, struct arena *arena, const char *path,
                          const char *value)
{
	int error =
	        sysctl_write(view, path, arena_printf(arena, "%ld", strtol(value, NULL, 10) + 1));

	cr_assert_eq(error, 0, "%s: %s", path, strerror(-error));
}

Test(settings, are_the_kernels_own_whatever_it_copied)
{
	struct arena *arena = arena_new();
	struct sysctl_view *view = sysctl_view_open(false);
	const char **paths[3], **values[3];

	cr_assert_eq(unshare(CLONE_NEWNET), 0);
	give_settings(view, arena);
	for (size_t device = 0; device < 3; device++) {
		paths[device] = list(arena, devices[device]);
		values[device] = arena_alloc(arena, 200 * sizeof **values);
		for (size_t i = 0; paths[device][i]; i++)
			values[device][i] = sysctl_read(view, arena, paths[device][i]);
	}
	for (size_t device = 0; device < 3; device++) {
		for (size_t i = 0; paths[device][i]; i++)
			write_another(view, arena, paths[device][i], values[device][i]);
	}
	give_settings(view, arena);
	for (size_t device = 0; device < 3; device++) {
		for (size_t i = 0; paths[device][i]; i++)
			cr_expect_str_eq(sysctl_read(view, arena, paths[device][i]),
			                 values[device][i], "%s", paths[device][i]);
	}
	sysctl_view_close(view);
	arena_free(arena);
}
