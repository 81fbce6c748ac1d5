/* An order of steps that keeps to the edges between them, in as few turns as can be. */
#include "internal.h"

#include "parser/arena.h"
#include "parser/kinds.h"

#include <stdlib.h>
#include <string.h>

/* The steps that can be taken, the smallest first. */
struct heap {
	struct step **steps;
	size_t count;
};

/* Sysctls come before whatever else could be done: what is made under them depends on them. */
static bool is_setting(const struct step *step)
{
	const struct object *object = step->item->want ? step->item->want : step->item->have;

	return object->kind->class == &sysctl_class;
}

static bool before(const struct step *a, const struct step *b)
{
	if (a->last != b->last)
		return b->last;
	if (is_setting(a) != is_setting(b))
		return is_setting(a);
	return a->order != b->order ? a->order < b->order : a->verb < b->verb;
}

static void swap(struct step **a, struct step **b)
{
	struct step *keep = *a;

	*a = *b;
	*b = keep;
}

static void heap_push(struct heap *heap, struct step *step)
{
	size_t at = heap->count++;

	heap->steps[at] = step;
	for (; at && before(heap->steps[at], heap->steps[(at - 1) / 2]); at = (at - 1) / 2)
		swap(&heap->steps[at], &heap->steps[(at - 1) / 2]);
}

static struct step *heap_pop(struct heap *heap)
{
	struct step *least = heap->steps[0];

	heap->steps[0] = heap->steps[--heap->count];
	for (size_t at = 0, child = 1; child < heap->count; at = child, child = 2 * at + 1) {
		if (child + 1 < heap->count && before(heap->steps[child + 1], heap->steps[child]))
			child++;
		if (!before(heap->steps[child], heap->steps[at]))
			break;
		swap(&heap->steps[at], &heap->steps[child]);
	}
	return least;
}

static bool same_place(const struct step *a, const struct step *b)
{
	return a->channel == b->channel &&
	       (a->channel != CHANNEL_NAMESPACE || a->space == b->space ||
	        !strcmp(a->space->path, b->space->path));
}

/*
 * Kahn's algorithm: fills `sorted`, and returns how many steps could be sorted. A stage ends where what
 * comes next waits for what is done elsewhere.
 */
static size_t sort_steps(const struct plan *plan, struct step **sorted)
{
	struct heap heap = {arena_alloc(plan->arena, plan->step_count * sizeof *heap.steps), 0};
	size_t count = 0;

	for (size_t i = 0; i < plan->step_count; i++) {
		if (!plan->steps[i]->unmet)
			heap_push(&heap, plan->steps[i]);
	}
	while (heap.count) {
		struct step *step = heap_pop(&heap);

		for (struct edge *edge = step->edges; edge; edge = edge->next) {
			struct step *to = edge->to;
			unsigned stage = step->stage + !same_place(step, to);

			if (to->stage < stage)
				to->stage = stage;
			if (!--to->unmet)
				heap_push(&heap, to);
		}
		sorted[count++] = step;
		step->place = (uint32_t)count;
	}
	return count;
}

/*
 * The last stage in which something is done in each namespace, by the place of its item. Only within new
 * namespaces are steps put off: what goes wrong there harms nobody.
 */
static unsigned *find_last_stages(const struct plan *plan)
{
	unsigned *last = arena_alloc(plan->arena, plan->count * sizeof *last);

	for (size_t i = 0; i < plan->step_count; i++) {
		const struct step *step = plan->steps[i];
		const struct item *space = plan_item(plan, step->space);
		unsigned *stage = &last[space - plan->items];

		if (step->channel == CHANNEL_NAMESPACE && space->make && *stage < step->stage)
			*stage = step->stage;
	}
	return last;
}

/*
 * Puts off what nothing waits for, so that a namespace is entered as few times as can be. `sorted`: the
 * steps, each before those that wait for it.
 */
static void put_off(const struct plan *plan, struct step *const *sorted)
{
	const unsigned *last = find_last_stages(plan);

	for (size_t i = plan->step_count; i-- > 0;) {
		struct step *step = sorted[i];
		unsigned stage = last[plan_item(plan, step->space) - plan->items];

		for (const struct edge *edge = step->edges; edge; edge = edge->next) {
			unsigned limit = edge->to->stage - !same_place(step, edge->to);

			stage = stage < limit ? stage : limit;
		}
		if (step->channel == CHANNEL_NAMESPACE && !is_setting(step) && stage > step->stage)
			step->stage = stage;
	}
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

	if (sort_steps(plan, sorted) < plan->step_count)
		return false;
	put_off(plan, sorted);
	qsort(plan->steps, plan->step_count, sizeof(struct step *), compare_steps);
	for (size_t i = 0; i < plan->step_count; i++)
		plan->steps[i]->place = (uint32_t)i + 1;
	return true;
}
