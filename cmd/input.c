/* Reading a topology: a file, standard input, or a text that was applied before. */
#define _GNU_SOURCE
#include "command.h"

#include "parser/arena.h"
#include "parser/topology.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LARGEST_FILE = 16 << 20, CHUNK = 65536, MOST_FILES = 256 };

static const struct span nowhere;
static const char too_large[] = "it is larger than 16 MiB";

bool is_file(const char *argument)
{
	static const char *const endings[] = {".yaml", ".yml", ".json"};
	size_t length = strlen(argument);

	for (size_t i = 0; i < 3; i++) {
		size_t ending = strlen(endings[i]);

		if (length >= ending && !strcmp(argument + length - ending, endings[i]))
			return true;
	}
	return strchr(argument, '/') || !strcmp(argument, "-");
}

/* The topology's name where its file gives none: the file's own, without the ending. */
static const char *name_of_file(struct arena *arena, const char *path)
{
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
	const char *dot = strrchr(name, '.');

	if (!strcmp(path, "-"))
		return NULL;
	return arena_copy(arena, name, is_file(name) && dot ? (size_t)(dot - name) : strlen(name));
}

static bool cannot_read(struct command *command, const char *path, const char *why)
{
	if (!strcmp(path, "-"))
		diagnose(command->diagnostics, SEVERITY_ERROR, nowhere,
		         "cannot read standard input: %s", why);
	else
		diagnose(command->diagnostics, SEVERITY_ERROR, nowhere, "cannot read '%s': %s",
		         path, why);
	return false;
}

/* read(2), which waits for what a pipe's other end writes. */
static ssize_t read_some(int descriptor, char *buffer, size_t size)
{
	struct pollfd input = {.fd = descriptor, .events = POLLIN};
	ssize_t got;

	while ((got = read(descriptor, buffer, size)) < 0 && errno == EAGAIN)
		poll(&input, 1, -1);
	return got;
}

/* Reads to the end; of the whole, `expected` bytes are known of beforehand. */
static bool read_all(struct command *command, int descriptor, const char *path, size_t expected)
{
	size_t length = 0, capacity = expected + CHUNK + 1;
	char *text = arena_alloc(command->arena, capacity);

	for (ssize_t got = 1; got;) {
		if (capacity - length <= CHUNK) {
			capacity = capacity * 2 + CHUNK;
			text = arena_grow(command->arena, text, length, capacity, 1);
		}
		got = read_some(descriptor, text + length, CHUNK);
		if (got < 0)
			return cannot_read(command, path, strerror(errno));
		length += (size_t)got;
		if (length > LARGEST_FILE)
			return cannot_read(command, path, too_large);
	}
	text[length] = '\0';
	command->source = (struct source){path, text, length};
	return true;
}

static bool parse(struct command *command)
{
	const char *path = command->source.path;

	command->want = topology_read(command->arena, &command->source,
	                              name_of_file(command->arena, path), command->diagnostics);
	if (command->want)
		command->topology = command->want->topology;
	return !command_failed(command);
}

static bool read_opened(struct command *command, int descriptor, const char *path)
{
	struct stat status;

	if (fstat(descriptor, &status))
		return cannot_read(command, path, strerror(errno));
	if (S_ISDIR(status.st_mode))
		return cannot_read(command, path, "it is a directory");
	if (S_ISFIFO(status.st_mode)) {
		if (!read_all(command, descriptor, path, 0))
			return false;
		/* One that nobody has open at its other end reads so, and at once. */
		return command->source.length ||
		       cannot_read(command, path, "nobody writes into this pipe");
	}
	if (!S_ISREG(status.st_mode))
		return cannot_read(command, path, "it is no regular file");
	if (status.st_size > LARGEST_FILE)
		return cannot_read(command, path, too_large);
	return read_all(command, descriptor, path, (size_t)status.st_size);
}

/* A file that is not there: was another one in its directory meant? */
static void offer_near_file(struct command *command, const char *path)
{
	const char *slash = strrchr(path, '/'), *base = slash ? slash + 1 : path, *near;
	int length = (int)(base - path);
	DIR *directory = opendir(slash ? arena_printf(command->arena, "%.*s", length, path) : ".");
	const char *names[MOST_FILES];
	size_t count = 0;

	for (struct dirent *entry;
	     directory && count < MOST_FILES && (entry = readdir(directory));) {
		if (is_file(entry->d_name))
			names[count++] = arena_printf(command->arena, "%s", entry->d_name);
	}
	if (directory)
		closedir(directory);
	near = nearest(base, names, count);
	if (near)
		diagnostic_hint(command->diagnostics, "did you mean '%.*s%s'?", length, path, near);
}

static bool open_and_read(struct command *command, const char *path)
{
	int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	int error = errno;
	bool good;

	if (descriptor < 0) {
		cannot_read(command, path, strerror(error));
		if (error == ENOENT)
			offer_near_file(command, path);
		return false;
	}
	good = read_opened(command, descriptor, path);
	close(descriptor);
	return good;
}

bool command_read_file(struct command *command, const char *path)
{
	char *absolute;

	command->source = (struct source){.path = path};
	if (!strcmp(path, "-")) {
		command->file = path;
		return read_all(command, STDIN_FILENO, path, 0) && parse(command);
	}
	if (!open_and_read(command, path))
		return false;
	absolute = realpath(path, NULL);
	if (!absolute && errno != ENOENT) /* a pipe (<(...) of a shell) has none */
		return cannot_read(command, path, strerror(errno));
	command->file = arena_printf(command->arena, "%s", absolute ? absolute : path);
	free(absolute);
	return parse(command);
}

bool command_read_text(struct command *command, const char *path, const char *text)
{
	command->source = (struct source){path, text, strlen(text)};
	command->file = path;
	return parse(command);
}
