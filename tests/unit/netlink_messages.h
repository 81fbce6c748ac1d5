/* A socket in a namespace of its own, and messages for it. */
#ifndef TOPOC_TESTS_UNIT_NETLINK_MESSAGES_H
#define TOPOC_TESTS_UNIT_NETLINK_MESSAGES_H

#include "executor/netlink.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { LOOPBACK = 1, UNANSWERED = 1, SMALL = 256 };

static inline void own_namespace(void)
{
	cr_assert_eq(unshare(CLONE_NEWNET), 0, "unshare: %s", strerror(errno));
}

static inline struct netlink *open_socket(void)
{
	struct netlink *netlink = NULL;

	cr_assert_eq(netlink_open(&netlink), 0);
	return netlink;
}

/* The number that the next descriptor gets. */
static inline int next_descriptor(void)
{
	int descriptor = dup(0);

	close(descriptor);
	return descriptor;
}

static inline struct nlmsghdr *new_message(size_t size, uint16_t type)
{
	struct nlmsghdr *message = mnl_nlmsg_put_header(calloc(1, size));

	message->nlmsg_type = type;
	return message;
}

static inline struct nlmsghdr *link_message(uint16_t type, int index)
{
	struct nlmsghdr *message = new_message(SMALL, type);
	struct ifinfomsg *link = mnl_nlmsg_put_extra_header(message, sizeof(*link));

	link->ifi_index = index;
	return message;
}

/* 10.x.y.z/32 on lo, the last three bytes being `number`; padded with an attribute nobody knows. */
static inline struct nlmsghdr *address_message(uint32_t number, size_t padding)
{
	struct nlmsghdr *message = new_message(SMALL + padding, RTM_NEWADDR);
	struct ifaddrmsg *address = mnl_nlmsg_put_extra_header(message, sizeof(*address));

	message->nlmsg_flags = NLM_F_CREATE | NLM_F_EXCL;
	address->ifa_family = AF_INET;
	address->ifa_prefixlen = 32;
	address->ifa_index = LOOPBACK;
	mnl_attr_put_u32(message, IFA_LOCAL, htonl(0x0a000000 | number));
	if (padding) {
		struct nlattr *tail = mnl_nlmsg_get_payload_tail(message);

		tail->nla_type = 0x3ffe;
		tail->nla_len = (uint16_t)(sizeof(*tail) + padding);
		message->nlmsg_len += (uint32_t)MNL_ALIGN((int)tail->nla_len);
	}
	return message;
}

static inline struct nlmsghdr *address_request(void)
{
	struct nlmsghdr *message = new_message(SMALL, RTM_GETADDR);
	struct ifaddrmsg *address = mnl_nlmsg_put_extra_header(message, sizeof(*address));

	address->ifa_family = AF_INET;
	return message;
}

static inline int count_message(const struct nlmsghdr *message, void *context)
{
	size_t *count = context;

	cr_assert_eq(message->nlmsg_type, RTM_NEWADDR);
	++*count;
	return 0;
}

static inline size_t count_addresses(struct netlink *netlink)
{
	struct nlmsghdr *request = address_request();
	size_t count = 0;

	cr_assert_eq(netlink_dump(netlink, request, count_message, NULL, &count), 0);
	free(request);
	return count;
}

static inline struct reply send_one(struct netlink *netlink, struct nlmsghdr *message)
{
	struct reply reply;

	cr_assert_eq(netlink_send(netlink, &message, 1, &reply), 0);
	free(message);
	return reply;
}

/* Sends so many addresses; each third one is a repetition of the one before. */
static inline void send_addresses(struct netlink *netlink, uint32_t count, size_t padding)
{
	struct nlmsghdr **messages = calloc(count, sizeof(*messages));
	struct reply *replies = calloc(count, sizeof(*replies));

	for (uint32_t i = 0; i < count; i++)
		messages[i] = address_message(i % 3 == 2 ? i - 1 : i, padding);
	cr_assert_eq(netlink_send(netlink, messages, count, replies), 0);
	for (uint32_t i = 0; i < count; i++) {
		cr_assert_eq(replies[i].error, i % 3 == 2 ? -EEXIST : 0, "%u: %d", i,
		             replies[i].error);
		free(messages[i]);
	}
	cr_assert_eq(count_addresses(netlink), count - count / 3);
	free(messages);
	free(replies);
}

static inline void fill_addresses(struct netlink *netlink, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++)
		cr_assert_eq(send_one(netlink, address_message(i, 0)).error, 0);
}

#endif
