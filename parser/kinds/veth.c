#include "veth.h"

#define OWN(field) [(field)-LINK_FIELDS]

static const struct field fields[] = {
        OWN(VETH_QUEUES) = {.key = "queues",
                            .type = TYPE_NUMBER,
                            .synonyms = "numtxqueues numrxqueues",
                            .min = 1,
                            .max = 4096, /* net/core/rtnetlink.c, rtnl_create_link() */
                            .flags = FIELD_REPLACE | FIELD_ALWAYS,
                            .fallback = "1",
                            .doc = "how many queues it has in each direction"},
        OWN(VETH_PEER) = {.key = "peer",
                          .type = TYPE_DEVICE,
                          .flags = FIELD_HIDDEN | FIELD_PEER | FIELD_REPLACE | FIELD_ALWAYS,
                          .doc = "the other end of the cable"},
};

const struct kind veth_kind = {
        .name = "veth",
        .key = "veths",
        .synonyms = "links link cables veth wires connections edges",
        .doc = "cables: each is its two ends",
        .class = &link_class,
        .place = PLACE_TOP,
        .shape = SHAPE_PAIRS,
        .fields = fields,
        .field_count = sizeof fields / sizeof *fields,
};
