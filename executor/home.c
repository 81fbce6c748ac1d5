#define _GNU_SOURCE
#include "home.h"

#include "closed.h"
#include "lock.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

/* How a mount passes on what is mounted below it (proc_pid_mountinfo(5)). */
struct propagation {
	int group;  /* of mounts that share with it; 0: none */
	int master; /* the group that it listens to; 0: none */
};

/* The number that mountinfo gives to the mount that the file is on, or -1. */
static int mount_number(int descriptor)
{
	CLOSED_FILE FILE *file = NULL;
	FREED char *line = NULL;
	char path[64];
	size_t size = 0;
	int number = -1;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", descriptor);
	file = fopen(path, "re");
	while (file && number < 0 && getline(&line, &size, file) > 0)
		sscanf(line, "mnt_id: %d", &number);
	return number;
}

/* Optional fields end at a lone hyphen; before them "ID PARENT MAJOR:MINOR ROOT POINT OPTIONS". */
static struct propagation parse(char *line)
{
	struct propagation propagation = {0};
	char *rest = line;
	char *word;

	while ((word = strsep(&rest, " ")) && strcmp(word, "-") != 0) {
		sscanf(word, "shared:%d", &propagation.group);
		sscanf(word, "master:%d", &propagation.master);
	}
	return propagation;
}

/* Of the topmost mount that a directory is on; of none where it is not there. */
static struct propagation propagation_of(const char *path)
{
	CLOSED_FILE FILE *file = fopen("/proc/self/mountinfo", "re");
	CLOSED int directory = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	int number = directory < 0 ? -1 : mount_number(directory), found;
	FREED char *line = NULL;
	size_t size = 0;

	while (file && number >= 0 && getline(&line, &size, file) > 0) {
		if (sscanf(line, "%d", &found) == 1 && found == number)
			return parse(line);
	}
	return (struct propagation){0};
}

static bool only_listens(const char *path)
{
	struct propagation propagation = propagation_of(path);

	return propagation.master && !propagation.group;
}

/* Whether two files are one: 1, 0, or -1 where they cannot be looked at. */
static int compare_files(const char *path, const char *other)
{
	struct stat one, two;

	if (stat(path, &one) || stat(other, &two))
		return -1;
	return one.st_dev == two.st_dev && one.st_ino == two.st_ino;
}

static bool is_same(const char *path, const char *other)
{
	return compare_files(path, other) > 0;
}

/*
 * In a container, whose root is often a slave of the host's, the names are looked for in the
 * container: there process 1 lives among the same mounts.
 */
static bool is_home_of_first_process(void)
{
	return is_same("/proc/self/ns/mnt", "/proc/1/ns/mnt");
}

/* A run that was killed has left /run/topoc unshared only where nothing is in it yet. */
static bool is_copy(void)
{
	return run_directory_exists() && !propagation_of(RUN_DIRECTORY).group &&
	       !access(LOCK_FILE, F_OK);
}

static bool first_process_has(int group)
{
	CLOSED_FILE FILE *file = fopen("/proc/1/mountinfo", "re");
	FREED char *line = NULL;
	size_t size = 0;

	while (file && group && getline(&line, &size, file) > 0) {
		if (parse(line).group == group)
			return true;
	}
	return false;
}

static bool has_run_of_first_process(void)
{
	return is_same("/run", "/proc/1/root/run");
}

static bool first_process_misses_it(void)
{
	const char *where = run_directory_exists() ? RUN_DIRECTORY : "/run";

	return has_run_of_first_process() && !is_home_of_first_process() &&
	       !first_process_has(propagation_of(where).group);
}

bool home_hides_mounts(void)
{
	if (is_copy() || first_process_misses_it())
		return true;
	return (only_listens("/run") || only_listens(NETNS_DIRECTORY)) &&
	       !is_home_of_first_process();
}

bool home_is_in_another_network(void)
{
	return has_run_of_first_process() &&
	       !compare_files("/proc/thread-self/ns/net", "/proc/1/ns/net");
}
