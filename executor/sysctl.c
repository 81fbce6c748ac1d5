#define _GNU_SOURCE
#include "sysctl.h"

#include "parser/arena.h"
#include "parser/sysctl.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

const char *sysctl_read(struct arena *arena, const char *path)
{
	char text[8192];
	int file = open(arena_printf(arena, "/proc/sys/%s", path), O_RDONLY | O_CLOEXEC);
	ssize_t length;

	if (file < 0)
		return NULL;
	length = read(file, text, sizeof text - 1);
	close(file);
	if (length < 0)
		return NULL;
	text[length] = '\0';
	return sysctl_value(arena, text);
}

int sysctl_write(const char *path, const char *value)
{
	char name[512];
	int file, error = 0;

	if (snprintf(name, sizeof name, "/proc/sys/%s", path) >= (int)sizeof name)
		return -ENAMETOOLONG;
	file = open(name, O_WRONLY | O_CLOEXEC);
	if (file < 0)
		return -errno;
	if (write(file, value, strlen(value)) < 0)
		error = -errno;
	close(file);
	return error;
}

/* What net/ipv4/devinet.c has built in (ipv4_devconf, ipv4_devconf_dflt); all else there is 0. */
static const struct {
	const char *name, *all, *others;
} built_in[] = {
        {"accept_redirects", "1", "1"},
        {"accept_source_route", "0", "1"},
        {"arp_evict_nocarrier", "1", "1"},
        {"igmpv2_unsolicited_report_interval", "10000", "10000"},
        {"igmpv3_unsolicited_report_interval", "1000", "1000"},
        {"secure_redirects", "1", "1"},
        {"send_redirects", "1", "1"},
        {"shared_media", "1", "1"},
        {"accept_local", "0", "0"},
        {"arp_accept", "0", "0"},
        {"arp_announce", "0", "0"},
        {"arp_filter", "0", "0"},
        {"arp_ignore", "0", "0"},
        {"arp_notify", "0", "0"},
        {"bootp_relay", "0", "0"},
        {"disable_policy", "0", "0"},
        {"disable_xfrm", "0", "0"},
        {"drop_gratuitous_arp", "0", "0"},
        {"drop_unicast_in_l2_multicast", "0", "0"},
        {"force_igmp_version", "0", "0"},
        {"forwarding", "0", "0"},
        {"ignore_routes_with_linkdown", "0", "0"},
        {"log_martians", "0", "0"},
        {"medium_id", "0", "0"},
        {"proxy_arp", "0", "0"},
        {"proxy_arp_pvlan", "0", "0"},
        {"route_localnet", "0", "0"},
        {"rp_filter", "0", "0"},
        {"src_valid_mark", "0", "0"},
        {"tag", "0", "0"},
};

static void add(struct arena *arena, struct settings *settings, const char *path, const char *value)
{
	/* An older or newer kernel, or one without IPv6, may lack it. */
	const char *live = sysctl_read(arena, path);

	if (!live || !strcmp(live, value))
		return;
	settings->list = arena_grow(arena, settings->list, settings->count, settings->count + 1,
	                            sizeof *settings->list);
	settings->list[settings->count++] = (struct setting){path, value};
}

struct settings settings_find(struct arena *arena)
{
	/* `all` first: some of its values are handed on to `default` and every device. */
	static const char *const devices[] = {"all", "default", "lo"};
	struct settings settings = {0};

	for (size_t device = 0; device < 3; device++) {
		for (size_t i = 0; i < sizeof built_in / sizeof *built_in; i++)
			add(arena, &settings,
			    arena_printf(arena, "net/ipv4/conf/%s/%s", devices[device],
			                 built_in[i].name),
			    device ? built_in[i].others : built_in[i].all);
	}
	add(arena, &settings, "net/ipv6/conf/all/accept_dad", "0");
	add(arena, &settings, "net/ipv6/conf/default/accept_dad", "0");
	add(arena, &settings, "net/ipv4/conf/all/promote_secondaries", "1");
	return settings;
}

int settings_write(const struct settings *settings)
{
	int error = 0;

	for (size_t i = 0; i < settings->count && !error; i++)
		error = sysctl_write(settings->list[i].path, settings->list[i].value);
	return error;
}
