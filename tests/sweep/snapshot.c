#define _GNU_SOURCE
#include "snapshot.h"

#include <ctype.h>
#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <glob.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { DIFFERENCES = 20 };

void snapshot_add(struct snapshot *snapshot, const char *format, ...)
{
	va_list arguments;
	char *line;

	va_start(arguments, format);
	if (vasprintf(&line, format, arguments) < 0)
		err(1, "memory");
	va_end(arguments);
	if (snapshot->count == snapshot->capacity) {
		snapshot->capacity = snapshot->capacity * 2 + 256;
		snapshot->lines = reallocarray(snapshot->lines, snapshot->capacity, sizeof(char *));
		if (!snapshot->lines)
			err(1, "memory");
	}
	snapshot->lines[snapshot->count++] = line;
}

/* Sysctls. */

/* nftw(3) knows no context. */
static struct snapshot *walked;
static const char *walked_space;

/* The first line of a file. False where it cannot be read: some sysctls never can. */
static bool read_line(const char *path, char *text, size_t size)
{
	int file = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	ssize_t length = file < 0 ? -1 : read(file, text, size - 1);

	if (file >= 0)
		close(file);
	if (length < 0)
		return false;
	text[length] = '\0';
	text[strcspn(text, "\n")] = '\0';
	return true;
}

static int add_sysctl(const char *path, const struct stat *status, int type, struct FTW *place)
{
	char text[4096];

	(void)status;
	(void)place;
	if (type == FTW_F && read_line(path, text, sizeof text))
		snapshot_add(walked, "%s: sysctl %s = %s", walked_space,
		             path + strlen("/proc/sys/"), text);
	return 0;
}

void snapshot_add_sysctls(struct snapshot *snapshot, const char *space)
{
	glob_t trees = {0};

	glob("/proc/sys/net/ipv[46]/conf", 0, NULL, &trees);
	glob("/proc/sys/net/ipv4/ip_*", GLOB_APPEND, NULL, &trees);
	glob("/proc/sys/net/core/somaxconn", GLOB_APPEND, NULL, &trees);
	walked = snapshot;
	walked_space = space;
	for (size_t i = 0; i < trees.gl_pathc; i++)
		nftw(trees.gl_pathv[i], add_sysctl, 16, FTW_PHYS);
	globfree(&trees);
}

/* Files. */

/* /run/topoc/lab/NAME/12/x is the same as /run/topoc/lab/NAME/3/x. */
static const char *without_generation(const char *path)
{
	static char text[4096];
	size_t slashes = 0, used = 0;
	bool ours = !strncmp(path, "/run/topoc/lab/", 15);

	for (const char *at = path; *at && used < sizeof text - 1; at++) {
		slashes += *at == '/';
		if (ours && slashes == 5 && *at == '/' && isdigit((unsigned char)at[1])) {
			used += (size_t)snprintf(text + used, sizeof text - used, "/N");
			while (isdigit((unsigned char)at[1]))
				at++;
			continue;
		}
		text[used++] = *at;
	}
	text[used] = '\0';
	return text;
}

/* The state, but for the time that it tells. */
static void add_content(struct snapshot *snapshot, const char *path)
{
	FILE *file = fopen(path, "re");
	char line[4096];

	while (file && fgets(line, sizeof line, file)) {
		if (strncmp(line, "since: ", 7) != 0)
			snapshot_add(snapshot, "content %s: %.*s", path, (int)strcspn(line, "\n"),
			             line);
	}
	if (file)
		fclose(file);
}

/* What topoc may leave: its directory with the lock, and that of names, which ip-netns(8) has too. */
static bool may_stay(const char *path)
{
	return !strcmp(path, "/run/topoc") || !strcmp(path, "/run/topoc/lock") ||
	       !strcmp(path, "/run/netns");
}

/*
 * Namespaces may be in another tree than they were, or in two: of the trees only one that is empty
 * matters, which should not be there.
 */
static bool is_full_tree(const char *path)
{
	const char *name = strrchr(path, '/');
	DIR *directory;
	bool full = false;

	if (strncmp(path, "/run/topoc/lab/", 15) != 0 || !isdigit((unsigned char)name[1]) ||
	    strspn(name + 1, "0123456789") != strlen(name + 1))
		return false;
	directory = opendir(path);
	for (struct dirent *entry; directory && (entry = readdir(directory));)
		full |= entry->d_name[0] != '.';
	if (directory)
		closedir(directory);
	return full;
}

