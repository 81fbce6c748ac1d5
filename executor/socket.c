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

static int set_option(int descriptor, int option)
{
	int on = 1;

	return setsockopt(descriptor, SOL_NETLINK, option, &on, sizeof(on)) ? -errno : 0;
}

static void close_socket(struct netlink *netlink)
{
	if (netlink->descriptor >= 0)
		close(netlink->descriptor);
	netlink->descriptor = -1;
	netlink->strict = false;
	if (!netlink->link)
		return;
	*netlink->link = netlink->next;
	if (netlink->next)
		netlink->next->link = netlink->link;
	netlink->link = NULL;
}

static int open_socket(struct netlink *netlink)
{
	int error;

	netlink->descriptor = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	error = netlink->descriptor < 0 ? -errno : set_option(netlink->descriptor, NETLINK_EXT_ACK);
	if (!error)
		error = set_option(netlink->descriptor, NETLINK_CAP_ACK);
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

void netlink_close(struct netlink *netlink)
{
	if (netlink)
		close_socket(netlink);
	free(netlink);
}

/* Where descriptors are few, all others are closed: each is the lowest number that is free. */
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

int netlink_be_strict(struct netlink *netlink)
{
	int error = socket_reopen(netlink);

	if (!error && !netlink->strict)
		error = set_option(netlink->descriptor, NETLINK_GET_STRICT_CHK);
	if (!error)
		netlink->strict = true;
	return error;
}
