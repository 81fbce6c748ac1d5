#include "parser/kinds/veth.h"

#include "link.h"

#include <linux/veth.h>

extern const struct codec veth_codec;

static const struct wire wires[] = {
        {VETH_QUEUES, FORM_U32, IFLA_NUM_TX_QUEUES, .when = AT_CREATE | AT_PEER | AT_READ},
        {VETH_QUEUES, FORM_U32, IFLA_NUM_RX_QUEUES, .when = AT_CREATE | AT_PEER},
        {VETH_PEER, FORM_END, IFLA_LINK, .when = AT_READ},
        {VETH_PEER, FORM_PEER, VETH_INFO_PEER, .path = INFO_DATA, .when = AT_CREATE},
};

const struct codec veth_codec = {
        .kind = &veth_kind, .transport = &link_transport, .own = LAYOUT(wires)};
