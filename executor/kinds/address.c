#include "../clue.h"
#include "../if_addr.h"
#include "../wire.h"
#include "parser/graph.h"
#include "parser/kinds.h"

#include <errno.h>
#include <linux/rtnetlink.h>
#include <stddef.h>
#include <string.h>

enum { ALWAYS = AT_CREATE | AT_DELETE | AT_READ };

extern const struct codec address_codec;

static const struct wire wires[] = {
        {ADDRESS_ADDRESS, FORM_HEAD_FAMILY, offsetof(struct ifaddrmsg, ifa_family), .when = ALWAYS},
        {ADDRESS_ADDRESS, FORM_HEAD_LENGTH, offsetof(struct ifaddrmsg, ifa_prefixlen),
         .when = ALWAYS},
        {ADDRESS_PEER, FORM_HEAD_LENGTH, offsetof(struct ifaddrmsg, ifa_prefixlen),
         .when = AT_READ},
        {WIRE_NO_FIELD, FORM_HEAD_OWNER, offsetof(struct ifaddrmsg, ifa_index),
         .when = AT_CREATE | AT_DELETE},
        {ADDRESS_SCOPE, FORM_HEAD_U8, offsetof(struct ifaddrmsg, ifa_scope),
         .when = AT_CREATE | AT_READ},
        {ADDRESS_ADDRESS, FORM_IP, IFA_LOCAL, .when = ALWAYS},
        {ADDRESS_PEER, FORM_IP, IFA_ADDRESS, .when = ALWAYS},
        {ADDRESS_LABEL, FORM_TEXT, IFA_LABEL, .when = AT_CREATE | AT_READ},
        {ADDRESS_NODAD, FORM_FLAG32, IFA_FLAGS, .mask = IFA_F_NODAD, .when = AT_CREATE},
        {ADDRESS_FAILED, FORM_FLAG32, IFA_FLAGS, .mask = IFA_F_DADFAILED, .when = AT_READ},
        {ADDRESS_PROTOCOL, FORM_U8, IFA_PROTO, .when = AT_CREATE | AT_READ},
};

/* An IPv6 address without a peer comes as IFA_ADDRESS alone (net/ipv6/addrconf.c). */
static void normalize(struct arena *arena, struct object *object)
{
	struct value *address = object_set(arena, object, ADDRESS_ADDRESS);
	const struct value *peer = object_value(object, ADDRESS_PEER);
	static const uint8_t none[16];

	if (!memcmp(address->ip.bytes, none, sizeof none))
		memcpy(address->ip.bytes, peer->ip.bytes, sizeof none);
}

/* net/ipv4/devinet.c, net/ipv6/addrconf.c */
static const struct clue clues[] = {
        {EACCES, NULL, ADDRESS_ADDRESS, "the sysctl disable_ipv6 is 1 there"},
        {EADDRNOTAVAIL, NULL, ADDRESS_ADDRESS, "no device can have it"},
        {EEXIST, NULL, ADDRESS_ADDRESS, "somebody else has added it meanwhile"},
        {0},
};

static const struct transport transport = {
        .make = RTM_NEWADDR,
        .kill = RTM_DELADDR,
        .make_flags = NLM_F_CREATE | NLM_F_EXCL,
        .common = {wires, sizeof wires / sizeof *wires, sizeof(struct ifaddrmsg)},
        .normalize = normalize,
        .clues = clues,
};

const struct codec address_codec = {.kind = &address_kind, .transport = &transport};
