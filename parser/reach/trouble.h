/* What is in a packet's way, in words. */
#ifndef TOPOC_PARSER_REACH_TROUBLE_H
#define TOPOC_PARSER_REACH_TROUBLE_H

#include "forward.h"

struct trouble {
	enum cause cause;
	bool ipv6;
	bool back;    /* it is the answer that does not get through */
	bool unknown; /* what the file does not know might help */
	const struct station *at;
	const struct step *step;    /* of the decision there; or NULL */
	const struct interface *in; /* that the packet came in by; or NULL */
	const struct own *own;      /* the address in question; or NULL */
	const struct station *other;
};

struct trouble trouble_of(enum cause cause, const struct station *at);

/* Orders two of them, for a set. */
int trouble_compare(const void *a, const void *b);

/* Whether the words for a cause tell the address that the packet is for. */
bool trouble_tells_address(enum cause cause);

/* One clause: "r2 has no route to 10.3.0.0/24", where the subnet comes last. */
const char *trouble_print(struct network *network, const struct trouble *trouble);

/* Where it stands in the file: a route, a gateway, a setting, a namespace. */
struct span trouble_span(const struct network *network, const struct trouble *trouble);

#endif
