/*
 * Where a topology's namespaces live: /run/topoc/lab/NAME/GENERATION/NAMESPACE is a namespace's
 * file, and /run/netns/NAMESPACE a symbolic link to it, which is both the claim of the name and the
 * mark that it is ours.
 */
#ifndef TOPOC_EXECUTOR_LAB_H
#define TOPOC_EXECUTOR_LAB_H

#include <stdbool.h>
#include <stddef.h>

struct arena;

/* "/run/topoc/lab", or with a topology's name its own directory in it. */
const char *lab_directory(struct arena *arena, const char *topology);

/*
 * The names of all topologies that have a directory, and those in /run/netns, whoever made them, in
 * alphabetical order. 0, or a negative errno.
 */
int lab_list(struct arena *arena, const char ***names, size_t *count);
int namespace_names(struct arena *arena, const char ***names, size_t *count);

/* Whether a file, no link, is a network namespace: 1 with a descriptor, 0, or a negative errno. */
int namespace_open(const char *path, int *descriptor);

struct lab_namespace {
	const char *name;
	const char *path;
	int descriptor; /* the caller's to close */
};

/*
 * The namespaces that a topology has, in alphabetical order; files that are no namespace (what `ip
 * netns del` leaves) are passed over. 0, or a negative errno.
 */
int lab_namespaces(struct arena *arena, const char *topology, struct lab_namespace **list,
                   size_t *count);

/* What /run/netns/NAME is. */
enum claim {
	CLAIM_NONE,
	CLAIM_OURS,    /* a link into this topology's directory */
	CLAIM_ANOTHER, /* a link into another topology's */
	CLAIM_FOREIGN,
};

/*
 * What a name is, for a topology or, with NULL, for any of them; where it is a link, its target, else
 * NULL. 0, or a negative errno.
 */
int lab_claim_of(struct arena *arena, const char *topology, const char *name, enum claim *claim,
                 const char **target);

/* The topology that such a target is in, or NULL. */
const char *lab_topology_of(struct arena *arena, const char *target);

/* Makes the topology's directory, and in it one for a new tree of namespaces: its path. */
int lab_prepare(struct arena *arena, const char *topology, const char **tree);

/*
 * Claims a name: makes /run/netns/NAME a link to `path`. -EEXIST where somebody else has it; a link
 * of our own is made to point to `path`.
 */
int lab_claim(struct arena *arena, const char *topology, const char *name, const char *path);

/* Gives the name back, if the claim is ours. */
int lab_disclaim(struct arena *arena, const char *topology, const char *name);

/*
 * Takes a namespace's file away: unmounts it and removes it also where another mount namespace has
 * a copy. The kernel ends the namespace when no process is in it any more.
 */
int lab_unmount(const char *path);

/*
 * Removes whatever is left of a topology in which no namespace is kept: trees, links and state;
 * then /run/topoc/lab itself, if that was the last.
 */
int lab_remove(struct arena *arena, const char *topology);

/*
 * Removes what no namespace needs any more: empty files, empty trees, links that lead nowhere.
 * `kept`, which is sorted, are namespaces known to be there and to have their names: they are not
 * looked at. 0, or a negative errno.
 */
int lab_tidy(struct arena *arena, const char *topology, struct lab_namespace *kept, size_t count);

/* Removes /run/topoc/lab where no topology is in it: a run may have been killed there. */
void lab_tidy_all(void);

/* Whether the descriptor is a network namespace's. */
bool is_network_namespace(int descriptor);

#endif
