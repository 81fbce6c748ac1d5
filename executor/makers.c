#include "makers.h"

#include "ahead.h"
#include "netlink.h"
#include "nursery.h"
#include "parser/arena.h"
#include "settings.h"
#include "sysctl.h"

#include <stdlib.h>
#include <unistd.h>

enum {
	MOST_THREADS = 2, /* more would wait for the kernel's one lock of all namespaces */
	MANY = 32,        /* namespaces: fewer are made before a thread is at work */
	CROWD = 128       /* and for fewer /proc as it is mounted will do at first */
};

struct slot {
	int error;
	int descriptor;
	struct netlink *netlink; /* NULL: not made, or taken */
};

struct makers {
	struct nursery *nursery;
	struct arena *arena;
	struct settings *settings; /* found in the first one */
	int high;                  /* a descriptor that is only given when few are left */
	const char *const *names;
	size_t count;
	struct slot *slots;
	struct sysctl_view *views[AHEAD_WORKERS];
	struct ahead *ahead;
};

/* Those that are still to be made must find a descriptor, even if nobody takes anything until then. */
static int make(const struct makers *makers, struct sysctl_view *view, size_t place,
                struct slot *slot)
{
	int high = makers->high - (int)(makers->count - place - 1);
	int error = nursery_add(makers->nursery, makers->names[place], &slot->descriptor);

	if (error)
		return error;
	if (!place)
		error = settings_find(view, makers->arena, makers->settings);
	if (!error)
		error = settings_write(view, makers->settings);
	if (!error)
		error = netlink_open_below(&slot->netlink, high);
	if (error)
		close(slot->descriptor);
	return error;
}

/* The calling thread is in the new namespace then. */
static void make_piece(void *context, unsigned worker, size_t place)
{
	const struct makers *makers = context;
	struct slot *slot = &makers->slots[place];

	slot->error = make(makers, makers->views[worker], place, slot);
}

/* Unless it was taken, or nothing was made. */
static void close_slot(const struct slot *slot)
{
	if (!slot->netlink)
		return;
	netlink_close(slot->netlink);
	close(slot->descriptor);
}

static void free_makers(struct makers *makers)
{
	for (size_t i = 0; i < AHEAD_WORKERS; i++)
		sysctl_view_close(makers->views[i]);
	free(makers->slots);
	free(makers);
}

/* What there is no memory for is missing then. */
static bool open_views(struct makers *makers)
{
	bool all = true;

	for (size_t i = 0; i < AHEAD_WORKERS; i++) {
		makers->views[i] = sysctl_view_open(makers->count >= CROWD);
		all &= makers->views[i] != NULL;
	}
	return all;
}

struct makers *makers_start(struct nursery *nursery, struct arena *arena, int high,
                            const char *const *names, size_t count)
{
	struct makers *makers = calloc(1, sizeof *makers);

	if (!makers)
		return NULL;
	*makers = (struct makers){.nursery = nursery,
	                          .arena = arena,
	                          .settings = arena_alloc(arena, sizeof *makers->settings),
	                          .high = high,
	                          .names = names,
	                          .count = count,
	                          .slots = calloc(count, sizeof *makers->slots)};
	if (makers->slots && open_views(makers)) {
		make_piece(makers, 0, 0);
		makers->ahead =
		        ahead_start((struct work){make_piece, makers, 1, count, count},
		                    makers->slots[0].error || count < MANY ? 0 : MOST_THREADS);
	}
	if (makers->ahead)
		return makers;
	if (makers->slots)
		close_slot(&makers->slots[0]);
	free_makers(makers);
	return NULL;
}

bool makers_are_ahead(const struct makers *makers)
{
	return ahead_has_threads(makers->ahead);
}

void makers_await(struct makers *makers, size_t place)
{
	ahead_await(makers->ahead, place);
}

int makers_take(struct makers *makers, size_t place, int *descriptor, struct netlink **netlink)
{
	struct slot *slot = &makers->slots[place];

	ahead_await(makers->ahead, place);
	*descriptor = slot->descriptor;
	*netlink = slot->netlink;
	slot->netlink = NULL;
	return slot->error;
}

void makers_stop(struct makers *makers)
{
	if (!makers)
		return;
	ahead_stop(makers->ahead);
	for (size_t i = 0; i < makers->count; i++)
		close_slot(&makers->slots[i]);
	free_makers(makers);
}
