/* Links, addresses, routes and rules of a network namespace, as lines of a snapshot. */
#define _GNU_SOURCE
#include "netlink.h"
#include "snapshot.h"

#include <err.h>
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/fib_rules.h>
#include <linux/if.h>
#include <linux/if_addr.h>
#include <linux/if_bridge.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_LINKS = 4096 };

/* One namespace while it is read. */
struct reading {
	struct snapshot *snapshot;
	const char *space;
	struct name {
		int index;
		char text[IFNAMSIZ];
	} names[MOST_LINKS];
	size_t count;
	/* Describes an object of the dump; one of which it puts nothing is left out. */
	void (*put)(FILE *line, struct reading *reading, const struct nlmsghdr *message);
};

static void put_bytes(FILE *line, const char *name, const struct nlattr *attribute)
{
	const uint8_t *bytes;

	if (!attribute)
		return;
	bytes = mnl_attr_get_payload(attribute);
	fprintf(line, " %s=", name);
	for (size_t i = 0; i < mnl_attr_get_payload_len(attribute); i++)
		fprintf(line, "%02x", bytes[i]);
}

static const char *name_of(const struct reading *reading, int index)
{
	for (size_t i = 0; i < reading->count; i++) {
		if (reading->names[i].index == index)
			return reading->names[i].text;
	}
	return "?";
}

static void put_device(FILE *line, const struct reading *reading, const char *name,
                       const struct nlattr *attribute)
{
	if (attribute)
		fprintf(line, " %s=%s", name, name_of(reading, (int)mnl_attr_get_u32(attribute)));
}

static void put_settings(FILE *line, const char *prefix, const struct nlattr *data,
                         const uint8_t *settings, size_t count)
{
	struct table table = table_in(data);
	char name[16];

	for (size_t i = 0; i < count; i++) {
		snprintf(name, sizeof name, "%s%u", prefix, settings[i]);
		put_bytes(line, name, table.at[settings[i]]);
	}
}

/* All but its timers, its root and what it has learnt. */
static void put_bridge(FILE *line, const struct nlattr *data)
{
	static const uint8_t settings[] = {
	        IFLA_BR_FORWARD_DELAY,    IFLA_BR_HELLO_TIME,    IFLA_BR_MAX_AGE,
	        IFLA_BR_AGEING_TIME,      IFLA_BR_STP_STATE,     IFLA_BR_PRIORITY,
	        IFLA_BR_VLAN_FILTERING,   IFLA_BR_VLAN_PROTOCOL, IFLA_BR_GROUP_FWD_MASK,
	        IFLA_BR_MCAST_SNOOPING,   IFLA_BR_MCAST_QUERIER, IFLA_BR_VLAN_DEFAULT_PVID,
	        IFLA_BR_NF_CALL_IPTABLES, IFLA_BR_GROUP_ADDR};

	put_settings(line, "br", data, settings, sizeof settings);
}

static void put_port(FILE *line, const struct nlattr *data)
{
	static const uint8_t settings[] = {
	        IFLA_BRPORT_PRIORITY, IFLA_BRPORT_COST,          IFLA_BRPORT_MODE,
	        IFLA_BRPORT_GUARD,    IFLA_BRPORT_PROTECT,       IFLA_BRPORT_FAST_LEAVE,
	        IFLA_BRPORT_LEARNING, IFLA_BRPORT_UNICAST_FLOOD, IFLA_BRPORT_PROXYARP,
	        IFLA_BRPORT_ISOLATED, IFLA_BRPORT_MCAST_FLOOD,   IFLA_BRPORT_BCAST_FLOOD};

	put_settings(line, "port", data, settings, sizeof settings);
}

/* Before all else, so that objects can refer to links. */
static void keep_name(FILE *line, struct reading *reading, const struct nlmsghdr *message)
{
	const struct ifinfomsg *head = mnl_nlmsg_get_payload(message);
	struct table table = table_of(message, sizeof *head);
	struct name *name = &reading->names[reading->count++];

	(void)line;
	if (reading->count == MOST_LINKS)
		errx(1, "%d links or more", MOST_LINKS);
	name->index = head->ifi_index;
	snprintf(name->text, IFNAMSIZ, "%s", mnl_attr_get_str(table.at[IFLA_IFNAME]));
}

