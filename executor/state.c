#define _GNU_SOURCE
#include "state.h"

#include "lab.h"
#include "parser/arena.h"
#include "parser/yaml/yaml.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LARGEST_STATE = 256 << 20 };

static const char *state_path(struct arena *arena, const char *topology, const char *suffix)
{
	return arena_printf(arena, "%s/state%s", lab_directory(arena, topology), suffix);
}

static int read_all(struct arena *arena, int descriptor, struct source *source)
{
	struct stat status;
	ssize_t got;
	char *text;

	if (fstat(descriptor, &status))
		return -errno;
	if (!S_ISREG(status.st_mode) || status.st_size > LARGEST_STATE)
		return -EBADMSG;
	text = arena_alloc(arena, (size_t)status.st_size + 1);
	while (source->length < (size_t)status.st_size) {
		got = read(descriptor, text + source->length,
		           (size_t)status.st_size - source->length);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return got ? -errno : -EBADMSG;
		source->length += (size_t)got;
	}
	source->text = text;
	return 0;
}

static const char *text_of(const struct node *mapping, const char *key)
{
	const struct node *node = node_get(mapping, key);

	return node && node->type == NODE_SCALAR && !node_is_empty(node) ? node->text : NULL;
}

static size_t *bucket_of(const struct state *state, const char *space)
{
	uint32_t hash = 2166136261; /* FNV-1a */

	for (; *space; space++)
		hash = (hash ^ (unsigned char)*space) * 16777619;
	return &state->buckets[hash % state->bucket_count];
}

/* Puts the next of the notes into its bucket, behind the others. */
static void file_next(struct state *state)
{
	struct former *former = &state->formers[state->former_count++];
	size_t *place = bucket_of(state, former->space);

	while (*place)
		place = &state->formers[*place - 1].next;
	*place = state->former_count;
	former->next = 0;
}

void state_keep(struct arena *arena, struct state *state, size_t count)
{
	state->former_capacity = count * 2 + 16;
	state->formers = arena_grow(arena, state->formers, count, state->former_capacity,
	                            sizeof *state->formers);
	state->bucket_count = state->former_capacity;
	state->buckets = arena_alloc(arena, state->bucket_count * sizeof *state->buckets);
	state->former_count = 0;
	while (state->former_count < count)
		file_next(state);
}

void state_note(struct arena *arena, struct state *state, const struct former *former)
{
	if (state->former_count == state->former_capacity)
		state_keep(arena, state, state->former_count);
	state->formers[state->former_count] = *former;
	file_next(state);
}

static struct former *former_at(const struct state *state, size_t place)
{
	return place ? &state->formers[place - 1] : NULL;
}

struct former *state_formers(const struct state *state, const char *space,
                             const struct former *after)
{
	struct former *at;

	if (after)
		at = former_at(state, after->next);
	else
		at = state->bucket_count ? former_at(state, *bucket_of(state, space)) : NULL;
	while (at && strcmp(at->space, space) != 0)
		at = former_at(state, at->next);
	return at;
}

struct former *state_former(const struct state *state, const char *space, const char *name)
{
	struct former *at = state_formers(state, space, NULL);

	while (at && strcmp(at->name, name) != 0)
		at = state_formers(state, space, at);
	return at;
}

static void read_formers(struct arena *arena, const struct node *list, struct state *state)
{
	for (size_t i = 0; list && i < list->count; i++) {
		const struct node *node = list->entries[i].value;
		struct former former = {.space = text_of(node, "namespace"),
		                        .name = text_of(node, "name"),
		                        .value = text_of(node, "former"),
		                        .set = text_of(node, "set"),
		                        .before = text_of(node, "before"),
		                        .cause = text_of(node, "cause")};

		if (former.space && former.name && former.value && former.set)
			state_note(arena, state, &former);
	}
}

static void read_routes(struct arena *arena, const struct node *list, struct state *state)
{
	size_t count = list ? list->count : 0;

	state->routes = arena_alloc(arena, (count + 1) * sizeof *state->routes);
	for (size_t i = 0; i < count; i++) {
		if (list->entries[i].value->type == NODE_SCALAR)
			state->routes[state->route_count++] = list->entries[i].value->text;
	}
}

static int parse(struct arena *arena, const struct source *source, struct state *state)
{
	struct diagnostics *diagnostics = diagnostics_new(arena, NULL);
	const struct node *root = yaml_read(arena, source, diagnostics), *done;

	if (!root || root->type != NODE_MAPPING || diagnostics_count(diagnostics, SEVERITY_ERROR))
		return -EBADMSG;
	state->file = text_of(root, "file");
	state->text = text_of(root, "text");
	state->since = text_of(root, "since");
	done = node_get(root, "done");
	state->done = done && done->type == NODE_SCALAR && !strcmp(done->text, "true");
	read_formers(arena, node_get(root, "sysctls"), state);
	read_routes(arena, node_get(root, "routes"), state);
	return 0;
}

int state_read(struct arena *arena, const char *topology, struct state *state)
{
	int descriptor = open(state_path(arena, topology, ""),
	                      O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	struct source source = {.path = "state"};
	int error;

	*state = (struct state){0};
	if (descriptor < 0 && errno == ELOOP)
		return -EBADMSG;
	if (descriptor < 0)
		return errno == ENOENT ? 0 : -errno;
	error = read_all(arena, descriptor, &source);
	close(descriptor);
	return error ? error : parse(arena, &source, state);
}

static void print_key(FILE *file, const char *key, const char *text)
{
	if (!text)
		return;
	fprintf(file, "%s: ", key);
	yaml_print_quoted(file, text);
	fputc('\n', file);
}

static void print_former(FILE *file, const struct former *former)
{
	const char *const keys[] = {"- namespace", "  name",   "  former",
	                            "  set",       "  before", "  cause"};
	const char *const texts[] = {former->space, former->name,   former->value,
	                             former->set,   former->before, former->cause};

	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
		print_key(file, keys[i], texts[i]);
}

static void print_state(FILE *file, const struct state *state)
{
	fprintf(file, "done: %s\n", state->done ? "true" : "false");
	print_key(file, "file", state->file);
	print_key(file, "since", state->since);
	fputs("sysctls:\n", file);
	for (size_t i = 0; i < state->former_count; i++)
		print_former(file, &state->formers[i]);
	fputs("routes:\n", file);
	for (size_t i = 0; i < state->route_count; i++) {
		fputs("- ", file);
		yaml_print_quoted(file, state->routes[i]);
		fputc('\n', file);
	}
	print_key(file, "text", state->text);
}

int state_find(struct arena *arena, const char *topology)
{
	return access(state_path(arena, topology, ""), F_OK) ? -errno : 0;
}

int state_write(struct arena *arena, const char *topology, const struct state *state)
{
	const char *path = state_path(arena, topology, ""),
	           *new = state_path(arena, topology, ".new");
	int descriptor, error;
	FILE *file;

	unlink(new);
	descriptor = open(new, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
	if (descriptor < 0)
		return -errno;
	file = fdopen(descriptor, "w");
	if (!file) {
		close(descriptor);
		unlink(new);
		return -ENOMEM;
	}
	print_state(file, state);
	error = ferror(file) ? -EIO : 0;
	if (fclose(file))
		error = -errno;
	if (!error && rename(new, path))
		error = -errno;
	if (error)
		unlink(new);
	return error;
}
