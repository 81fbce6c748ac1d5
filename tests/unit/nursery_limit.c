#define _GNU_SOURCE
#include "executor/nursery.h"
#include "own_run.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

enum { SKIP = 77 };

static int write_file(const char *path, const char *text)
{
	int file = open(path, O_WRONLY | O_CLOEXEC);
	ssize_t length = (ssize_t)strlen(text);
	int result = file < 0 || write(file, text, (size_t)length) != length ? -1 : 0;

	close(file);
	return result;
}

static int own_users(void)
{
	char users[64], groups[64];

	snprintf(users, sizeof(users), "0 %u 1", geteuid());
	snprintf(groups, sizeof(groups), "0 %u 1", getegid());
	if (unshare(CLONE_NEWUSER | CLONE_NEWNS) || write_file("/proc/self/setgroups", "deny") ||
	    write_file("/proc/self/uid_map", users) || write_file("/proc/self/gid_map", groups))
		return -1;
	return 0;
}

/* In a user namespace of its own, where the limit may be set by anybody. */
static int reach_limit(void)
{
	struct nursery *nursery = NULL;
	int descriptor = -1;

	if (own_users() || write_file("/proc/sys/user/max_net_namespaces", "0") ||
	    nursery_open(&nursery))
		return SKIP;
	if (nursery_add(nursery, "a", &descriptor) != -ENOSPC || descriptor != -1)
		return 1;
	nursery_close(nursery);
	return 0;
}

Test(nursery_limit, no_more_namespaces)
{
	pid_t child = fork();
	int status;

	if (child == 0)
		_exit(reach_limit());
	status = status_of(child);
	if (status == SKIP)
		cr_skip_test("no user namespace here");
	cr_assert_eq(status, 0);
}
