#include "address.h"

#include "../addressing.h"
#include "../arena.h"
#include "../needs.h"

#include <string.h>
#include <sys/socket.h>

enum { LONGEST_LABEL = 15 }; /* IFNAMSIZ less the zero */

static const struct choice scopes[] = {
        {"global", SCOPE_GLOBAL}, {"site", 200}, {"link", SCOPE_LINK}, {"host", SCOPE_HOST}, {0}};

static const struct field fields[] = {
        [ADDRESS_ADDRESS] = {.key = "address",
                             .synonyms = "local ip",
                             .type = TYPE_PREFIX,
                             .flags = FIELD_REQUIRED | FIELD_SHORTHAND | FIELD_REPLACE |
                                      FIELD_ALWAYS,
                             .doc = "the address, with its prefix length"},
        [ADDRESS_PEER] = {.key = "peer",
                          .synonyms = "remote pointopoint",
                          .type = TYPE_PREFIX,
                          .flags = FIELD_REPLACE | FIELD_ALWAYS,
                          .doc = "the address of the other end of a point-to-point link"},
        [ADDRESS_LABEL] = {.key = "label",
                           .type = TYPE_TEXT,
                           .flags = FIELD_REPLACE,
                           .doc = "a label (IPv4); left out, the device's name"},
        [ADDRESS_SCOPE] = {.key = "scope",
                           .type = TYPE_NUMBER,
                           .max = 255,
                           .choices = scopes,
                           .flags = FIELD_REPLACE | FIELD_ALWAYS,
                           .doc = "where the address is valid (IPv4)"},
        [ADDRESS_NODAD] = {.key = "nodad",
                           .type = TYPE_BOOL,
                           .flags = FIELD_HIDDEN | FIELD_IGNORED | FIELD_ALWAYS,
                           .fallback = "true",
                           .doc = "no duplicate address detection"},
        [ADDRESS_FAILED] = {.key = "dadfailed",
                            .type = TYPE_BOOL,
                            .flags = FIELD_HIDDEN | FIELD_REPLACE,
                            .fallback = "false",
                            .doc = "whether the kernel found a duplicate"},
        [ADDRESS_PROTOCOL] = {.key = "protocol",
                              .type = TYPE_NUMBER,
                              .max = 255,
                              .flags = FIELD_HIDDEN | FIELD_IGNORED | FIELD_ALWAYS,
                              .fallback = "116", /* TOPOC_PROTOCOL */
                              .doc = "who made it"},
};

/* 127.0.0.1/8 and ::1/128 are there as soon as lo is up. */
static bool comes_with_loopback(const struct object *object, const struct ip *ip)
{
	static const uint8_t one[16] = {[15] = 1};
	static const uint8_t localhost[16] = {127, 0, 0, 1};

	if (!object->owner->kind->with_owner)
		return false;
	return ip->family == AF_INET ? ip->length == 8 && !memcmp(ip->bytes, localhost, 16)
	                             : ip->length == 128 && !memcmp(ip->bytes, one, 16);
}

static bool family_fits(const struct object *object, struct diagnostics *diagnostics)
{
	const struct value *address = object_value(object, ADDRESS_ADDRESS);
	const struct value *peer = object_value(object, ADDRESS_PEER);
	const struct value *label = object_value(object, ADDRESS_LABEL);

	if (peer->presence == GIVEN && peer->ip.family != address->ip.family) {
		diagnose(diagnostics, SEVERITY_ERROR, peer->span,
		         "the peer of an IPv%d address must be one too",
		         address->ip.family == AF_INET ? 4 : 6);
		return false;
	}
	if (address->ip.family == AF_INET6 && label->presence == GIVEN) {
		diagnose(diagnostics, SEVERITY_ERROR, label->span, "an IPv6 address has no label");
		return false;
	}
	if (label->presence == GIVEN && (!*label->text || strlen(label->text) > LONGEST_LABEL)) {
		diagnose(diagnostics, SEVERITY_ERROR, label->span, "a label has from 1 to %d bytes",
		         LONGEST_LABEL);
		return false;
	}
	return true;
}

/* What no device can have: net/ipv4/devinet.c and net/ipv6/addrconf.c refuse or drop it. */
static bool is_assignable(const struct ip *ip)
{
	static const uint8_t none[16], one[16] = {[15] = 1};

	if (!memcmp(ip->bytes, none, sizeof none))
		return false;
	return ip->family == AF_INET ||
	       (ip->bytes[0] != 0xff && memcmp(ip->bytes, one, sizeof one));
}

static bool has_prefix(const struct value *address, const struct value *peer,
                       struct diagnostics *diagnostics)
{
	if (!address->bare || peer->presence == GIVEN)
		return true;
	diagnose(diagnostics, SEVERITY_ERROR, address->span, "the prefix length is missing");
	diagnostic_hint(diagnostics, address->ip.family == AF_INET ? "such as /24" : "such as /64");
	return false;
}

