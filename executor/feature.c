#define _GNU_SOURCE
#include "feature.h"

#include "if_addr.h"
#include "netlink.h"

#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/rtnetlink.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <unistd.h>

/* A call that every kernel which has it refuses, since the descriptor is none. */
static bool has_call(long number)
{
	return !syscall(number, -1, NULL, -1, NULL, 0) || errno != ENOSYS;
}

/* open_tree(2), move_mount(2), fsopen(2) and its kin came together (fs/namespace.c, Linux 5.2). */
static bool has_mount_calls(void)
{
	return has_call(SYS_open_tree) && has_call(SYS_move_mount) && has_call(SYS_fsmount);
}

/* net/netlink/af_netlink.c, Linux 4.20. */
static bool has_strict_dumps(void)
{
	struct netlink *netlink = NULL;
	int error = netlink_open(&netlink);

	if (!error)
		error = netlink_be_strict(netlink);
	netlink_close(netlink);
	return error != -ENOPROTOOPT;
}

/*
 * Linux 5.18. A kernel that does not know an attribute of a request which it reads strictly points
 * at it; one that does says only that it has no business there (inet6_rtm_valid_getaddr_req() in
 * net/ipv6/addrconf.c). Where there is no IPv6 at all nobody reads the request, and nothing is known.
 */
static bool has_address_protocol(void)
{
	char buffer[128];
	struct nlmsghdr *request = mnl_nlmsg_put_header(buffer);
	struct netlink *netlink;
	struct reply reply;
	struct ifaddrmsg *head;
	int error = netlink_open(&netlink);

	if (error)
		return true;
	request->nlmsg_type = RTM_GETADDR;
	head = mnl_nlmsg_put_extra_header(request, sizeof *head);
	*head = (struct ifaddrmsg){.ifa_family = AF_INET6};
	mnl_attr_put_u8(request, IFA_PROTO, 0);
	error = netlink_be_strict(netlink);
	if (!error)
		error = netlink_send(netlink, &request, 1, &reply);
	netlink_close(netlink);
	return error || reply.error != -EINVAL || !reply.offset;
}

static const struct {
	const char *what;
	bool (*is_there)(void);
} features[] = {
        {"strict checking of netlink dumps", has_strict_dumps},
        {"open_tree(2) and move_mount(2), to publish namespaces all at once", has_mount_calls},
        {"protocol of addresses (IFA_PROTO), to tell topoc's from others", has_address_protocol},
};

const char *feature_missing(void)
{
	for (size_t i = 0; i < sizeof features / sizeof *features; i++) {
		if (!features[i].is_there())
			return features[i].what;
	}
	return NULL;
}
