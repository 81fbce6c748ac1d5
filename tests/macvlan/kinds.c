/* The two lists, with a line more: would be parser/kinds.c and executor/kinds.c. */
#include "executor/wire.h"
#include "macvlan.h"

extern const struct kind veth_kind, bridge_kind;
extern const struct codec device_codec, loopback_codec, veth_codec, bridge_codec, address_codec,
        route_codec, macvlan_codec;

const struct kind *const kinds[] = {
        &namespace_kind, &loopback_kind, &veth_kind,    &bridge_kind, &address_kind,
        &route_kind,     &sysctl_kind,   &macvlan_kind, NULL,
};

const struct codec *const codecs[] = {
        &device_codec,  &loopback_codec, &veth_codec,    &bridge_codec,
        &address_codec, &route_codec,    &macvlan_codec, NULL,
};
