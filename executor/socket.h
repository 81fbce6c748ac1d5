/*
 * The socket beneath netlink.h: for socket.c, which opens and closes it, and netlink.c, which uses
 * it.
 */
#ifndef TOPOC_EXECUTOR_SOCKET_H
#define TOPOC_EXECUTOR_SOCKET_H

#include <stdbool.h>
#include <stdint.h>

struct sockets;

struct netlink {
	int descriptor;               /* -1: closed for now */
	uint32_t sequence;            /* of the last message sent */
	bool strict;                  /* about what is asked for in a dump */
	bool capped;                  /* a refusal does not repeat the message */
	struct sockets *sockets;      /* of one that may be closed for now, or NULL; */
	int space;                    /* its network namespace; */
	struct netlink *next, **link; /* while it is open, its place among those that are */
	struct kept *kept;            /* kept.h */
};

/* Opens it where it is closed for now; the thread is where it was then. 0, or a negative errno. */
int socket_reopen(struct netlink *netlink);

/* From now on a refusal does not repeat the message, while it is open. 0, or a negative errno. */
int socket_cap(struct netlink *netlink);

#endif
