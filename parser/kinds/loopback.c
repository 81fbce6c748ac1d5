#include "../kinds.h"

/* drivers/net/loopback.c: 64 KiB, and no room for a larger packet in IPv4 anyway. */
static const struct field mtu = {.key = "mtu",
                                 .type = TYPE_NUMBER,
                                 .min = 68,
                                 .max = 65536,
                                 .flags = FIELD_FREE,
                                 .fallback = "65536",
                                 .doc = "the largest packet it carries, in bytes"};

static const struct field *const overrides[LINK_FIELDS] = {[LINK_MTU] = &mtu};

const struct kind loopback_kind = {
        .name = "lo",
        .key = "lo",
        .doc = "the loopback's own attributes",
        .class = &link_class,
        .place = PLACE_NAMESPACE,
        .shape = SHAPE_SELF,
        .overrides = overrides,
        .with_owner = true,
};
