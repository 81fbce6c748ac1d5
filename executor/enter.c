#define _GNU_SOURCE
#include "enter.h"

#include "cover.h"
#include "lab.h"
#include "lock.h"
#include "parser/graph.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/close_range.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef CLOSE_RANGE_CLOEXEC /* Linux 5.11 */
#define CLOSE_RANGE_CLOEXEC (1U << 2)
#endif

/* A read-only /sys cannot be replaced, only covered (as in containers); without one nothing is
 * lost. */
static int mount_sys(const char *name)
{
	unsigned long flags = 0;

	if (umount2("/sys", MNT_DETACH))
		flags = MS_RDONLY;
	return mount(name, "/sys", "sysfs", flags, NULL) ? -errno : 0;
}

static void bind_etc(const char *name)
{
	char from[PATH_MAX], to[PATH_MAX];
	DIR *directory;

	snprintf(from, sizeof from, "/etc/netns/%s", name);
	directory = opendir(from);
	for (struct dirent *entry; directory && (entry = readdir(directory));) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(from, sizeof from, "/etc/netns/%s/%s", name, entry->d_name);
		snprintf(to, sizeof to, "/etc/%s", entry->d_name);
		if (mount(from, to, "none", MS_BIND, NULL))
			fprintf(stderr, "topoc: warning: cannot put %s in the place of %s: %s\n",
			        from, to, strerror(errno));
	}
	if (directory)
		closedir(directory);
}

static int open_named(const char *name)
{
	char path[PATH_MAX];
	int descriptor;

	if (!*name || strchr(name, '/') || !strcmp(name, ".") || !strcmp(name, ".."))
		return -EINVAL;
	snprintf(path, sizeof path, NETNS_DIRECTORY "/%s", name);
	descriptor = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (descriptor < 0)
		return -errno;
	if (is_network_namespace(descriptor))
		return descriptor;
	close(descriptor);
	return -EINVAL;
}

static int enter_named(const char *name, const char **step)
{
	int descriptor, error = 0;

	run_cover(step); /* where it fails, the kernel will say */
	*step = "find namespace";
	descriptor = open_named(name);
	if (descriptor < 0)
		return descriptor;
	*step = "enter namespace";
	if (setns(descriptor, CLONE_NEWNET) || unshare(CLONE_NEWNS) ||
	    mount("", "/", "none", MS_SLAVE | MS_REC, NULL))
		error = -errno;
	close(descriptor);
	if (error)
		return error;
	*step = "mount /sys for namespace";
	error = mount_sys(name);
	if (!error)
		bind_etc(name);
	return error;
}

int enter_namespace(const char *name, const char **step)
{
	int error = strcmp(name, HOST) ? enter_named(name, step) : 0;

	if (error)
		return error;
	*step = "close descriptors for namespace";
	/* glibc before 2.34 has no call */
	return syscall(__NR_close_range, 3U, ~0U, CLOSE_RANGE_CLOEXEC) ? -errno : 0;
}
