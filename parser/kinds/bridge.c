#include "bridge.h"

#include "../graph.h"

#define OWN(field) [(field)-LINK_FIELDS]

enum { MOST_PORTS = 1023, LEAST_STP_DELAY = 2000, DEFAULT_MTU = 1500 };

/* Ranges: net/bridge/br_stp.c and br_private.h; defaults: br_stp_if.c and br_device.c. */
static const struct field fields[] = {
        OWN(BRIDGE_STP) = {.key = "stp",
                           .type = TYPE_BOOL,
                           .synonyms = "stp_state stp-state",
                           .flags = FIELD_FIRST, /* it decides which delays are taken */
                           .fallback = "false",
                           .doc = "whether it speaks the spanning tree protocol"},
        OWN(BRIDGE_PRIORITY) = {.key = "priority",
                                .type = TYPE_NUMBER,
                                .max = 65535,
                                .fallback = "32768",
                                .doc = "its priority as the root of the spanning tree"},
        OWN(BRIDGE_FORWARD_DELAY) = {.key = "forward-delay",
                                     .type = TYPE_DURATION,
                                     .flags = FIELD_FREE,
                                     .max = 30000,
                                     .fallback = "15s",
                                     .doc = "how long a port listens, and then learns"},
        OWN(BRIDGE_HELLO_TIME) = {.key = "hello-time",
                                  .type = TYPE_DURATION,
                                  .flags = FIELD_FREE,
                                  .min = 1000,
                                  .max = 10000,
                                  .fallback = "2s",
                                  .doc = "the time between two hello packets"},
        OWN(BRIDGE_MAX_AGE) = {.key = "max-age",
                               .type = TYPE_DURATION,
                               .flags = FIELD_FREE,
                               .min = 6000,
                               .max = 40000,
                               .fallback = "20s",
                               .doc = "how long a hello packet counts"},
        OWN(BRIDGE_AGEING_TIME) = {.key = "ageing-time",
                                   .type = TYPE_DURATION,
                                   .flags = FIELD_FREE,
                                   .max = 1000000000,
                                   .fallback = "300s",
                                   .doc = "how long a learned address is kept"},
        OWN(BRIDGE_MCAST_SNOOPING) = {.key = "mcast-snooping",
                                      .type = TYPE_BOOL,
                                      .fallback = "true",
                                      .doc = "whether it learns who wants which multicast group"},
        OWN(BRIDGE_VLAN_FILTERING) = {.key = "vlan-filtering",
                                      .type = TYPE_BOOL,
                                      .fallback = "false",
                                      .doc = "whether its ports have VLANs"},
};

/* The next of some ports, itself included, whose MTU is known. */
static const struct object *with_mtu(const struct object *port)
{
	while (port && !object_has(port, LINK_MTU))
		port = port->next_port;
	return port;
}

/* Left out, the MTU follows the ports: the least of theirs (net/bridge/br_if.c, br_mtu_min()). */
static void complete(struct graph *graph, struct object *object)
{
	const struct object *port = with_mtu(object->first_port);
	struct value *mtu;

	if (object_value(object, LINK_MTU)->presence != IMPLIED)
		return;
	mtu = object_set(graph->arena, object, LINK_MTU);
	mtu->number = port ? object_value(port, LINK_MTU)->number : DEFAULT_MTU;
	for (; port; port = with_mtu(port->next_port)) {
		if (object_value(port, LINK_MTU)->number < mtu->number)
			mtu->number = object_value(port, LINK_MTU)->number;
	}
}

static void check_delay(const struct object *object, struct diagnostics *diagnostics)
{
	const struct value *stp = object_value(object, BRIDGE_STP);
	const struct value *delay = object_value(object, BRIDGE_FORWARD_DELAY);

	if (!stp->number || delay->number >= LEAST_STP_DELAY)
		return;
	diagnose(diagnostics, SEVERITY_ERROR, delay->span,
	         "forward-delay must be from 2s to 30s with stp");
	diagnostic_note(diagnostics, stp->span, "stp stands here");
}

/* net/bridge/br_private.h, BR_MAX_PORTS, of which number 0 is none. */
static void check_ports(const struct graph *graph, const struct object *object,
                        struct diagnostics *diagnostics)
{
	const struct object *excess = NULL;
	size_t ports = 0;

	for (const struct object *port = object->first_port; port; port = port->next_port) {
		if (ports++ == MOST_PORTS)
			excess = port;
	}
	if (!excess)
		return;
	diagnose(diagnostics, SEVERITY_ERROR, object->span,
	         "%zu ports on bridge '%s', and the kernel takes %d", ports,
	         object_title(graph->arena, object), MOST_PORTS);
	diagnostic_note(diagnostics, excess->span, "the first one too many");
}

static void check_mtus(const struct graph *graph, const struct object *object,
                       struct diagnostics *diagnostics)
{
	const struct object *first = with_mtu(object->first_port), *port = first;
	const struct value *mtu = first ? object_value(first, LINK_MTU) : NULL, *its = mtu;

	while (port && its->number == mtu->number) {
		port = with_mtu(port->next_port);
		its = port ? object_value(port, LINK_MTU) : NULL;
	}
	if (!port || graph->damaged)
		return;
	diagnose(diagnostics, SEVERITY_WARNING, its->presence == GIVEN ? its->span : port->span,
	         "the ports of '%s' have different MTUs: %lld here, and %lld",
	         object_title(graph->arena, object), (long long)its->number,
	         (long long)mtu->number);
	diagnostic_note(diagnostics, mtu->presence == GIVEN ? mtu->span : first->span,
	                "that of '%s'", object_title(graph->arena, first));
}

static void check(const struct graph *graph, const struct object *object,
                  struct diagnostics *diagnostics)
{
	check_delay(object, diagnostics);
	check_ports(graph, object, diagnostics);
	check_mtus(graph, object, diagnostics);
	if (object->named || object->first_owned || object_has(object, LINK_BRIDGE) ||
	    graph->damaged)
		return;
	diagnose(diagnostics, SEVERITY_WARNING, object->span, "nothing uses the bridge '%s'",
	         object_title(graph->arena, object));
	diagnostic_hint(diagnostics, "it has no ports and no addresses");
}

const struct kind bridge_kind = {
        .name = "bridge",
        .key = "bridges",
        .synonyms = "switches switch bridge",
        .doc = "bridges, by the names of their devices",
        .class = &link_class,
        .place = PLACE_TOP,
        .shape = SHAPE_NAMES,
        .fields = fields,
        .field_count = sizeof fields / sizeof *fields,
        .takes_ports = true,
        .complete = complete,
        .check = check,
        .check_all = bridge_check_loops,
};
