/* The kernel as one run of topoc sees it: the network namespaces in play, each with a socket. */
#ifndef TOPOC_EXECUTOR_KERNEL_H
#define TOPOC_EXECUTOR_KERNEL_H

#include "netlink.h"
#include "parser/graph.h"
#include "state.h"

enum { SPARE_DESCRIPTORS = 48 }; /* beside one for each namespace */

/* A namespace that is open. An object of kind namespace refers to it by its `index`, from 1. */
struct space {
	const char *name;
	const char *path; /* its file; NULL: the host, or not published yet */
	int descriptor;
	struct netlink *netlink;
	uint32_t last_index; /* the greatest interface index in use */
	size_t settled; /* the place of the step before which all in it was ready; 0: none was */
};

struct kernel {
	struct arena *arena;
	const char *topology;
	struct state state;
	struct state *others; /* of the other topologies: former_read_others() */
	size_t other_count;
	bool takes_all_routes; /* every route of topoc's in the host counts as this topology's */
	bool has_new_formers;  /* the state has notes that are not written yet: former_save() */
	bool host_makes_link_local; /* from hardware addresses, as the kernel does by default */
	struct progress *progress;  /* of what is read, or NULL */
	struct sysctl_view *sysctls;
	struct sockets sockets;
	struct space *spaces;
	size_t count, capacity;
};

/*
 * Opens the namespace that the process is in, the host; raises the limit of open files to what is
 * allowed. 0, or a negative errno.
 */
int kernel_open(struct kernel *kernel, struct arena *arena, const char *topology);
void kernel_close(struct kernel *kernel);

/* Moves the thread into an open namespace. 0, or a negative errno. */
int kernel_enter(const struct space *space);
int kernel_leave(const struct kernel *kernel);

/*
 * Adds the namespace that the thread is in: takes over the descriptor, also on failure, and opens a
 * socket in it. `*index` is what an object refers to it by. 0, or a negative errno.
 */
int kernel_add(struct kernel *kernel, const char *name, const char *path, int descriptor,
               uint32_t *index);

/* Adds a namespace that is open, with its socket: what an object refers to it by. */
uint32_t kernel_adopt(struct kernel *kernel, struct space space);

/* The space of the namespace that an object is in. */
struct space *kernel_space(const struct kernel *kernel, const struct object *object);

/* Of the topology's devices in that namespace, the one that has the interface index; or NULL. */
const struct object *kernel_device(const struct object *space, uint32_t index);

/*
 * Closes all namespaces but the host, to be read anew, and opens the host's socket anew, in which
 * an answer that was not read to its end may wait. 0, or a negative errno.
 */
int kernel_forget(struct kernel *kernel);

#endif
