#define _GNU_SOURCE
#include "sysctl.h"

#include "closed.h"
#include "parser/arena.h"
#include "parser/sysctl.h"
#include "procfs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MOST_USES = 128 };

struct sysctl_view {
	int directory; /* a mount of procfs, attached nowhere; -1: /proc */
	unsigned uses;
};

struct sysctl_view *sysctl_view_open(bool busy)
{
	struct sysctl_view *view = malloc(sizeof *view);

	if (view)
		*view = (struct sysctl_view){.directory = -1, .uses = busy ? MOST_USES : 0};
	return view;
}

void sysctl_view_close(struct sysctl_view *view)
{
	if (view && view->directory >= 0)
		close(view->directory);
	free(view);
}

/* A descriptor, or -1 with errno set. */
static int open_sysctl(struct sysctl_view *view, const char *path, int flags)
{
	char name[512];

	if (view->uses && view->uses % MOST_USES == 0) {
		int fresh = procfs_open();

		if (view->directory >= 0 && fresh >= 0)
			close(view->directory);
		view->directory = fresh >= 0 ? fresh : view->directory;
	}
	view->uses++;
	if (snprintf(name, sizeof name, "/proc/sys/%s", path) >= (int)sizeof name) {
		errno = ENAMETOOLONG;
		return -1;
	}
	if (view->directory < 0)
		return open(name, flags | O_CLOEXEC);
	return openat(view->directory, name + strlen("/proc/"), flags | O_CLOEXEC);
}

/* Of any other, EIO is a failure: not to have seen a value is not that there is none. */
static bool can_be_unset(const char *path)
{
	const char *name = strrchr(path, '/');

	return name && !strcmp(name, "/stable_secret");
}

const char *sysctl_read(struct sysctl_view *view, struct arena *arena, const char *path)
{
	char text[8192];
	CLOSED int file = open_sysctl(view, path, O_RDONLY);
	ssize_t length;

	if (file < 0)
		return NULL;
	do
		length = read(file, text, sizeof text - 1);
	while (length < 0 && errno == EINTR);
	if (length < 0) {
		if (errno == EIO && can_be_unset(path))
			errno = ENOENT;
		return NULL;
	}
	text[length] = '\0';
	return sysctl_value(arena, text);
}

int sysctl_write(struct sysctl_view *view, const char *path, const char *value)
{
	CLOSED int file = open_sysctl(view, path, O_WRONLY);
	ssize_t length;

	if (file < 0)
		return -errno;
	do
		length = write(file, value, strlen(value));
	while (length < 0 && errno == EINTR);
	if (length < 0)
		return -errno;
	return (size_t)length < strlen(value) ? -EIO : 0; /* the rest would be a value of its own */
}
