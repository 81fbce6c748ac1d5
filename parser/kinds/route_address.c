/* What a route has to do with the addresses of its namespace. */
#include "route.h"

#include <string.h>
#include <sys/socket.h>

/* The addresses of a namespace that are this very one, on that device (NULL: on any). */
static struct prefixes equal(const struct object *space, const struct ip *ip,
                             const struct object *device)
{
	struct ip whole = *ip;

	whole.length = ip_full_length(ip);
	return prefixes_equal(&space->addressing->addresses, &whole, 0, device);
}

struct object *route_source(const struct object *route)
{
	struct prefixes found = {0};

	if (object_has(route, ROUTE_SRC))
		found = equal(object_namespace(route), &object_value(route, ROUTE_SRC)->ip, NULL);
	return found.count ? found.list[0].object : NULL;
}

bool route_comes_with(const struct object *address)
{
	const struct ip *peer = &object_value(address, ADDRESS_PEER)->ip;

	return ip_network(peer).bytes[0] && object_value(address->owner, LINK_UP)->number &&
	       (peer->length < 32 ||
	        memcmp(peer->bytes, object_value(address, ADDRESS_ADDRESS)->ip.bytes, 4) != 0);
}

/* The kernel keeps one IPv4 route of a kind: an address's own subnet has metric 0 in table main. */
struct prefixes route_subnets(const struct object *route, const struct object *space)
{
	const struct ip *to = &object_value(route, ROUTE_TO)->ip;

	if (to->family != AF_INET || object_value(route, ROUTE_METRIC)->number ||
	    object_value(route, ROUTE_TABLE)->number != ROUTE_TABLE_MAIN)
		return (struct prefixes){0};
	return prefixes_equal(&space->addressing->subnets, to, 0, NULL);
}

struct prefixes route_own_gateway(const struct object *route, size_t hop, const struct graph *graph)
{
	const struct value *via = route_hop(route, hop, HOP_VIA);
	const struct value *dev = route_hop(route, hop, HOP_DEV);
	bool particular = via->presence && ip_is_link_local(&via->ip);
	const struct object *device =
	        particular && dev->presence ? graph_device(graph, dev->text) : NULL;

	if (!via->presence || (particular && !device))
		return (struct prefixes){0};
	return equal(graph_find(graph, object_namespace(route)->path), &via->ip, device);
}
