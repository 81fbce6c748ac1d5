/* Bridges: the fields that no other device has. */
#ifndef TOPOC_PARSER_KINDS_BRIDGE_H
#define TOPOC_PARSER_KINDS_BRIDGE_H

#include "../kinds.h"

enum bridge_field {
	BRIDGE_STP = LINK_FIELDS,
	BRIDGE_PRIORITY,
	BRIDGE_FORWARD_DELAY,
	BRIDGE_HELLO_TIME,
	BRIDGE_MAX_AGE,
	BRIDGE_AGEING_TIME,
	BRIDGE_MCAST_SNOOPING,
	BRIDGE_VLAN_FILTERING,
};

extern const struct kind bridge_kind;

/* loop.c: warns of loops in which no bridge has `stp`, with the whole loop. */
void bridge_check_loops(const struct graph *graph, struct diagnostics *diagnostics);

#endif