static void put_link(FILE *line, struct reading *reading, const struct nlmsghdr *message)
{
	const struct ifinfomsg *head = mnl_nlmsg_get_payload(message);
	struct table table = table_of(message, sizeof *head),
	             info = table_in(table.at[IFLA_LINKINFO]);

	fprintf(line, "link %s up=%d", name_of(reading, head->ifi_index),
	        (head->ifi_flags & IFF_UP) != 0);
	put_bytes(line, "mac", table.at[IFLA_ADDRESS]);
	put_bytes(line, "mtu", table.at[IFLA_MTU]);
	put_bytes(line, "group", table.at[IFLA_GROUP]);
	put_bytes(line, "txqueuelen", table.at[IFLA_TXQLEN]);
	put_bytes(line, "txqueues", table.at[IFLA_NUM_TX_QUEUES]);
	put_bytes(line, "rxqueues", table.at[IFLA_NUM_RX_QUEUES]);
	put_bytes(line, "altnames", table.at[IFLA_PROP_LIST]);
	if (table.at[IFLA_IFALIAS])
		fprintf(line, " alias=%s", mnl_attr_get_str(table.at[IFLA_IFALIAS]));
	put_device(line, reading, "master", table.at[IFLA_MASTER]);
	if (info.at[IFLA_INFO_KIND])
		fprintf(line, " kind=%s", mnl_attr_get_str(info.at[IFLA_INFO_KIND]));
	if (info.at[IFLA_INFO_KIND] && !strcmp(mnl_attr_get_str(info.at[IFLA_INFO_KIND]), "bridge"))
		put_bridge(line, info.at[IFLA_INFO_DATA]);
	put_port(line, info.at[IFLA_INFO_SLAVE_DATA]);
}

static void put_address(FILE *line, struct reading *reading, const struct nlmsghdr *message)
{
	const struct ifaddrmsg *head = mnl_nlmsg_get_payload(message);
	struct table table = table_of(message, sizeof *head);
	uint32_t flags = head->ifa_flags;

	if (table.at[IFA_FLAGS])
		flags = mnl_attr_get_u32(table.at[IFA_FLAGS]);
	fprintf(line, "address %s family=%d prefix=%d scope=%d flags=%x",
	        name_of(reading, (int)head->ifa_index), head->ifa_family, head->ifa_prefixlen,
	        head->ifa_scope, flags & ~(unsigned)IFA_F_TENTATIVE);
	put_bytes(line, "local", table.at[IFA_LOCAL]);
	put_bytes(line, "address", table.at[IFA_ADDRESS]);
	put_bytes(line, "broadcast", table.at[IFA_BROADCAST]);
	put_bytes(line, "protocol", table.at[11 /* IFA_PROTO */]);
	if (table.at[IFA_LABEL])
		fprintf(line, " label=%s", mnl_attr_get_str(table.at[IFA_LABEL]));
}

/* Next hops, in the kernel's order. */
static void put_hops(FILE *line, const struct reading *reading, const struct nlattr *attribute)
{
	size_t left = attribute ? mnl_attr_get_payload_len(attribute) : 0, length;
	const char *at = attribute ? mnl_attr_get_payload(attribute) : NULL;

	for (; left >= sizeof(struct rtnexthop); at += length, left -= length) {
		const struct rtnexthop *hop = (const struct rtnexthop *)at;

		length = (size_t)(hop->rtnh_len + 3) / 4 * 4;
		fprintf(line, " hop=%s/%d/%x", name_of(reading, hop->rtnh_ifindex), hop->rtnh_hops,
		        hop->rtnh_flags & RTNH_F_ONLINK);
		if (hop->rtnh_len > sizeof *hop)
			put_bytes(line, "via", (const struct nlattr *)(hop + 1));
		if (length < sizeof *hop || length > left)
			return;
	}
}

