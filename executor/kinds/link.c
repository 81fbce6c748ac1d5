#include "link.h"

#include "parser/kinds.h"

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
        {WIRE_NO_FIELD, FORM_LABEL, IFLA_IFALIAS, .when = AT_BIRTH},
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

const struct transport link_transport = {
        .make = RTM_NEWLINK,
        .kill = RTM_DELLINK,
        .make_flags = NLM_F_CREATE | NLM_F_EXCL,
        .common = {wires, sizeof wires / sizeof *wires, sizeof(struct ifinfomsg)},
};

const struct codec device_codec = {.kind = &device_kind, .transport = &link_transport};
