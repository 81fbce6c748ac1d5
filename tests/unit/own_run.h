/* A /run of a test's own, and what is asked of it and of children. */
#ifndef TOPOC_TESTS_UNIT_OWN_RUN_H
#define TOPOC_TESTS_UNIT_OWN_RUN_H

#include "executor/lock.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <sched.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>

/* Each test has mounts of its own, of `namespaces` (CLONE_NEWNET) too, and a shared /run, as most
 * machines have. */
static inline void own_run(int namespaces)
{
	cr_assert_eq(unshare(CLONE_NEWNS | namespaces), 0, "unshare: %s", strerror(errno));
	cr_assert_eq(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), 0);
	while (!umount2("/run", MNT_DETACH))
		continue;
	cr_assert_eq(mount("tmpfs", "/run", "tmpfs", 0, "mode=0755"), 0);
	cr_assert_eq(mount(NULL, "/run", NULL, MS_SHARED, NULL), 0);
}

static inline void prepare(void)
{
	const char *step = "";
	int error = run_directory_prepare(&step);

	cr_assert_eq(error, 0, "%s: %s", step, strerror(-error));
}

static inline mode_t mode_of(const char *path)
{
	struct stat status;

	cr_assert_eq(lstat(path, &status), 0);
	return status.st_mode & 07777;
}

static inline int status_of(pid_t child)
{
	int status;

	cr_assert_eq(waitpid(child, &status, 0), child);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

#endif
