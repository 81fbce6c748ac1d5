/*
 * A topology as its packets meet it: who forwards, which tables they look into, who hears whom.
 * Worked out from a complete graph without errors; the kernel's own rules and defaults are those of
 * a new namespace. What decides beyond that (netfilter, arp_ignore, rules of routing policy) is not
 * looked at.
 */
#ifndef TOPOC_PARSER_REACH_NETWORK_H
#define TOPOC_PARSER_REACH_NETWORK_H

#include "../segment.h"

/*
 * Whether a setting is on; of the host, where the file does not say, nobody knows, save that its
 * rp_filter is taken for off.
 */
enum setting { SETTING_OFF, SETTING_ON, SETTING_LOOSE /* of rp_filter */, SETTING_UNKNOWN };

/* An address of a device; link-local IPv6 addresses that the kernel makes are among them. */
struct own {
	const struct object *object; /* NULL: made by the kernel */
	struct interface *interface;
	struct ip ip;      /* the address alone */
	struct ip network; /* what is on its link */
	int64_t scope;
	size_t number;    /* from 0, in the order of the graph */
	struct own *next; /* on the device, in the kernel's order; IPv4 secondaries are left out */
};

struct interface {
	const struct object *device;
	struct station *station;
	const struct segment *segment;
	struct own *first[2];    /* IPv4, IPv6 */
	struct interface *next;  /* of the station */
	struct interface *heard; /* the next one that frames on its segment reach */
	size_t number;           /* from 0 */
	bool up, loopback, port; /* a port passes frames to another device, and hears none itself */
	enum setting forwarding; /* of IPv4 that comes in here */
	enum setting rp_filter;
};

/* A namespace, as a host or router. */
struct station {
	const struct object *space;
	struct interface *interfaces, *last; /* the loopback first */
	struct entry *entries[2];            /* IPv4, IPv6 (tables.h) */
	size_t entry_count[2];
	size_t number; /* from 0 */
	bool host, loopback_up;
	enum setting forwarding; /* of IPv6 */
};

struct network {
	struct arena *arena;
	const struct graph *graph;
	const struct segments *segments;
	struct station *stations;
	size_t station_count;
	size_t interface_count;
	struct own **owns; /* by address */
	size_t own_count;
	struct interface **heard;     /* by the number of the segment */
	void **by_order;              /* stations and interfaces, by the order of their objects */
	struct decision ***decisions; /* by own and station (forward.c) */
	bool checks_sources; /* an IPv4 source might be refused elsewhere than at its own namespace */
};

struct network *network_new(const struct graph *graph);

struct station *network_station(const struct network *network, const struct object *space);

/* The interface of that full name; NULL where the file does not declare it. */
struct interface *network_interface(const struct network *network, const char *full_name);

/* The first of the addresses equal to `ip`, which stand side by side in `owns`; or their end. */
size_t network_find(const struct network *network, const struct ip *ip);

/* The address of that object. */
const struct own *network_own(const struct network *network, const struct object *address);

/* 0 for IPv4, 1 for IPv6. */
size_t ip_index(const struct ip *ip);

#endif