static int add_file(const char *path, const struct stat *status, int type, struct FTW *place)
{
	char target[4096] = "";
	ssize_t length = type == FTW_SL ? readlink(path, target, sizeof target - 1) : 0;
	const char *name = path + place->base;

	if (may_stay(path) || is_full_tree(path))
		return 0;
	target[length < 0 ? 0 : length] = '\0';
	if (S_ISREG(status->st_mode) && !strncmp(name, "state", 5))
		add_content(walked, path);
	snapshot_add(walked, "file %s %o", without_generation(path), (unsigned)status->st_mode);
	if (*target)
		snapshot_add(walked, "link %s -> %s", path, without_generation(target));
	return 0;
}

static void add_files(struct snapshot *snapshot)
{
	walked = snapshot;
	nftw("/run/topoc", add_file, 16, FTW_PHYS);
	nftw("/run/netns", add_file, 16, FTW_PHYS);
	walked = NULL;
}

static void add_mounts(struct snapshot *snapshot)
{
	FILE *file = fopen("/proc/self/mountinfo", "re");
	char line[4096], point[2048];

	while (file && fgets(line, sizeof line, file)) {
		if (sscanf(line, "%*s %*s %*s %*s %2047s", point) == 1 && !may_stay(point) &&
		    !is_full_tree(point))
			snapshot_add(snapshot, "mount %s", without_generation(point));
	}
	if (file)
		fclose(file);
}

/* Namespaces. */

static void add_named(struct snapshot *snapshot, const char *name, int home)
{
	char path[512];
	int space;

	snprintf(path, sizeof path, "/run/netns/%s", name);
	space = open(path, O_RDONLY | O_CLOEXEC);
	if (space >= 0 && !setns(space, CLONE_NEWNET)) {
		snapshot_add_network(snapshot, name);
		snapshot_add_sysctls(snapshot, name);
		if (setns(home, CLONE_NEWNET))
			err(1, "setns");
	}
	if (space >= 0)
		close(space);
}

static void add_namespaces(struct snapshot *snapshot)
{
	int home = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
	DIR *directory = opendir("/run/netns");

	for (struct dirent *entry; directory && (entry = readdir(directory));) {
		if (entry->d_name[0] != '.')
			add_named(snapshot, entry->d_name, home);
	}
	if (directory)
		closedir(directory);
	close(home);
}

/* The whole. */

static int compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

void snapshot_sort(struct snapshot *snapshot)
{
	if (snapshot->count)
		qsort(snapshot->lines, snapshot->count, sizeof(char *), compare);
}

struct snapshot snapshot_take(void)
{
	struct snapshot snapshot = {0};

	snapshot_add_network(&snapshot, "host");
	snapshot_add_sysctls(&snapshot, "host");
	add_namespaces(&snapshot);
	add_files(&snapshot);
	add_mounts(&snapshot);
	snapshot_sort(&snapshot);
	return snapshot;
}

void snapshot_cut(struct snapshot *snapshot, size_t count)
{
	while (snapshot->count > count)
		free(snapshot->lines[--snapshot->count]);
}

void snapshot_free(struct snapshot *snapshot)
{
	snapshot_cut(snapshot, 0);
	free(snapshot->lines);
	*snapshot = (struct snapshot){0};
}

bool snapshot_equal(const struct snapshot *a, const struct snapshot *b)
{
	for (size_t i = 0; i < a->count && i < b->count; i++) {
		if (strcmp(a->lines[i], b->lines[i]) != 0)
			return false;
	}
	return a->count == b->count;
}

void snapshot_print_difference(const struct snapshot *from, const struct snapshot *to)
{
	size_t i = 0, j = 0;

	for (int told = 0; told < DIFFERENCES && (i < from->count || j < to->count);) {
		int order = i == from->count ? 1
		            : j == to->count ? -1
		                             : strcmp(from->lines[i], to->lines[j]);

		if (order < 0)
			printf("    - %s\n", from->lines[i]);
		else if (order > 0)
			printf("    + %s\n", to->lines[j]);
		told += order != 0;
		i += order <= 0;
		j += order >= 0;
	}
}
