/* /run/topoc: the directory that everything lives in, and the one lock. */
#ifndef TOPOC_EXECUTOR_LOCK_H
#define TOPOC_EXECUTOR_LOCK_H

#include <stdbool.h>

#define RUN_DIRECTORY   "/run/topoc"
#define NETNS_DIRECTORY "/run/netns"
#define LOCK_FILE       RUN_DIRECTORY "/lock"

/*
 * Makes sure that /run/topoc is a tmpfs of its own, shared so that services started earlier see
 * what is mounted below it, with mode 0755 and owned by the caller; and that /run/netns exists and
 * is a shared mount, exactly as ip-netns(8) makes it (directory flock, MS_REC|MS_BIND onto itself,
 * MS_PRIVATE, MS_SHARED). Safe when many run at once. Refuses a /run/topoc that is a symbolic link,
 * is not the caller's or may be written by others. From then on the umask is 022: everybody may read
 * what is below. 0, or a negative errno with `*step` set to what failed ("mount tmpfs on
 * /run/topoc").
 */
int run_directory_prepare(const char **step);

/* Whether /run/topoc is there as a mount of its own: where it is not, nothing is applied. */
bool run_directory_exists(void);

enum { LOCK_HOLDER_SIZE = 256 };

/*
 * Takes the one lock, /run/topoc/lock (mode 0600, O_NOFOLLOW), shared or exclusive, and returns its
 * descriptor (O_CLOEXEC); closing it lets go. An exclusive holder writes "PID WHO" into the file.
 * While another holds it, waits up to `timeout_ms`, and once, as soon as it has to wait, calls
 * `waiting` (may be NULL) with who does, as lock_holder() tells it. Never unlinks the file. A
 * negative errno on failure; -ETIMEDOUT when the time ran out; -EINTR when a signal came.
 */
int lock_take(bool exclusive, const char *who, long timeout_ms,
              void (*waiting)(const char *holder));

/*
 * Who holds the lock: what an exclusive holder wrote, "PID" of one that shares it, or "" where
 * nobody does, or a process that cannot be seen.
 */
void lock_holder(char text[LOCK_HOLDER_SIZE]);

#endif
