#include "trouble.h"

#include "../arena.h"
#include "../kinds.h"
#include "../kinds/route.h"

#include <string.h>
#include <sys/socket.h>

struct trouble trouble_of(enum cause cause, const struct station *at)
{
	return (struct trouble){.cause = cause, .at = at};
}

int trouble_compare(const void *a, const void *b)
{
	const struct trouble *one = a, *other = b;
	const uintptr_t parts[][2] = {
	        {one->cause, other->cause},
	        {one->ipv6, other->ipv6},
	        {one->back, other->back},
	        {one->unknown, other->unknown},
	        {(uintptr_t)one->at, (uintptr_t)other->at},
	        {(uintptr_t)one->step, (uintptr_t)other->step},
	        {(uintptr_t)one->in, (uintptr_t)other->in},
	        {(uintptr_t)one->own, (uintptr_t)other->own},
	        {(uintptr_t)one->other, (uintptr_t)other->other},
	};

	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		if (parts[i][0] != parts[i][1])
			return parts[i][0] < parts[i][1] ? -1 : 1;
	}
	return 0;
}

static const char *name(const struct station *station)
{
	return station->space->name;
}

static const char *device(const struct network *network, const struct interface *interface)
{
	return object_title(network->arena, interface->device);
}

static const char *address(const struct network *network, const struct ip *ip)
{
	return ip_print(network->arena, ip, false);
}

static const char *subnet(const struct network *network, const struct own *own)
{
	return ip_print(network->arena, &own->network, own->network.length < own->ip.length);
}

static const char *no_route(struct network *network, const struct trouble *trouble)
{
	return arena_printf(
	        network->arena,
	        trouble->unknown ? "the file gives %s no route %sto %s" : "%s has no route %sto %s",
	        name(trouble->at), trouble->back ? "back " : "", subnet(network, trouble->own));
}

static const char *rejected(struct network *network, const struct trouble *trouble)
{
	const struct object *route = trouble->step->route;

	return arena_printf(network->arena, "the route of %s to %s is of type %s",
	                    name(trouble->at), route->name,
	                    value_print(network->arena, kind_field(route->kind, ROUTE_TYPE),
	                                object_value(route, ROUTE_TYPE)));
}

static const char *broadcast(struct network *network, const struct trouble *trouble)
{
	return arena_printf(network->arena, "%s is the broadcast address of %s",
	                    address(network, &trouble->own->ip),
	                    device(network, trouble->step->out));
}

static const char *nobody(struct network *network, const struct trouble *trouble)
{
	return arena_printf(network->arena, "%s is nobody's",
	                    address(network, &trouble->step->next));
}

static const char *not_here(struct network *network, const struct trouble *trouble)
{
	return arena_printf(network->arena, "%s is not on the segment of %s",
	                    address(network, &trouble->step->next),
	                    device(network, trouble->step->out));
}

static const char *cut(struct network *network, const struct trouble *trouble)
{
	return arena_printf(network->arena, "the other end of %s is down",
	                    device(network, trouble->step->out));
}

static const char *port(struct network *network, const struct trouble *trouble)
{
	return arena_printf(network->arena, "%s is a port, which gets no answers",
	                    device(network, trouble->step->out));
}

static const char *loopback(struct network *network, const struct trouble *trouble)
{
	return arena_printf(network->arena, "%s sends what is for %s to its own %s",
	                    name(trouble->at), subnet(network, trouble->own),
	                    trouble->step->out->device->name);
}

static const char *loopback_down(struct network *network, const struct trouble *trouble)
{
	return arena_printf(network->arena, "the loopback of %s is down", name(trouble->at));
}

/* The family is told where the other one is forwarded. */
static const char *not_forwarding(struct network *network, const struct trouble *trouble)
{
	bool differ = trouble->ipv6 ? trouble->in->forwarding == SETTING_ON
	                            : trouble->at->forwarding == SETTING_ON;
	const char *family = !differ ? "" : trouble->ipv6 ? " IPv6" : " IPv4";

	if (trouble->unknown)
		return arena_printf(network->arena, "the file does not say whether %s forwards%s",
		                    name(trouble->at), family);
	return arena_printf(network->arena, "%s does not forward%s", name(trouble->at), family);
}

static const char *link_local(struct network *network, const struct trouble *trouble)
{
	return arena_printf(network->arena,
	                    "%s has only a link-local address to send from, and %s is a router",
	                    name(trouble->other), name(trouble->at));
}

static const char *reverse_path(struct network *network, const struct trouble *trouble)
{
	const char *from = address(network, &trouble->own->ip);

	if (trouble->in->rp_filter == SETTING_OFF)
		return arena_printf(network->arena, "%s has the sender's address %s itself",
		                    name(trouble->at), from);
	return arena_printf(network->arena, "rp_filter of %s drops what comes from %s",
	                    device(network, trouble->in), from);
}

