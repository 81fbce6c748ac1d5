/* The list of codecs. A new kind is a line here, and one in parser/kinds.c. */
#include "wire.h"

extern const struct codec device_codec, loopback_codec, veth_codec, bridge_codec, address_codec,
        route_codec;

const struct codec *const codecs[] = {
        &device_codec,  &loopback_codec, &veth_codec, &bridge_codec,
        &address_codec, &route_codec,    NULL,
};
