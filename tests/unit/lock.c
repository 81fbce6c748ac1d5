#define _GNU_SOURCE
#include "executor/lock.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { CROWD = 8, LINE = 4096, SKIP = 77 };

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
			strcpy(line, next);
			count++;
		}
	}
	fclose(file);
	return count;
}

/* Each test has mounts of its own and a shared /run, as most machines have. */
static void own_run(void)
{
	char line[LINE];

	cr_assert_eq(unshare(CLONE_NEWNS), 0, "unshare: %s", strerror(errno));
	cr_assert_eq(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), 0);
	while (!umount2("/run", MNT_DETACH))
		continue;
	covered = count_mounts("/run", line);
	cr_assert_eq(mount("tmpfs", "/run", "tmpfs", 0, "mode=0755"), 0);
	cr_assert_eq(mount(NULL, "/run", NULL, MS_SHARED, NULL), 0);
}

TestSuite(lock, .init = own_run);

static void prepare(void)
{
	const char *step = "";
	int error = run_directory_prepare(&step);

	cr_assert_eq(error, 0, "%s: %s", step, strerror(-error));
}

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

static mode_t mode_of(const char *path)
{
	struct stat status;

	cr_assert_eq(lstat(path, &status), 0);
	return status.st_mode & 07777;
}

static int status_of(pid_t child)
{
	int status;

	cr_assert_eq(waitpid(child, &status, 0), child);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

Test(lock, prepare)
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

Test(lock, prepare_again_changes_nothing)
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

Test(lock, prepare_where_run_is_private)
{
	char line[LINE];

	cr_assert_eq(mount(NULL, "/run", NULL, MS_PRIVATE, NULL), 0);
	prepare();
	cr_assert_neq(peer_group(RUN_DIRECTORY), peer_group(NETNS_DIRECTORY));
	cr_assert_eq(count_mounts("/run", line), 1);
	cr_assert_null(strstr(line, "shared:"));
}

/* Killed between the mount and its sharing. */
Test(lock, prepare_completes)
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

Test(lock, prepare_beside_ip_netns)
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

Test(lock, prepare_many_at_once)
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

Test(lock, prepare_refuses_a_symbolic_link)
{
	cr_assert_eq(mkdir("/run/elsewhere", 0755), 0);
	cr_assert_eq(symlink("/run/elsewhere", RUN_DIRECTORY), 0);
	assert_refused(-ENOTDIR);
	cr_assert_not(run_directory_exists());
}

Test(lock, prepare_refuses_a_file)
{
	close(open(RUN_DIRECTORY, O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
	assert_refused(-ENOTDIR);
}

Test(lock, prepare_refuses_what_others_may_write)
{
	cr_assert_eq(mkdir(RUN_DIRECTORY, 0700), 0);
	cr_assert_eq(chmod(RUN_DIRECTORY, 0777), 0);
	assert_refused(-EPERM);
	cr_assert_eq(chmod(RUN_DIRECTORY, 0755), 0);
	prepare();
	cr_assert_eq(chmod(RUN_DIRECTORY, 0775), 0);
	assert_refused(-EPERM);
}

Test(lock, prepare_refuses_what_is_another_users)
{
	cr_assert_eq(mkdir(RUN_DIRECTORY, 0755), 0);
	if (chown(RUN_DIRECTORY, 1, 1))
		cr_skip_test("there is no other user here");
	assert_refused(-EPERM);
}

Test(lock, prepare_says_what_failed)
{
	const char *step = "untouched";

	cr_assert_eq(mount(NULL, "/run", NULL, MS_REMOUNT | MS_RDONLY, NULL), 0);
	cr_assert_eq(run_directory_prepare(&step), -EROFS);
	cr_assert_str_eq(step, "make the directory " RUN_DIRECTORY);
}

/* A service, started before, whose mounts follow the machine's. */
Test(lock, prepare_is_seen_by_services)
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

Test(lock, exists_only_as_a_mount)
{
	cr_assert_eq(mkdir(RUN_DIRECTORY, 0755), 0);
	cr_assert_not(run_directory_exists());
	cr_assert_eq(mount(RUN_DIRECTORY, RUN_DIRECTORY, NULL, MS_BIND, NULL), 0);
	cr_assert_not(run_directory_exists());
}

/* A namespace of mounts that nobody holds any more is nobody's master. */
Test(lock, slave)
{
	int master = open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC);

	cr_assert_not(run_directory_is_slave());
	cr_assert_eq(unshare(CLONE_NEWNS), 0);
	cr_assert_not(run_directory_is_slave());
	cr_assert_eq(mount(NULL, "/", NULL, MS_REC | MS_SLAVE, NULL), 0);
	cr_assert(run_directory_is_slave());
	cr_assert_eq(mount(NULL, "/run", NULL, MS_SHARED, NULL), 0);
	cr_assert_not(run_directory_is_slave());
	cr_assert_eq(mount(NULL, "/run", NULL, MS_PRIVATE, NULL), 0);
	cr_assert_not(run_directory_is_slave());
	close(master);
}

/* What is hidden below another mount does not count. */
Test(lock, slave_by_the_topmost_mount)
{
	int master = open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC);

	cr_assert_eq(unshare(CLONE_NEWNS), 0);
	cr_assert_eq(mount(NULL, "/", NULL, MS_REC | MS_SLAVE, NULL), 0);
	cr_assert_eq(mount("tmpfs", "/run", "tmpfs", 0, NULL), 0);
	cr_assert_eq(mount(NULL, "/run", NULL, MS_PRIVATE, NULL), 0);
	cr_assert_not(run_directory_is_slave());
	close(master);
}

/* The first process there, among mounts that are slaves of ours. */
static int be_container(void)
{
	if (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_SLAVE, NULL) ||
	    mount("proc", "/proc", "proc", 0, NULL))
		return SKIP;
	return run_directory_is_slave() ? 1 : 0;
}

