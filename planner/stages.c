/* An order of steps that keeps to the edges between them, in as few turns as can be. */
#include "internal.h"

#include "parser/arena.h"
#include "parser/kinds.h"

#include <stdlib.h>
#include <string.h>

/*
 * Cables of new namespaces are made in waves of so many, and what needs no cable of a later wave is
 * done before that: namespaces for later ones can be made meanwhile. A stage's number begins with that
 * of its wave.
 */
enum { WAVE = 64, WAVE_BITS = 32 };

/*
 * A step that can be taken, and what says when: a number, so that to compare two is to look at no
 * step.
 */
struct ready {
	uint64_t rank;
	struct step *step;
};

/* Those, the smallest rank first. */
struct heap {
	struct ready *list;
	size_t count;
};

/* Sysctls come before whatever else could be done: what is made under them depends on them. */
static bool is_setting(const struct step *step)
{
	const struct object *object = step->item->want ? step->item->want : step->item->have;

	return object->kind->class == &sysctl_class;
}

/* What is last comes last, then settings come first; then it goes by item, and by verb. */
static uint64_t rank(const struct step *step)
{
	return (uint64_t)step->last << 63 | (uint64_t)!is_setting(step) << 62 |
	       (uint64_t)step->order << 2 | step->verb;
}

static void swap(struct ready *a, struct ready *b)
{
	struct ready keep = *a;

	*a = *b;
	*b = keep;
}

static void heap_push(struct heap *heap, struct step *step)
{
	struct ready *list = heap->list;
	size_t at = heap->count++;

	list[at] = (struct ready){rank(step), step};
	for (; at && list[at].rank < list[(at - 1) / 2].rank; at = (at - 1) / 2)
		swap(&list[at], &list[(at - 1) / 2]);
}

static struct step *heap_pop(struct heap *heap)
{
	struct ready *list = heap->list;
	struct step *least = list[0].step;

	list[0] = list[--heap->count];
	for (size_t at = 0, child = 1; child < heap->count; at = child, child = 2 * at + 1) {
		if (child + 1 < heap->count && list[child + 1].rank < list[child].rank)
			child++;
		if (list[child].rank >= list[at].rank)
			break;
		swap(&list[at], &list[child]);
	}
	return least;
}

static bool same_place(const struct step *a, const struct step *b)
{
	return a->channel == b->channel &&
	       (a->channel != CHANNEL_NAMESPACE || a->space == b->space ||
	        !strcmp(a->space->path, b->space->path));
}

static bool is_in_new_space(const struct plan *plan, const struct object *object)
{
	return object && plan_item(plan, object_namespace(object))->make;
}

/* A cable between namespaces that are there has no reason to wait: what is alive is touched last. */
static bool waits_for_space(const struct plan *plan, const struct step *step)
{
	const struct object *want = step->item->want;

	return step->channel == CHANNEL_FACTORY &&
	       (is_in_new_space(plan, want) ||
	        is_in_new_space(plan, object_peer(plan->want, want)));
}

/* Within its wave a cable keeps its stage. */
static void join_wave(struct step *cable, uint64_t wave)
{
	if (cable->stage >> WAVE_BITS < wave)
		cable->stage = wave << WAVE_BITS | (uint32_t)cable->stage;
}

/*
 * Kahn's algorithm: fills `sorted`, and returns how many steps could be sorted. A stage ends where
 * what comes next waits for what is done elsewhere.
 */
static size_t sort_steps(const struct plan *plan, struct step **sorted)
{
	struct heap heap = {arena_alloc(plan->arena, plan->step_count * sizeof *heap.list), 0};
	size_t count = 0, cables = 0;

	for (size_t i = 0; i < plan->step_count; i++) {
		if (!plan->steps[i]->unmet)
			heap_push(&heap, plan->steps[i]);
	}
	while (heap.count) {
		struct step *step = heap_pop(&heap);

		if (waits_for_space(plan, step))
			join_wave(step, cables++ / WAVE);
		for (struct edge *edge = step->edges; edge; edge = edge->next) {
			struct step *to = edge->to;
			uint64_t stage = step->stage + !same_place(step, to);

			if (to->stage < stage)
				to->stage = stage;
			if (!--to->unmet)
				heap_push(&heap, to);
		}
		sorted[count++] = step;
		step->place = (uint32_t)count;
	}
	arena_release(plan->arena, heap.list);
	return count;
}

/*
 * The last stage in which something is done in each namespace, by the place of its item. Only
 * within new namespaces are steps put off: what goes wrong there harms nobody.
 */
static uint64_t *find_last_stages(const struct plan *plan)
{
	uint64_t *last = arena_alloc(plan->arena, plan->count * sizeof *last);

	for (size_t i = 0; i < plan->step_count; i++) {
		const struct step *step = plan->steps[i];
		const struct item *space = plan_item(plan, step->space);
		uint64_t *stage = &last[space - plan->items];

		if (step->channel == CHANNEL_NAMESPACE && space->make && *stage < step->stage)
			*stage = step->stage;
	}
	return last;
}

/*
 * Puts off what nothing waits for, so that a namespace is entered as few times as can be. `sorted`:
 * the steps, each before those that wait for it.
 */
static void put_off(const struct plan *plan, struct step *const *sorted)
{
	const uint64_t *last = find_last_stages(plan);

	for (size_t i = plan->step_count; i-- > 0;) {
		struct step *step = sorted[i];
		uint64_t stage = last[plan_item(plan, step->space) - plan->items];

		for (const struct edge *edge = step->edges; edge; edge = edge->next) {
			uint64_t limit = edge->to->stage - !same_place(step, edge->to);

			stage = stage < limit ? stage : limit;
		}
		if (step->channel == CHANNEL_NAMESPACE && stage > step->stage)
			step->stage = stage;
	}
	arena_release(plan->arena, last);
}

static int compare_steps(const void *left, const void *right)
{
	const struct step *a = *(struct step *const *)left, *b = *(struct step *const *)right;

	if (a->last != b->last)
		return a->last - b->last;
	if (a->stage != b->stage)
		return a->stage < b->stage ? -1 : 1;
	if (a->channel != b->channel)
		return a->channel < b->channel ? -1 : 1;
	if (a->space != b->space && a->channel == CHANNEL_NAMESPACE) {
		int order = strcmp(a->space->path, b->space->path);

		if (order)
			return order;
	}
	return (a->place > b->place) - (a->place < b->place);
}

bool steps_sort(struct plan *plan)
{
	struct step **sorted = arena_alloc(plan->arena, plan->step_count * sizeof *sorted);
	bool complete = sort_steps(plan, sorted) == plan->step_count;

	if (complete)
		put_off(plan, sorted);
	arena_release(plan->arena, sorted);
	if (!complete)
		return false;
	qsort(plan->steps, plan->step_count, sizeof(struct step *), compare_steps);
	for (size_t i = 0; i < plan->step_count; i++)
		plan->steps[i]->place = (uint32_t)i + 1;
	return true;
}
