/*
 * The new network namespaces of a plan. Where there are many and several processors, threads make
 * them ahead of what needs them: that is half of what the kernel does for a topology of namespaces
 * and cables, and the half that two can do at once.
 */
#ifndef TOPOC_EXECUTOR_MAKERS_H
#define TOPOC_EXECUTOR_MAKERS_H

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct makers;
struct netlink;
struct nursery;

/*
 * Makes the first of the namespaces with those names in the nursery, and from now on the others, in
 * that order, each with the settings that topoc promises (settings.h), and with a socket as long as
 * descriptors below `high` are left for all that are still to be made (netlink_open_below()). The
 * calling thread is in another network namespace then. The names are the caller's and stay; what is
 * allocated in the arena is before this returns. NULL: no memory.
 */
struct makers *makers_start(struct nursery *nursery, struct arena *arena, int high,
                            const char *const *names, size_t count);

/* Whether threads are at work, so that it pays to ask for a namespace as late as can be. */
bool makers_are_ahead(const struct makers *makers);

/* Waits until the namespace at that place can be taken, or makes it, as makers_take() does. */
void makers_await(struct makers *makers, size_t place);

/*
 * The namespace of the name at that place, each once: a descriptor (O_CLOEXEC) and a socket in it,
 * both the caller's to close. Waits for it, or where no thread does it, makes it, and may leave the
 * caller's thread in another network namespace. 0, or what failed: a negative errno.
 */
int makers_take(struct makers *makers, size_t place, int *descriptor, struct netlink **netlink);

/* Ends the threads and closes what nobody took. NULL is nothing. */
void makers_stop(struct makers *makers);

#endif
