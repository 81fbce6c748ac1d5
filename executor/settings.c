#define _GNU_SOURCE
#include "settings.h"

#include "attribute.h"
#include "netlink.h"
#include "parser/arena.h"
#include "sysctl.h"

#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/rtnetlink.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

/*
 * What net/ipv4/devinet.c has built in (ipv4_devconf, ipv4_devconf_dflt), in the order of the kernel's
 * numbers of them, which begin at 1 (include/uapi/linux/ip.h, IPV4_DEVCONF_FORWARDING); all else
 * there is 0. promote_secondaries is topoc's own, mc_forwarding follows from multicast routing.
 */
static const struct {
	const char *name, *all, *others;
	const char *lo; /* where a loopback device has another: inetdev_event() */
} built_in[] = {
        {"forwarding", "0", "0", NULL},
        {NULL, NULL, NULL, NULL}, /* mc_forwarding */
        {"proxy_arp", "0", "0", NULL},
        {"accept_redirects", "1", "1", NULL},
        {"secure_redirects", "1", "1", NULL},
        {"send_redirects", "1", "1", NULL},
        {"shared_media", "1", "1", NULL},
        {"rp_filter", "0", "0", NULL},
        {"accept_source_route", "0", "1", NULL},
        {"bootp_relay", "0", "0", NULL},
        {"log_martians", "0", "0", NULL},
        {"tag", "0", "0", NULL},
        {"arp_filter", "0", "0", NULL},
        {"medium_id", "0", "0", NULL},
        {"disable_xfrm", "0", "0", "1"},
        {"disable_policy", "0", "0", "1"},
        {"force_igmp_version", "0", "0", NULL},
        {"arp_announce", "0", "0", NULL},
        {"arp_ignore", "0", "0", NULL},
        {NULL, NULL, NULL, NULL}, /* promote_secondaries */
        {"arp_accept", "0", "0", NULL},
        {"arp_notify", "0", "0", NULL},
        {"accept_local", "0", "0", NULL},
        {"src_valid_mark", "0", "0", NULL},
        {"proxy_arp_pvlan", "0", "0", NULL},
        {"route_localnet", "0", "0", NULL},
        {"igmpv2_unsolicited_report_interval", "10000", "10000", NULL},
        {"igmpv3_unsolicited_report_interval", "1000", "1000", NULL},
        {"ignore_routes_with_linkdown", "0", "0", NULL},
        {"drop_unicast_in_l2_multicast", "0", "0", NULL},
        {"drop_gratuitous_arp", "0", "0", NULL},
        {"bc_forwarding", "0", "0", NULL},
        {"arp_evict_nocarrier", "1", "1", NULL},
};

enum { BUILT_IN = sizeof built_in / sizeof *built_in };

/* `all` first: some of its values are handed on to `default` and every device. */
enum conf { CONF_ALL, CONF_DEFAULT, CONF_LO, CONF_COUNT };

/* Settings that are looked for in a namespace. */
struct search {
	struct sysctl_view *view;
	struct arena *arena;
	struct settings *found;
	/* What the loopback device has, as far as the kernel knows what is built in. */
	uint32_t loopback[BUILT_IN];
	size_t loopback_count;
};

static int read_loopback(const struct nlmsghdr *message, void *context)
{
	struct attributes link = attributes_of(message, sizeof(struct ifinfomsg));
	struct attributes families = attributes_in(attributes_find(link, IFLA_AF_SPEC));
	struct attributes family = attributes_in(attributes_find(families, AF_INET));
	const struct nlattr *values = attributes_find(family, IFLA_INET_CONF);
	size_t length = values ? mnl_attr_get_payload_len(values) : 0;
	struct search *search = context;

	if (length > sizeof search->loopback)
		length = sizeof search->loopback;
	if (values)
		memcpy(search->loopback, mnl_attr_get_payload(values), length);
	search->loopback_count = length / sizeof *search->loopback;
	return 0;
}

/* In one message what would be two files a setting. */
static int look_at_loopback(struct search *search)
{
	_Alignas(struct nlmsghdr) char buffer[64];
	struct nlmsghdr *request = mnl_nlmsg_put_header(buffer);
	struct ifinfomsg *head = mnl_nlmsg_put_extra_header(request, sizeof *head);
	struct netlink *netlink;
	int error = netlink_open(&netlink);

	if (error)
		return error;
	request->nlmsg_type = RTM_GETLINK;
	head->ifi_index = 1; /* include/net/net_namespace.h, LOOPBACK_IFINDEX */
	mnl_attr_put_u32(request, IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS);
	error = netlink_get(netlink, request, read_loopback, search);
	netlink_close(netlink);
	return error;
}

static void add(struct search *search, const char *path, const char *value)
{
	struct settings *found = search->found;

	found->list = arena_grow(search->arena, found->list, found->count, found->count + 1,
	                         sizeof *found->list);
	found->list[found->count++] = (struct setting){path, value};
}

static int compare_file(struct search *search, const char *path, const char *value)
{
	const char *live = sysctl_read(search->view, search->arena, path);

	if (!live) /* an older or newer kernel, or one without IPv6, may lack it */
		return errno == ENOENT ? 0 : -errno;
	if (strcmp(live, value) != 0)
		add(search, path, value);
	return 0;
}

/* A new loopback device has what `default` has, but for what every such one is given. */
static bool loopback_shows(const struct search *search, enum conf conf, size_t i)
{
	return i < search->loopback_count &&
	       (conf == CONF_LO || (conf == CONF_DEFAULT && !built_in[i].lo));
}

static int compare_built_in(struct search *search, enum conf conf, size_t i)
{
	static const char *const names[] = {"all", "default", "lo"};
	const char *const values[] = {built_in[i].all, built_in[i].others,
	                              built_in[i].lo ? built_in[i].lo : built_in[i].others};
	const char *path, *value = values[conf];

	if (!built_in[i].name)
		return 0;
	path = arena_printf(search->arena, "net/ipv4/conf/%s/%s", names[conf], built_in[i].name);
	if (!loopback_shows(search, conf, i))
		return compare_file(search, path, value);
	if (search->loopback[i] != strtoul(value, NULL, 10))
		add(search, path, value);
	return 0;
}

int settings_find(struct sysctl_view *view, struct arena *arena, struct settings *settings)
{
	static const struct setting own[] = {
	        {"net/ipv6/conf/all/accept_dad", "0"},
	        {"net/ipv6/conf/default/accept_dad", "0"},
	        {"net/ipv4/conf/all/promote_secondaries", "1"},
	};
	struct search search = {.view = view, .arena = arena, .found = settings};
	int error;

	*settings = (struct settings){0};
	error = look_at_loopback(&search);
	for (size_t i = 0; i < (size_t)CONF_COUNT * BUILT_IN && !error; i++)
		error = compare_built_in(&search, (enum conf)(i / BUILT_IN), i % BUILT_IN);
	for (size_t i = 0; i < sizeof own / sizeof *own && !error; i++)
		error = compare_file(&search, own[i].path, own[i].value);
	return error;
}

int settings_write(struct sysctl_view *view, const struct settings *settings)
{
	int error = 0;

	for (size_t i = 0; i < settings->count && !error; i++)
		error = sysctl_write(view, settings->list[i].path, settings->list[i].value);
	return error;
}
