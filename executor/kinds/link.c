#include "link.h"

#include "../clue.h"
#include "parser/kinds.h"

#include <errno.h>
#include <linux/if.h>
#include <linux/rtnetlink.h>
#include <stddef.h>

extern const struct codec device_codec;

enum { EVERYWHERE = AT_CREATE | AT_PEER | AT_CHANGE | AT_READ };

static const struct wire wires[] = {
        {WIRE_NO_FIELD, FORM_HEAD_SELF, offsetof(struct ifinfomsg, ifi_index),
         .when = AT_CREATE | AT_PEER | AT_BIRTH | AT_CHANGE | AT_DELETE},
        {WIRE_NO_FIELD, FORM_NAME, IFLA_IFNAME, .when = AT_CREATE | AT_PEER},
        {WIRE_NO_FIELD, FORM_SPACE, IFLA_NET_NS_FD, .when = AT_CREATE | AT_PEER},
        {WIRE_NO_FIELD, FORM_MARK, IFLA_GROUP, .when = AT_CREATE | AT_PEER},
        {WIRE_NO_FIELD, FORM_LABEL, IFLA_IFALIAS, .when = AT_BIRTH | AT_CHANGE},
        /* At birth again: only then does a bridge take it for its own, not its ports'. */
        {LINK_MTU, FORM_U32, IFLA_MTU, .when = EVERYWHERE | AT_BIRTH},
        {LINK_MAC, FORM_MAC, IFLA_ADDRESS, .when = EVERYWHERE},
        {LINK_TXQUEUELEN, FORM_U32, IFLA_TXQLEN, .when = EVERYWHERE},
        /* Neither can be given when the other end is not there yet: veth_open() says ENOTCONN. */
        {LINK_UP, FORM_HEAD_FLAG32, offsetof(struct ifinfomsg, ifi_flags),
         .change_at = offsetof(struct ifinfomsg, ifi_change), .mask = IFF_UP,
         .when = AT_BIRTH | AT_CHANGE | AT_READ},
        {LINK_BRIDGE, FORM_INDEX, IFLA_MASTER, .when = AT_BIRTH | AT_CHANGE | AT_READ},
        {WIRE_NO_FIELD, FORM_KIND, IFLA_INFO_KIND, .path = {IFLA_LINKINFO},
         .when = AT_CREATE | AT_CHANGE},
};

/* net/core/rtnetlink.c, net/core/dev.c; of ports net/bridge/br_if.c, br_add_if(). */
static const struct clue clues[] = {
        {EOPNOTSUPP, "device type", WIRE_NO_FIELD, "this kernel has no devices of that kind"},
        {EINVAL, "mtu", LINK_MTU, NULL},
        {EADDRNOTAVAIL, NULL, LINK_MAC, "no device of that kind can have it"},
        {EXFULL, NULL, LINK_BRIDGE, "it has as many ports as a bridge can have: 1023"},
        {EOPNOTSUPP, NULL, LINK_BRIDGE, "that device takes no ports"},
        {ELOOP, NULL, LINK_BRIDGE, "a device that takes ports itself cannot be one"},
        {EBUSY, NULL, LINK_BRIDGE, "it is in use in another way already"},
        {EINVAL, NULL, LINK_BRIDGE, NULL},
        {EEXIST, NULL, WIRE_NO_FIELD, "another device there has that name or alternative name"},
        {ENODEV, NULL, WIRE_NO_FIELD, "somebody else has removed it meanwhile"},
        {0},
};

const struct transport link_transport = {
        .make = RTM_NEWLINK,
        .kill = RTM_DELLINK,
        .make_flags = NLM_F_CREATE | NLM_F_EXCL,
        .common = {wires, sizeof wires / sizeof *wires, sizeof(struct ifinfomsg)},
        .clues = clues,
};

static const struct wire device_wires[] = {
        {DEVICE_LINK, FORM_INDEX, IFLA_LINK, .when = AT_READ},
};

const struct codec device_codec = {
        .kind = &device_kind, .transport = &link_transport, .own = LAYOUT(device_wires)};
