/* One rtnetlink socket: batches with every message acknowledged, and dumps. */
#ifndef TOPOC_EXECUTOR_NETLINK_H
#define TOPOC_EXECUTOR_NETLINK_H

#include <linux/netlink.h>
#include <stddef.h>
#include <stdint.h>

enum { NETLINK_BATCH = 128 }; /* twice as many acknowledgements fit the default receive buffer */

struct netlink;

/* What the kernel said to one message. */
struct reply {
	int error;       /* 0, or a negative errno */
	uint32_t offset; /* of the attribute refused, from the start of the message; 0: not told */
	char text[128];  /* the kernel's own words (NLMSGERR_ATTR_MSG); "" where it had none */
};

/*
 * Opens a socket in the network namespace that the calling thread is in; it stays there when the
 * thread moves on. Extended acknowledgements are on. 0, or a negative errno.
 */
int netlink_open(struct netlink **netlink);
void netlink_close(struct netlink *netlink);

/* As netlink_close(), but the descriptor is left to the caller to close: -1 where there is none. */
int netlink_abandon(struct netlink *netlink);

/*
 * Sockets of many namespaces, of which no more are open than descriptors suffice for. They are one
 * thread's.
 */
struct sockets {
	int high;              /* a number of a descriptor that only is given when few are left */
	struct netlink *first; /* of those that are open */
};

/*
 * Opens a socket as netlink_open() does where a descriptor below `high` is free; where none is, it
 * is opened when it is shared and used. Any thread may call it. 0, or a negative errno.
 */
int netlink_open_below(struct netlink **netlink, int high);

/*
 * From now on the socket may be closed between two uses, and is opened anew in the network namespace
 * that `space`, a descriptor that stays open, refers to. `sockets` must outlive it.
 */
void netlink_share(struct netlink *netlink, struct sockets *sockets, int space);

/*
 * From now on the kernel reads what is asked for strictly, as every dump wants it. 0, or a negative
 * errno: -ENOPROTOOPT before Linux 4.20.
 */
int netlink_be_strict(struct netlink *netlink);

/*
 * Sends `count` messages, NETLINK_BATCH at most in one sendmsg, sets sequence number, NLM_F_REQUEST
 * and NLM_F_ACK of each, and returns when each has been answered; the kernel goes on after a
 * refusal. 0 when every message has its reply (refusals included), or a negative errno when the
 * socket failed: then what became of the messages without a reply (error is 1 there) is not known.
 */
int netlink_send(struct netlink *netlink, struct nlmsghdr *const *messages, size_t count,
                 struct reply *replies);

/* A request, and who takes the messages of its answer. */
struct question {
	struct nlmsghdr *request; /* with NLM_F_ACK or NLM_F_DUMP */
	int (*each)(const struct nlmsghdr *message, void *context); /* or NULL */
	void *context;
};

enum { NETLINK_QUESTIONS = 2 };

/*
 * Sends questions, NETLINK_QUESTIONS at most, in one sendmsg and passes each message of an answer to
 * its question's `each`, up to the first that returns non-zero. Only the last may be a dump. 0, or
 * what `each` returned, or a negative errno, the last question's before another's: -EINTR where the
 * kernel marks a dump interrupted (NLM_F_DUMP_INTR).
 */
int netlink_ask(struct netlink *netlink, const struct question *questions, size_t count);

/*
 * Dumps: sends `request` (with NLM_F_DUMP) and calls `each` for every message of the answer. A dump
 * that the kernel marks interrupted (NLM_F_DUMP_INTR) is begun again, at most 100 times; `restart`
 * is called before each new beginning. Stops at the first `each` that returns non-zero and returns
 * that. 0, or a negative errno (-EINTR: interrupted each time).
 */
int netlink_dump(struct netlink *netlink, struct nlmsghdr *request,
                 int (*each)(const struct nlmsghdr *message, void *context),
                 void (*restart)(void *context), void *context);

/*
 * Asks ahead: the answer is kept for the next netlink_dump() that asks the same, on whichever thread.
 * None is kept where that fails, or where it is very long.
 */
void netlink_dump_ahead(struct netlink *netlink, struct nlmsghdr *request);

/* Nothing that was asked ahead is kept any more. */
void netlink_forget(struct netlink *netlink);

/* Closes it until it is used: by then it has to be shared (netlink_share()). What is kept stays. */
void netlink_rest(struct netlink *netlink);

/*
 * Sends one GET request and passes its answer to `each`, if that is not NULL. 0, or a negative
 * errno (-ENODEV ...).
 */
int netlink_get(struct netlink *netlink, struct nlmsghdr *request,
                int (*each)(const struct nlmsghdr *message, void *context), void *context);

#endif
