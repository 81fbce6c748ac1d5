/*
 * A plan is the difference between two graphs, object by object, and the steps that remove it in an
 * order in which each can be taken. It knows neither YAML nor the kernel.
 */
#ifndef TOPOC_PLANNER_PLAN_H
#define TOPOC_PLANNER_PLAN_H

#include "parser/graph.h"

enum action { ACTION_NONE, ACTION_CREATE, ACTION_CHANGE, ACTION_REPLACE, ACTION_DESTROY };

enum step_verb { VERB_KILL, VERB_MAKE, VERB_SET };

/* Where a step is carried out. Steps of one stage and one channel can go to the kernel as one. */
enum channel { CHANNEL_NURSERY, CHANNEL_FACTORY, CHANNEL_NAMESPACE };

/* One object, as it is wanted and as it is. */
struct item {
	struct object *want, *have; /* either may be NULL */
	uint64_t changed;           /* CHANGE: the fields that differ, a bit each */
	const char *reason; /* where the file does not say it, why; or what befalls a bystander */
	uint8_t action;     /* enum action */
	bool lost;          /* foreign, and goes with what the plan destroys */
	struct step *kill, *make, *set;
};

struct step {
	struct item *item;
	const struct object *space; /* the namespace it acts in */
	struct edge *edges;
	uint64_t stage;
	uint32_t order;     /* of the item in its plan; ties are broken by it */
	uint32_t unmet;     /* steps that come first and have not been sorted yet */
	uint32_t place;     /* in the order, from 1 */
	uint32_t waits_for; /* where steps need each other in a circle: the number of one of them */
	uint8_t verb;       /* enum step_verb */
	uint8_t channel;    /* enum channel */
	bool last; /* the removal of a device or namespace: after everything that can fail */
};

struct plan {
	struct arena *arena;
	const struct graph *want, *have;
	struct item *items; /* those of `want` in its order, then those only in `have` */
	size_t count;
	struct item **by_have; /* by the objects' order */
	struct step **steps;   /* in the order in which they are taken */
	size_t step_count;
	size_t created, changed, destroyed; /* a cable counts as one */
};

/*
 * What brings `have` to `want`. NULL, with diagnostics, where something foreign is in the way or
 * the steps need each other in a circle.
 */
struct plan *plan_make(struct arena *arena, const struct graph *want, const struct graph *have,
                       struct diagnostics *diagnostics);

bool plan_is_empty(const struct plan *plan);

/* The item of an object of either graph. */
struct item *plan_item(const struct plan *plan, const struct object *object);

/*
 * Whether the item's object is what others made and is to be told of: it goes with what the plan
 * destroys, or was a port of it; or it is not in the host, and not on a device that others made as
 * well.
 */
bool item_is_noted(const struct item *item);

/* Whether the item's object, as it is, ceases to be: destroyed, replaced, or lost. */
bool item_dies(const struct item *item);

#endif
