#define _GNU_SOURCE
#include "makers.h"

#include "netlink.h"
#include "nursery.h"
#include "parser/arena.h"
#include "settings.h"
#include "sysctl.h"

#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <unistd.h>

enum {
	MOST_THREADS = 2, /* more would wait for the kernel's one lock of all namespaces */
	MANY = 32         /* namespaces: fewer are made before a thread is at work */
};

enum state { TO_MAKE, IN_WORK, MADE, TAKEN };

struct slot {
	enum state state;
	int error;
	int descriptor;
	struct netlink *netlink;
};

/* A thread. */
struct maker {
	struct makers *makers;
	struct sysctl_view *view;
	pthread_t thread;
};

struct makers {
	struct nursery *nursery;
	struct arena *arena;
	struct settings *settings; /* found in the first one */
	int high;                  /* a descriptor that is only given when few are left */
	const char *const *names;
	struct sysctl_view *view; /* of the thread that takes */
	struct maker threads[MOST_THREADS];
	size_t thread_count;

	pthread_mutex_t lock; /* of all below */
	pthread_cond_t made;
	size_t next, count; /* the first that nobody has begun to make; and how many there are */
	struct slot *slots;
	const struct slot *awaited; /* by whoever takes */
};

/* The calling thread is in the new namespace then. */
static void make(const struct makers *makers, struct sysctl_view *view, size_t place, int high,
                 struct slot *slot)
{
	slot->error = nursery_add(makers->nursery, makers->names[place], &slot->descriptor);
	if (slot->error)
		return;
	if (!place)
		slot->error = settings_find(view, makers->arena, makers->settings);
	if (!slot->error)
		slot->error = settings_write(view, makers->settings);
	if (!slot->error)
		slot->error = netlink_open_below(&slot->netlink, high);
	if (slot->error)
		close(slot->descriptor);
}

/*
 * Makes the next one; the lock is held before and after. Those that are still to be made must find a
 * descriptor, even if nobody takes anything until then.
 */
static void make_next(struct makers *makers, struct sysctl_view *view)
{
	size_t place = makers->next++;
	int high = makers->high - (int)(makers->count - makers->next);
	struct slot made = {0};

	makers->slots[place].state = IN_WORK;
	pthread_mutex_unlock(&makers->lock);
	make(makers, view, place, high, &made);
	made.state = MADE;
	pthread_mutex_lock(&makers->lock);
	makers->slots[place] = made;
	if (makers->awaited == &makers->slots[place])
		pthread_cond_signal(&makers->made);
}

static void *work(void *context)
{
	const struct maker *maker = context;
	struct makers *makers = maker->makers;

	pthread_mutex_lock(&makers->lock);
	while (makers->next < makers->count)
		make_next(makers, maker->view);
	pthread_mutex_unlock(&makers->lock);
	return NULL;
}

static bool start_thread(struct makers *makers, struct maker *maker)
{
	*maker = (struct maker){.makers = makers, .view = sysctl_view_open(true)};
	if (maker->view && !pthread_create(&maker->thread, NULL, work, maker))
		return true;
	sysctl_view_close(maker->view);
	return false;
}

static size_t processors(void)
{
	cpu_set_t set;

	return sched_getaffinity(0, sizeof set, &set) ? 1 : (size_t)CPU_COUNT(&set);
}

/* Whoever takes needs a processor too, but has to wait at first. */
static void start_threads(struct makers *makers)
{
	size_t wanted = processors();

	if (makers->count < MANY || wanted == 1)
		return;
	if (wanted > MOST_THREADS)
		wanted = MOST_THREADS;
	while (makers->thread_count < wanted &&
	       start_thread(makers, &makers->threads[makers->thread_count]))
		makers->thread_count++;
}

struct makers *makers_start(struct nursery *nursery, struct arena *arena, int high,
                            const char *const *names, size_t count)
{
	struct makers *makers = calloc(1, sizeof *makers);
	struct slot *slots = calloc(count, sizeof *slots);
	struct sysctl_view *view = sysctl_view_open(count >= MANY);

	if (!makers || !slots || !view) {
		sysctl_view_close(view);
		free(slots);
		free(makers);
		return NULL;
	}
	*makers = (struct makers){.nursery = nursery,
	                          .arena = arena,
	                          .settings = arena_alloc(arena, sizeof *makers->settings),
	                          .high = high,
	                          .names = names,
	                          .view = view,
	                          .lock = PTHREAD_MUTEX_INITIALIZER,
	                          .made = PTHREAD_COND_INITIALIZER,
	                          .count = count,
	                          .slots = slots};
	pthread_mutex_lock(&makers->lock);
	make_next(makers, view);
	pthread_mutex_unlock(&makers->lock);
	if (!slots[0].error)
		start_threads(makers);
	return makers;
}

bool makers_are_ahead(const struct makers *makers)
{
	return makers->thread_count;
}

/* The lock is held before and after. */
static void await_slot(struct makers *makers, const struct slot *slot)
{
	makers->awaited = slot;
	while (slot->state < MADE) {
		if (makers->next < makers->count && !makers->thread_count)
			make_next(makers, makers->view);
		else
			pthread_cond_wait(&makers->made, &makers->lock);
	}
}

void makers_await(struct makers *makers, size_t place)
{
	pthread_mutex_lock(&makers->lock);
	await_slot(makers, &makers->slots[place]);
	pthread_mutex_unlock(&makers->lock);
}

int makers_take(struct makers *makers, size_t place, int *descriptor, struct netlink **netlink)
{
	struct slot *slot = &makers->slots[place];
	struct slot taken;

	pthread_mutex_lock(&makers->lock);
	await_slot(makers, slot);
	taken = *slot;
	slot->state = TAKEN;
	pthread_mutex_unlock(&makers->lock);
	*descriptor = taken.descriptor;
	*netlink = taken.netlink;
	return taken.error;
}

void makers_stop(struct makers *makers)
{
	if (!makers)
		return;
	pthread_mutex_lock(&makers->lock);
	makers->count = makers->next;
	pthread_mutex_unlock(&makers->lock);
	for (size_t i = 0; i < makers->thread_count; i++) {
		pthread_join(makers->threads[i].thread, NULL);
		sysctl_view_close(makers->threads[i].view);
	}
	for (size_t i = 0; i < makers->count; i++) {
		const struct slot *slot = &makers->slots[i];

		if (slot->state != MADE || slot->error)
			continue;
		netlink_close(slot->netlink);
		close(slot->descriptor);
	}
	sysctl_view_close(makers->view);
	free(makers->slots);
	free(makers);
}
