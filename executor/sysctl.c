#define _GNU_SOURCE
#include "sysctl.h"

#include "closed.h"
#include "parser/arena.h"
#include "parser/sysctl.h"
#include "procfs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MOST_USES = 128 };

struct sysctl_view {
	int directory; /* a mount of procfs, attached nowhere; -1: /proc */
	unsigned uses;
};

struct sysctl_view *sysctl_view_open(bool busy)
{
	struct sysctl_view *view = malloc(sizeof *view);

	if (view)
		*view = (struct sysctl_view){.directory = -1, .uses = busy ? MOST_USES : 0};
	return view;
}

void sysctl_view_close(struct sysctl_view *view)
{
	if (view && view->directory >= 0)
		close(view->directory);
	free(view);
}

/* A descriptor, or -1 with errno set. */
static int open_sysctl(struct sysctl_view *view, const char *path, int flags)
{
	char name[512];

	if (view->uses && view->uses % MOST_USES == 0) {
		int fresh = procfs_open();

		if (view->directory >= 0 && fresh >= 0)
			close(view->directory);
		view->directory = fresh >= 0 ? fresh : view->directory;
	}
	view->uses++;
	if (snprintf(name, sizeof name, "/proc/sys/%s", path) >= (int)sizeof name) {
		errno = ENAMETOOLONG;
		return -1;
	}
	if (view->directory < 0)
		return open(name, flags | O_CLOEXEC);
	return openat(view->directory, name + strlen("/proc/"), flags | O_CLOEXEC);
}

const char *sysctl_read(struct sysctl_view *view, struct arena *arena, const char *path)
{
	char text[8192];
	CLOSED int file = open_sysctl(view, path, O_RDONLY);
	ssize_t length;

	if (file < 0)
		return NULL;
	do
		length = read(file, text, sizeof text - 1);
	while (length < 0 && errno == EINTR);
	if (length < 0)
		return NULL;
	text[length] = '\0';
	return sysctl_value(arena, text);
}

int sysctl_write(struct sysctl_view *view, const char *path, const char *value)
{
	CLOSED int file = open_sysctl(view, path, O_WRONLY);
	ssize_t length;

	if (file < 0)
		return -errno;
	do
		length = write(file, value, strlen(value));
	while (length < 0 && errno == EINTR);
	if (length < 0)
		return -errno;
	return (size_t)length < strlen(value) ? -EIO : 0; /* the rest would be a value of its own */
}

/* What net/ipv4/devinet.c has built in (ipv4_devconf, ipv4_devconf_dflt); all else there is 0. */
static const struct {
	const char *name, *all, *others;
	const char *lo; /* where a loopback device has another: inetdev_event() */
} built_in[] = {
        {"accept_redirects", "1", "1", NULL},
        {"accept_source_route", "0", "1", NULL},
        {"arp_evict_nocarrier", "1", "1", NULL},
        {"igmpv2_unsolicited_report_interval", "10000", "10000", NULL},
        {"igmpv3_unsolicited_report_interval", "1000", "1000", NULL},
        {"secure_redirects", "1", "1", NULL},
        {"send_redirects", "1", "1", NULL},
        {"shared_media", "1", "1", NULL},
        {"accept_local", "0", "0", NULL},
        {"arp_accept", "0", "0", NULL},
        {"arp_announce", "0", "0", NULL},
        {"arp_filter", "0", "0", NULL},
        {"arp_ignore", "0", "0", NULL},
        {"arp_notify", "0", "0", NULL},
        {"bootp_relay", "0", "0", NULL},
        {"disable_policy", "0", "0", "1"},
        {"disable_xfrm", "0", "0", "1"},
        {"drop_gratuitous_arp", "0", "0", NULL},
        {"drop_unicast_in_l2_multicast", "0", "0", NULL},
        {"force_igmp_version", "0", "0", NULL},
        {"forwarding", "0", "0", NULL},
        {"ignore_routes_with_linkdown", "0", "0", NULL},
        {"log_martians", "0", "0", NULL},
        {"medium_id", "0", "0", NULL},
        {"proxy_arp", "0", "0", NULL},
        {"proxy_arp_pvlan", "0", "0", NULL},
        {"route_localnet", "0", "0", NULL},
        {"rp_filter", "0", "0", NULL},
        {"src_valid_mark", "0", "0", NULL},
        {"tag", "0", "0", NULL},
};

static int add(struct sysctl_view *view, struct arena *arena, struct settings *settings,
               const char *path, const char *value)
{
	const char *live = sysctl_read(view, arena, path);

	if (!live) /* an older or newer kernel, or one without IPv6, may lack it */
		return errno == ENOENT ? 0 : -errno;
	if (!strcmp(live, value))
		return 0;
	settings->list = arena_grow(arena, settings->list, settings->count, settings->count + 1,
	                            sizeof *settings->list);
	settings->list[settings->count++] = (struct setting){path, value};
	return 0;
}

static const char *built_in_value(size_t index, bool all, bool lo)
{
	if (all)
		return built_in[index].all;
	return lo && built_in[index].lo ? built_in[index].lo : built_in[index].others;
}

static int add_built_in(struct sysctl_view *view, struct arena *arena, struct settings *settings)
{
	/* `all` first: some of its values are handed on to `default` and every device. */
	static const char *const devices[] = {"all", "default", "lo"};
	const size_t count = sizeof built_in / sizeof *built_in;
	int error = 0;

	for (size_t i = 0; i < 3 * count && !error; i++)
		error = add(view, arena, settings,
		            arena_printf(arena, "net/ipv4/conf/%s/%s", devices[i / count],
		                         built_in[i % count].name),
		            built_in_value(i % count, i < count, i >= 2 * count));
	return error;
}

int settings_find(struct sysctl_view *view, struct arena *arena, struct settings *settings)
{
	static const struct setting own[] = {
	        {"net/ipv6/conf/all/accept_dad", "0"},
	        {"net/ipv6/conf/default/accept_dad", "0"},
	        {"net/ipv4/conf/all/promote_secondaries", "1"},
	};
	int error;

	*settings = (struct settings){0};
	error = add_built_in(view, arena, settings);
	for (size_t i = 0; i < sizeof own / sizeof *own && !error; i++)
		error = add(view, arena, settings, own[i].path, own[i].value);
	return error;
}

int settings_write(struct sysctl_view *view, const struct settings *settings)
{
	int error = 0;

	for (size_t i = 0; i < settings->count && !error; i++)
		error = sysctl_write(view, settings->list[i].path, settings->list[i].value);
	return error;
}
