#define _GNU_SOURCE
#include "lab.h"

#include "lock.h"
#include "parser/arena.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <linux/nsfs.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

/* The entries of a directory but . and .., in order. What is not there is empty. */
struct listing {
	const char **names;
	size_t count;
	int error; /* it could not be read: there may be more */
};

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static struct listing list_directory(struct arena *arena, const char *path)
{
	struct listing listing = {0};
	size_t capacity = 0;
	DIR *directory = opendir(path);

	if (!directory && errno != ENOENT && errno != ENOTDIR)
		listing.error = -errno;
	errno = 0;
	for (struct dirent *entry; directory && (entry = readdir(directory)); errno = 0) {
		if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
			continue;
		if (listing.count == capacity) {
			capacity = capacity ? capacity * 2 : 16;
			listing.names = arena_grow(arena, listing.names, listing.count, capacity,
			                           sizeof *listing.names);
		}
		listing.names[listing.count++] =
		        arena_copy(arena, entry->d_name, strlen(entry->d_name));
	}
	if (directory && errno)
		listing.error = -errno;
	if (directory)
		closedir(directory);
	if (listing.count)
		qsort(listing.names, listing.count, sizeof *listing.names, compare_names);
	return listing;
}

const char *lab_directory(struct arena *arena, const char *topology)
{
	if (!topology)
		return RUN_DIRECTORY "/lab";
	return arena_printf(arena, RUN_DIRECTORY "/lab/%s", topology);
}

static int list_names(struct arena *arena, const char *path, const char ***names, size_t *count)
{
	struct listing listing = list_directory(arena, path);

	*names = listing.names;
	*count = listing.count;
	return listing.error;
}

int lab_list(struct arena *arena, const char ***names, size_t *count)
{
	return list_names(arena, lab_directory(arena, NULL), names, count);
}

int namespace_names(struct arena *arena, const char ***names, size_t *count)
{
	return list_names(arena, NETNS_DIRECTORY, names, count);
}

/* 1, 0, or a negative errno where that cannot be told. */
static int find_network_namespace(int descriptor)
{
	struct statfs status;
	int type;

	if (fstatfs(descriptor, &status))
		return -errno;
	if (status.f_type != NSFS_MAGIC)
		return 0;
	type = ioctl(descriptor, NS_GET_NSTYPE);
	return type < 0 ? -errno : type == CLONE_NEWNET;
}

bool is_network_namespace(int descriptor)
{
	return find_network_namespace(descriptor) > 0;
}

/* The trees of a topology: its directories whose names are numbers. */
static struct listing list_trees(struct arena *arena, const char *topology)
{
	struct listing all = list_directory(arena, lab_directory(arena, topology)), trees = {0};

	trees.error = all.error;
	trees.names = arena_alloc(arena, (all.count + 1) * sizeof *trees.names);
	for (size_t i = 0; i < all.count; i++) {
		if (strspn(all.names[i], "0123456789") == strlen(all.names[i]))
			trees.names[trees.count++] = arena_printf(
			        arena, "%s/%s", lab_directory(arena, topology), all.names[i]);
	}
	return trees;
}

static int compare_namespaces(const void *a, const void *b)
{
	return strcmp(((const struct lab_namespace *)a)->name,
	              ((const struct lab_namespace *)b)->name);
}

int namespace_open(const char *path, int *descriptor)
{
	int is_one;

	*descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (*descriptor < 0)
		return errno == ENOENT || errno == ELOOP || errno == EACCES ? 0 : -errno;
	is_one = find_network_namespace(*descriptor);
	if (is_one <= 0)
		close(*descriptor);
	return is_one;
}

/* Of a list that is sorted by names, the one of that name, or NULL. */
static const struct lab_namespace *find_namespace(const struct lab_namespace *list, size_t count,
                                                  const char *name)
{
	struct lab_namespace key = {.name = name};

	return count ? bsearch(&key, list, count, sizeof key, compare_namespaces) : NULL;
}

static void sort_namespaces(struct lab_namespace *list, size_t count)
{
	if (count)
		qsort(list, count, sizeof *list, compare_namespaces);
}

/*
 * Adds the namespaces of one tree to a sorted list; of one name, that of the tree that was there
 * first.
 */
