/* The list of kinds. A new one is a line here, and one in executor/kinds.c. */
#include "kinds.h"

extern const struct kind veth_kind, bridge_kind;

const struct kind *const kinds[] = {
        &namespace_kind, &loopback_kind, &veth_kind,   &bridge_kind,
        &address_kind,   &route_kind,    &sysctl_kind, NULL,
};
