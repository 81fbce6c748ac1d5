#define _GNU_SOURCE
#include "socket.h"

#include "closed.h"
#include "netlink.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static int set_option(const struct netlink *netlink, int option)
{
	int on = 1;

	return setsockopt(netlink->descriptor, SOL_NETLINK, option, &on, sizeof(on)) ? -errno : 0;
}

/* Its descriptor, which it has no more then; -1: it had none. */
static int take_descriptor(struct netlink *netlink)
{
	int descriptor = netlink->descriptor;

	netlink->descriptor = -1;
	netlink->strict = netlink->capped = false;
	if (!netlink->link)
		return descriptor;
	*netlink->link = netlink->next;
	if (netlink->next)
		netlink->next->link = netlink->link;
	netlink->link = NULL;
	return descriptor;
}

static void close_socket(struct netlink *netlink)
{
	CLOSED int descriptor = take_descriptor(netlink);

	(void)descriptor;
}

static int open_socket(struct netlink *netlink)
{
	int error;

	netlink->descriptor = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	error = netlink->descriptor < 0 ? -errno : set_option(netlink, NETLINK_EXT_ACK);
	if (error)
		close_socket(netlink);
	return error;
}

int netlink_open_below(struct netlink **netlink, int high)
{
	struct netlink *new = calloc(1, sizeof(*new));
	int error = new ? open_socket(new) : -ENOMEM;

	if (!error && new->descriptor >= high)
		close_socket(new);
	if (error == -EMFILE && high < INT_MAX)
		error = 0;
	if (error)
		netlink_close(new);
	else
		*netlink = new;
	return error;
}

int netlink_open(struct netlink **netlink)
{
	return netlink_open_below(netlink, INT_MAX);
}

void netlink_rest(struct netlink *netlink)
{
	close_socket(netlink);
}

int netlink_abandon(struct netlink *netlink)
{
	int descriptor = take_descriptor(netlink);

	netlink_forget(netlink);
	free(netlink);
	return descriptor;
}

void netlink_close(struct netlink *netlink)
{
	CLOSED int descriptor = netlink ? netlink_abandon(netlink) : -1;

	(void)descriptor;
}

/*
 * Where descriptors are few, all others are closed: each is the lowest number that is free. One that
 * is closed itself counts as having found none.
 */
static void join(struct netlink *netlink)
{
	struct sockets *sockets = netlink->sockets;
	bool few = netlink->descriptor < 0 || netlink->descriptor >= sockets->high;

	while (few && sockets->first)
		close_socket(sockets->first);
	if (netlink->descriptor < 0)
		return;
	netlink->next = sockets->first;
	netlink->link = &sockets->first;
	if (netlink->next)
		netlink->next->link = &netlink->next;
	sockets->first = netlink;
}

void netlink_share(struct netlink *netlink, struct sockets *sockets, int space)
{
	netlink->sockets = sockets;
	netlink->space = space;
	join(netlink);
}

int socket_reopen(struct netlink *netlink)
{
	CLOSED int here = -1;
	int error;

	if (netlink->descriptor >= 0)
		return 0;
	here = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
	if (here < 0 || setns(netlink->space, CLONE_NEWNET))
		return -errno;
	error = open_socket(netlink);
	if (!error)
		join(netlink);
	return setns(here, CLONE_NEWNET) ? -errno : error;
}

/* Does what was not done since the socket was opened. */
static int set_once(const struct netlink *netlink, int option, bool *done)
{
	int error = *done ? 0 : set_option(netlink, option);

	*done |= !error;
	return error;
}

int netlink_be_strict(struct netlink *netlink)
{
	int error = socket_reopen(netlink);

	return error ? error : set_once(netlink, NETLINK_GET_STRICT_CHK, &netlink->strict);
}

int socket_cap(struct netlink *netlink)
{
	return set_once(netlink, NETLINK_CAP_ACK, &netlink->capped);
}
