/* Steps, and the edges between them: an order in which every step finds what it needs. */
#include "internal.h"

#include "parser/arena.h"
#include "parser/kinds.h"
#include "parser/needs.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

static bool is_link(const struct object *object)
{
	return object->kind->class == &link_class;
}

/* A cable is made from outside of both its ends' namespaces, all else in its own. */
static bool has_peer(const struct object *object)
{
	for (size_t i = 0; i < kind_field_count(object->kind); i++) {
		if (kind_field(object->kind, i)->flags & FIELD_PEER)
			return true;
	}
	return false;
}

static struct step *add_step(struct plan *plan, struct item *item, enum step_verb verb)
{
	struct step *step = arena_alloc(plan->arena, sizeof *step);
	const struct object *object = verb == VERB_KILL ? item->have : item->want;

	step->verb = (uint8_t)verb;
	step->item = item;
	step->space = object_namespace(object);
	step->order = (uint32_t)(item - plan->items);
	if (!object->owner)
		step->channel = CHANNEL_NURSERY;
	else if (verb == VERB_MAKE && has_peer(object))
		step->channel = CHANNEL_FACTORY;
	else
		step->channel = CHANNEL_NAMESPACE;
	step->last = verb == VERB_KILL && item->action == ACTION_DESTROY &&
	             (is_link(object) || !object->owner);
	plan->steps[plan->step_count++] = step;
	return step;
}

static void add_edge(struct plan *plan, struct step *first, struct step *then)
{
	struct edge *edge;

	if (!first || !then || first == then)
		return;
	edge = arena_alloc(plan->arena, sizeof *edge);
	*edge = (struct edge){then, first->edges};
	first->edges = edge;
	then->unmet++;
}

/* Both ends of a cable are made, and go, by one step: that of the end which comes first. */
static struct item *leader(const struct plan *plan, const struct graph *graph,
                           const struct object *object)
{
	const struct object *peer = object_peer(graph, object);

	return plan_item(plan, peer && peer->order < object->order ? peer : object);
}

/* What goes with its owner needs no step of its own. */
static bool owner_dies(const struct plan *plan, const struct object *have)
{
	return have->owner && item_dies(plan_item(plan, have->owner));
}

/*
 * A cable goes with a namespace that one of its ends is in, but later, and by itself: its other end
 * is taken away there, so that the name is free at once.
 */
static struct item *killer(const struct plan *plan, const struct object *have)
{
	const struct object *peer = object_peer(plan->have, have);
	struct item *first = leader(plan, plan->have, have), *second;

	if (!peer)
		return owner_dies(plan, have) ? NULL : first;
	second = first->have == have ? plan_item(plan, peer) : plan_item(plan, have);
	if (!owner_dies(plan, first->have))
		return first;
	return owner_dies(plan, second->have) || second->lost ? NULL : second;
}

static void add_kill(struct plan *plan, struct item *item)
{
	struct item *first = killer(plan, item->have);

	if (!first || item->have->kind->with_owner || item->lost)
		return;
	if (!first->kill)
		first->kill = add_step(plan, first, VERB_KILL);
	if (item->action == ACTION_REPLACE)
		first->kill->last = false;
	item->kill = first->kill;
}

static void add_make(struct plan *plan, struct item *item)
{
	struct item *first = leader(plan, plan->want, item->want);

	if (!item->want->kind->with_owner) {
		if (!first->make)
			first->make = add_step(plan, first, VERB_MAKE);
		item->make = first->make;
	}
	if (is_link(item->want))
		item->set = add_step(plan, item, VERB_SET);
}

static void add_steps(struct plan *plan)
{
	plan->steps = arena_alloc(plan->arena, plan->count * 3 * sizeof(struct step *));
	for (size_t i = 0; i < plan->count; i++) {
		struct item *item = &plan->items[i];

		if (item_dies(item))
			add_kill(plan, item);
		if (item->action == ACTION_CREATE || item->action == ACTION_REPLACE)
			add_make(plan, item);
		if (item->action == ACTION_CHANGE)
			item->set = add_step(plan, item, VERB_SET);
	}
}

