#define _GNU_SOURCE
#include "own_run.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { CROWD = 8, LINE = 4096 };

static int covered; /* mounts on /run that a test's own covers: locked, in a user namespace */

/*
 * How many mounts are on `path`, as this test made them; `line` (LINE bytes) is the last one's in
 * mountinfo.
 */
static int count_mounts(const char *path, char *line)
{
	FILE *file = fopen("/proc/self/mountinfo", "re");
	char next[LINE], point[LINE];
	int count = 0, below = covered;

	line[0] = '\0';
	while (fgets(next, sizeof(next), file)) {
		if (sscanf(next, "%*s %*s %*s %*s %s", point) != 1)
			continue;
		if (!strcmp(point, "/run") && below-- >= 0)
			count = 0;
		if (!strcmp(point, path)) {
			memcpy(line, next, sizeof(next));
			count++;
		}
	}
	fclose(file);
	return count;
}

static void start(void)
{
	char line[LINE];

	own_run(0);
	covered = count_mounts("/run", line) - 1;
}

TestSuite(run_directory, .init = start);

/* The number of the peer group of the one mount that is on `path`. */
static int peer_group(const char *path)
{
	char line[LINE];
	const char *shared;

	cr_assert_eq(count_mounts(path, line), 1, "%s", path);
	shared = strstr(line, " shared:");
	cr_assert_not_null(shared, "%s", line);
	return atoi(shared + strlen(" shared:"));
}

static void assert_prepared(void)
{
	char line[LINE];

	cr_assert_eq(count_mounts(RUN_DIRECTORY, line), 1);
	cr_assert_not_null(strstr(line, " - tmpfs "));
	cr_assert_neq(peer_group(RUN_DIRECTORY), peer_group("/run"));
	cr_assert_neq(peer_group(NETNS_DIRECTORY), peer_group("/run"));
}

Test(run_directory, prepare)
{
	struct stat status;

	umask(0077);
	cr_assert_not(run_directory_exists());
	prepare();
	cr_assert(run_directory_exists());
	assert_prepared();
	cr_assert_eq(mode_of(RUN_DIRECTORY), 0755);
	cr_assert_eq(stat(RUN_DIRECTORY, &status), 0);
	cr_assert_eq(status.st_uid, geteuid());
}

