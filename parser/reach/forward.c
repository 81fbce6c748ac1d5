#include "forward.h"

#include "../arena.h"
#include "../kinds.h"
#include "../kinds/route.h"

#include <string.h>
#include <sys/socket.h>

/* A decision while it is made. */
struct making {
	struct network *network;
	const struct station *station;
	const struct ip *to;
	struct decision *decision;
	size_t capacity;
};

static struct step *add_step(struct making *making, struct step step)
{
	struct decision *decision = making->decision;

	if (decision->count == making->capacity) {
		making->capacity = making->capacity ? making->capacity * 2 : 1;
		decision->steps = arena_grow(making->network->arena, decision->steps,
		                             decision->count, making->capacity, sizeof step);
	}
	decision->steps[decision->count] = step;
	return &decision->steps[decision->count++];
}

/* The interface of a station that hears a segment, or NULL. */
static const struct interface *hears(const struct station *station, const struct segment *segment)
{
	for (const struct interface *at = station->interfaces; at; at = at->next) {
		if (at->segment == segment && at->up && !at->port)
			return at;
	}
	return NULL;
}

/*
 * Who answers for the address of `own` on a segment: with IPv4 the whole namespace does
 * (net/ipv4/arp.c, arp_process()), with IPv6 only the device that has it (net/ipv6/ndisc.c).
 */
static const struct interface *answers(const struct own *own, const struct segment *segment)
{
	const struct interface *interface = own->interface;

	if (interface->segment == segment && interface->up && !interface->port)
		return interface;
	return own->ip.family == AF_INET ? hears(interface->station, segment) : NULL;
}

static bool host_hears(const struct network *network, const struct segment *segment)
{
	for (const struct interface *at = network->heard[segment->number]; at; at = at->heard) {
		if (at->station->host)
			return true;
	}
	return false;
}

static bool peer_is_down(const struct network *network, const struct interface *interface)
{
	const struct object *device = interface->device;

	for (size_t i = 0; i < kind_field_count(device->kind); i++) {
		const struct interface *peer;

		if (!(kind_field(device->kind, i)->flags & FIELD_PEER) || !object_has(device, i))
			continue;
		peer = network_interface(network, object_value(device, i)->text);
		if (peer && !peer->up)
			return true;
	}
	return false;
}

/* Why nobody answers for the address of a step. */
static void explain(const struct network *network, struct step *step)
{
	const struct segment *segment = step->out->segment;
	size_t at = network_find(network, &step->next);

	if (peer_is_down(network, step->out))
		step->cause = CAUSE_CUT;
	else if (at < network->own_count && ip_equal(&network->owns[at]->ip, &step->next))
		step->cause = CAUSE_NOT_HERE;
	else
		step->cause = CAUSE_NOBODY;
	/* Whom the host has beside what the file declares. */
	step->unknown =
	        segment->open || (step->next.family == AF_INET && host_hears(network, segment));
}

/* A whole network on a loopback is its namespace's own, with IPv4. */
static const struct interface *range_answers(const struct making *making, const struct step *step)
{
	const struct interface *at = making->network->heard[step->out->segment->number];

	for (; at && step->next.family == AF_INET; at = at->heard) {
		const struct interface *loopback = at->station->interfaces;
		const struct own *own =
		        loopback->loopback && loopback->up ? loopback->first[0] : NULL;

		for (; own && at->station != making->station; own = own->next) {
			if (ip_covers(&own->network, &step->next))
				return at;
		}
	}
	return NULL;
}

static bool is_among(const struct decision *decision, size_t first, const struct interface *in)
{
	for (size_t i = first; i < decision->count; i++) {
		if (decision->steps[i].in == in)
			return true;
	}
	return false;
}

