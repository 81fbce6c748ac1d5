#define _GNU_SOURCE
#include "stray.h"

#include "attribute.h"
#include "closed.h"
#include "inventory.h"
#include "lab.h"
#include "lock.h"
#include "observe.h"
#include "parser/arena.h"
#include "parser/kinds.h"
#include "wire.h"

#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/rtnetlink.h>
#include <sched.h>
#include <sys/stat.h>

struct search {
	struct kernel *kernel;
	const struct graph *have;
	struct diagnostics *diagnostics;
	const char *space; /* the namespace that is searched */
	const char **found;
	size_t count;
};

static int read_link(const struct nlmsghdr *message, void *context)
{
	struct attributes attributes = attributes_of(message, sizeof(struct ifinfomsg));
	uint32_t other = attribute_number(attributes_find(attributes, IFLA_LINK));
	bool leads_out = attributes_find(attributes, IFLA_LINK_NETNSID) != NULL;
	const char *name = attribute_text(attributes_find(attributes, IFLA_IFNAME));
	struct search *search = context;

	if (!name || !link_is_of(message, search->kernel->topology) ||
	    (leads_out && observe_has_loose_end(search->have, other)))
		return 0;
	search->found = arena_grow(search->kernel->arena, search->found, search->count,
	                           search->count + 1, sizeof *search->found);
	search->found[search->count++] = arena_printf(search->kernel->arena, "%s", name);
	return 0;
}

static void restart(void *context)
{
	struct search *search = context;

	search->count = 0;
}

static void tell(const struct search *search)
{
	for (size_t i = 0; i < search->count; i++) {
		diagnose(search->diagnostics, SEVERITY_WARNING, (struct span){0},
		         "'%s:%s' has the mark of '%s' and stays: '%s' is not topoc's",
		         search->space, search->found[i], search->kernel->topology, search->space);
		diagnostic_note(search->diagnostics, (struct span){0},
		                "where somebody has moved it there: ip -n %s link del %s",
		                search->space, search->found[i]);
	}
}

/* In a namespace of topoc's making, of another /run say, all is its topology's. */
static void search_links(struct search *search, struct netlink *netlink)
{
	_Alignas(struct nlmsghdr) char buffer[128];
	struct nlmsghdr *request = mnl_nlmsg_put_header(buffer);
	const char *maker;

	request->nlmsg_type = RTM_GETLINK;
	mnl_nlmsg_put_extra_header(request, sizeof(struct ifinfomsg));
	search->count = 0;
	if (!inventory_maker(search->kernel->arena, netlink, &maker) && !maker &&
	    !netlink_dump(netlink, request, read_link, restart, search))
		tell(search);
}

/* The host's may have a name as well. */
static bool is_host(const struct kernel *kernel, int descriptor)
{
	struct stat host, status;

	return !fstat(kernel->spaces[0].descriptor, &host) && !fstat(descriptor, &status) &&
	       host.st_ino == status.st_ino;
}

static int search_space(struct search *search)
{
	const char *path =
	        arena_printf(search->kernel->arena, NETNS_DIRECTORY "/%s", search->space);
	CLOSED int descriptor = -1;
	struct netlink *netlink;
	int error;

	if (namespace_open(path, &descriptor) <= 0) {
		descriptor = -1;
		return 0;
	}
	if (is_host(search->kernel, descriptor) || setns(descriptor, CLONE_NEWNET))
		return 0;
	error = netlink_open(&netlink);
	if (!error) {
		search_links(search, netlink);
		netlink_close(netlink);
	}
	return kernel_leave(search->kernel);
}

/* A name that observe() has found to be the topology's need not be looked at once more. */
static bool is_known(const struct graph *have, const char *name)
{
	const struct object *space = graph_namespace(have, name);

	return space && space != have->host && !space->foreign &&
	       object_value(space, NAMESPACE_NAMED)->number;
}

int strays_tell(struct kernel *kernel, const struct graph *have, struct diagnostics *diagnostics)
{
	struct search search = {.kernel = kernel, .have = have, .diagnostics = diagnostics};
	const char **names, *target;
	enum claim claim;
	size_t count;
	int error = 0;

	if (namespace_names(kernel->arena, &names, &count))
		return 0;
	for (size_t i = 0; i < count && !error; i++) {
		search.space = names[i];
		if (!is_known(have, names[i]) &&
		    !lab_claim_of(kernel->arena, NULL, names[i], &claim, &target) &&
		    claim == CLAIM_FOREIGN)
			error = search_space(&search);
	}
	return error;
}
