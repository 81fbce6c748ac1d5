#include "reach.h"

#include "../arena.h"
#include "../set.h"
#include "origin.h"
#include "trouble.h"

#include <string.h>
#include <sys/socket.h>

enum {
	HOP_LIMIT = 64, /* net.ipv4.ip_default_ttl, net.ipv6.conf.all.hop_limit */
	MOST_ARRIVALS = 64,
};

/* A trouble that has been put into words. */
struct told {
	struct trouble trouble;
	const char *reason;
	struct span span;
};

struct reach {
	struct network *network;
	size_t *marks; /* by interface: twice the number of the walk that came by, 1 more while it
	                  is on its way beyond */
	size_t walks;
	struct asked {
		const struct own *by;
		size_t walk;
	} * asked;       /* by interface: the address by which a walk has come in there */
	struct set told; /* of struct told, which begin as a struct trouble */
};

/* What becomes of the packets of one ping. */
struct outcome {
	bool answered, elsewhere, lost, unknown;
	struct trouble first_lost, first_unknown, first_elsewhere;
};

/* A packet under way, there or back. */
struct walk {
	struct reach *reach;
	const struct own *from, *to;
	bool back;
	size_t number;
	size_t there; /* of an answer: the number of the walk that it answers */
	const struct station *sender;
	const struct step *twice; /* a step on the way that somebody else might answer, or NULL */
	struct outcome *outcome;
	const struct interface *arrivals[MOST_ARRIVALS];
	size_t arrival_count;
};

struct reach *reach_new(const struct graph *graph)
{
	struct reach *reach = arena_alloc(graph->arena, sizeof *reach);

	reach->network = network_new(graph);
	reach->marks = arena_alloc(graph->arena,
	                           (reach->network->interface_count + 1) * sizeof *reach->marks);
	reach->asked = arena_alloc(graph->arena,
	                           (reach->network->interface_count + 1) * sizeof *reach->asked);
	reach->told.compare = trouble_compare;
	return reach;
}

void reach_free(struct reach *reach)
{
	set_clear(&reach->told);
}

static void fail(struct walk *walk, struct trouble trouble)
{
	struct outcome *outcome = walk->outcome;
	bool *flag = trouble.unknown ? &outcome->unknown : &outcome->lost;
	struct trouble *first = trouble.unknown ? &outcome->first_unknown : &outcome->first_lost;

	trouble.back = walk->back;
	trouble.ipv6 = walk->to->ip.family == AF_INET6;
	if (walk->twice) {
		trouble.cause = CAUSE_TWICE;
		trouble.step = walk->twice;
	}
	if (trouble_tells_address(trouble.cause))
		trouble.own = walk->to;
	if (!*flag)
		*first = trouble;
	*flag = true;
}

static void fail_step(struct walk *walk, const struct station *at, const struct step *step)
{
	struct trouble trouble = trouble_of(step->cause, at);

	trouble.step = step;
	trouble.unknown = step->unknown;
	fail(walk, trouble);
}

static void fail_source(struct walk *walk, const struct interface *in, const struct own *from)
{
	struct trouble trouble = trouble_of(CAUSE_REVERSE_PATH, in->station);

	trouble.in = in;
	trouble.own = from;
	fail(walk, trouble);
}

/*
 * Whether whoever is asked for the way on answers: he would not answer a router whose own address
 * he does not take. Who has asked the other way has been heard, and need not be asked.
 */
static bool is_answered(struct walk *walk, const struct station *at, const struct step *step)
{
	struct reach *reach = walk->reach;
	const struct asked *asked = &reach->asked[step->out->number];
	const struct own *asking;

	if (!reach->network->checks_sources || step->next.family == AF_INET6)
		return true;
	asking = at == walk->sender ? walk->from : origin_asking(step);
	reach->asked[step->in->number] = (struct asked){asking, walk->number};
	if (walk->back && asked->walk == walk->there && asked->by &&
	    ip_equal(&asked->by->ip, &step->next))
		return true;
	if (!asking || forward_takes(reach->network, step->in, asking))
		return true;
	fail_source(walk, step->in, asking);
	return false;
}

static void travel(struct walk *walk, const struct interface *in, unsigned hops);

