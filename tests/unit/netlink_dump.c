/* A socket: questions and dumps. */
#define _GNU_SOURCE
#include "netlink_messages.h"

TestSuite(netlink_dump, .init = own_namespace);

static int stop_at_third(const struct nlmsghdr *message, void *context)
{
	size_t *count = context;

	(void)message;
	return ++*count == 3 ? 42 : 0;
}

Test(netlink_dump, dump_stopped_early_leaves_the_socket_usable)
{
	struct netlink *netlink = open_socket();
	struct nlmsghdr *request = address_request();

	fill_addresses(netlink, 2000);
	for (int i = 0; i < 3; i++) {
		size_t count = 0;

		cr_assert_eq(netlink_dump(netlink, request, stop_at_third, NULL, &count), 42);
		cr_assert_eq(count, 3);
	}
	cr_assert_eq(count_addresses(netlink), 2000);
	free(request);
	netlink_close(netlink);
}

Test(netlink_dump, dump_refused)
{
	struct netlink *netlink = open_socket();
	struct nlmsghdr *request = address_request();
	size_t count = 0;

	mnl_attr_put_u32(request, IFA_BROADCAST, 1); /* strict checking knows no such filter */
	cr_assert_eq(netlink_dump(netlink, request, count_message, NULL, &count), -EINVAL);
	netlink_dump_ahead(netlink, request);
	cr_assert_eq(netlink_dump(netlink, request, count_message, NULL, &count), -EINVAL);
	cr_assert_eq(count, 0);
	cr_assert_eq(count_addresses(netlink), 0);
	free(request);
	netlink_close(netlink);
}

enum { MANY = 3000 }; /* in more pieces than are taken or made at once */

/* A dump during which addresses come, in its first `disturbances` tries. */
struct disturbed {
	struct netlink *other;
	uint32_t added;
	int disturbances, restarts;
	size_t count;
};

static int disturb(const struct nlmsghdr *message, void *context)
{
	struct disturbed *dump = context;

	(void)message;
	if (dump->count++ == 0 && dump->restarts < dump->disturbances) {
		struct nlmsghdr *address = address_message(0x10000 + dump->added++, 0);

		cr_assert_eq(send_one(dump->other, address).error, 0);
	}
	return 0;
}

static void begin_again(void *context)
{
	struct disturbed *dump = context;

	dump->restarts++;
	dump->count = 0;
}

static struct disturbed dump_disturbed(int disturbances, int expected)
{
	struct netlink *netlink = open_socket();
	struct nlmsghdr *request = address_request();
	struct disturbed dump = {.other = open_socket(), .disturbances = disturbances};

	fill_addresses(netlink, MANY);
	cr_assert_eq(netlink_dump(netlink, request, disturb, begin_again, &dump), expected);
	cr_assert_eq(count_addresses(netlink), MANY + dump.added);
	free(request);
	netlink_close(netlink);
	netlink_close(dump.other);
	return dump;
}

Test(netlink_dump, interrupted_dump_is_begun_again)
{
	struct disturbed dump = dump_disturbed(2, 0);

	cr_assert_eq(dump.restarts, 2);
	cr_assert_eq(dump.count, MANY + 2);
}

Test(netlink_dump, dump_interrupted_each_time)
{
	cr_assert_eq(dump_disturbed(1000, -EINTR).restarts, 100);
}

static int keep_index(const struct nlmsghdr *message, void *context)
{
	const struct ifinfomsg *link = mnl_nlmsg_get_payload(message);

	cr_assert_eq(message->nlmsg_type, RTM_NEWLINK);
	*(int *)context = link->ifi_index;
	return 0;
}

static int refuse(const struct nlmsghdr *message, void *context)
{
	(void)message;
	(void)context;
	return -ECANCELED;
}

Test(netlink_dump, get)
{
	struct netlink *netlink = open_socket();
	struct nlmsghdr *there = link_message(RTM_GETLINK, LOOPBACK);
	struct nlmsghdr *missing = link_message(RTM_GETLINK, 4711);
	int index = 0;

	for (int i = 0; i < 3; i++) {
		cr_assert_eq(netlink_get(netlink, missing, keep_index, &index), -ENODEV);
		cr_assert_eq(netlink_get(netlink, there, refuse, NULL), -ECANCELED);
	}
	cr_assert_eq(index, 0);
	cr_assert_eq(netlink_get(netlink, there, keep_index, &index), 0);
	cr_assert_eq(index, LOOPBACK);
	free(there);
	free(missing);
	netlink_close(netlink);
}

/* Each answer goes to its own question, whatever becomes of the other. */
Test(netlink_dump, two_questions_at_once)
{
	static const int indexes[] = {LOOPBACK, 4711, LOOPBACK};
	static const int expected[] = {0, -ENODEV, 0};
	struct netlink *netlink = open_socket();
	struct nlmsghdr *addresses = address_request();

	fill_addresses(netlink, MANY);
	for (size_t i = 0; i < 3; i++) {
		struct nlmsghdr *link = link_message(RTM_GETLINK, indexes[i]);
		int index = 0;
		size_t count = 0;
		const struct question questions[] = {
		        {link, keep_index, &index},
		        {addresses, count_message, &count},
		};

		link->nlmsg_flags = NLM_F_ACK;
		addresses->nlmsg_flags = NLM_F_DUMP;
		cr_assert_eq(netlink_ask(netlink, questions, 2), expected[i]);
		cr_assert_eq(index, expected[i] ? 0 : LOOPBACK);
		cr_assert_eq(count, MANY);
		free(link);
	}
	cr_assert_eq(count_addresses(netlink), MANY);
	free(addresses);
	netlink_close(netlink);
}

/* Once, for who asks the same; and until it is forgotten. */
Test(netlink_dump, an_answer_that_was_asked_for_ahead)
{
	struct netlink *netlink = open_socket();
	struct nlmsghdr *addresses = address_request(), *link = link_message(RTM_GETLINK, 0);
	int index = 0;

	fill_addresses(netlink, MANY);
	netlink_dump_ahead(netlink, addresses);
	cr_assert_eq(send_one(netlink, address_message(0x10000, 0)).error, 0);
	cr_assert_eq(netlink_dump(netlink, link, keep_index, NULL, &index), 0);
	cr_assert_neq(index, 0);
	cr_assert_eq(count_addresses(netlink), MANY);
	cr_assert_eq(count_addresses(netlink), MANY + 1);
	netlink_dump_ahead(netlink, addresses);
	cr_assert_eq(send_one(netlink, address_message(0x10001, 0)).error, 0);
	netlink_forget(netlink);
	cr_assert_eq(count_addresses(netlink), MANY + 2);
	netlink_dump_ahead(netlink, addresses); /* and closed with it */
	free(addresses);
	free(link);
	netlink_close(netlink);
}