/* The kernel's own identity (net/ipv4/devinet.c, net/ipv6/addrconf.c): IPv6 by address alone. */
static const char *identify(struct graph *graph, struct object *object,
                            struct diagnostics *diagnostics)
{
	struct value *address = object_set(graph->arena, object, ADDRESS_ADDRESS);
	struct value *peer = object_set(graph->arena, object, ADDRESS_PEER);

	if (!has_prefix(address, peer, diagnostics) || !family_fits(object, diagnostics))
		return NULL;
	if (peer->presence)
		address->ip.length = peer->ip.length;
	else
		*peer = *address;
	if (peer->presence == GIVEN && ip_equal(&peer->ip, &address->ip))
		peer->presence = IMPLIED;
	if (comes_with_loopback(object, &address->ip))
		return NULL;
	if (!is_assignable(&address->ip)) {
		diagnose(diagnostics, SEVERITY_ERROR, address->span,
		         "%s is no address that a device can have",
		         ip_print(graph->arena, &address->ip, false));
		return NULL;
	}
	if (address->ip.family == AF_INET6)
		return ip_print(graph->arena, &address->ip, false);
	if (peer->presence == IMPLIED || ip_equal(&peer->ip, &address->ip))
		return ip_print(graph->arena, &address->ip, true);
	return arena_printf(graph->arena, "%s peer %s", ip_print(graph->arena, &address->ip, false),
	                    ip_print(graph->arena, &peer->ip, true));
}

/* The prefix is no part of an IPv6 address's identity, but of what people call it. */
static const char *title(struct arena *arena, const struct object *object)
{
	const struct ip *ip = &object_value(object, ADDRESS_ADDRESS)->ip;

	return ip->family == AF_INET6 ? ip_print(arena, ip, true) : object->name;
}

struct object *address_primary(const struct object *object)
{
	struct ip subnet = ip_network(&object_value(object, ADDRESS_PEER)->ip);
	struct prefixes same = prefixes_equal(&object_namespace(object)->addressing->subnets,
	                                      &subnet, 0, object->owner);

	for (size_t i = 0; i < same.count && same.list[i].object != object; i++) {
		if (!same.list[i].object->foreign)
			return same.list[i].object;
	}
	return NULL;
}

static void complete_ipv4(struct arena *arena, struct object *object, const struct ip *ip)
{
	if (!object_has(object, ADDRESS_LABEL))
		*object_set(arena, object, ADDRESS_LABEL) =
		        (struct value){.presence = IMPLIED, .text = object->owner->name};
	if (!object_has(object, ADDRESS_SCOPE))
		*object_set(arena, object, ADDRESS_SCOPE) =
		        (struct value){.presence = IMPLIED,
		                       .number = ip->bytes[0] == 127 ? SCOPE_HOST : SCOPE_GLOBAL};
	object_unset(object, ADDRESS_NODAD);
}

static void complete(struct graph *graph, struct object *object)
{
	const struct ip *ip = &object_value(object, ADDRESS_ADDRESS)->ip;

	if (ip->family == AF_INET)
		complete_ipv4(graph->arena, object, ip);
	else if (graph->observed)
		object_unset(object, ADDRESS_SCOPE); /* IPv6 works it out itself */
}

static void needs(const struct graph *graph, const struct object *object, struct needs *list)
{
	bool ipv6 = object_value(object, ADDRESS_ADDRESS)->ip.family == AF_INET6;
	struct object *primary = ipv6 ? NULL : address_primary(object);

	(void)graph;
	needs_add(list, object->owner, MADE, UP, ipv6 ? BOND_IPV6 : BOND_EXISTENCE);
	if (primary)
		needs_add(list, primary, MADE, MADE, BOND_AFTER);
	/* In the host promote_secondaries is not ours, and a primary takes its secondaries along.
	 */
	if (primary && object_is_host(object_namespace(object)))
		needs_add(list, primary, MADE, MADE, BOND_EXISTENCE);
}

const struct class address_class = {
        .name = "address",
        .fields = fields,
        .field_count = sizeof fields / sizeof *fields,
        .identify = identify,
        .title = title,
        .complete = complete,
        .needs = needs,
        .check = address_check,
        .check_all = address_check_all,
};

const struct kind address_kind = {
        .name = "address",
        .key = "addresses",
        .synonyms = "ip ips ipv4 ipv6 addrs cidr",
        .doc = "the device's addresses, with their prefix lengths",
        .class = &address_class,
        .place = PLACE_DEVICE,
        .shape = SHAPE_ITEMS,
};
