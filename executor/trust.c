#define _GNU_SOURCE
#include "trust.h"

#include "lab.h"
#include "lock.h"
#include "parser/arena.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum sort { A_DIRECTORY = 1, A_FILE = 2 };

static const char *kind_of(const struct stat *status)
{
	if (S_ISLNK(status->st_mode))
		return "a symbolic link";
	if (S_ISDIR(status->st_mode))
		return "a directory";
	return S_ISREG(status->st_mode) ? "a file" : "neither file nor directory";
}

/* A second name would be that of another file which changes along. */
static const char *problem_of(struct arena *arena, const char *path, unsigned sorts)
{
	struct stat status;
	unsigned sort = 0;

	if (lstat(path, &status))
		return errno == ENOENT ? NULL
		                       : arena_printf(arena, "cannot look at '%s': %s", path,
		                                      strerror(errno));
	if (S_ISDIR(status.st_mode))
		sort = A_DIRECTORY;
	else if (S_ISREG(status.st_mode))
		sort = A_FILE;
	if (!(sort & sorts))
		return arena_printf(arena, "'%s' is %s, and must be a %s", path, kind_of(&status),
		                    sorts & A_FILE ? "file" : "directory");
	if (sort == A_FILE && status.st_nlink > 1)
		return arena_printf(arena, "'%s' is a file that has another name, too", path);
	if (status.st_uid && status.st_uid != geteuid())
		return arena_printf(arena, "'%s' belongs to another user", path);
	/* In a directory that is sticky nobody touches what is another's (inode(7)). */
	if (status.st_mode & (S_IWGRP | S_IWOTH) && !(status.st_mode & S_ISVTX))
		return arena_printf(arena, "others may write to '%s'", path);
	return NULL;
}

/* The state, and the trees of namespaces. */
static const char *problem_in(struct arena *arena, const char *path)
{
	DIR *directory = opendir(path);
	const char *problem = NULL;

	for (struct dirent *entry; directory && !problem && (entry = readdir(directory));) {
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			problem =
			        problem_of(arena, arena_printf(arena, "%s/%s", path, entry->d_name),
			                   A_FILE | A_DIRECTORY);
	}
	if (directory)
		closedir(directory);
	return problem;
}

const char *trust_problem(struct arena *arena, const char *topology)
{
	const char *own = lab_directory(arena, topology);
	const struct {
		const char *path;
		enum sort sort;
	} parts[] = {
	        {RUN_DIRECTORY, A_DIRECTORY},
	        {RUN_DIRECTORY "/lock", A_FILE},
	        {NETNS_DIRECTORY, A_DIRECTORY},
	        {lab_directory(arena, NULL), A_DIRECTORY},
	        {own, A_DIRECTORY},
	};
	const char *problem = NULL;

	for (size_t i = 0; i < sizeof parts / sizeof *parts && !problem; i++)
		problem = problem_of(arena, parts[i].path, parts[i].sort);
	return problem ? problem : problem_in(arena, own);
}
