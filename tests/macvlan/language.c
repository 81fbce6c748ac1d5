/* What a user writes: would be parser/kinds/macvlan.c. */
#include "macvlan.h"

#include "parser/graph.h"

#define OWN(field) [(field)-LINK_FIELDS]

/* <linux/if_link.h>, MACVLAN_MODE_... */
static const struct choice modes[] = {
        {"private", 1}, {"vepa", 2}, {"bridge", 4}, {"passthru", 8}, {0}};

static const struct field fields[] = {
        OWN(MACVLAN_LINK) = {.key = "link",
                             .type = TYPE_DEVICE,
                             .flags = FIELD_REQUIRED | FIELD_REPLACE | FIELD_LOWER,
                             .doc = "the device beneath"},
        OWN(MACVLAN_MODE) = {.key = "mode",
                             .type = TYPE_CHOICE,
                             .choices = modes,
                             .fallback = "vepa",
                             .doc = "which of its siblings a device sees"},
};

/*
 * Left out, it is that of the device beneath (drivers/net/macvlan.c); only the kernel knows the
 * host's.
 */
static const struct field mtu_field = {.key = "mtu",
                                       .type = TYPE_NUMBER,
                                       .min = 68,
                                       .max = 65535,
                                       .flags = FIELD_FREE,
                                       .doc = "the largest packet it carries, in bytes"};

static const struct field *const overrides[LINK_FIELDS] = {[LINK_MTU] = &mtu_field};

static void complete(struct graph *graph, struct object *object)
{
	const struct value *link = object_value(object, MACVLAN_LINK);
	const struct object *beneath = link->presence ? graph_device(graph, link->text) : NULL;

	if (!object_has(object, LINK_MTU) && beneath && !graph->observed &&
	    object_has(beneath, LINK_MTU))
		*object_set(graph->arena, object, LINK_MTU) = (struct value){
		        .presence = IMPLIED, .number = object_value(beneath, LINK_MTU)->number};
}

const struct kind macvlan_kind = {
        .name = "macvlan",
        .key = "macvlans",
        .synonyms = "macvlan",
        .doc = "devices with a MAC of their own on another device",
        .class = &link_class,
        .place = PLACE_TOP,
        .shape = SHAPE_NAMES,
        .fields = fields,
        .field_count = sizeof fields / sizeof *fields,
        .overrides = overrides,
        .complete = complete,
};
