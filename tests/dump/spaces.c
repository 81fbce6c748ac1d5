#define _GNU_SOURCE
#include "spaces.h"

#include <dirent.h>
#include <err.h>
#include <fcntl.h>
#include <linux/net_namespace.h>
#include <linux/rtnetlink.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/sweep/netlink.h"

void space_enter(const struct space *space)
{
	if (setns(space->file, CLONE_NEWNET))
		err(1, "setns to %s", space->name);
}

static int add_device(const struct nlmsghdr *message, void *context)
{
	struct space *space = context;
	const struct ifinfomsg *head = mnl_nlmsg_get_payload(message);
	struct table table = table_of(message, sizeof *head);
	struct device *device;

	space->devices = reallocarray(space->devices, space->count + 1, sizeof *space->devices);
	if (!space->devices)
		err(1, "memory");
	device = &space->devices[space->count++];
	device->index = head->ifi_index;
	snprintf(device->name, IFNAMSIZ, "%s", mnl_attr_get_str(table.at[IFLA_IFNAME]));
	return MNL_CB_OK;
}

static struct mnl_socket *open_socket(const char *space)
{
	struct mnl_socket *socket = mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC);

	if (!socket || mnl_socket_bind(socket, 0, MNL_SOCKET_AUTOPID) < 0)
		err(1, "netlink in %s", space);
	return socket;
}

static void read_devices(struct space *space)
{
	static const struct netlink_dump links = {RTM_GETLINK, AF_UNSPEC, sizeof(struct ifinfomsg)};

	space_enter(space);
	space->socket = open_socket(space->name);
	space->questions = open_socket(space->name);
	do
		space->count = 0;
	while (!netlink_dump(space->socket, &links, add_device, space));
}

/* No file, or one that is no namespace, is none. */
static void add_space(struct spaces *spaces, const char *name, const char *path)
{
	struct space space = {.file = open(path, O_RDONLY | O_CLOEXEC)};

	if (space.file < 0 || setns(space.file, CLONE_NEWNET)) {
		if (space.file >= 0)
			close(space.file);
		return;
	}
	snprintf(space.name, sizeof space.name, "%s", name);
	read_devices(&space);
	spaces->list = reallocarray(spaces->list, spaces->count + 1, sizeof space);
	if (!spaces->list)
		err(1, "memory");
	spaces->list[spaces->count++] = space;
}

struct spaces spaces_open(void)
{
	struct spaces spaces = {0};
	DIR *directory = opendir("/run/netns");
	char path[512];

	add_space(&spaces, "host", "/proc/self/ns/net");
	if (!spaces.count)
		err(1, "/proc/self/ns/net");
	for (struct dirent *entry; directory && (entry = readdir(directory));) {
		snprintf(path, sizeof path, "/run/netns/%s", entry->d_name);
		if (entry->d_name[0] != '.')
			add_space(&spaces, entry->d_name, path);
	}
	if (directory)
		closedir(directory);
	return spaces;
}

void spaces_close(struct spaces *spaces)
{
	space_enter(&spaces->list[0]);
	for (size_t i = 0; i < spaces->count; i++) {
		mnl_socket_close(spaces->list[i].socket);
		mnl_socket_close(spaces->list[i].questions);
		close(spaces->list[i].file);
		free(spaces->list[i].devices);
	}
	free(spaces->list);
}

const char *space_device(const struct space *space, int index)
{
	for (size_t i = 0; i < space->count; i++) {
		if (space->devices[i].index == index)
			return space->devices[i].name;
	}
	return "?";
}

static int read_id(const struct nlmsghdr *message, void *context)
{
	struct table table = table_of(message, sizeof(struct rtgenmsg));
	int *id = context;

	if (table.at[NETNSA_NSID])
		*id = (int)mnl_attr_get_u32(table.at[NETNSA_NSID]);
	return MNL_CB_STOP;
}

/* The number by which `space` knows the other; -1 where it does not. */
static int id_of(const struct space *space, const struct space *other)
{
	_Alignas(struct nlmsghdr) char buffer[1024];
	struct nlmsghdr *request = mnl_nlmsg_put_header(buffer);
	ssize_t length;
	int id = -1;

	mnl_nlmsg_put_extra_header(request, sizeof(struct rtgenmsg));
	request->nlmsg_type = RTM_GETNSID;
	request->nlmsg_flags = NLM_F_REQUEST;
	mnl_attr_put_u32(request, NETNSA_FD, (uint32_t)other->file);
	if (mnl_socket_sendto(space->questions, request, request->nlmsg_len) < 0)
		err(1, "send");
	length = mnl_socket_recvfrom(space->questions, buffer, sizeof buffer);
	if (length < 0)
		err(1, "receive");
	mnl_cb_run(buffer, (size_t)length, 0, mnl_socket_get_portid(space->questions), read_id,
	           &id);
	return id;
}

const struct space *spaces_by_id(const struct spaces *spaces, const struct space *space, int id)
{
	for (size_t i = 0; i < spaces->count; i++) {
		if (id_of(space, &spaces->list[i]) == id)
			return &spaces->list[i];
	}
	return NULL;
}
