#define _GNU_SOURCE
#include "lock.h"

#include "closed.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <time.h>
#include <unistd.h>

enum {
	AT_ONCE = 0, /* a deadline that has passed */
	POLL_MS = 20,
	DIRECTORY_TIMEOUT_MS = 10000, /* anybody may flock a directory that he can read */
};

static int failed(int result)
{
	return result < 0 ? -errno : 0;
}

static long now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (long)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/*
 * Until `deadline` of now_ms(); flock(2) itself knows no time limit. Signals are let in during the
 * pauses by `mask` (NULL: as it is), so that a caller who blocks them before misses none.
 */
static int poll_flock(int descriptor, int operation, long deadline, const sigset_t *mask)
{
	const struct timespec pause = {.tv_nsec = POLL_MS * 1000000L};

	while (flock(descriptor, operation | LOCK_NB)) {
		if (errno != EWOULDBLOCK)
			return -errno;
		if (now_ms() >= deadline)
			return -ETIMEDOUT;
		if (ppoll(NULL, 0, &pause, mask) < 0)
			return -errno;
	}
	return 0;
}

/* A tmpfs whose root this directory is: the parent is on another file system. */
static bool is_own_tmpfs(int directory)
{
	struct statfs system;
	struct stat here;
	struct stat parent;

	if (fstatfs(directory, &system) || fstat(directory, &here) ||
	    fstatat(directory, "..", &parent, AT_NO_AUTOMOUNT))
		return false;
	return system.f_type == TMPFS_MAGIC && here.st_dev != parent.st_dev;
}