static int add_namespaces(struct arena *arena, const char *tree, struct lab_namespace **list,
                          size_t *count)
{
	struct listing files = list_directory(arena, tree);
	size_t before = *count;

	*list = arena_grow(arena, *list, *count, *count + files.count + 1, sizeof **list);
	for (size_t i = 0; i < files.count && !files.error; i++) {
		const char *path = arena_printf(arena, "%s/%s", tree, files.names[i]);
		int descriptor, is_one = 0;

		if (!find_namespace(*list, before, files.names[i]))
			is_one = namespace_open(path, &descriptor);
		if (is_one > 0)
			(*list)[(*count)++] =
			        (struct lab_namespace){files.names[i], path, descriptor};
		files.error = is_one < 0 ? is_one : 0;
	}
	sort_namespaces(*list, *count);
	return files.error;
}

int lab_namespaces(struct arena *arena, const char *topology, struct lab_namespace **list,
                   size_t *count)
{
	struct listing trees = list_trees(arena, topology);
	int error = trees.error;

	*list = NULL;
	*count = 0;
	for (size_t i = 0; i < trees.count && !error; i++)
		error = add_namespaces(arena, trees.names[i], list, count);
	return error;
}

static const char *claim_path(struct arena *arena, const char *name)
{
	return arena_printf(arena, NETNS_DIRECTORY "/%s", name);
}

int lab_claim_of(struct arena *arena, const char *topology, const char *name, enum claim *claim,
                 const char **target)
{
	const char *link = claim_path(arena, name), *all = lab_directory(arena, NULL);
	const char *ours = arena_printf(arena, "%s/", lab_directory(arena, topology));
	char text[4096];
	ssize_t length = readlink(link, text, sizeof text - 1);

	*target = NULL;
	*claim = CLAIM_FOREIGN;
	if (length < 0 && errno == ENOENT)
		*claim = CLAIM_NONE;
	if (length < 0)
		return errno == ENOENT || errno == EINVAL ? 0 : -errno; /* EINVAL: no link */
	text[length] = '\0';
	*target = arena_copy(arena, text, (size_t)length);
	if (!strncmp(text, ours, strlen(ours)))
		*claim = CLAIM_OURS;
	else
		*claim = strncmp(text, all, strlen(all)) ? CLAIM_FOREIGN : CLAIM_ANOTHER;
	return 0;
}

const char *lab_topology_of(struct arena *arena, const char *target)
{
	const char *all = arena_printf(arena, "%s/", lab_directory(arena, NULL)), *name;

	if (!target || strncmp(target, all, strlen(all)) != 0)
		return NULL;
	name = target + strlen(all);
	return arena_copy(arena, name, strcspn(name, "/"));
}

static int make_directory(const char *path)
{
	return mkdir(path, 0755) && errno != EEXIST ? -errno : 0;
}

int lab_prepare(struct arena *arena, const char *topology, const char **tree)
{
	const char *directory = lab_directory(arena, topology);
	int error = make_directory(lab_directory(arena, NULL));

	if (!error)
		error = make_directory(directory);
	if (!tree)
		return error;
	for (unsigned generation = 1; !error; generation++) {
		*tree = arena_printf(arena, "%s/%u", directory, generation);
		if (!mkdir(*tree, 0755))
			return 0;
		if (errno != EEXIST)
			error = -errno;
	}
	return error;
}

int lab_claim(struct arena *arena, const char *topology, const char *name, const char *path)
{
	const char *target, *link = claim_path(arena, name);
	enum claim claim;
	int error;

	if (!symlink(path, link))
		return 0;
	if (errno != EEXIST)
		return -errno;
	error = lab_claim_of(arena, topology, name, &claim, &target);
	if (error)
		return error;
	if (claim != CLAIM_OURS)
		return -EEXIST;
	if (!strcmp(target, path))
		return 0;
	return unlink(link) || symlink(path, link) ? -errno : 0;
}

int lab_disclaim(struct arena *arena, const char *topology, const char *name)
{
	const char *target;
	enum claim claim;
	int error = lab_claim_of(arena, topology, name, &claim, &target);

	if (error || claim != CLAIM_OURS)
		return error;
	return unlink(claim_path(arena, name)) && errno != ENOENT ? -errno : 0;
}

int lab_unmount(const char *path)
{
	/* Somebody may have mounted over it: until nothing is mounted there. */
	while (!umount2(path, MNT_DETACH | UMOUNT_NOFOLLOW))
		;
	if (errno != EINVAL && errno != ENOENT)
		return -errno;
	return unlink(path) && errno != ENOENT ? -errno : 0;
}

/*
 * A tree goes in one unmount. Its files are removed through a descriptor kept open, which frees the
 * copies that other mount namespaces have of what is mounted on them.
 */
