/* Answers to dumps that were asked for ahead of who takes them. */
#ifndef TOPOC_EXECUTOR_KEPT_H
#define TOPOC_EXECUTOR_KEPT_H

#include <linux/netlink.h>

struct kept;

/* A new one, for the answer to that request, before others; `next` may be NULL. NULL: no memory. */
struct kept *kept_new(const struct nlmsghdr *request, struct kept *next);

/* Appends a message of the answer to a struct kept. 0 or -ENOMEM: for netlink_ask(). */
int kept_add(const struct nlmsghdr *message, void *kept);

/* All messages that were appended are dropped: the answer begins again. */
void kept_empty(void *kept);

/* Takes the one for that request out of the list; NULL: there is none. */
struct kept *kept_take(struct kept **list, const struct nlmsghdr *request);

/* Passes the messages on, up to the first for which `each` does not return 0, and returns that. */
int kept_replay(const struct kept *kept, int (*each)(const struct nlmsghdr *message, void *context),
                void *context);

/* With all behind it. NULL is nothing. */
void kept_free(struct kept *kept);

#endif