static int start_container(void)
{
	pid_t child;

	if (unshare(CLONE_NEWPID))
		return SKIP;
	child = fork();
	if (child == 0)
		_exit(be_container());
	return status_of(child);
}

Test(lock, container_is_no_slave)
{
	pid_t child = fork();
	int status;

	if (child == 0)
		_exit(start_container());
	status = status_of(child);
	if (status == SKIP)
		cr_skip_test("no process namespace here");
	cr_assert_eq(status, 0);
}

/* What `waiting` was told, in a pipe, so that it is nobody's variable. */
static const int told = 99;

static void tell(const char *holder)
{
	cr_assert_eq(dprintf(told, "<%s>", holder), (int)strlen(holder) + 2);
}

static void listen_to_waiting(int ends[2])
{
	cr_assert_eq(pipe2(ends, O_CLOEXEC | O_NONBLOCK), 0);
	cr_assert_eq(dup2(ends[1], told), told);
}

static void assert_told(const int ends[2], const char *expected)
{
	char text[LINE] = "";
	ssize_t length = read(ends[0], text, sizeof(text) - 1);

	text[length < 0 ? 0 : length] = '\0';
	cr_assert_str_eq(text, expected);
}

static long now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (long)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

Test(lock, needs_the_directory)
{
	cr_assert_eq(lock_take(true, "apply a", 0, NULL), -ENOENT);
}

Test(lock, holder_is_written)
{
	char text[LINE] = "", expected[LINE];
	int descriptor, file;

	umask(0077);
	prepare();
	descriptor = lock_take(true, "apply a much longer text than the next", 0, NULL);
	cr_assert_geq(descriptor, 0);
	cr_assert(fcntl(descriptor, F_GETFD) & FD_CLOEXEC);
	cr_assert_eq(mode_of(RUN_DIRECTORY "/lock"), 0644);
	close(descriptor);
	descriptor = lock_take(true, "apply b", 0, NULL);
	file = open(RUN_DIRECTORY "/lock", O_RDONLY | O_CLOEXEC);
	cr_assert_gt(read(file, text, sizeof(text) - 1), 0);
	snprintf(expected, sizeof(expected), "%d apply b\n", (int)getpid());
	cr_assert_str_eq(text, expected);
	close(file);
	close(descriptor);
}