/* Adds the steps over a device to an address that is asked for there. */
static void resolve(struct making *making, struct step step)
{
	const struct network *network = making->network;
	size_t first = making->decision->count;

	for (size_t i = network_find(network, &step.next);
	     i < network->own_count && ip_equal(&network->owns[i]->ip, &step.next); i++) {
		const struct interface *in = answers(network->owns[i], step.out->segment);

		if (!in || in->station == making->station || is_among(making->decision, first, in))
			continue;
		step.in = in;
		add_step(making, step);
	}
	step.in = making->decision->count == first ? range_answers(making, &step) : NULL;
	if (step.in)
		add_step(making, step);
	else if (making->decision->count == first)
		explain(network, add_step(making, step));
	for (size_t i = first; i < making->decision->count; i++)
		making->decision->steps[i].twice = making->decision->count - first > 1;
}

static void go_out(struct making *making, struct step step)
{
	if (!step.out)
		step.cause = CAUSE_UNDECLARED;
	else if (step.out->loopback)
		step.cause = CAUSE_LOOPBACK;
	else if (step.out->port)
		step.cause = CAUSE_PORT;
	step.unknown = !step.out;
	if (step.cause)
		add_step(making, step);
	else
		resolve(making, step);
}

static bool is_own(const struct station *station, const struct ip *ip)
{
	const struct entry *entry = tables_find(station, ip);

	return entry && entry->type == ENTRY_LOCAL;
}

static void follow_hop(struct making *making, const struct object *route, size_t hop)
{
	const struct value *via = route_hop(route, hop, HOP_VIA);
	const struct value *dev = route_hop(route, hop, HOP_DEV);
	struct step step = {.route = route, .hop = hop, .next = *making->to};

	if (dev->presence)
		step.out = network_interface(making->network, dev->text);
	/* With IPv4 an own address as gateway stands for its link (net/ipv4/fib_semantics.c). */
	if (via->presence && (via->ip.family == AF_INET6 || !is_own(making->station, &via->ip))) {
		step.next = via->ip;
		step.next.length = ip_full_length(&via->ip);
	} else {
		making->decision->particular = true;
	}
	go_out(making, step);
}

static void follow(struct making *making, const struct entry *entry)
{
	making->decision->entry = entry;
	making->decision->count = 0;
	making->decision->local = entry->type == ENTRY_LOCAL;
	making->decision->broadcast = entry->type == ENTRY_BROADCAST;
	making->decision->particular |= entry->type == ENTRY_SUBNET;
	if (entry->type == ENTRY_BROADCAST || entry->type == ENTRY_SUBNET)
		go_out(making, (struct step){.out = entry->out, .next = *making->to});
	else if (entry->type == ENTRY_ROUTE && entry_rejects(entry))
		add_step(making, (struct step){.route = entry->route,
		                               .cause = CAUSE_REJECTED,
		                               .unknown = making->station->host});
	for (size_t i = 0;
	     entry->type == ENTRY_ROUTE && !entry_rejects(entry) && i < route_hops(entry->route);
	     i++)
		follow_hop(making, entry->route, i);
}

static bool is_equal(const struct entry *one, const struct entry *other)
{
	return one->stage == other->stage && one->metric == other->metric &&
	       one->to.length == other->to.length;
}

/* Of the entries that are as good, the one that goes out of the preferred interface. */
static const struct entry *preferred(const struct station *station, const struct entry *entry,
                                     const struct ip *to, const struct interface *prefer)
{
	const struct entry *at = entry;

	for (; prefer && at && is_equal(at, entry); at = tables_next(station, to, entry->stage, at))
		if (at->type == ENTRY_SUBNET && at->out == prefer)
			return at;
	return entry;
}

static bool has_gateway(const struct step *step)
{
	return step->route && route_hop(step->route, step->hop, HOP_VIA)->presence;
}

/* Whether no gateway of the decision answers. */
static bool is_dead(const struct decision *decision)
{
	for (size_t i = 0; i < decision->count; i++) {
		const struct step *step = &decision->steps[i];

		if (!has_gateway(step) || step->in || step->unknown)
			return false;
	}
	return decision->count > 0;
}