/* The step that reaches a milestone; NULL where it is reached already. */
static struct step *milestone_step(const struct item *item, enum milestone milestone)
{
	if (milestone == UP)
		return item->set ? item->set : item->make;
	return item->make || is_link(item->want) ? item->make : item->set;
}

/* A route stays clear of the moment when its device has no IPv4 address. */
static void order_around_loss(struct plan *plan, const struct item *device, struct step *gone,
                              struct step *made)
{
	if (!item_loses_ipv4(plan, device))
		return;
	for (struct object *at = device->have->first_owned; at; at = at->next_owned) {
		if (!is_ipv4_address(at))
			continue;
		add_edge(plan, gone, plan_item(plan, at)->kill);
		add_edge(plan, plan_item(plan, at)->kill, made);
	}
}

static const struct object *owner_of(const struct object *object)
{
	return object->owner ? object->owner : object;
}

static void order_want(struct plan *plan, struct item *item, struct needs *needs)
{
	object_needs(plan->want, item->want, needs);
	for (size_t i = 0; i < needs->count; i++) {
		const struct need *need = &needs->list[i];

		add_edge(plan, milestone_step(plan_item(plan, need->target), need->theirs),
		         milestone_step(item, need->mine));
		if (need->bond == BOND_IPV4)
			order_around_loss(plan, plan_item(plan, need->target), NULL,
			                  milestone_step(item, need->mine));
	}
	/* What comes with its owner is made with it. */
	add_edge(plan, item->make ? item->make : plan_item(plan, owner_of(item->want))->make,
	         item->set);
	if (item->kill && item->make)
		add_edge(plan, item->kill, item->make);
}

static void order_have(struct plan *plan, const struct item *item, struct needs *needs)
{
	if (!item->kill)
		return;
	object_needs(plan->have, item->have, needs);
	for (size_t i = 0; i < needs->count; i++) {
		const struct item *target = plan_item(plan, needs->list[i].target);

		/*
		 * A master goes down before its ports; that it was made before they came up does
		 * not matter.
		 */
		if (needs->list[i].bond == BOND_NONE && needs->list[i].theirs == MADE)
			continue;
		if (needs->list[i].bond == BOND_IPV4)
			order_around_loss(plan, target, item->kill, NULL);
		if (target->kill)
			add_edge(plan, item->kill, target->kill);
		else if (needs->list[i].bond > BOND_EXISTENCE &&
		         (item_goes_down(target) || item_shrinks(target)))
			add_edge(plan, item->kill, target->set);
	}
}

/*
 * A device keeps its routes while it has an IPv4 address: new ones come before old ones go. In the
 * host, where a primary takes its secondaries along, the other way round.
 */
static void order_two_addresses(struct plan *plan, const struct item *made, const struct item *dead,
                                bool host)
{
	if (host)
		add_edge(plan, dead->kill, made->make);
	else if (item_comes_early(plan, made))
		add_edge(plan, made->make, dead->kill);
}

static void order_address(struct plan *plan, const struct item *device, const struct item *made)
{
	bool host = object_is_host(device->want->owner), ipv4 = is_ipv4_address(made->want);

	for (struct object *old = device->have->first_owned; old; old = old->next_owned) {
		const struct item *dead = plan_item(plan, old);

		if (old->kind != &address_kind || is_ipv4_address(old) != ipv4 || !item_dies(dead))
			continue;
		if (ipv4)
			order_two_addresses(plan, made, dead, host);
		else if (addresses_share_route(old, made->want))
			add_edge(plan, dead->kill, made->make);
	}
}

static void order_addresses(struct plan *plan, const struct item *device)
{
	for (struct object *at = device->want->first_owned; at; at = at->next_owned) {
		if (at->kind == &address_kind && plan_item(plan, at)->make)
			order_address(plan, device, plan_item(plan, at));
	}
}