static void take_step(struct walk *walk, const struct station *at, const struct step *step,
                      unsigned hops)
{
	const struct step *twice = walk->twice;

	if (step->twice)
		walk->twice = step;
	if (step->cause)
		fail_step(walk, at, step);
	else if (is_answered(walk, at, step))
		travel(walk, step->in, hops);
	walk->twice = twice;
}

/* What a router does before it sends a packet on. False: it does not. */
static bool may_forward(struct walk *walk, const struct interface *in, unsigned hops)
{
	const struct station *at = in->station;
	bool ipv6 = walk->to->ip.family == AF_INET6;
	enum setting forwarding = ipv6 ? at->forwarding : in->forwarding;
	struct trouble trouble = trouble_of(CAUSE_NONE, at);

	if (forwarding != SETTING_ON && forwarding != SETTING_LOOSE)
		trouble.cause = CAUSE_NOT_FORWARDING;
	else if (ip_is_link_local(&walk->from->ip))
		trouble.cause = CAUSE_LINK_LOCAL;
	else if (hops == HOP_LIMIT)
		trouble.cause = CAUSE_HOP_LIMIT;
	if (!trouble.cause)
		return true;
	trouble.in = in;
	trouble.other = trouble.cause == CAUSE_LINK_LOCAL ? walk->sender : NULL;
	trouble.unknown = forwarding == SETTING_UNKNOWN;
	fail(walk, trouble);
	return false;
}

static void fail_loop(struct walk *walk, const struct interface *in,
                      const struct decision *decision)
{
	struct trouble trouble = trouble_of(CAUSE_LOOP, in->station);

	trouble.step = &decision->steps[0];
	trouble.other = decision->steps[0].in ? decision->steps[0].in->station : in->station;
	fail(walk, trouble);
}

static void fail_broadcast(struct walk *walk, const struct station *at,
                           const struct decision *decision)
{
	struct trouble trouble = trouble_of(CAUSE_BROADCAST, at);

	trouble.step = &decision->steps[0];
	fail(walk, trouble);
}

/* Follows a packet that comes in by an interface, `hops` from its sender. */
static void travel(struct walk *walk, const struct interface *in, unsigned hops)
{
	struct network *network = walk->reach->network;
	size_t *mark = &walk->reach->marks[in->number], walked = 2 * walk->number;
	const struct decision *decision;

	if (*mark == walked)
		return;
	decision = forward_decide(network, in->station, walk->to, in);
	if (*mark == walked + 1) {
		fail_loop(walk, in, decision);
		return;
	}
	if (!forward_takes(network, in, walk->from)) {
		if (in->station == walk->sender)
			fail(walk, trouble_of(CAUSE_LOOP, in->station));
		else
			fail_source(walk, in, walk->from);
		return;
	}
	if (decision->local) {
		if (walk->arrival_count < MOST_ARRIVALS)
			walk->arrivals[walk->arrival_count++] = in;
		return;
	}
	if (decision->broadcast)
		fail_broadcast(walk, in->station, decision);
	if (decision->broadcast || !may_forward(walk, in, hops))
		return;
	*mark = walked + 1;
	for (size_t i = 0; i < decision->count; i++)
		take_step(walk, in->station, &decision->steps[i], hops + 1);
	*mark = walked;
}

/* The answer of whoever got the packet: does it come back? */
static bool answer(const struct walk *there, const struct interface *in)
{
	struct walk back = {.reach = there->reach,
	                    .from = there->to,
	                    .to = there->from,
	                    .back = true,
	                    .number = ++there->reach->walks,
	                    .there = there->number,
	                    .twice = there->twice,
	                    .sender = in->station,
	                    .outcome = there->outcome};
	const struct decision *decision;
	bool home = false;

	if (ip_is_link_local(&back.to->ip))
		return true; /* on the one segment both are on */
	decision = forward_decide(there->reach->network, in->station, back.to, in);
	for (size_t i = 0; i < decision->count; i++)
		take_step(&back, in->station, &decision->steps[i], 1);
	for (size_t i = 0; i < back.arrival_count; i++) {
		struct trouble trouble = trouble_of(CAUSE_ELSEWHERE, back.arrivals[i]->station);

		trouble.own = back.to;
		if (back.arrivals[i]->station == there->sender)
			home = true;
		else
			fail(&back, trouble);
	}
	if (decision->local)
		fail_source(&back, in, back.to);
	return home;
}