Test(lock, long_words)
{
	char who[2000];
	int ends[2], descriptor;
	char text[LINE] = "";

	memset(who, 'x', sizeof(who) - 1);
	who[sizeof(who) - 1] = '\0';
	prepare();
	listen_to_waiting(ends);
	descriptor = lock_take(true, who, 0, NULL);
	cr_assert_eq(lock_take(true, "b", 0, tell), -ETIMEDOUT);
	cr_assert_gt(read(ends[0], text, sizeof(text) - 1), 200);
	close(descriptor);
}

Test(lock, exclusion)
{
	int first, second;

	prepare();
	first = lock_take(true, "a", 0, NULL);
	cr_assert_geq(first, 0);
	cr_assert_eq(lock_take(true, "b", 0, NULL), -ETIMEDOUT);
	cr_assert_eq(lock_take(false, "b", 0, NULL), -ETIMEDOUT);
	close(first);
	first = lock_take(false, "a", 0, NULL);
	second = lock_take(false, "b", 0, NULL);
	cr_assert(first >= 0 && second >= 0);
	cr_assert_eq(lock_take(true, "c", 0, NULL), -ETIMEDOUT);
	close(first);
	close(second);
	cr_assert_geq(lock_take(true, "c", 0, NULL), 0);
}

Test(lock, timeout)
{
	char expected[LINE];
	int ends[2];
	long start;

	prepare();
	listen_to_waiting(ends);
	cr_assert_geq(lock_take(true, "apply a", 0, tell), 0);
	assert_told(ends, "");
	start = now_ms();
	cr_assert_eq(lock_take(true, "apply b", 300, tell), -ETIMEDOUT);
	cr_assert_geq(now_ms() - start, 300);
	snprintf(expected, sizeof(expected), "<%d apply a>", (int)getpid());
	assert_told(ends, expected);
	cr_assert_eq(lock_take(false, "plan", 100, tell), -ETIMEDOUT);
	assert_told(ends, expected);
}

/* Holds the lock until it is killed. */
static pid_t start_holder(bool exclusive, const char *who)
{
	int ready[2];
	char byte = 0;
	pid_t child;

	cr_assert_eq(pipe2(ready, O_CLOEXEC), 0);
	child = fork();
	if (child == 0) {
		if (lock_take(exclusive, who, 0, NULL) < 0 || write(ready[1], &byte, 1) != 1)
			_exit(1);
		for (;;)
			pause();
	}
	cr_assert_eq(read(ready[0], &byte, 1), 1);
	close(ready[0]);
	close(ready[1]);
	return child;
}

static void stop(pid_t child)
{
	kill(child, SIGKILL);
	cr_assert_eq(waitpid(child, NULL, 0), child);
}

Test(lock, dies_with_its_holder)
{
	pid_t child;

	prepare();
	child = start_holder(true, "apply a");
	cr_assert_eq(lock_take(true, "b", 0, NULL), -ETIMEDOUT);
	stop(child);
	cr_assert_geq(lock_take(true, "b", 0, NULL), 0);
}

Test(lock, waits_for_its_holder)
{
	char expected[LINE];
	int ends[2];
	pid_t child, killer;

	prepare();
	listen_to_waiting(ends);
	child = start_holder(true, "apply a");
	killer = fork();
	if (killer == 0) {
		usleep(200000);
		_exit(kill(child, SIGKILL));
	}
	cr_assert_geq(lock_take(true, "b", 20000, tell), 0);
	snprintf(expected, sizeof(expected), "<%d apply a>", (int)child);
	assert_told(ends, expected);
	cr_assert_eq(status_of(killer), 0);
}