/* Opens /run/topoc, which nobody else may write to. */
static int open_run_directory(const char **step)
{
	int directory = open(RUN_DIRECTORY, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	struct stat status;

	if (directory < 0) {
		*step = "open " RUN_DIRECTORY " (a directory, not a symbolic link)";
		return -errno;
	}
	if (fstat(directory, &status) || status.st_uid != geteuid() ||
	    (status.st_mode & (S_IWGRP | S_IWOTH))) {
		close(directory);
		*step = "trust " RUN_DIRECTORY " (owner and mode)";
		return -EPERM;
	}
	return directory;
}

/*
 * The lock is on the directory underneath, so that of many first runs one mounts, and the others,
 * which opened the same directory, look again.
 */
static int mount_once(int underneath, const char **step)
{
	CLOSED int directory = -1;
	int error = poll_flock(underneath, LOCK_EX, now_ms() + DIRECTORY_TIMEOUT_MS, NULL);

	if (error) {
		*step = "lock " RUN_DIRECTORY;
		return error;
	}
	directory = open_run_directory(step);
	if (directory < 0)
		return directory;
	if (is_own_tmpfs(directory))
		return 0;
	*step = "mount tmpfs on " RUN_DIRECTORY;
	return failed(mount("topoc", RUN_DIRECTORY, "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC,
	                    "mode=0755"));
}

static int make_directory(const char *path)
{
	return mkdir(path, 0755) && errno != EEXIST ? -errno : 0;
}

/* Sharing is repeated each time: another run may be, or have been killed, just before it. */
static int prepare_run_directory(const char **step)
{
	CLOSED int directory = -1;
	int error;

	*step = "make the directory " RUN_DIRECTORY;
	error = make_directory(RUN_DIRECTORY);
	if (error)
		return error;
	directory = open_run_directory(step);
	if (directory < 0)
		return directory;
	error = is_own_tmpfs(directory) ? 0 : mount_once(directory, step);
	if (error)
		return error;
	*step = "make the mount on " RUN_DIRECTORY " shared";
	return failed(mount(NULL, RUN_DIRECTORY, NULL, MS_SHARED, NULL));
}

/* -EINVAL: it is not a mount point. */
static int share_names(void)
{
	return failed(mount("", NETNS_DIRECTORY, "none", MS_SHARED | MS_REC, NULL));
}

/* Private in between, since the copy of a shared mount would share with that one. */
static int bind_names(void)
{
	if (mount(NETNS_DIRECTORY, NETNS_DIRECTORY, "none", MS_BIND | MS_REC, NULL) ||
	    mount("", NETNS_DIRECTORY, "none", MS_PRIVATE | MS_REC, NULL))
		return -errno;
	return share_names();
}

/* ip-netns(8) takes the same lock; without it, mounts pile up (Debian bug 949235). */
static int bind_names_once(const char **step)
{
	CLOSED int directory = open(NETNS_DIRECTORY, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int error;

	*step = "open " NETNS_DIRECTORY;
	if (directory < 0)
		return -errno;
	*step = "lock " NETNS_DIRECTORY;
	error = poll_flock(directory, LOCK_EX, now_ms() + DIRECTORY_TIMEOUT_MS, NULL);
	if (error)
		return error;
	*step = "make " NETNS_DIRECTORY " a shared mount";
	error = share_names();
	return error == -EINVAL ? bind_names() : error;
}

static int prepare_names(const char **step)
{
	int error;

	*step = "make the directory " NETNS_DIRECTORY;
	error = make_directory(NETNS_DIRECTORY);
	if (error)
		return error;
	*step = "make " NETNS_DIRECTORY " a shared mount";
	error = share_names();
	return error == -EINVAL ? bind_names_once(step) : error;
}

int run_directory_prepare(const char **step)
{
	const char *last = NULL;
	int error;

	umask(022);
	error = prepare_run_directory(&last);
	if (!error)
		error = prepare_names(&last);
	if (error)
		*step = last;
	return error;
}

bool run_directory_exists(void)
{
	CLOSED int directory = open(RUN_DIRECTORY, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	return directory >= 0 && is_own_tmpfs(directory);
}

/*
 * Nobody else's: who can open a file can lock it, and keep everybody waiting. The mode does not
 * depend on the umask.
 */
static int open_lock_file(bool exclusive)
{
	int access = exclusive ? O_RDWR : O_RDONLY;
	int descriptor = open(LOCK_FILE, access | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);

	if (descriptor < 0)
		return -errno;
	fchmod(descriptor, 0600);
	return descriptor;
}

/* Whether the file that was locked is still the one that the next one opens. */
static bool is_lock_file(int descriptor)
{
	struct stat locked;
	struct stat named;

	return !fstat(descriptor, &locked) && !lstat(LOCK_FILE, &named) &&
	       locked.st_dev == named.st_dev && locked.st_ino == named.st_ino;
}

/* What is written is only there to be read by people: an error is none. */
static void write_holder(int descriptor, const char *who)
{
	char text[LOCK_HOLDER_SIZE];
	int length = snprintf(text, sizeof(text), "%ld %s\n", (long)getpid(), who);
	bool written;

	if (length >= (int)sizeof(text))
		length = (int)sizeof(text) - 1;
	written = !ftruncate(descriptor, 0) && pwrite(descriptor, text, (size_t)length, 0) > 0;
	(void)written;
}

/* Which process has locked the file, or one of those that have; 0: not known (proc_locks(5)). */
static long find_holder(int descriptor)
{
	CLOSED_FILE FILE *file = fopen("/proc/locks", "re");
	unsigned major_number, minor_number;
	unsigned long inode;
	struct stat status;
	char line[256];
	long process;

	if (fstat(descriptor, &status))
		return 0;
	while (file && fgets(line, sizeof(line), file)) {
		if (sscanf(line, "%*d: FLOCK %*s %*s %ld %x:%x:%lu", &process, &major_number,
		           &minor_number, &inode) == 4 &&
		    makedev(major_number, minor_number) == status.st_dev && inode == status.st_ino)
			return process;
	}
	return 0;
}

/* What is in the file is the last exclusive holder's, who may be gone. */
static void read_holder(int descriptor, char text[LOCK_HOLDER_SIZE])
{
	long process = find_holder(descriptor);
	ssize_t length = pread(descriptor, text, LOCK_HOLDER_SIZE - 1, 0);

	text[length < 0 ? 0 : length] = '\0';
	text[strcspn(text, "\n")] = '\0';
	if (!process)
		text[0] = '\0';
	else if (strtol(text, NULL, 10) != process)
		snprintf(text, LOCK_HOLDER_SIZE, "%ld", process);
}

/* What a call of lock_take() waits with. */
struct patience {
	long deadline;
	sigset_t mask; /* the caller's; meanwhile everything is blocked */
	void (*waiting)(const char *holder);
};

static int wait_for_lock(int descriptor, int operation, struct patience *patience)
{
	char holder[LOCK_HOLDER_SIZE];
	int error = poll_flock(descriptor, operation, AT_ONCE, NULL);

	if (error != -ETIMEDOUT)
		return error;
	if (patience->waiting) {
		read_holder(descriptor, holder);
		patience->waiting(holder);
		patience->waiting = NULL;
	}
	return poll_flock(descriptor, operation, patience->deadline, &patience->mask);
}

static int open_and_lock(bool exclusive, struct patience *patience)
{
	for (;;) {
		int descriptor = open_lock_file(exclusive);
		int error;

		if (descriptor < 0)
			return descriptor;
		error = wait_for_lock(descriptor, exclusive ? LOCK_EX : LOCK_SH, patience);
		if (!error && is_lock_file(descriptor))
			return descriptor;
		close(descriptor);
		if (error)
			return error;
	}
}

int lock_take(bool exclusive, const char *who, long timeout_ms, void (*waiting)(const char *holder))
{
	struct patience patience = {.deadline = now_ms() + timeout_ms, .waiting = waiting};
	sigset_t all;
	int descriptor;

	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, &patience.mask);
	descriptor = open_and_lock(exclusive, &patience);
	sigprocmask(SIG_SETMASK, &patience.mask, NULL);
	if (descriptor >= 0 && exclusive)
		write_holder(descriptor, who);
	return descriptor;
}

void lock_holder(char text[LOCK_HOLDER_SIZE])
{
	CLOSED int descriptor = open(LOCK_FILE, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);

	text[0] = '\0';
	if (descriptor >= 0)
		read_holder(descriptor, text);
}
