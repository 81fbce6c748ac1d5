/*
 * What the kernel cannot hold of a topology: the file it came from, the values that its sysctls had
 * before, and which of the host's routes are its own. /run/topoc/lab/NAME/state, a small YAML file.
 */
#ifndef TOPOC_EXECUTOR_STATE_H
#define TOPOC_EXECUTOR_STATE_H

#include <stdbool.h>
#include <stddef.h>

struct arena;

/* A sysctl that a topology has set, or is about to. */
struct former {
	const char *space, *name; /* the namespace, and the path below /proc/sys */
	const char *value;        /* what it was before */
	const char *set;          /* what it was set to */
	const char *before; /* what it was set to until now, while a change is under way; or NULL */
	const char *cause;  /* the sysctl that changed it along with itself, or NULL */
	size_t next;        /* the place of the next one in a bucket, from 1; state.c's */
};

struct state {
	const char *file;       /* the absolute path of the topology file, or "-" */
	const char *text;       /* as it was applied */
	const char *since;      /* when it was first applied (RFC 3339), or NULL */
	bool done;              /* false from the first change to the last: a killed run */
	struct former *formers; /* those of a namespace: state_formers() */
	size_t former_count, former_capacity;
	size_t *buckets; /* by the namespace: the places of the first ones, from 1 */
	size_t bucket_count;
	const char **routes; /* the paths of the host's routes that are its own */
	size_t route_count;
};

/*
 * An empty state where there is none, or where it cannot be read. 0, or a negative errno: -EBADMSG
 * where the file is not what state_write() makes.
 */
int state_read(struct arena *arena, const char *topology, struct state *state);

/* 0 where a state is written down, -ENOENT where none is, or another negative errno. */
int state_find(struct arena *arena, const char *topology);

/* Written whole under another name and renamed. 0, or a negative errno. */
int state_write(struct arena *arena, const char *topology, const struct state *state);

/* Adds a note, in memory. */
void state_note(struct arena *arena, struct state *state, const struct former *former);

/* Gives the state notes of its own, the first `count` of those it has. */
void state_keep(struct arena *arena, struct state *state, size_t count);

/*
 * The notes of one namespace, one after the other: the first for NULL, the last is followed by
 * NULL.
 */
struct former *state_formers(const struct state *state, const char *space,
                             const struct former *after);

struct former *state_former(const struct state *state, const char *space, const char *name);

#endif
