/* What a user writes: would be parser/kinds/macvlan.c. */
#include "macvlan.h"

#define OWN(field) [(field)-LINK_FIELDS]

/* <linux/if_link.h>, MACVLAN_MODE_... */
static const struct choice modes[] = {
        {"private", 1}, {"vepa", 2}, {"bridge", 4}, {"passthru", 8}, {0}};

static const struct field fields[] = {
        OWN(MACVLAN_LINK) = {.key = "link",
                             .type = TYPE_DEVICE,
                             .flags = FIELD_REQUIRED | FIELD_REPLACE | FIELD_LOWER | FIELD_ALWAYS,
                             .doc = "the device beneath"},
        OWN(MACVLAN_MODE) = {.key = "mode",
                             .type = TYPE_CHOICE,
                             .choices = modes,
                             .fallback = "vepa",
                             .doc = "which of its siblings a device sees"},
};

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
};
