#include "parser/kinds/bridge.h"

#include "../attribute.h"
#include "../clue.h"
#include "link.h"

#include <errno.h>
#include <string.h>

enum { ALWAYS = AT_CREATE | AT_CHANGE | AT_READ };

extern const struct codec bridge_codec;

static const struct wire wires[] = {
        {BRIDGE_STP, FORM_BOOL32, IFLA_BR_STP_STATE, .path = INFO_DATA, .when = ALWAYS},
        {BRIDGE_PRIORITY, FORM_U16, IFLA_BR_PRIORITY, .path = INFO_DATA, .when = ALWAYS},
        {BRIDGE_FORWARD_DELAY, FORM_CLOCK, IFLA_BR_FORWARD_DELAY, .path = INFO_DATA,
         .when = ALWAYS},
        {BRIDGE_HELLO_TIME, FORM_CLOCK, IFLA_BR_HELLO_TIME, .path = INFO_DATA, .when = ALWAYS},
        {BRIDGE_MAX_AGE, FORM_CLOCK, IFLA_BR_MAX_AGE, .path = INFO_DATA, .when = ALWAYS},
        {BRIDGE_AGEING_TIME, FORM_CLOCK, IFLA_BR_AGEING_TIME, .path = INFO_DATA, .when = ALWAYS},
        {BRIDGE_MCAST_SNOOPING, FORM_BOOL8, IFLA_BR_MCAST_SNOOPING, .path = INFO_DATA,
         .when = ALWAYS},
        {BRIDGE_VLAN_FILTERING, FORM_BOOL8, IFLA_BR_VLAN_FILTERING, .path = INFO_DATA,
         .when = ALWAYS},
};

static const struct clue clues[] = {
        {EOPNOTSUPP, NULL, BRIDGE_VLAN_FILTERING,
         "this kernel was built without it: CONFIG_BRIDGE_VLAN_FILTERING"},
        {0},
};

/* <linux/if_bridge.h>, BR_STATE_... */
enum { STATE_FORWARDING = 3, STATE_BLOCKING = 4 };

static bool same_id(const struct nlattr *a, const struct nlattr *b)
{
	struct attributes left = attributes_in(a), right = attributes_in(b);

	return left.left == right.left && !memcmp(left.at, right.at, left.left);
}

/*
 * With spanning tree a bridge shows the timers of the root (net/bridge/br_stp.c,
 * br_record_config_timeout_values()), without it those of the root that it had last, and with it,
 * while the topology changes, a shorter ageing time.
 */
static void settle(const struct nlattr *data, struct object *object)
{
	static const enum bridge_field timers[] = {BRIDGE_FORWARD_DELAY, BRIDGE_HELLO_TIME,
	                                           BRIDGE_MAX_AGE};
	const struct nlattr *root = attributes_find(attributes_in(data), IFLA_BR_ROOT_ID);
	const struct nlattr *own = attributes_find(attributes_in(data), IFLA_BR_BRIDGE_ID);
	const struct nlattr *change = attributes_find(attributes_in(data), IFLA_BR_TOPOLOGY_CHANGE);

	if (object_value(object, BRIDGE_STP)->number && attribute_number(change))
		object_unset(object, BRIDGE_AGEING_TIME);
	if (!root || !own || same_id(root, own))
		return;
	for (size_t i = 0; i < sizeof timers / sizeof *timers; i++)
		object_unset(object, timers[i]);
}

/* A port that spanning tree blocks is ready too; one that listens or learns is not yet. */
static bool port_ready(const struct nlattr *port)
{
	uint32_t state = attribute_number(attributes_find(attributes_in(port), IFLA_BRPORT_STATE));

	return state == STATE_FORWARDING || state == STATE_BLOCKING;
}

static long delay(const struct object *object)
{
	if (!object_value(object, BRIDGE_STP)->number)
		return 0;
	return (long)(2 * object_value(object, BRIDGE_FORWARD_DELAY)->number);
}

const struct codec bridge_codec = {.kind = &bridge_kind,
                                   .transport = &link_transport,
                                   .own = LAYOUT(wires),
                                   .clues = clues,
                                   .settle = settle,
                                   .port_ready = port_ready,
                                   .delay = delay};