static void arrive_elsewhere(struct outcome *outcome, const struct station *at,
                             const struct own *to)
{
	if (!outcome->elsewhere) {
		outcome->first_elsewhere = trouble_of(CAUSE_ELSEWHERE, at);
		outcome->first_elsewhere.own = to;
	}
	outcome->elsewhere = true;
}

/* Sends a packet by one of the sender's own next hops, and its answers back. */
static void ping_by(struct walk *walk, const struct decision *decision, const struct step *step)
{
	struct trouble trouble = trouble_of(CAUSE_NO_SOURCE, walk->sender);

	walk->from = step->cause ? NULL
	                         : origin_find(walk->reach->network, decision, step, &walk->to->ip);
	if (!step->cause && !walk->from) {
		trouble.unknown = walk->sender->host;
		fail(walk, trouble);
		return;
	}
	walk->number = ++walk->reach->walks;
	walk->arrival_count = 0;
	take_step(walk, walk->sender, step, 1);
	for (size_t i = 0; i < walk->arrival_count; i++) {
		const struct station *at = walk->arrivals[i]->station;

		walk->twice = step->twice ? step : NULL;
		if (!answer(walk, walk->arrivals[i]))
			continue;
		if (at == walk->to->interface->station)
			walk->outcome->answered = true;
		else
			arrive_elsewhere(walk->outcome, at, walk->to);
	}
	walk->twice = NULL;
}

static void ping_self(struct walk *walk)
{
	if (!walk->sender->loopback_up)
		fail(walk, trouble_of(CAUSE_LOOPBACK_DOWN, walk->sender));
	else if (walk->to->interface->station == walk->sender)
		walk->outcome->answered = true;
	else
		arrive_elsewhere(walk->outcome, walk->sender, walk->to);
}

static const struct told *tell(struct reach *reach, const struct trouble *trouble)
{
	const void **slot = set_put(&reach->told, trouble);
	struct told *told;

	if (*slot != trouble)
		return *slot;
	told = arena_alloc(reach->network->arena, sizeof *told);
	told->trouble = *trouble;
	told->reason = trouble_print(reach->network, trouble);
	told->span = trouble_span(reach->network, trouble);
	*slot = told;
	return told;
}

static enum reach_verdict verdict_of(bool yes, bool no, bool unknown)
{
	if (yes && no)
		return REACH_PARTLY;
	return unknown ? REACH_UNKNOWN : yes ? REACH_YES : REACH_NO;
}

static struct reach_answer conclude(struct reach *reach, const struct outcome *outcome)
{
	struct reach_answer result = {
	        .verdict = verdict_of(outcome->answered, outcome->lost || outcome->elsewhere,
	                              outcome->unknown),
	        .ping = verdict_of(outcome->answered || outcome->elsewhere, outcome->lost,
	                           outcome->unknown),
	};
	const struct trouble *trouble = outcome->elsewhere && !outcome->lost
	                                        ? &outcome->first_elsewhere
	                                : outcome->lost ? &outcome->first_lost
	                                                : &outcome->first_unknown;
	const struct told *told;

	if (result.verdict == REACH_YES)
		return result;
	if (result.verdict == REACH_UNKNOWN)
		trouble = &outcome->first_unknown;
	told = tell(reach, trouble);
	result.reason = told->reason;
	if (trouble->cause == CAUSE_NO_ROUTE)
		result.lead = (size_t)(strrchr(told->reason, ' ') + 1 - told->reason);
	result.span = told->span;
	return result;
}

struct reach_answer reach_find(struct reach *reach, const struct object *space,
                               const struct object *address)
{
	struct outcome outcome = {0};
	struct walk walk = {.reach = reach,
	                    .to = network_own(reach->network, address),
	                    .sender = network_station(reach->network, space),
	                    .outcome = &outcome};
	const struct decision *decision =
	        forward_decide(reach->network, walk.sender, walk.to, NULL);

	if (decision->local)
		ping_self(&walk);
	else if (decision->broadcast)
		fail_broadcast(&walk, walk.sender, decision);
	for (size_t i = 0; i < decision->count && !decision->broadcast; i++)
		ping_by(&walk, decision, &decision->steps[i]);
	return conclude(reach, &outcome);
}
