/* Where a namespace sends a packet: the next hops, and whom they turn out to be. */
#ifndef TOPOC_PARSER_REACH_FORWARD_H
#define TOPOC_PARSER_REACH_FORWARD_H

#include "tables.h"

/* What can be in a packet's way. */
enum cause {
	CAUSE_NONE,
	CAUSE_NO_ROUTE,
	CAUSE_REJECTED,
	CAUSE_BROADCAST,
	CAUSE_NOBODY,        /* no device of the file has the next hop's address */
	CAUSE_NOT_HERE,      /* none that hears the device it is sent out of has it */
	CAUSE_CUT,           /* the other end of the device is down */
	CAUSE_PORT,          /* the device is a port: what it is answered goes past it */
	CAUSE_LOOPBACK,      /* a way out that leads back in */
	CAUSE_LOOPBACK_DOWN, /* what it sends to itself */
	CAUSE_NOT_FORWARDING,
	CAUSE_LINK_LOCAL, /* a source that no router takes further */
	CAUSE_REVERSE_PATH,
	CAUSE_NO_SOURCE,
	CAUSE_LOOP,
	CAUSE_HOP_LIMIT,
	CAUSE_ELSEWHERE,  /* another namespace has the address, too */
	CAUSE_TWICE,      /* two have it on one segment: which of them answers is chance */
	CAUSE_UNDECLARED, /* a device of the host that the file does not declare */
};

/* One way on. */
struct step {
	const struct object *route; /* NULL: the link of an address */
	size_t hop;                 /* which of its next hops */
	const struct interface *out;
	const struct interface *in; /* of who takes the packet; NULL after a failure */
	struct ip next;             /* the address that is asked for */
	enum cause cause;
	bool unknown; /* of a failure: something that the file does not know might help */
	bool twice;   /* somebody else has that address there, too */
};

/* What a namespace does with packets to one address. */
struct decision {
	const struct entry *entry; /* NULL: it has no route */
	bool local;                /* they are its own */
	bool broadcast;            /* they are for all on a link; only answers go there */
	bool particular;           /* to this address: others of the entry go elsewhere */
	struct step *steps;        /* of them the kernel takes one: each must work */
	size_t count;
	const struct interface *prefer; /* what it was made for */
	struct decision *other;         /* the same with another preference */
};

/*
 * Made once and kept. `prefer` is the interface that the packet came in by, or that the one it
 * answers came in by: IPv6 prefers it among equals (net/ipv6/route.c, rt6_score_route()); or NULL.
 */
const struct decision *forward_decide(struct network *network, const struct station *station,
                                      const struct own *to, const struct interface *prefer);

/*
 * Whether a packet that comes in passes the check of its source (net/ipv4/fib_frontend.c,
 * fib_validate_source()): not its own, and with rp_filter set from where it would be answered.
 */
bool forward_takes(struct network *network, const struct interface *in, const struct own *from);

#endif
