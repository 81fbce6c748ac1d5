#define _GNU_SOURCE
#include "readers.h"

#include "ahead.h"
#include "inventory.h"
#include "lab.h"
#include "netlink.h"

#include <sched.h>
#include <stdlib.h>

enum {
	MOST_THREADS = 2, /* more would wait for the lock that links are read under */
	MANY = 32,        /* namespaces: fewer are read before a thread is at work */
	BLOCK = 8,        /* namespaces that are waited for at once */
	MOST_AHEAD = 16   /* blocks: of a namespace there are some kilobytes */
};

struct readers {
	const struct lab_namespace *list;
	size_t count;
	struct netlink **sockets; /* NULL: not read, or taken */
	struct ahead *ahead;
};

/* Whatever fails here fails again where it is told. */
static void read_one(const struct readers *readers, size_t place)
{
	struct netlink *netlink;

	if (setns(readers->list[place].descriptor, CLONE_NEWNET) || netlink_open(&netlink))
		return;
	inventory_ask_ahead(netlink);
	netlink_rest(netlink);
	readers->sockets[place] = netlink;
}

static void read_block(void *context, unsigned worker, size_t block)
{
	const struct readers *readers = context;
	size_t first = block * BLOCK;

	(void)worker;
	for (size_t i = first; i < first + BLOCK && i < readers->count; i++)
		read_one(readers, i);
}

static void free_readers(struct readers *readers)
{
	free(readers->sockets);
	free(readers);
}

struct readers *readers_start(const struct lab_namespace *list, size_t count)
{
	struct readers *readers = calloc(1, sizeof *readers);
	size_t blocks = (count + BLOCK - 1) / BLOCK;

	if (!readers)
		return NULL;
	*readers = (struct readers){list, count, calloc(count + 1, sizeof *readers->sockets), NULL};
	if (readers->sockets)
		readers->ahead =
		        ahead_start((struct work){read_block, readers, 0, blocks, MOST_AHEAD},
		                    count < MANY ? 0 : MOST_THREADS);
	if (readers->ahead && ahead_has_threads(readers->ahead))
		return readers;
	if (readers->ahead)
		ahead_stop(readers->ahead);
	free_readers(readers);
	return NULL;
}

struct netlink *readers_take(struct readers *readers, size_t place)
{
	struct netlink *netlink;

	if (!readers)
		return NULL;
	ahead_await(readers->ahead, place / BLOCK);
	netlink = readers->sockets[place];
	readers->sockets[place] = NULL;
	return netlink;
}

void readers_stop(struct readers *readers)
{
	if (!readers)
		return;
	ahead_stop(readers->ahead);
	for (size_t i = 0; i < readers->count; i++)
		netlink_close(readers->sockets[i]);
	free_readers(readers);
}
