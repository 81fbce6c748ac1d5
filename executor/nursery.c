#define _GNU_SOURCE
#include "nursery.h"

#include "mount_calls.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CLOSED __attribute__((cleanup(close_descriptor)))

/* -1 where there is none. */
struct nursery {
	int mounts;  /* the caller's mount namespace */
	int network; /* its network namespace */
	int root;    /* setns(2) to a mount namespace moves the process to that one's root, */
	int working; /* so these two are put back; O_PATH */
	int tree;    /* the root of the tmpfs; O_PATH */
	bool away;   /* in the private copy */
};

static void close_descriptor(int *descriptor)
{
	if (*descriptor >= 0)
		close(*descriptor);
	*descriptor = -1;
}

static int failed(int result)
{
	return result < 0 ? -errno : 0;
}

/* A working directory that the caller may not open is not one it could use: it is not kept. */
static int remember_home(struct nursery *nursery)
{
	nursery->mounts = open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC);
	if (nursery->mounts < 0)
		return -errno;
	nursery->network = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
	if (nursery->network < 0)
		return -errno;
	nursery->root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (nursery->root < 0)
		return -errno;
	nursery->working = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	return 0;
}

/* A root and a working directory that threads shared, or share still as they end, setns(2) refuses. */
static int go_home(struct nursery *nursery)
{
	if (!nursery->away)
		return 0;
	if (unshare(CLONE_FS) || setns(nursery->mounts, CLONE_NEWNS))
		return -errno;
	nursery->away = false;
	if (fchdir(nursery->root) || chroot("."))
		return -errno;
	return nursery->working < 0 ? 0 : failed(fchdir(nursery->working));
}

/* Recursively private before anything is mounted, so that the caller's mounts learn of nothing. */
static int leave(struct nursery *nursery)
{
	if (unshare(CLONE_NEWNS))
		return -errno;
	nursery->away = true;
	return failed(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));
}

static int configure_tmpfs(int context)
{
	if (fsconfig(context, FSCONFIG_SET_STRING, "source", "topoc", 0) ||
	    fsconfig(context, FSCONFIG_SET_STRING, "mode", "0755", 0) ||
	    fsconfig(context, FSCONFIG_CMD_CREATE, NULL, NULL, 0))
		return -errno;
	return 0;
}

/*
 * The tmpfs has to be attached somewhere, since nothing can be mounted below a tree that is not
 * (before Linux 6.15). On "/" it hides nothing: a path begins at the process's own root, which is
 * the mount underneath.
 */
static int mount_tree(struct nursery *nursery)
{
	CLOSED int context = fsopen("tmpfs", FSOPEN_CLOEXEC);
	int error;

	if (context < 0)
		return -errno;
	error = configure_tmpfs(context);
	if (error)
		return error;
	nursery->tree = fsmount(context, FSMOUNT_CLOEXEC,
	                        MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC);
	if (nursery->tree < 0)
		return -errno;
	return failed(move_mount(nursery->tree, "", AT_FDCWD, "/", MOVE_MOUNT_F_EMPTY_PATH));
}

int nursery_open(struct nursery **nursery)
{
	struct nursery *new = malloc(sizeof(*new));
	int error;

	if (!new)
		return -ENOMEM;
	*new = (struct nursery){-1, -1, -1, -1, -1, false};
	error = remember_home(new);
	if (!error)
		error = leave(new);
	if (!error)
		error = mount_tree(new);
	if (error) {
		nursery_close(new);
		return error;
	}
	*nursery = new;
	return 0;
}

static bool is_file_name(const char *name)
{
	return *name && !strchr(name, '/') && strcmp(name, ".") != 0 && strcmp(name, "..") != 0;
}

/* Mode 0 and exclusive, as ip-netns(8) makes it. */
static int make_file(int directory, const char *name)
{
	return failed(mknodat(directory, name, S_IFREG, 0));
}

/* The new namespace is the thread's own; the file `name` is there already. */
static int name_own_namespace(const struct nursery *nursery, const char *name, int *descriptor)
{
	static const char own[] = "/proc/thread-self/ns/net";
	char path[sizeof "/proc/self/fd/" + 11 + NAME_MAX];

	int namespace = open(own, O_RDONLY | O_CLOEXEC);
	int error;

	if (namespace < 0)
		return -errno;
	snprintf(path, sizeof path, "/proc/self/fd/%d/%s", nursery->tree, name);
	error = failed(mount(own, path, NULL, MS_BIND, NULL));
	if (error)
		close(namespace);
	else
		*descriptor = namespace;
	return error;
}

int nursery_add(struct nursery *nursery, const char *name, int *descriptor)
{
	int error;

	if (!is_file_name(name) || !nursery->away)
		return -EINVAL;
	error = make_file(nursery->tree, name);
	if (error)
		return error;
	error = failed(unshare(CLONE_NEWNET));
	if (!error) {
		error = name_own_namespace(nursery, name, descriptor);
		if (error)
			setns(nursery->network, CLONE_NEWNET);
	}
	if (error)
		unlinkat(nursery->tree, name, 0);
	return error;
}

static int copy_link(int from, const char *name, int to)
{
	char target[PATH_MAX];
	ssize_t length = readlinkat(from, name, target, sizeof(target) - 1);

	if (length < 0)
		return -errno;
	target[length] = '\0';
	return failed(symlinkat(target, to, name));
}

/* Binds what a descriptor is open on, with what is mounted in it, to a name in a directory. */
static int bind_opened(int opened, int directory, const char *name)
{
	CLOSED int copy = open_tree(
	        opened, "", AT_RECURSIVE | AT_EMPTY_PATH | OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);

	if (copy < 0)
		return -errno;
	return failed(move_mount(copy, "", directory, name, MOVE_MOUNT_F_EMPTY_PATH));
}

int nursery_graft(const struct nursery *nursery, int directory, const char *name)
{
	CLOSED int opened = openat(directory, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	struct stat status;
	int error;

	if (opened < 0 || fstat(opened, &status))
		return -errno;
	if (S_ISLNK(status.st_mode))
		return copy_link(directory, name, nursery->tree);
	if (S_ISDIR(status.st_mode))
		error = failed(mkdirat(nursery->tree, name, 0755));
	else
		error = make_file(nursery->tree, name);
	return error ? error : bind_opened(opened, nursery->tree, name);
}

/*
 * The private copy goes when the process leaves it, and its mounts with it: what is published is a
 * copy of the tree, taken before.
 */
int nursery_publish(struct nursery *nursery, const char *directory)
{
	CLOSED int copy = -1;
	int error;
	int home;

	if (!nursery->away)
		return -EINVAL;
	copy = open_tree(nursery->tree, "",
	                 AT_EMPTY_PATH | AT_RECURSIVE | OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
	error = failed(copy);
	home = go_home(nursery);
	if (!error)
		error = home;
	if (!error)
		error = failed(move_mount(copy, "", AT_FDCWD, directory, MOVE_MOUNT_F_EMPTY_PATH));
	return error;
}

void nursery_close(struct nursery *nursery)
{
	if (!nursery)
		return;
	go_home(nursery);
	if (nursery->network >= 0)
		setns(nursery->network, CLONE_NEWNET);
	close_descriptor(&nursery->tree);
	close_descriptor(&nursery->working);
	close_descriptor(&nursery->root);
	close_descriptor(&nursery->network);
	close_descriptor(&nursery->mounts);
	free(nursery);
}