static void put_route(FILE *line, struct reading *reading, const struct nlmsghdr *message)
{
	const struct rtmsg *head = mnl_nlmsg_get_payload(message);
	struct table table = table_of(message, sizeof *head);

	if (head->rtm_flags & RTM_F_CLONED)
		return;
	fprintf(line, "route family=%d to=/%d protocol=%d scope=%d type=%d onlink=%x",
	        head->rtm_family, head->rtm_dst_len, head->rtm_protocol, head->rtm_scope,
	        head->rtm_type, head->rtm_flags & RTNH_F_ONLINK);
	put_bytes(line, "table", table.at[RTA_TABLE]);
	put_bytes(line, "to", table.at[RTA_DST]);
	put_bytes(line, "metric", table.at[RTA_PRIORITY]);
	put_bytes(line, "src", table.at[RTA_PREFSRC]);
	put_bytes(line, "via", table.at[RTA_GATEWAY]);
	put_bytes(line, "via6", table.at[RTA_VIA]);
	put_bytes(line, "metrics", table.at[RTA_METRICS]);
	put_device(line, reading, "dev", table.at[RTA_OIF]);
	put_hops(line, reading, table.at[RTA_MULTIPATH]);
}

static void put_rule(FILE *line, struct reading *reading, const struct nlmsghdr *message)
{
	const struct fib_rule_hdr *head = mnl_nlmsg_get_payload(message);
	struct table table = table_of(message, sizeof *head);

	(void)reading;
	fprintf(line, "rule family=%d action=%d", head->family, head->action);
	put_bytes(line, "table", table.at[FRA_TABLE]);
	put_bytes(line, "priority", table.at[FRA_PRIORITY]);
	put_bytes(line, "protocol", table.at[FRA_PROTOCOL]);
}

static int read_object(const struct nlmsghdr *message, void *context)
{
	struct reading *reading = context;
	char *text;
	size_t size;
	FILE *line = open_memstream(&text, &size);

	reading->put(line, reading, message);
	fclose(line);
	if (*text)
		snapshot_add(reading->snapshot, "%s: %s", reading->space, text);
	free(text);
	return MNL_CB_OK;
}

/* What is dumped, in this order, and how it is described. */
static const struct dump {
	struct netlink_dump what;
	void (*put)(FILE *line, struct reading *reading, const struct nlmsghdr *message);
} dumps[] = {
        {{RTM_GETLINK, AF_UNSPEC, sizeof(struct ifinfomsg)}, keep_name},
        {{RTM_GETLINK, AF_UNSPEC, sizeof(struct ifinfomsg)}, put_link},
        {{RTM_GETADDR, AF_UNSPEC, sizeof(struct ifaddrmsg)}, put_address},
        {{RTM_GETROUTE, AF_INET, sizeof(struct rtmsg)}, put_route},
        {{RTM_GETROUTE, AF_INET6, sizeof(struct rtmsg)}, put_route},
        {{RTM_GETRULE, AF_UNSPEC, sizeof(struct fib_rule_hdr)}, put_rule},
};

static bool take_dumps(struct reading *reading)
{
	struct mnl_socket *socket = mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC);
	bool whole = true;

	if (!socket || mnl_socket_bind(socket, 0, MNL_SOCKET_AUTOPID) < 0)
		err(1, "netlink");
	for (size_t i = 0; i < sizeof dumps / sizeof *dumps && whole; i++) {
		reading->put = dumps[i].put;
		whole = netlink_dump(socket, &dumps[i].what, read_object, reading);
	}
	mnl_socket_close(socket);
	return whole;
}

void snapshot_add_network(struct snapshot *snapshot, const char *space)
{
	static struct reading reading;
	size_t before = snapshot->count;

	do {
		snapshot_cut(snapshot, before);
		reading.snapshot = snapshot;
		reading.space = space;
		reading.count = 0;
	} while (!take_dumps(&reading));
}