Test(run_directory, prepare_again_changes_nothing)
{
	int group;

	prepare();
	group = peer_group(RUN_DIRECTORY);
	close(open(RUN_DIRECTORY "/mine", O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
	prepare();
	cr_assert_eq(peer_group(RUN_DIRECTORY), group);
	cr_assert_eq(access(RUN_DIRECTORY "/mine", F_OK), 0);
	assert_prepared();
}

Test(run_directory, prepare_where_run_is_private)
{
	char line[LINE];

	cr_assert_eq(mount(NULL, "/run", NULL, MS_PRIVATE, NULL), 0);
	prepare();
	cr_assert_neq(peer_group(RUN_DIRECTORY), peer_group(NETNS_DIRECTORY));
	cr_assert_eq(count_mounts("/run", line), 1);
	cr_assert_null(strstr(line, "shared:"));
}

/* Killed between the mount and its sharing. */
Test(run_directory, prepare_completes)
{
	cr_assert_eq(mkdir(RUN_DIRECTORY, 0700), 0);
	cr_assert_eq(mount("topoc", RUN_DIRECTORY, "tmpfs", 0, "mode=0755"), 0);
	cr_assert_eq(mount(NULL, RUN_DIRECTORY, NULL, MS_PRIVATE, NULL), 0);
	cr_assert_eq(mkdir(NETNS_DIRECTORY, 0755), 0);
	cr_assert_eq(mount(NETNS_DIRECTORY, NETNS_DIRECTORY, NULL, MS_BIND, NULL), 0);
	cr_assert_eq(mount(NULL, NETNS_DIRECTORY, NULL, MS_PRIVATE, NULL), 0);
	prepare();
	assert_prepared();
}

Test(run_directory, prepare_beside_ip_netns)
{
	cr_assert_eq(system("ip netns add before"), 0);
	prepare();
	cr_assert_eq(system("ip netns add after && ip netns exec before true"), 0);
	peer_group(NETNS_DIRECTORY);
}

/* All wait at the pipe until the parent lets go. */
static pid_t start_in_crowd(const int gate[2])
{
	const char *step = "";
	char byte;
	pid_t child = fork();

	if (child)
		return child;
	close(gate[1]);
	if (read(gate[0], &byte, 1) != 0)
		_exit(1);
	_exit(run_directory_prepare(&step) ? 2 : 0);
}

static void prepare_in_crowd(void)
{
	pid_t children[CROWD];
	int gate[2];

	cr_assert_eq(pipe(gate), 0);
	for (int i = 0; i < CROWD; i++)
		children[i] = start_in_crowd(gate);
	close(gate[0]);
	close(gate[1]);
	for (int i = 0; i < CROWD; i++)
		cr_assert_eq(status_of(children[i]), 0);
	assert_prepared();
}

Test(run_directory, prepare_many_at_once)
{
	for (int i = 0; i < 50; i++) {
		prepare_in_crowd();
		cr_assert_eq(umount(RUN_DIRECTORY), 0);
		cr_assert_eq(umount(NETNS_DIRECTORY), 0);
	}
}

static void assert_refused(int expected)
{
	const char *step = "untouched";

	cr_assert_eq(run_directory_prepare(&step), expected);
	cr_assert_not_null(strstr(step, RUN_DIRECTORY), "%s", step);
}

Test(run_directory, prepare_refuses_a_symbolic_link)
{
	cr_assert_eq(mkdir("/run/elsewhere", 0755), 0);
	cr_assert_eq(symlink("/run/elsewhere", RUN_DIRECTORY), 0);
	assert_refused(-ENOTDIR);
	cr_assert_not(run_directory_exists());
}

Test(run_directory, prepare_refuses_a_file)
{
	close(open(RUN_DIRECTORY, O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
	assert_refused(-ENOTDIR);
}

Test(run_directory, prepare_refuses_what_others_may_write)
{
	cr_assert_eq(mkdir(RUN_DIRECTORY, 0700), 0);
	cr_assert_eq(chmod(RUN_DIRECTORY, 0777), 0);
	assert_refused(-EPERM);
	cr_assert_eq(chmod(RUN_DIRECTORY, 0755), 0);
	prepare();
	cr_assert_eq(chmod(RUN_DIRECTORY, 0775), 0);
	assert_refused(-EPERM);
}

Test(run_directory, prepare_refuses_what_is_another_users)
{
	cr_assert_eq(mkdir(RUN_DIRECTORY, 0755), 0);
	if (chown(RUN_DIRECTORY, 1, 1))
		cr_skip_test("there is no other user here");
	assert_refused(-EPERM);
}

Test(run_directory, prepare_says_what_failed)
{
	const char *step = "untouched";

	cr_assert_eq(mount(NULL, "/run", NULL, MS_REMOUNT | MS_RDONLY, NULL), 0);
	cr_assert_eq(run_directory_prepare(&step), -EROFS);
	cr_assert_str_eq(step, "make the directory " RUN_DIRECTORY);
}

/* A service, started before, whose mounts follow the machine's. */
Test(run_directory, prepare_is_seen_by_services)
{
	int ready[2], go[2];
	char byte = 0, line[LINE];
	pid_t child;

	cr_assert_eq(pipe2(ready, O_CLOEXEC) | pipe2(go, O_CLOEXEC), 0);
	child = fork();
	if (child == 0) {
		if (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_SLAVE, NULL) ||
		    write(ready[1], &byte, 1) != 1 || read(go[0], &byte, 1) != 1)
			_exit(1);
		_exit(count_mounts(RUN_DIRECTORY "/lab", line) == 1 ? 0 : 2);
	}
	cr_assert_eq(read(ready[0], &byte, 1), 1);
	prepare();
	cr_assert_eq(mkdir(RUN_DIRECTORY "/lab", 0755), 0);
	cr_assert_eq(mount("tmpfs", RUN_DIRECTORY "/lab", "tmpfs", 0, NULL), 0);
	cr_assert_eq(write(go[1], &byte, 1), 1);
	cr_assert_eq(status_of(child), 0);
}

Test(run_directory, exists_only_as_a_mount)
{
	cr_assert_eq(mkdir(RUN_DIRECTORY, 0755), 0);
	cr_assert_not(run_directory_exists());
	cr_assert_eq(mount(RUN_DIRECTORY, RUN_DIRECTORY, NULL, MS_BIND, NULL), 0);
	cr_assert_not(run_directory_exists());
}
