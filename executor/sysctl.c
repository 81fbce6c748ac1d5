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
	int error;

	if (file < 0)
		return NULL;
	do
		length = read(file, text, sizeof text - 1);
	while (length < 0 && errno == EINTR);
	error = errno;
	close(file);
	errno = error;
	if (length < 0)
		return NULL;
	text[length] = '\0';
	return sysctl_value(arena, text);
}

int sysctl_write(const char *path, const char *value)
{
	char name[512];
	int file, error = 0;
	ssize_t length;

	if (snprintf(name, sizeof name, "/proc/sys/%s", path) >= (int)sizeof name)
		return -ENAMETOOLONG;
	file = open(name, O_WRONLY | O_CLOEXEC);
	if (file < 0)
		return -errno;
	do
		length = write(file, value, strlen(value));
	while (length < 0 && errno == EINTR);
	if (length < 0)
		error = -errno;
	else if ((size_t)length < strlen(value))
		error = -EIO; /* the rest would be a value of its own */
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

static int add(struct arena *arena, struct settings *settings, const char *path, const char *value)
{
	const char *live = sysctl_read(arena, path);

	if (!live) /* an older or newer kernel, or one without IPv6, may lack it */
		return errno == ENOENT ? 0 : -errno;
	if (!strcmp(live, value))
		return 0;
	settings->list = arena_grow(arena, settings->list, settings->count, settings->count + 1,
	                            sizeof *settings->list);
	settings->list[settings->count++] = (struct setting){path, value};
	return 0;
}

static int add_built_in(struct arena *arena, struct settings *settings)
{
	/* `all` first: some of its values are handed on to `default` and every device. */
	static const char *const devices[] = {"all", "default", "lo"};
	const size_t count = sizeof built_in / sizeof *built_in;
	int error = 0;

	for (size_t i = 0; i < 3 * count && !error; i++) {
		const char *device = devices[i / count], *name = built_in[i % count].name;

		error = add(arena, settings,
		            arena_printf(arena, "net/ipv4/conf/%s/%s", device, name),
		            i < count ? built_in[i].all : built_in[i % count].others);
	}
	return error;
}

int settings_find(struct arena *arena, struct settings *settings)
{
	static const struct setting own[] = {
	        {"net/ipv6/conf/all/accept_dad", "0"},
	        {"net/ipv6/conf/default/accept_dad", "0"},
	        {"net/ipv4/conf/all/promote_secondaries", "1"},
	};
	int error;

	*settings = (struct settings){0};
	error = add_built_in(arena, settings);
	for (size_t i = 0; i < sizeof own / sizeof *own && !error; i++)
		error = add(arena, settings, own[i].path, own[i].value);
	return error;
}

int settings_write(const struct settings *settings)
{
	int error = 0;

	for (size_t i = 0; i < settings->count && !error; i++)
		error = sysctl_write(settings->list[i].path, settings->list[i].value);
	return error;
}
