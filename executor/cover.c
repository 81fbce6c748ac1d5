#define _GNU_SOURCE
#include "cover.h"

#include "closed.h"
#include "lock.h"
#include "mount_calls.h"
#include "nursery.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/nsfs.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#define RUN "/run"

/* A mount with locked ones below it can only be copied along with those. */
static int copy_mount(int directory, const char *path)
{
	unsigned flags = OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_SYMLINK_NOFOLLOW;
	int copy = open_tree(directory, path, flags);

	return copy < 0 && errno == EINVAL ? open_tree(directory, path, flags | AT_RECURSIVE)
	                                   : copy;
}

/*
 * Whether the mount that a path is on came from a mount namespace of a more privileged user
 * namespace: how it notes the time of access can then not be changed, which is all that tells such a
 * mount for sure (lock_mnt_tree() in fs/namespace.c; mount_namespaces(7), "Restrictions on mount
 * namespaces"). It is tried on a copy that nobody sees: of three ways one is no change and allowed.
 * Where all are refused, as by a sandbox, nothing is known. 1, 0, or a negative errno.
 */
static int is_inherited(int directory, const char *path)
{
	static const uint64_t ways[] = {MOUNT_ATTR_RELATIME, MOUNT_ATTR_NOATIME,
	                                MOUNT_ATTR_STRICTATIME};
	CLOSED int copy = copy_mount(directory, path);
	bool allowed = false, refused = false;

	if (copy < 0)
		return -errno;
	for (size_t i = 0; i < 3; i++) {
		struct mount_attr way = {.attr_clr = MOUNT_ATTR__ATIME, .attr_set = ways[i]};

		if (!mount_setattr(copy, "", AT_EMPTY_PATH, &way, sizeof way))
			allowed = true;
		else if (errno == EPERM)
			refused = true;
		else
			return -errno;
	}
	return allowed && refused;
}

/*
 * Whether the first user namespace owns this mount namespace, so that none is more privileged: that is
 * quick to tell, where the kernel takes its time to let go of a copy of a mount. It is known by its
 * number, which is the same everywhere (include/linux/proc_ns.h, PROC_USER_INIT_INO).
 */
static bool is_most_privileged(void)
{
	const ino_t first_users = 0xeffffffd;
	CLOSED int mounts = open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC);
	CLOSED int users = mounts < 0 ? -1 : ioctl(mounts, NS_GET_USERNS);
	struct stat status;

	return users >= 0 && !fstat(users, &status) && status.st_ino == first_users;
}

static bool is_names_directory(const char *name)
{
	return !strcmp(name, strrchr(RUN_DIRECTORY, '/') + 1) ||
	       !strcmp(name, strrchr(NETNS_DIRECTORY, '/') + 1);
}

/* What has gone meanwhile, or is not to be copied, is left out: topoc needs none of it. */
static int bring_along(const struct nursery *nursery, int run, const char *name)
{
	int error = is_names_directory(name) ? is_inherited(run, name) : 0;

	if (!error)
		error = nursery_graft(nursery, run, name);
	return error < 0 && error != -ENOENT && error != -EINVAL ? error : 0;
}

static int furnish(const struct nursery *nursery)
{
	DIR *run = opendir(RUN);
	int error = 0;

	if (!run)
		return -errno;
	for (struct dirent *entry; !error && (errno = 0, entry = readdir(run));) {
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			error = bring_along(nursery, dirfd(run), entry->d_name);
	}
	if (!error)
		error = -errno;
	closedir(run);
	return error;
}

/* In one step, so that a run that is killed leaves all of it or nothing. */
static int cover(const char **step)
{
	struct nursery *nursery;
	int error;

	*step = "make a " RUN " of its own for this mount namespace";
	error = nursery_open(&nursery);
	if (error)
		return error;
	error = furnish(nursery);
	if (!error)
		error = nursery_publish(nursery, RUN);
	nursery_close(nursery);
	return error;
}

/* The lock is on the mount namespace itself: of many first runs in it one mounts. */
static int cover_once(const char **step)
{
	CLOSED int home = open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC);
	int inherited;

	*step = "lock this mount namespace";
	if (home < 0 || flock(home, LOCK_EX))
		return -errno;
	*step = "copy the mount of " RUN;
	inherited = is_inherited(AT_FDCWD, RUN);
	return inherited > 0 ? cover(step) : inherited;
}

int run_cover(const char **step)
{
	int inherited = is_most_privileged() ? 0 : is_inherited(AT_FDCWD, RUN);

	/* There is none, the kernel has no such calls, or the mount is not to be copied. */
	if (inherited == -ENOENT || inherited == -ENOSYS || inherited == -EINVAL)
		return 0;
	*step = inherited == -EPERM ? "mount anything in this mount namespace"
	                            : "copy the mount of " RUN;
	return inherited > 0 ? cover_once(step) : inherited;
}
