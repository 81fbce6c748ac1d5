/* Which topologies there are. */
#include "session.h"

#include "cover.h"
#include "lab.h"
#include "parser/arena.h"
#include "parser/topology.h"
#include "wire.h"

#include <libmnl/libmnl.h>
#include <linux/rtnetlink.h>
#include <string.h>

struct names {
	struct arena *arena;
	const char **list;
	size_t count;
};

/* Of what somebody else has put there, nothing becomes a topology. */
static void add_name(struct names *names, const char *name)
{
	if (!name || !topology_name_valid(name))
		return;
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
	add_name(context, topology_of_link(message));
	return 0;
}

static void nothing(void *context)
{
	(void)context; /* a name that is seen again is added once */
}

static int read_directories(struct names *names)
{
	const char **found;
	size_t count;
	int error = lab_list(names->arena, &found, &count);

	for (size_t i = 0; i < count; i++)
		add_name(names, found[i]);
	return error;
}

/* What a name in /run/netns belongs to, though its directory may be gone. */
static int read_claims(struct names *names)
{
	const char **found, *target;
	enum claim claim;
	size_t count;
	int error = namespace_names(names->arena, &found, &count);

	for (size_t i = 0; i < count && !error; i++) {
		error = lab_claim_of(names->arena, NULL, found[i], &claim, &target);
		if (!error && claim == CLAIM_OURS)
			add_name(names, lab_topology_of(names->arena, target));
	}
	return error;
}

static int read_labels(struct names *names)
{
	_Alignas(struct nlmsghdr) char buffer[128];
	struct nlmsghdr *request = mnl_nlmsg_put_header(buffer);
	struct netlink *netlink;
	int error = netlink_open(&netlink);

	if (error)
		return error;
	request->nlmsg_type = RTM_GETLINK;
	mnl_nlmsg_put_extra_header(request, sizeof(struct ifinfomsg));
	error = netlink_dump(netlink, request, read_label, nothing, names);
	netlink_close(netlink);
	return error;
}

int session_topologies(struct arena *arena, const char ***list, size_t *count)
{
	struct names names = {.arena = arena};
	const char *step;
	int error;

	run_cover(&step); /* where it fails, command_open() says so */
	error = read_directories(&names);
	if (!error)
		error = read_claims(&names);
	if (!error)
		error = read_labels(&names);
	*list = names.list;
	*count = names.count;
	return error;
}