/* The words left in the file are those of somebody who has let go. */
Test(lock, readers_are_not_known)
{
	int ends[2], descriptor;
	pid_t child;

	prepare();
	listen_to_waiting(ends);
	descriptor = lock_take(true, "apply a", 0, NULL);
	close(descriptor);
	child = start_holder(false, "plan");
	cr_assert_eq(lock_take(true, "apply b", 50, tell), -ETIMEDOUT);
	assert_told(ends, "<>");
	stop(child);
}

/* Locked by a stranger, and the words are those of a process that is no more. */
Test(lock, the_dead_are_not_named)
{
	int ends[2], stranger;

	prepare();
	listen_to_waiting(ends);
	stop(start_holder(true, "apply a"));
	stranger = open(RUN_DIRECTORY "/lock", O_RDONLY | O_CLOEXEC);
	cr_assert_eq(flock(stranger, LOCK_EX | LOCK_NB), 0);
	cr_assert_eq(lock_take(true, "apply b", 0, tell), -ETIMEDOUT);
	assert_told(ends, "<>");
}

Test(lock, not_through_a_symbolic_link)
{
	prepare();
	cr_assert_eq(symlink("/run/target", RUN_DIRECTORY "/lock"), 0);
	cr_assert_eq(lock_take(true, "a", 0, NULL), -ELOOP);
	cr_assert_neq(access("/run/target", F_OK), 0);
}

/* Removed while we waited: the next one opens a new file, and so do we. */
Test(lock, follows_the_name)
{
	pid_t child, remover;
	int descriptor;

	prepare();
	child = start_holder(true, "apply a");
	remover = fork();
	if (remover == 0) {
		usleep(200000);
		_exit(unlink(RUN_DIRECTORY "/lock") || kill(child, SIGKILL));
	}
	descriptor = lock_take(true, "b", 20000, NULL);
	cr_assert_geq(descriptor, 0);
	cr_assert_eq(status_of(remover), 0);
	cr_assert_eq(lock_take(true, "c", 0, NULL), -ETIMEDOUT);
}

static void ignore(int number)
{
	(void)number;
}

Test(lock, a_signal_ends_the_wait)
{
	const struct sigaction action = {.sa_handler = ignore, .sa_flags = SA_RESTART};
	const struct itimerval soon = {.it_value = {0, 100000}};

	prepare();
	cr_assert_geq(lock_take(true, "a", 0, NULL), 0);
	cr_assert_eq(sigaction(SIGALRM, &action, NULL), 0);
	cr_assert_eq(setitimer(ITIMER_REAL, &soon, NULL), 0);
	cr_assert_eq(lock_take(true, "b", 20000, NULL), -EINTR);
}

/* A counter in a file, read and written under the lock by many. */
static void count_up(void)
{
	for (int i = 0; i < 20; i++) {
		int lock = lock_take(true, "count", 60000, NULL);
		int file = open("/run/counter", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
		int value = 0;

		if (lock < 0 || file < 0 || pread(file, &value, sizeof(value), 0) < 0)
			_exit(1);
		sched_yield();
		value++;
		if (pwrite(file, &value, sizeof(value), 0) != sizeof(value))
			_exit(2);
		close(file);
		close(lock);
	}
	_exit(0);
}

Test(lock, one_at_a_time)
{
	pid_t children[CROWD];
	int file, value = 0;

	prepare();
	for (int i = 0; i < CROWD; i++) {
		children[i] = fork();
		if (children[i] == 0)
			count_up();
	}
	for (int i = 0; i < CROWD; i++)
		cr_assert_eq(status_of(children[i]), 0);
	file = open("/run/counter", O_RDONLY | O_CLOEXEC);
	cr_assert_eq(read(file, &value, sizeof(value)), sizeof(value));
	cr_assert_eq(value, 20 * CROWD);
	close(file);
}
