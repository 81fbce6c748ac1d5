/* Which topologies there are. */
#include "session.h"

#include "lab.h"
#include "parser/arena.h"
#include "wire.h"

#include <libmnl/libmnl.h>
#include <linux/rtnetlink.h>
#include <string.h>

struct names {
	struct arena *arena;
	const char **list;
	size_t count;
};

static void add_name(struct names *names, const char *name)
{
	for (size_t i = 0; i < names->count; i++) {
		if (!strcmp(names->list[i], name))
			return;
	}
	names->list = arena_grow(names->arena, names->list, names->count, names->count + 1,
	                         sizeof *names->list);
	names->list[names->count++] = arena_copy(names->arena, name, strlen(name));
}

/* A device of the host whose label names a topology, and whose mark is that topology's. */
static int read_label(const struct nlmsghdr *message, void *context)
{
	const char *topology = topology_of_link(message);

	if (topology)
		add_name(context, topology);
	return 0;
}

static void nothing(void *context)
{
	(void)context; /* a name that is seen again is added once */
}

const char **session_topologies(struct arena *arena, size_t *count)
{
	_Alignas(struct nlmsghdr) char buffer[128];
	struct nlmsghdr *request = mnl_nlmsg_put_header(buffer);
	struct names names = {.arena = arena};
	struct netlink *netlink;

	names.list = lab_list(arena, &names.count);
	request->nlmsg_type = RTM_GETLINK;
	mnl_nlmsg_put_extra_header(request, sizeof(struct ifinfomsg));
	if (!netlink_open(&netlink)) {
		netlink_dump(netlink, request, read_label, nothing, &names);
		netlink_close(netlink);
	}
	*count = names.count;
	return names.list;
}
