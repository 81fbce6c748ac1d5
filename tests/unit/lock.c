#define _GNU_SOURCE
#include "own_run.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

enum { CROWD = 8, LINE = 4096 };

static void start(void)
{
	own_run(0);
}

TestSuite(lock, .init = start);

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
	cr_assert_eq(mode_of(RUN_DIRECTORY "/lock"), 0600);
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
Test(lock, readers_are_known_by_number)
{
	char expected[LINE], holder[LOCK_HOLDER_SIZE];
	int ends[2], descriptor;
	pid_t child;

	prepare();
	listen_to_waiting(ends);
	descriptor = lock_take(true, "apply a", 0, NULL);
	close(descriptor);
	child = start_holder(false, "plan");
	cr_assert_eq(lock_take(true, "apply b", 50, tell), -ETIMEDOUT);
	snprintf(expected, sizeof(expected), "<%d>", (int)child);
	assert_told(ends, expected);
	stop(child);
	lock_holder(holder);
	cr_assert_str_eq(holder, "");
}

/* Locked by a stranger, and the words are those of a process that is no more. */
Test(lock, the_dead_are_not_named)
{
	char expected[LINE];
	int ends[2], stranger;

	prepare();
	listen_to_waiting(ends);
	stop(start_holder(true, "apply a"));
	stranger = open(RUN_DIRECTORY "/lock", O_RDONLY | O_CLOEXEC);
	cr_assert_eq(flock(stranger, LOCK_EX | LOCK_NB), 0);
	cr_assert_eq(lock_take(true, "apply b", 0, tell), -ETIMEDOUT);
	snprintf(expected, sizeof(expected), "<%d>", (int)getpid());
	assert_told(ends, expected);
}

/* One who cannot be seen: process numbers are those of the /proc that is mounted. */
Test(lock, an_unseen_holder)
{
	char holder[LOCK_HOLDER_SIZE] = "?";
	pid_t child;

	prepare();
	child = start_holder(true, "apply a");
	cr_assert_eq(mount("tmpfs", "/proc", "tmpfs", 0, NULL), 0);
	lock_holder(holder);
	stop(child);
	cr_assert_str_eq(holder, "");
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
