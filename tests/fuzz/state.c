/*
 * Any bytes as the file in which topoc keeps what the kernel cannot hold: what state_read() makes
 * of them comes back from state_write() and state_read(). In a mount namespace of its own, with a
 * /run of its own.
 */
#define _GNU_SOURCE
#include "executor/state.h"
#include "parser/arena.h"

#include <fcntl.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char path[] = "/run/topoc/lab/fuzz/state";

static void expect(bool truth)
{
	if (!truth)
		abort();
}

static void write_file(const char *name, const void *data, size_t size)
{
	int file = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	expect(file >= 0 && write(file, data, size) == (ssize_t)size);
	close(file);
}

/* As user_namespaces(7) has it: one user, and one group, are themselves. */
static void keep_id(const char *name, unsigned id)
{
	char line[64];
	int length = snprintf(line, sizeof line, "%u %u 1", id, id);

	write_file(name, line, (size_t)length);
}

static bool leave(void)
{
	unsigned user = geteuid(), group = getegid();

	if (!unshare(CLONE_NEWNS))
		return true;
	if (unshare(CLONE_NEWUSER | CLONE_NEWNS))
		return false;
	write_file("/proc/self/setgroups", "deny", 4);
	keep_id("/proc/self/uid_map", user);
	keep_id("/proc/self/gid_map", group);
	return true;
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	if (!leave() || mount("", "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
	    mount("tmpfs", "/run", "tmpfs", 0, NULL) || mkdir("/run/topoc", 0755) ||
	    mkdir("/run/topoc/lab", 0755) || mkdir("/run/topoc/lab/fuzz", 0755)) {
		perror("a /run of its own");
		exit(1);
	}
	return 0;
}

static bool same(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : a == b;
}

static void check_same(const struct state *a, const struct state *b)
{
	expect(same(a->file, b->file) && same(a->text, b->text) && same(a->since, b->since) &&
	       a->done == b->done && a->former_count == b->former_count &&
	       a->route_count == b->route_count);
	for (size_t i = 0; i < a->former_count; i++) {
		const struct former *one = &a->formers[i], *other = &b->formers[i];

		expect(same(one->space, other->space) && same(one->name, other->name) &&
		       same(one->value, other->value) && same(one->set, other->set) &&
		       same(one->cause, other->cause));
		expect(state_former(a, one->space, one->name) != NULL);
	}
	for (size_t i = 0; i < a->route_count; i++)
		expect(same(a->routes[i], b->routes[i]));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new();
	struct state state, again;

	write_file(path, data, size);
	if (!state_read(arena, "fuzz", &state)) {
		expect(!state_write(arena, "fuzz", &state));
		expect(!state_read(arena, "fuzz", &again));
		check_same(&state, &again);
	}
	arena_free(arena);
	return 0;
}
