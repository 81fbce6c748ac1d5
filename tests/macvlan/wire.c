/* Where it stands on the wire: would be executor/kinds/macvlan.c. */
#include "executor/kinds/link.h"
#include "macvlan.h"

extern const struct codec macvlan_codec;

static const struct wire wires[] = {
        {MACVLAN_LINK, FORM_INDEX, IFLA_LINK, .when = AT_CREATE | AT_READ},
        {MACVLAN_MODE, FORM_U32, IFLA_MACVLAN_MODE, .path = INFO_DATA,
         .when = AT_CREATE | AT_CHANGE | AT_READ},
};

const struct codec macvlan_codec = {
        .kind = &macvlan_kind, .transport = &link_transport, .own = LAYOUT(wires)};
