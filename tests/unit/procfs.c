/* A procfs of topoc's own, mounted in a user namespace that does not own its PID namespace. */
#define _GNU_SOURCE
#include "executor/procfs.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static const char setting[] = "sys/net/ipv4/ip_forward";

static void write_setting(int procfs, char value)
{
	int file = openat(procfs, setting, O_WRONLY | O_CLOEXEC);

	cr_assert_geq(file, 0, "%s", strerror(errno));
	cr_assert_eq(write(file, &value, 1), 1);
	close(file);
}

static char read_setting(const char *path, int procfs)
{
	int file = openat(procfs, path, O_RDONLY | O_CLOEXEC);
	char value = 0;

	cr_assert_geq(file, 0, "%s", strerror(errno));
	cr_assert_eq(read(file, &value, 1), 1);
	close(file);
	return value;
}

static int open_own(void)
{
	int procfs = procfs_open();

	if (procfs < 0)
		cr_skip("no procfs can be mounted here");
	return procfs;
}

Test(procfs, is_another_one)
{
	struct stat own, machines;
	int procfs = open_own();

	cr_assert_eq(fstat(procfs, &own), 0);
	cr_assert_eq(stat("/proc", &machines), 0);
	cr_expect_neq(own.st_dev, machines.st_dev);
	cr_expect_eq(fcntl(procfs, F_GETFD), FD_CLOEXEC);
	close(procfs);
}

Test(procfs, shows_the_namespace_that_the_thread_is_in)
{
	int procfs = open_own();

	for (int i = 0; i < 2; i++) {
		cr_assert_eq(unshare(CLONE_NEWNET), 0);
		write_setting(procfs, i ? '0' : '1');
		cr_expect_eq(read_setting("/proc/sys/net/ipv4/ip_forward", -1), i ? '0' : '1');
		cr_expect_eq(read_setting(setting, procfs), i ? '0' : '1');
	}
	close(procfs);
}

Test(procfs, leaves_no_child)
{
	close(open_own());
	cr_expect_eq(waitpid(-1, NULL, WNOHANG), -1);
	cr_expect_eq(errno, ECHILD);
}
