#define _GNU_SOURCE
#include "ahead.h"

#include <pthread.h>
#include <sched.h>
#include <stdlib.h>

enum {
	MOST_THREADS = AHEAD_WORKERS - 1,
	STACK_BYTES = 1 << 20 /* what waits for the kernel's answer has room for one on its stack */
};

struct worker {
	struct ahead *ahead;
	unsigned number;
	pthread_t thread;
};

struct ahead {
	struct work work;
	struct worker workers[MOST_THREADS];
	unsigned thread_count;

	pthread_mutex_t lock;      /* of all below */
	pthread_cond_t done, room; /* a piece that is waited for is; there is some to work ahead */
	size_t next, end; /* the first piece that nobody has begun; and the last, and one more */
	size_t taken;     /* behind the last that was */
	size_t awaited;
	bool *is_done;
};

/* The lock is held before and after. */
static void do_next(struct ahead *ahead, unsigned worker)
{
	size_t place = ahead->next++;

	pthread_mutex_unlock(&ahead->lock);
	ahead->work.piece(ahead->work.context, worker, place);
	pthread_mutex_lock(&ahead->lock);
	ahead->is_done[place] = true;
	if (ahead->awaited == place)
		pthread_cond_signal(&ahead->done);
}

static void *work(void *context)
{
	const struct worker *worker = context;
	struct ahead *ahead = worker->ahead;

	pthread_mutex_lock(&ahead->lock);
	while (ahead->next < ahead->end) {
		if (ahead->next < ahead->taken + ahead->work.most)
			do_next(ahead, worker->number);
		else
			pthread_cond_wait(&ahead->room, &ahead->lock);
	}
	pthread_mutex_unlock(&ahead->lock);
	return NULL;
}

static size_t processors(void)
{
	cpu_set_t set;

	return sched_getaffinity(0, sizeof set, &set) ? 1 : (size_t)CPU_COUNT(&set);
}

static bool start_thread(struct ahead *ahead, struct worker *worker)
{
	pthread_attr_t attributes;
	int error = pthread_attr_init(&attributes);

	if (error)
		return false;
	*worker = (struct worker){.ahead = ahead, .number = ahead->thread_count + 1};
	error = pthread_attr_setstacksize(&attributes, STACK_BYTES);
	if (!error)
		error = pthread_create(&worker->thread, &attributes, work, worker);
	pthread_attr_destroy(&attributes);
	return !error;
}

static void start_threads(struct ahead *ahead, size_t count)
{
	while (ahead->thread_count < count &&
	       start_thread(ahead, &ahead->workers[ahead->thread_count]))
		ahead->thread_count++;
}

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

struct ahead *ahead_start(struct work work, size_t most_threads)
{
	struct ahead *ahead = calloc(1, sizeof *ahead);
	bool *is_done = calloc(work.count + 1, sizeof *is_done);

	if (!ahead || !is_done) {
		free(is_done);
		free(ahead);
		return NULL;
	}
	*ahead = (struct ahead){.work = work,
	                        .lock = PTHREAD_MUTEX_INITIALIZER,
	                        .done = PTHREAD_COND_INITIALIZER,
	                        .room = PTHREAD_COND_INITIALIZER,
	                        .next = work.first,
	                        .end = work.count,
	                        .awaited = work.count,
	                        .is_done = is_done};
	for (size_t i = 0; i < work.first; i++)
		is_done[i] = true;
	/* Whoever takes needs a processor too, but has to wait at first. */
	if (processors() > 1)
		start_threads(ahead, least(least(most_threads, MOST_THREADS), processors()));
	return ahead;
}

bool ahead_has_threads(const struct ahead *ahead)
{
	return ahead->thread_count;
}

void ahead_await(struct ahead *ahead, size_t place)
{
	pthread_mutex_lock(&ahead->lock);
	if (place >= ahead->taken) {
		ahead->taken = place + 1;
		pthread_cond_broadcast(&ahead->room);
	}
	ahead->awaited = place;
	while (!ahead->is_done[place]) {
		if (ahead->thread_count)
			pthread_cond_wait(&ahead->done, &ahead->lock);
		else
			do_next(ahead, 0);
	}
	pthread_mutex_unlock(&ahead->lock);
}

void ahead_stop(struct ahead *ahead)
{
	pthread_mutex_lock(&ahead->lock);
	ahead->end = ahead->next;
	pthread_cond_broadcast(&ahead->room);
	pthread_mutex_unlock(&ahead->lock);
	for (unsigned i = 0; i < ahead->thread_count; i++)
		pthread_join(ahead->workers[i].thread, NULL);
	free(ahead->is_done);
	free(ahead);
}