static int remove_tree(struct arena *arena, const char *path)
{
	struct listing files = list_directory(arena, path);
	int directory = open(path, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	int error = 0;

	while (!umount2(path, MNT_DETACH | UMOUNT_NOFOLLOW))
		;
	for (size_t i = 0; directory >= 0 && i < files.count; i++)
		unlinkat(directory, files.names[i], 0);
	if (directory >= 0)
		close(directory);
	files = list_directory(arena, path);
	for (size_t i = 0; i < files.count && !error; i++)
		error = lab_unmount(arena_printf(arena, "%s/%s", path, files.names[i]));
	if (!error && rmdir(path) && errno != ENOENT)
		error = -errno;
	return error;
}

/* Where a link of somebody else's leads does not matter. */
static int disclaim_dangling(struct arena *arena, const char *topology, const char *name)
{
	struct stat status;
	int error = stat(claim_path(arena, name), &status) ? -errno : 0;
	const char *target;
	enum claim claim;

	if (error == -ENOENT)
		return lab_disclaim(arena, topology, name);
	if (error && !lab_claim_of(arena, topology, name, &claim, &target) && claim != CLAIM_OURS)
		return 0;
	return error;
}

static int disclaim_all(struct arena *arena, const char *topology)
{
	struct listing names = list_directory(arena, NETNS_DIRECTORY);
	int error = names.error;

	for (size_t i = 0; i < names.count && !error; i++)
		error = lab_disclaim(arena, topology, names.names[i]);
	return error;
}

int lab_remove(struct arena *arena, const char *topology)
{
	struct listing trees = list_trees(arena, topology), rest;
	const char *directory = lab_directory(arena, topology);
	int error = trees.error;

	if (!error)
		error = disclaim_all(arena, topology);
	for (size_t i = 0; i < trees.count && !error; i++)
		error = remove_tree(arena, trees.names[i]);
	rest = list_directory(arena, directory);
	for (size_t i = 0; i < rest.count && !error; i++)
		error = unlink(arena_printf(arena, "%s/%s", directory, rest.names[i])) ? -errno : 0;
	if (!error && rmdir(directory) && errno != ENOENT)
		error = -errno;
	if (!error && rmdir(lab_directory(arena, NULL)) && errno != ENOENT && errno != ENOTEMPTY)
		error = -errno;
	return error;
}

/*
 * Whether a namespace is mounted on a file; `known` is one of that name, or NULL. 1, 0, or a
 * negative errno.
 */
static int has_namespace(const char *path, const struct lab_namespace *known)
{
	struct statfs status;

	if (known && !strcmp(known->path, path))
		return 1;
	if (statfs(path, &status))
		return errno == ENOENT ? 0 : -errno;
	return status.f_type == NSFS_MAGIC;
}

/* Removes the files of a tree that nothing is mounted on, and the tree where that leaves it empty. */
static int tidy_tree(struct arena *arena, const char *tree, const struct lab_namespace *kept,
                     size_t count)
{
	struct listing files = list_directory(arena, tree);
	bool any = false;
	int error = files.error;

	for (size_t i = 0; i < files.count && !error; i++) {
		const char *path = arena_printf(arena, "%s/%s", tree, files.names[i]);
		int there = has_namespace(path, find_namespace(kept, count, files.names[i]));

		any |= there > 0;
		if (there < 0)
			error = there;
		else if (!there && unlink(path) && errno != ENOENT)
			error = -errno;
	}
	return error || any ? error : remove_tree(arena, tree);
}

int lab_tidy(struct arena *arena, const char *topology, struct lab_namespace *kept, size_t count)
{
	struct listing trees = list_trees(arena, topology), names;
	int error = trees.error;

	sort_namespaces(kept, count);
	for (size_t i = 0; i < trees.count && !error; i++)
		error = tidy_tree(arena, trees.names[i], kept, count);
	names = list_directory(arena, NETNS_DIRECTORY);
	if (!error)
		error = names.error;
	for (size_t i = 0; i < names.count && !error; i++) {
		if (!find_namespace(kept, count, names.names[i]))
			error = disclaim_dangling(arena, topology, names.names[i]);
	}
	return error;
}

/* Who has the lock may be about to put something in it. */
void lab_tidy_all(void)
{
	int lock = run_directory_exists() ? lock_take(true, "topoc", 0, NULL) : -ENOENT;

	if (lock < 0)
		return;
	rmdir(RUN_DIRECTORY "/lab");
	close(lock);
}
