/* What one network namespace has: its links, addresses and routes, as objects. */
#ifndef TOPOC_EXECUTOR_INVENTORY_H
#define TOPOC_EXECUTOR_INVENTORY_H

#include "kernel.h"

/*
 * Reads a namespace, open in `kernel`, into `graph`; `space` is its object there. Of the host's
 * addresses and routes it is what the topology has, what hangs on a device of its own, and what
 * `want` names. A namespace that another topology than `maker` made, or nobody, becomes foreign, and
 * nothing of it is read; with NULL it may be anybody's. 0, or a negative errno.
 */
int inventory_read(struct kernel *kernel, struct graph *graph, const struct graph *want,
                   struct object *space, const char *maker);

/* Asks all that inventory_read() will ask of the namespace of that socket (netlink_dump_ahead()). */
void inventory_ask_ahead(struct netlink *netlink);

/*
 * The topology that made the namespace of a socket, as the label of its loopback device says; NULL
 * where there is none. 0, or a negative errno.
 */
int inventory_maker(struct arena *arena, struct netlink *netlink, const char **topology);

#endif
