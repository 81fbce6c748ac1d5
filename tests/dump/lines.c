#define _GNU_SOURCE
#include "lines.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/sweep/netlink.h"

enum { MOST_HOPS = 256 };

/* One namespace while it is read. */
struct reading {
	struct snapshot *lines;
	const struct spaces *spaces;
	const struct space *space;
	struct wish wish;
};

static uint32_t number(const struct nlattr *attribute)
{
	return attribute ? mnl_attr_get_u32(attribute) : 0;
}

static void put_word(FILE *line, const char *key, const char *value)
{
	if (value && *value)
		fprintf(line, " %s=%s", key, value);
}

/* Ends the line; one that is empty is none. */
static int keep(struct reading *reading, FILE *line, char **text)
{
	fclose(line);
	if (**text)
		snapshot_add(reading->lines, "%s: %s", reading->space->name, *text);
	free(*text);
	return MNL_CB_OK;
}

/* Links. */

/* The device that a link refers to: the other end of a cable, the device below a macvlan. */
static void put_other(FILE *line, const struct reading *reading, const struct table *table)
{
	const struct space *space = reading->space;

	if (!number(table->at[IFLA_LINK]))
		return;
	if (table->at[IFLA_LINK_NETNSID])
		space = spaces_by_id(reading->spaces, space,
		                     (int)number(table->at[IFLA_LINK_NETNSID]));
	if (space)
		fprintf(line, " link=%s:%s", space->name,
		        space_device(space, (int)number(table->at[IFLA_LINK])));
	else
		fputs(" link=?", line);
}

/* With a spanning tree the times are the root's, as soon as that is heard of. */
static void put_bridge(FILE *line, const struct nlattr *data)
{
	struct table table = table_in(data);
	uint32_t stp = number(table.at[IFLA_BR_STP_STATE]);

	fprintf(line, " stp=%u priority=%u", stp, mnl_attr_get_u16(table.at[IFLA_BR_PRIORITY]));
	if (!stp)
		fprintf(line, " forward-delay=%u hello-time=%u max-age=%u",
		        number(table.at[IFLA_BR_FORWARD_DELAY]),
		        number(table.at[IFLA_BR_HELLO_TIME]), number(table.at[IFLA_BR_MAX_AGE]));
	if (!mnl_attr_get_u8(table.at[IFLA_BR_TOPOLOGY_CHANGE]))
		fprintf(line, " ageing-time=%u", number(table.at[IFLA_BR_AGEING_TIME]));
	fprintf(line, " mcast-snooping=%u",
	        table.at[IFLA_BR_MCAST_SNOOPING] ? mnl_attr_get_u8(table.at[IFLA_BR_MCAST_SNOOPING])
	                                         : 0);
	fprintf(line, " vlan-filtering=%u",
	        table.at[IFLA_BR_VLAN_FILTERING] ? mnl_attr_get_u8(table.at[IFLA_BR_VLAN_FILTERING])
	                                         : 0);
}

static void put_macvlan(FILE *line, const struct nlattr *data)
{
	static const char *const modes[] = {
	        [1] = "private", [2] = "vepa", [4] = "bridge", [8] = "passthru", [16] = "source"};
	uint32_t mode = number(table_in(data).at[IFLA_MACVLAN_MODE]);

	put_word(line, "mode", mode <= 16 ? modes[mode] : NULL);
}

static void put_mac(FILE *line, const struct nlattr *attribute)
{
	const uint8_t *bytes = attribute ? mnl_attr_get_payload(attribute) : NULL;

	fputs(" mac=", line);
	for (size_t i = 0; bytes && i < mnl_attr_get_payload_len(attribute); i++)
		fprintf(line, "%s%02x", i ? ":" : "", bytes[i]);
}

static int add_link(const struct nlmsghdr *message, void *context)
{
	struct reading *reading = context;
	const struct ifinfomsg *head = mnl_nlmsg_get_payload(message);
	struct table table = table_of(message, sizeof *head),
	             info = table_in(table.at[IFLA_LINKINFO]);
	const struct nlattr *data = info.at[IFLA_INFO_DATA];
	const char *kind =
	        info.at[IFLA_INFO_KIND] ? mnl_attr_get_str(info.at[IFLA_INFO_KIND]) : "-";
	char *text;
	size_t size;
	FILE *line = open_memstream(&text, &size);

	fprintf(line, "link %s %s %s mtu=%u", space_device(reading->space, head->ifi_index), kind,
	        head->ifi_flags & IFF_UP ? "up" : "down", number(table.at[IFLA_MTU]));
	if (!reading->wish.no_macs)
		put_mac(line, table.at[IFLA_ADDRESS]);
	if (table.at[IFLA_MASTER])
		put_word(line, "master",
		         space_device(reading->space, (int)number(table.at[IFLA_MASTER])));
	put_other(line, reading, &table);
	fprintf(line, " txqueuelen=%u queues=%u/%u", number(table.at[IFLA_TXQLEN]),
	        number(table.at[IFLA_NUM_TX_QUEUES]), number(table.at[IFLA_NUM_RX_QUEUES]));
	if (data && !strcmp(kind, "bridge"))
		put_bridge(line, data);
	if (data && !strcmp(kind, "macvlan"))
		put_macvlan(line, data);
	return keep(reading, line, &text);
}