/*
 * net/ipv6/route.c, rt6_score_route(): a namespace that does not forward passes over a gateway
 * that has not answered, where another route will do.
 */
static void pass_over(struct making *making, const struct entry *entry)
{
	const struct entry *at = entry;

	follow(making, entry);
	making->decision->particular |= is_dead(making->decision);
	while (is_dead(making->decision)) {
		at = tables_next(making->station, making->to, entry->stage, at);
		if (!at)
			break;
		follow(making, at);
	}
	if (!at)
		follow(making, entry);
}

/* Whether a preference could change the decision. */
static bool is_tied(const struct station *station, const struct decision *decision,
                    const struct ip *to)
{
	const struct entry *entry = decision->entry, *next;

	if (!entry || to->family == AF_INET)
		return false;
	next = tables_next(station, to, entry->stage, entry);
	return next && is_equal(entry, next);
}

static struct decision *decide(struct network *network, const struct station *station,
                               const struct ip *to, const struct interface *prefer)
{
	struct making making = {.network = network, .station = station, .to = to};
	struct entry *entry = tables_find(station, to);

	if (entry && entry->decision)
		return entry->decision;
	making.decision = arena_alloc(network->arena, sizeof *making.decision);
	making.decision->prefer = prefer;
	if (!entry)
		add_step(&making, (struct step){.cause = CAUSE_NO_ROUTE, .unknown = station->host});
	else if (to->family == AF_INET)
		follow(&making, entry);
	else if (station->forwarding == SETTING_OFF)
		pass_over(&making, preferred(station, entry, to, prefer));
	else
		follow(&making, preferred(station, entry, to, prefer));
	if (entry && !making.decision->particular && !is_tied(station, making.decision, to))
		entry->decision = making.decision;
	return making.decision;
}

const struct decision *forward_decide(struct network *network, const struct station *station,
                                      const struct own *to, const struct interface *prefer)
{
	struct decision **row = network->decisions[to->number], *at;

	if (!row)
		row = network->decisions[to->number] =
		        arena_alloc(network->arena, network->station_count * sizeof *row);
	if (!row[station->number])
		row[station->number] = decide(network, station, &to->ip, NULL);
	at = row[station->number];
	if (!prefer || !is_tied(station, at, &to->ip))
		return at;
	while (at->prefer != prefer && at->other)
		at = at->other;
	if (at->prefer != prefer)
		at = at->other = decide(network, station, &to->ip, prefer);
	return at;
}

static bool leads_out_of(const struct network *network, const struct entry *entry,
                         const struct interface *interface)
{
	if (entry->type == ENTRY_SUBNET)
		return entry->out == interface;
	for (size_t i = 0; entry->type == ENTRY_ROUTE && i < route_hops(entry->route); i++) {
		const struct value *dev = route_hop(entry->route, i, HOP_DEV);

		if (dev->presence && network_interface(network, dev->text) == interface)
			return true;
	}
	return false;
}

/* inet_lookup_ifaddr_rcu(): the very address, on whatever device. */
static bool has_address(const struct station *station, const struct ip *ip)
{
	for (const struct interface *at = station->interfaces; at; at = at->next) {
		for (const struct own *own = at->first[0]; own; own = own->next) {
			if (ip_equal(&own->ip, ip))
				return true;
		}
	}
	return false;
}

bool forward_takes(struct network *network, const struct interface *in, const struct own *from)
{
	const struct decision *back;

	if (from->ip.family == AF_INET6)
		return true;
	if (from->interface->station == in->station)
		return false;
	if (!network->checks_sources)
		return true;
	if (has_address(in->station, &from->ip))
		return false;
	if (in->rp_filter == SETTING_OFF)
		return true;
	back = forward_decide(network, in->station, from, NULL);
	if (back->local)
		return false;
	if (!back->entry || entry_rejects(back->entry))
		return in->station->host;
	return leads_out_of(network, back->entry, in) ||
	       (in->rp_filter == SETTING_LOOSE && in->first[0]);
}