/* Whatever is in the way of something new goes first, by a step of its own if need be. */
static void displace(struct plan *plan, struct item *made, struct item *dead)
{
	if (!dead->kill)
		dead->kill = add_step(plan, dead, VERB_KILL);
	dead->kill->last = false;
	add_edge(plan, dead->kill, made->make ? made->make : made->set);
}

static void order_displaced(struct plan *plan, struct item *made, struct needs *needs)
{
	const struct object *want = made->want;
	const struct object *space = graph_find(plan->have, object_namespace(want)->path);

	if (!want->kind->class->displaces || (!made->make && !made->set) || !space ||
	    item_dies(plan_item(plan, space)))
		return;
	needs->count = 0;
	want->kind->class->displaces(want, plan->have, needs);
	for (size_t i = 0; i < needs->count; i++) {
		struct item *dead = plan_item(plan, needs->list[i].target);

		if (item_dies(dead) && !dead->lost)
			displace(plan, made, dead);
	}
}

static void add_edges(struct plan *plan)
{
	struct needs needs = {.arena = plan->arena};

	for (size_t i = 0; i < plan->count; i++) {
		struct item *item = &plan->items[i];

		if (item->make || item->set)
			order_want(plan, item, &needs);
		if (item->want && item->have && is_link(item->want))
			order_addresses(plan, item);
		if (item->want)
			order_displaced(plan, item, &needs);
	}
	for (size_t i = 0; i < plan->count; i++)
		order_have(plan, &plan->items[i], &needs);
}

/* Of a step that could not be taken, another such step that it waits for. */
static void note_waiting(struct plan *plan)
{
	for (size_t i = 0; i < plan->step_count; i++) {
		const struct step *first = plan->steps[i];

		for (struct edge *edge = first->edges; edge && !first->place; edge = edge->next)
			edge->to->waits_for = (uint32_t)i;
	}
}

static const struct object *object_of(const struct step *step)
{
	return step->item->want ? step->item->want : step->item->have;
}

/* A step of the circle: that of what stands first in the file. */
static const struct step *find_circle(const struct plan *plan)
{
	const struct step *step = plan->steps[0], *first;

	for (size_t i = 0; step->place; i++)
		step = plan->steps[i];
	/* Whoever waits for long enough is in it. */
	for (size_t i = 0; i < plan->step_count; i++)
		step = plan->steps[step->waits_for];
	first = step;
	for (const struct step *at = plan->steps[step->waits_for]; at != step;
	     at = plan->steps[at->waits_for])
		first = at->order < first->order ? at : first;
	return first;
}

/* Where an object names another that it needs; else where it is declared itself. */
static struct span place_of_need(const struct plan *plan, const struct object *object,
                                 const struct object *needed)
{
	for (size_t i = 0; i < kind_field_count(object->kind); i++) {
		const struct value *value = object_value(object, i);

		if (kind_field(object->kind, i)->type == TYPE_DEVICE && value->presence == GIVEN &&
		    graph_device(plan->want, value->text) == needed)
			return value->span;
	}
	return object->span;
}

static void report_circle(struct plan *plan, struct diagnostics *diagnostics)
{
	const struct step *first, *at;

	note_waiting(plan);
	at = first = find_circle(plan);
	diagnose(diagnostics, SEVERITY_ERROR, object_of(first)->span,
	         "%s needs itself, in a circle", object_print(plan->arena, object_of(first)));
	do {
		const struct step *next = plan->steps[at->waits_for];
		const struct object *object = object_of(at), *needed = object_of(next);

		if (object != needed)
			diagnostic_note(diagnostics, place_of_need(plan, object, needed),
			                "%s needs %s", object_print(plan->arena, object),
			                object_print(plan->arena, needed));
		at = next;
	} while (at != first);
}

bool plan_order(struct plan *plan, struct diagnostics *diagnostics)
{
	add_steps(plan);
	add_edges(plan);
	if (steps_sort(plan))
		return true;
	report_circle(plan, diagnostics);
	return false;
}
