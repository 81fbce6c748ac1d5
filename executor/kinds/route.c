#include "../clue.h"
#include "../wire.h"
#include "parser/kinds.h"

#include <errno.h>
#include <linux/rtnetlink.h>
#include <stddef.h>

enum { ALWAYS = AT_CREATE | AT_DELETE | AT_READ };

extern const struct codec route_codec;

static const struct wire hop_wires[] = {
        {HOP_DEV, FORM_HEAD_INDEX, offsetof(struct rtnexthop, rtnh_ifindex), .when = ALWAYS},
        {HOP_WEIGHT, FORM_HEAD_LESS_ONE, offsetof(struct rtnexthop, rtnh_hops), .when = ALWAYS},
        {HOP_ONLINK, FORM_HEAD_FLAG8, offsetof(struct rtnexthop, rtnh_flags), .mask = RTNH_F_ONLINK,
         .when = AT_CREATE | AT_READ},
        {HOP_VIA, FORM_GATEWAY, RTA_GATEWAY, .when = ALWAYS},
        {HOP_VIA, FORM_VIA, RTA_VIA, .when = ALWAYS},
};

static const struct layout hop_layout = {hop_wires, sizeof hop_wires / sizeof *hop_wires,
                                         sizeof(struct rtnexthop)};

static const struct wire wires[] = {
        {ROUTE_TO, FORM_HEAD_FAMILY, offsetof(struct rtmsg, rtm_family), .when = ALWAYS},
        {ROUTE_TO, FORM_HEAD_LENGTH, offsetof(struct rtmsg, rtm_dst_len), .when = ALWAYS},
        {ROUTE_PROTOCOL, FORM_HEAD_U8, offsetof(struct rtmsg, rtm_protocol), .when = ALWAYS},
        {ROUTE_SCOPE, FORM_HEAD_U8, offsetof(struct rtmsg, rtm_scope), .when = ALWAYS},
        {ROUTE_TYPE, FORM_HEAD_U8, offsetof(struct rtmsg, rtm_type), .when = ALWAYS},
        {ROUTE_ONLINK, FORM_HEAD_FLAG32, offsetof(struct rtmsg, rtm_flags), .mask = RTNH_F_ONLINK,
         .when = AT_CREATE | AT_READ},
        {ROUTE_TO, FORM_IP, RTA_DST, .when = ALWAYS},
        {ROUTE_TABLE, FORM_U32, RTA_TABLE, .when = ALWAYS},
        {ROUTE_METRIC, FORM_U32, RTA_PRIORITY, .when = ALWAYS},
        {ROUTE_VIA, FORM_GATEWAY, RTA_GATEWAY, .when = ALWAYS},
        {ROUTE_VIA, FORM_VIA, RTA_VIA, .when = ALWAYS},
        {ROUTE_DEV, FORM_INDEX, RTA_OIF, .when = ALWAYS},
        {ROUTE_SRC, FORM_IP, RTA_PREFSRC, .when = AT_CREATE | AT_READ},
        {ROUTE_MTU, FORM_U32, RTAX_MTU, .path = {RTA_METRICS}, .when = AT_CREATE | AT_READ},
        {ROUTE_NEXTHOPS, FORM_ROWS, RTA_MULTIPATH, .rows = &hop_layout, .when = ALWAYS},
};

/* net/ipv4/fib_semantics.c, net/ipv6/route.c */
static const struct clue clues[] = {
        {EINVAL, "prefsrc", ROUTE_SRC, "it is no address of the namespace"},
        {EINVAL, "source address", ROUTE_SRC, "it is no address of the namespace"},
        {EINVAL, "onlink", ROUTE_ONLINK, "a route that is onlink has a gateway: `via`"},
        {EINVAL, "scope", ROUTE_SCOPE, NULL},
        {EINVAL, "gateway", ROUTE_VIA, "a gateway has the address of one host"},
        {EINVAL, "gateway", ROUTE_NEXTHOPS, "a gateway has the address of one host"},
        {EINVAL, "device", ROUTE_DEV, NULL},
        {ENETUNREACH, NULL, ROUTE_VIA, "nothing there reaches that gateway"},
        {ENETUNREACH, NULL, ROUTE_NEXTHOPS, "nothing there reaches one of the gateways"},
        {EHOSTUNREACH, NULL, ROUTE_VIA, "nothing there reaches that gateway"},
        {EHOSTUNREACH, NULL, ROUTE_NEXTHOPS, "nothing there reaches one of the gateways"},
        {EACCES, "disabled", ROUTE_DEV, "the sysctl disable_ipv6 is 1 there"},
        {ENETDOWN, NULL, ROUTE_DEV, "the device is down"},
        {ENODEV, NULL, ROUTE_DEV, "somebody else has removed the device meanwhile"},
        {EEXIST, NULL, ROUTE_TO, "somebody else has added such a route meanwhile"},
        {0},
};

static const struct transport transport = {
        .make = RTM_NEWROUTE,
        .kill = RTM_DELROUTE,
        .make_flags = NLM_F_CREATE | NLM_F_EXCL,
        .change_flags = NLM_F_REPLACE,
        .whole = true,
        .clues = clues,
        .common = {wires, sizeof wires / sizeof *wires, sizeof(struct rtmsg)},
};

const struct codec route_codec = {.kind = &route_kind, .transport = &transport};
