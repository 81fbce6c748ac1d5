/*
 * A nursery: new network namespaces, built in a mount tree that nobody sees and published whole.
 * A process killed before nursery_publish() leaves nothing, since the kernel collects what has no
 * name.
 */
#ifndef TOPOC_EXECUTOR_NURSERY_H
#define TOPOC_EXECUTOR_NURSERY_H

struct nursery;

/*
 * Leaves the mount namespace for a private copy with a tmpfs of its own: the calling thread, and
 * those that it starts from then on. 0, or a negative errno.
 */
int nursery_open(struct nursery **nursery);

/*
 * Makes a network namespace, moves the calling thread into it and binds it under `name` (a file's
 * name); several threads may do so at once. `*descriptor` (O_CLOEXEC) refers to it and is the
 * caller's to close. 0, or a negative errno (-ENOSPC: user.max_net_namespaces is reached).
 */
int nursery_add(struct nursery *nursery, const char *name, int *descriptor);

/*
 * Puts what has that name in the directory, which was opened after the nursery, into the tree: a
 * symbolic link as one, all else bound with what is mounted in it. 0, or a negative errno.
 */
int nursery_graft(const struct nursery *nursery, int directory, const char *name);

/*
 * Goes back to the caller's mount namespace and makes the whole tree appear there at `directory`,
 * an existing directory, in one move_mount(2). Threads that use the nursery have ended before.
 * Where the kernel lacks open_tree(2) (before 5.2) -ENOSYS. 0, or a negative errno; the tree then
 * stays unseen.
 */
int nursery_publish(struct nursery *nursery, const char *directory);

/* Goes back to the caller's mount namespace, if not there already, and to its network namespace. */
void nursery_close(struct nursery *nursery);

#endif