/* Addresses. */

static const char *text_of(int family, const struct nlattr *attribute)
{
	static char texts[4][INET6_ADDRSTRLEN];
	static unsigned next;
	char *text = texts[next++ % 4];

	if (!attribute)
		return "";
	inet_ntop(family, mnl_attr_get_payload(attribute), text, INET6_ADDRSTRLEN);
	return text;
}

/* Link-local addresses that the kernel makes from a device's MAC: when, hangs on the carrier. */
static bool is_made_from_mac(const struct nlattr *attribute)
{
	const uint8_t *bytes = mnl_attr_get_payload(attribute);

	return mnl_attr_get_payload_len(attribute) == 16 && bytes[0] == 0xfe && bytes[1] == 0x80 &&
	       bytes[11] == 0xff && bytes[12] == 0xfe;
}

static const char *scope(unsigned scope)
{
	static char text[12];

	switch (scope) {
	case RT_SCOPE_UNIVERSE:
		return "global";
	case RT_SCOPE_SITE:
		return "site";
	case RT_SCOPE_LINK:
		return "link";
	case RT_SCOPE_HOST:
		return "host";
	case RT_SCOPE_NOWHERE:
		return "nowhere";
	default:
		snprintf(text, sizeof text, "%u", scope);
		return text;
	}
}

static int add_address(const struct nlmsghdr *message, void *context)
{
	struct reading *reading = context;
	const struct ifaddrmsg *head = mnl_nlmsg_get_payload(message);
	struct table table = table_of(message, sizeof *head);
	int family = head->ifa_family;
	uint32_t flags =
	        table.at[IFA_FLAGS] ? mnl_attr_get_u32(table.at[IFA_FLAGS]) : head->ifa_flags;
	const struct nlattr *local = table.at[table.at[IFA_LOCAL] ? IFA_LOCAL : IFA_ADDRESS];
	const char *own, *peer;
	char *text;
	size_t size;
	FILE *line;

	if ((family != AF_INET && family != AF_INET6) ||
	    (reading->wish.no_locals && is_made_from_mac(local)))
		return MNL_CB_OK;
	own = text_of(family, local);
	peer = text_of(family, table.at[IFA_ADDRESS]);
	line = open_memstream(&text, &size);
	fprintf(line, "address %s %s/%u", space_device(reading->space, (int)head->ifa_index),
	        reading->wish.no_macs && is_made_from_mac(local) ? "fe80::eui64" : own,
	        head->ifa_prefixlen);
	if (strcmp(own, peer) != 0)
		put_word(line, "peer", peer);
	put_word(line, "broadcast", text_of(family, table.at[IFA_BROADCAST]));
	put_word(line, "scope", scope(head->ifa_scope));
	if (table.at[IFA_LABEL])
		put_word(line, "label", mnl_attr_get_str(table.at[IFA_LABEL]));
	if (family == AF_INET && flags & IFA_F_SECONDARY)
		fputs(" secondary", line);
	if (flags & IFA_F_DADFAILED)
		fputs(" dadfailed", line);
	return keep(reading, line, &text);
}

/* Routes. */

static void put_hop(FILE *line, const struct reading *reading, int family,
                    const struct table *table, int index, unsigned flags)
{
	const struct nlattr *via = table->at[RTA_VIA];

	put_word(line, "via", text_of(family, table->at[RTA_GATEWAY]));
	if (via) { /* of the other family: the family in two bytes, the address */
		char other[INET6_ADDRSTRLEN] = "";

		inet_ntop(family == AF_INET ? AF_INET6 : AF_INET,
		          (const char *)mnl_attr_get_payload(via) + 2, other, sizeof other);
		put_word(line, "via", other);
	}
	if (index)
		put_word(line, "dev", space_device(reading->space, index));
	if (flags & RTNH_F_ONLINK)
		fputs(" onlink", line);
}