static const char *no_source(struct network *network, const struct trouble *trouble)
{
	return arena_printf(network->arena, "%s has no address to send from", name(trouble->at));
}

static const char *loop(struct network *network, const struct trouble *trouble)
{
	if (!trouble->other)
		return arena_printf(network->arena, "packets to %s come back to %s",
		                    subnet(network, trouble->own), name(trouble->at));
	return arena_printf(network->arena, "packets to %s go round from %s to %s",
	                    subnet(network, trouble->own), name(trouble->at), name(trouble->other));
}

static const char *hop_limit(struct network *network, const struct trouble *trouble)
{
	return arena_printf(network->arena, "the way ends after 64 hops, at %s", name(trouble->at));
}

static const char *elsewhere(struct network *network, const struct trouble *trouble)
{
	return arena_printf(network->arena, "%s is also %s's", address(network, &trouble->own->ip),
	                    name(trouble->at));
}

static const char *twice(struct network *network, const struct trouble *trouble)
{
	return arena_printf(network->arena, "%s is there twice on the segment of %s",
	                    address(network, &trouble->step->next),
	                    device(network, trouble->step->out));
}

static const char *undeclared(struct network *network, const struct trouble *trouble)
{
	const struct value *dev = route_hop(trouble->step->route, trouble->step->hop, HOP_DEV);

	if (!dev->presence)
		return arena_printf(network->arena, "the file does not tell how %s reaches %s",
		                    name(trouble->at), address(network, &trouble->step->next));
	return arena_printf(network->arena, "the file does not tell what is behind %s", dev->text);
}

static const struct {
	const char *(*print)(struct network *network, const struct trouble *trouble);
	bool says_back;     /* itself, where it is the way back */
	bool tells_address; /* that the packet is for */
} words[] = {
        [CAUSE_NO_ROUTE] = {no_route, true, true},
        [CAUSE_REJECTED] = {rejected, false, false},
        [CAUSE_BROADCAST] = {broadcast, false, true},
        [CAUSE_NOBODY] = {nobody, false, false},
        [CAUSE_NOT_HERE] = {not_here, false, false},
        [CAUSE_CUT] = {cut, true, false},
        [CAUSE_PORT] = {port, true, false},
        [CAUSE_LOOPBACK] = {loopback, false, true},
        [CAUSE_LOOPBACK_DOWN] = {loopback_down, true, false},
        [CAUSE_NOT_FORWARDING] = {not_forwarding, false, false},
        [CAUSE_LINK_LOCAL] = {link_local, true, false},
        [CAUSE_REVERSE_PATH] = {reverse_path, false, false},
        [CAUSE_NO_SOURCE] = {no_source, true, false},
        [CAUSE_LOOP] = {loop, false, true},
        [CAUSE_HOP_LIMIT] = {hop_limit, false, false},
        [CAUSE_ELSEWHERE] = {elsewhere, false, false},
        [CAUSE_TWICE] = {twice, true, false},
        [CAUSE_UNDECLARED] = {undeclared, true, false},
};

bool trouble_tells_address(enum cause cause)
{
	return words[cause].tells_address;
}

const char *trouble_print(struct network *network, const struct trouble *trouble)
{
	const char *text = words[trouble->cause].print(network, trouble);

	if (trouble->unknown &&
	    (trouble->cause == CAUSE_NOBODY || trouble->cause == CAUSE_NOT_HERE))
		text = arena_printf(network->arena, "%s in the file", text);
	if (trouble->back && !words[trouble->cause].says_back)
		text = arena_printf(network->arena, "%s, on the way back", text);
	return text;
}

static struct span setting_span(const struct network *network, const struct trouble *trouble)
{
	const char *name = trouble->ipv6 ? "net/ipv6/conf/all/forwarding" : "net/ipv4/ip_forward";
	const struct object *sysctl = graph_find(
	        network->graph, arena_printf(network->arena, "%s %s %s", sysctl_class.name,
	                                     trouble->at->space->name, name));

	return sysctl ? sysctl->span : trouble->at->space->span;
}

static struct span hop_span(const struct step *step)
{
	const struct value *via = route_hop(step->route, step->hop, HOP_VIA);

	return via->presence == GIVEN ? via->span : step->route->span;
}

struct span trouble_span(const struct network *network, const struct trouble *trouble)
{
	const struct step *step = trouble->step;

	if (trouble->cause == CAUSE_NOT_FORWARDING)
		return setting_span(network, trouble);
	if (trouble->cause == CAUSE_REJECTED)
		return step->route->span;
	if (step && step->route)
		return hop_span(step);
	if (trouble->in)
		return trouble->in->device->span;
	if (step && step->out)
		return step->out->device->span;
	return trouble->at->space->span;
}
