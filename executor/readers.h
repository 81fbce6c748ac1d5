/*
 * What is in the namespaces of a topology. Where there are many and several processors, threads ask
 * the kernel ahead of who takes it in: that is most of what reading costs.
 */
#ifndef TOPOC_EXECUTOR_READERS_H
#define TOPOC_EXECUTOR_READERS_H

#include <stddef.h>

struct lab_namespace;
struct netlink;
struct readers;

/*
 * Begins to read the namespaces of a list, in that order; their descriptors have to stay open. NULL:
 * nobody does, which is nothing to the functions below.
 */
struct readers *readers_start(const struct lab_namespace *list, size_t count);

/*
 * A socket of the namespace at that place, each once, on which all has been asked
 * (inventory_ask_ahead()), and which is closed until it is used: the caller's, to be shared
 * (netlink_share()). NULL: it has to be opened, and asked.
 */
struct netlink *readers_take(struct readers *readers, size_t place);

/* Ends the threads. NULL is nothing. */
void readers_stop(struct readers *readers);

#endif