static int compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* A set: the kernel's order is left out. */
static void put_hops(FILE *line, const struct reading *reading, int family,
                     const struct nlattr *attribute)
{
	size_t left = mnl_attr_get_payload_len(attribute), count = 0, size;
	const char *at = mnl_attr_get_payload(attribute);
	char *hops[MOST_HOPS];

	while (left >= sizeof(struct rtnexthop) && count < MOST_HOPS) {
		const struct rtnexthop *hop = (const struct rtnexthop *)at;
		size_t length = RTNH_ALIGN(hop->rtnh_len);
		struct table table = {0};
		FILE *text = open_memstream(&hops[count++], &size);

		for (const struct nlattr *inner = (const struct nlattr *)(hop + 1);
		     mnl_attr_ok(inner, (int)(at + hop->rtnh_len - (const char *)inner));
		     inner = mnl_attr_next(inner))
			table.at[mnl_attr_get_type(inner) % MOST_ATTRIBUTE] = inner;
		put_hop(text, reading, family, &table, hop->rtnh_ifindex, hop->rtnh_flags);
		fprintf(text, " weight=%d", hop->rtnh_hops + 1);
		fclose(text);
		if (length > left)
			break;
		at += length;
		left -= length;
	}
	qsort(hops, count, sizeof *hops, compare);
	fputs(" nexthops:", line);
	for (size_t i = 0; i < count; i++) {
		fprintf(line, " [%s]", hops[i] + 1);
		free(hops[i]);
	}
}

static const char *type(unsigned type)
{
	static const char *const types[] = {[RTN_UNICAST] = "unicast",
	                                    [RTN_BLACKHOLE] = "blackhole",
	                                    [RTN_UNREACHABLE] = "unreachable",
	                                    [RTN_PROHIBIT] = "prohibit",
	                                    [RTN_THROW] = "throw",
	                                    [RTN_NAT] = "nat"};

	return type < sizeof types / sizeof *types && types[type] ? types[type] : "?";
}

/* Neither made by the kernel nor learnt. */
static bool is_wanted(const struct rtmsg *head)
{
	switch (head->rtm_type) {
	case RTN_LOCAL:
	case RTN_BROADCAST:
	case RTN_ANYCAST:
	case RTN_MULTICAST:
		return false;
	default:
		return head->rtm_protocol != RTPROT_KERNEL && head->rtm_protocol != RTPROT_RA &&
		       head->rtm_protocol != RTPROT_REDIRECT && !(head->rtm_flags & RTM_F_CLONED) &&
		       (head->rtm_family == AF_INET || head->rtm_family == AF_INET6);
	}
}

static int add_route(const struct nlmsghdr *message, void *context)
{
	struct reading *reading = context;
	const struct rtmsg *head = mnl_nlmsg_get_payload(message);
	struct table table = table_of(message, sizeof *head);
	int family = head->rtm_family;
	char *text;
	size_t size;
	FILE *line;

	if (!is_wanted(head))
		return MNL_CB_OK;
	line = open_memstream(&text, &size);
	fprintf(line, "route %s table=", family == AF_INET ? "ipv4" : "ipv6");
	if (number(table.at[RTA_TABLE]) == RT_TABLE_MAIN)
		fputs("main", line);
	else
		fprintf(line, "%u", number(table.at[RTA_TABLE]));
	fprintf(line, " %s ", type(head->rtm_type));
	if (table.at[RTA_DST])
		fprintf(line, "%s/%u", text_of(family, table.at[RTA_DST]), head->rtm_dst_len);
	else
		fputs("default", line);
	if (family == AF_INET || head->rtm_type == RTN_UNICAST)
		put_hop(line, reading, family, &table, (int)number(table.at[RTA_OIF]),
		        head->rtm_flags);
	put_word(line, "src", text_of(family, table.at[RTA_PREFSRC]));
	fprintf(line, " metric=%u scope=%s", number(table.at[RTA_PRIORITY]),
	        scope(head->rtm_scope));
	if (table_in(table.at[RTA_METRICS]).at[RTAX_MTU])
		fprintf(line, " mtu=%u", number(table_in(table.at[RTA_METRICS]).at[RTAX_MTU]));
	if (table.at[RTA_MULTIPATH])
		put_hops(line, reading, family, table.at[RTA_MULTIPATH]);
	return keep(reading, line, &text);
}

bool lines_add(struct snapshot *lines, const struct spaces *spaces, const struct space *space,
               struct wish wish)
{
	static const struct {
		struct netlink_dump what;
		mnl_cb_t add;
	} dumps[] = {{{RTM_GETLINK, AF_UNSPEC, sizeof(struct ifinfomsg)}, add_link},
	             {{RTM_GETADDR, AF_UNSPEC, sizeof(struct ifaddrmsg)}, add_address},
	             {{RTM_GETROUTE, AF_INET, sizeof(struct rtmsg)}, add_route},
	             {{RTM_GETROUTE, AF_INET6, sizeof(struct rtmsg)}, add_route}};
	struct reading reading = {lines, spaces, space, wish};
	bool whole = true;

	snapshot_add(lines, "%s: namespace", space->name);
	for (size_t i = 0; i < sizeof dumps / sizeof *dumps && whole; i++)
		whole = netlink_dump(space->socket, &dumps[i].what, dumps[i].add, &reading);
	return whole;
}
