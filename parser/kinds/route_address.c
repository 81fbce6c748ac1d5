/* What a route has to do with the addresses of its namespace. */
#include "route.h"

#include <string.h>
#include <sys/socket.h>

struct object *route_source(const struct object *route)
{
	const struct object *space = object_namespace(route);
	const struct ip *ip = &object_value(route, ROUTE_SRC)->ip;

	if (!object_has(route, ROUTE_SRC))
		return NULL;
	for (struct object *device = space->first_device; device; device = device->next_device) {
		for (struct object *at = device->first_owned; at; at = at->next_owned) {
			struct ip own;

			if (at->kind != &address_kind)
				continue;
			own = object_value(at, ADDRESS_ADDRESS)->ip;
			own.length = ip->length;
			if (ip_equal(&own, ip))
				return at;
		}
	}
	return NULL;
}

/* The kernel keeps one IPv4 route of a kind: an address's own subnet has metric 0 in table main. */
bool route_is_subnet(const struct object *route, const struct object *address)
{
	const struct ip *to = &object_value(route, ROUTE_TO)->ip, *peer;
	struct ip subnet;

	if (address->kind != &address_kind || to->family != AF_INET ||
	    object_value(route, ROUTE_METRIC)->number ||
	    object_value(route, ROUTE_TABLE)->number != ROUTE_TABLE_MAIN)
		return false;
	/* net/ipv4/fib_frontend.c, fib_add_ifaddr(): when it makes one. */
	peer = &object_value(address, ADDRESS_PEER)->ip;
	subnet = ip_network(peer);
	if (!subnet.bytes[0] || !object_value(address->owner, LINK_UP)->number ||
	    (subnet.length == 32 &&
	     !memcmp(peer->bytes, object_value(address, ADDRESS_ADDRESS)->ip.bytes, 4)))
		return false;
	return ip_equal(&subnet, to);
}

const struct value *route_own_gateway(const struct object *route, const struct object *address)
{
	struct ip own;

	if (address->kind != &address_kind)
		return NULL;
	own = object_value(address, ADDRESS_ADDRESS)->ip;
	own.length = ip_full_length(&own);
	for (size_t i = 0; i < route_hops(route); i++) {
		const struct value *via = route_hop(route, i, HOP_VIA);
		const struct value *dev = route_hop(route, i, HOP_DEV);

		if (!via->presence || !ip_equal(&via->ip, &own))
			continue;
		if (!ip_is_link_local(&own) ||
		    (dev->presence && !strcmp(dev->text, strchr(address->owner->path, ' ') + 1)))
			return via;
	}
	return NULL;
}
