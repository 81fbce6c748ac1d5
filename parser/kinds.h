/* The kinds that code names: classes and the few objects every topology has. */
#ifndef TOPOC_PARSER_KINDS_H
#define TOPOC_PARSER_KINDS_H

#include "kind.h"

extern const struct class namespace_class, link_class, address_class, route_class, sysctl_class;
/* Any device that topoc did not make, of a kind that it may not know. */
extern const struct kind device_kind;
extern const struct kind namespace_kind, loopback_kind, address_kind, route_kind, sysctl_kind;

enum namespace_field { NAMESPACE_FORWARDING, NAMESPACE_NAMED };

enum link_field {
	LINK_UP,
	LINK_MTU,
	LINK_MAC,
	LINK_BRIDGE,
	LINK_TXQUEUELEN,
	LINK_LABELLED,
	LINK_GENERATED,
	LINK_FIELDS, /* a kind's own fields begin here */
};

enum device_field { DEVICE_LINK = LINK_FIELDS };

enum address_field {
	ADDRESS_ADDRESS,
	ADDRESS_PEER,
	ADDRESS_LABEL,
	ADDRESS_SCOPE,
	ADDRESS_NODAD,    /* IPv6: no duplicate address detection */
	ADDRESS_FAILED,   /* IPv6: the kernel found a duplicate */
	ADDRESS_PROTOCOL, /* who made it */
};

enum route_field {
	ROUTE_TO,
	ROUTE_VIA,
	ROUTE_DEV,
	ROUTE_SRC,
	ROUTE_METRIC,
	ROUTE_TABLE,
	ROUTE_SCOPE,
	ROUTE_TYPE,
	ROUTE_ONLINK,
	ROUTE_MTU,
	ROUTE_NEXTHOPS,
	ROUTE_PROTOCOL,
};

enum next_hop_field { HOP_VIA, HOP_DEV, HOP_WEIGHT, HOP_ONLINK, HOP_FIELDS };

/* Numbers of rtnetlink(7) that the language has words for. */
enum {
	ROUTE_UNICAST = 1,
	ROUTE_TABLE_MAIN = 254,
	SCOPE_GLOBAL = 0,
	SCOPE_LINK = 253,
	SCOPE_HOST = 254,
	IPV6_LEAST_MTU = 1280,
	TOPOC_PROTOCOL = 0x74, /* rtm_protocol and IFA_PROTO of what topoc makes */
};

enum sysctl_field { SYSCTL_VALUE };

/* Whether a device's MTU is large enough for IPv6 (RFC 8200, section 5). One that is not known is. */
bool link_carries_ipv6(const struct object *device);

#endif
