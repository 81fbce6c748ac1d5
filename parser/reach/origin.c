#include "origin.h"

#include "../kinds.h"
#include "../kinds/route.h"

#include <string.h>
#include <sys/socket.h>

static const struct own *first_of_scope(const struct interface *interface, int64_t scope)
{
	for (const struct own *own = interface->first[0]; own; own = own->next) {
		if (own->scope != SCOPE_LINK && own->scope <= scope)
			return own;
	}
	return NULL;
}

static const struct own *select_ipv4(const struct interface *out, const struct ip *gateway,
                                     int64_t scope)
{
	const struct own *found = NULL;

	for (const struct own *own = out->first[0]; own; own = own->next) {
		if (own->scope > scope)
			continue;
		if (!gateway || ip_covers(&own->network, gateway))
			return own;
		if (!found)
			found = own;
	}
	for (const struct interface *at = out->station->interfaces; at && !found; at = at->next)
		found = first_of_scope(at, scope);
	return found;
}

/* RFC 6724, section 2.1, and what net/ipv6/addrlabel.c adds. */
static int label_of(const struct ip *ip)
{
	static const struct {
		struct ip prefix;
		int label;
	} labels[] = {
	        {{AF_INET6, 96, {[10] = 0xff, 0xff}}, 4},
	        {{AF_INET6, 96, {0}}, 3},
	        {{AF_INET6, 32, {0x20, 0x01}}, 6},
	        {{AF_INET6, 28, {0x20, 0x01, 0, 0x10}}, 7},
	        {{AF_INET6, 16, {0x20, 0x02}}, 2},
	        {{AF_INET6, 16, {0x3f, 0xfe}}, 12},
	        {{AF_INET6, 10, {0xfe, 0xc0}}, 11},
	        {{AF_INET6, 7, {0xfc}}, 5},
	};

	for (size_t i = 0; i < sizeof labels / sizeof *labels; i++) {
		if (ip_covers(&labels[i].prefix, ip))
			return labels[i].label;
	}
	return 1;
}

static int common_bits(const struct ip *one, const struct ip *other, int most)
{
	int bits = 0;

	while (bits < most &&
	       !((one->bytes[bits / 8] ^ other->bytes[bits / 8]) & (0x80 >> bits % 8)))
		bits++;
	return bits;
}

/* RFC 6724, section 5, the rules that static addresses can differ by: the larger is the better. */
static int rule(int number, const struct own *own, const struct interface *out, const struct ip *to)
{
	switch (number) {
	case 1:
		return ip_equal(&own->ip, to);
	case 2:
		return ip_is_link_local(to) == ip_is_link_local(&own->ip);
	case 5:
		return own->interface == out;
	case 6:
		return label_of(&own->ip) == label_of(to);
	default:
		return common_bits(&own->ip, to, own->network.length);
	}
}

static bool is_better(const struct own *own, const struct own *best, const struct interface *out,
                      const struct ip *to)
{
	static const int rules[] = {1, 2, 5, 6, 8};

	for (size_t i = 0; best && i < sizeof rules / sizeof *rules; i++) {
		int one = rule(rules[i], own, out, to), other = rule(rules[i], best, out, to);

		if (one != other)
			return one > other;
	}
	return !best;
}

static const struct own *select_ipv6(const struct interface *out, const struct ip *to)
{
	const struct own *best = NULL;

	for (const struct interface *at = out->station->interfaces; at; at = at->next) {
		for (const struct own *own = at->first[1]; own; own = own->next) {
			if (is_better(own, best, out, to))
				best = own;
		}
	}
	return best;
}

static const struct own *own_of(const struct network *network, const struct station *station,
                                const struct ip *ip)
{
	struct ip address = *ip;

	address.length = ip_full_length(ip);
	for (size_t i = network_find(network, &address);
	     i < network->own_count && ip_equal(&network->owns[i]->ip, &address); i++) {
		if (network->owns[i]->interface->station == station)
			return network->owns[i];
	}
	return NULL;
}

const struct own *origin_find(const struct network *network, const struct decision *decision,
                              const struct step *step, const struct ip *to)
{
	const struct object *route = step->route;
	const struct value *via;

	if (route && object_has(route, ROUTE_SRC))
		return own_of(network, step->out->station, &object_value(route, ROUTE_SRC)->ip);
	if (to->family == AF_INET6)
		return select_ipv6(step->out, to);
	if (!route)
		return decision->entry->own;
	via = route_hop(route, step->hop, HOP_VIA);
	return select_ipv4(step->out, via->presence && via->ip.family == AF_INET ? &via->ip : NULL,
	                   object_value(route, ROUTE_SCOPE)->number);
}

const struct own *origin_asking(const struct step *step)
{
	return select_ipv4(step->out, &step->next, SCOPE_LINK);
}
