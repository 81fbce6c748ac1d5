#define _GNU_SOURCE
#include "executor/home.h"

#include "own_run.h"

#include <fcntl.h>
#include <unistd.h>

enum { SKIP = 77 };

static void start(void)
{
	own_run(0);
}

TestSuite(home, .init = start);

/* A namespace of mounts that nobody holds any more is nobody's master. */
Test(home, slave)
{
	int master = open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC);

	cr_assert_not(home_hides_mounts());
	cr_assert_eq(unshare(CLONE_NEWNS), 0);
	cr_assert_not(home_hides_mounts());
	cr_assert_eq(mount(NULL, "/", NULL, MS_REC | MS_SLAVE, NULL), 0);
	cr_assert(home_hides_mounts());
	cr_assert_eq(mount(NULL, "/run", NULL, MS_SHARED, NULL), 0);
	cr_assert_not(home_hides_mounts());
	cr_assert_eq(mount(NULL, "/run", NULL, MS_PRIVATE, NULL), 0);
	cr_assert_not(home_hides_mounts());
	close(master);
}

/* What is hidden below another mount does not count. */
Test(home, slave_by_the_topmost_mount)
{
	int master = open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC);

	cr_assert_eq(unshare(CLONE_NEWNS), 0);
	cr_assert_eq(mount(NULL, "/", NULL, MS_REC | MS_SLAVE, NULL), 0);
	cr_assert_eq(mount("tmpfs", "/run", "tmpfs", 0, NULL), 0);
	cr_assert_eq(mount(NULL, "/run", NULL, MS_PRIVATE, NULL), 0);
	cr_assert_not(home_hides_mounts());
	close(master);
}

/* The first process there, among mounts that are slaves of ours. */
static int be_container(void)
{
	if (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_SLAVE, NULL) ||
	    mount("proc", "/proc", "proc", 0, NULL))
		return SKIP;
	return home_hides_mounts() ? 1 : 0;
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

Test(home, container_is_no_slave)
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

/* What a run leaves that is killed before it has shared the mount is no copy of one that is shared. */
Test(home, copy)
{
	prepare();
	cr_assert_eq(mount(NULL, RUN_DIRECTORY, NULL, MS_PRIVATE, NULL), 0);
	cr_assert_not(home_hides_mounts());
	close(open(LOCK_FILE, O_RDWR | O_CREAT | O_CLOEXEC, 0600));
	cr_assert(home_hides_mounts());
	prepare();
	cr_assert_not(home_hides_mounts());
}

/* ip-netns(8) shares these alone, and listens to them behind `exec`. */
Test(home, names_that_only_listen)
{
	int master = open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC);

	cr_assert_eq(mount(NULL, "/run", NULL, MS_PRIVATE, NULL), 0);
	cr_assert_eq(mkdir(NETNS_DIRECTORY, 0755), 0);
	cr_assert_eq(mount(NETNS_DIRECTORY, NETNS_DIRECTORY, NULL, MS_BIND, NULL), 0);
	cr_assert_eq(mount(NULL, NETNS_DIRECTORY, NULL, MS_SHARED, NULL), 0);
	cr_assert_eq(unshare(CLONE_NEWNS), 0);
	cr_assert_not(home_hides_mounts());
	cr_assert_eq(mount(NULL, "/", NULL, MS_REC | MS_SLAVE, NULL), 0);
	cr_assert(home_hides_mounts());
	close(master);
}
