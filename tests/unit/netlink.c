/* A socket: messages in batches, each answered. */
#define _GNU_SOURCE
#include "netlink_messages.h"

#include <signal.h>
#include <sys/time.h>

TestSuite(netlink, .init = own_namespace);

Test(netlink, nothing_to_send)
{
	struct netlink *netlink = open_socket();

	cr_assert_eq(netlink_send(netlink, NULL, 0, NULL), 0);
	netlink_close(netlink);
	netlink_close(NULL);
}

Test(netlink, refusal_in_the_words_of_the_kernel)
{
	struct netlink *netlink = open_socket();
	struct nlmsghdr *message = link_message(RTM_NEWLINK, 0);
	struct nlattr *nest;
	struct reply reply;

	message->nlmsg_flags = NLM_F_CREATE | NLM_F_EXCL;
	mnl_attr_put_strz(message, IFLA_IFNAME, "x");
	nest = mnl_attr_nest_start(message, IFLA_LINKINFO);
	mnl_attr_put_strz(message, IFLA_INFO_KIND, "no-such-kind");
	mnl_attr_nest_end(message, nest);
	reply = send_one(netlink, message);
	cr_assert_eq(reply.error, -EOPNOTSUPP);
	cr_assert_str_eq(reply.text, "Unknown device type");
	netlink_close(netlink);
}

Test(netlink, refusal_names_the_attribute)
{
	struct netlink *netlink = open_socket();
	struct nlmsghdr *message = link_message(RTM_SETLINK, LOOPBACK);
	struct reply reply;

	mnl_attr_put_u32(message, IFLA_TXQLEN, 100);
	mnl_attr_put_u16(message, IFLA_MTU, 1500);
	reply = send_one(netlink, message);
	cr_assert_lt(reply.error, 0);
	cr_assert_eq(reply.offset, NLMSG_LENGTH(sizeof(struct ifinfomsg)) + 8, "%u", reply.offset);
	cr_assert_neq(reply.text[0], '\0');
	netlink_close(netlink);
}

Test(netlink, refusal_without_words)
{
	struct netlink *netlink = open_socket();
	struct reply reply = send_one(netlink, link_message(RTM_DELLINK, 4711));

	cr_assert_eq(reply.error, -ENODEV);
	cr_assert_eq(reply.offset, 0);
	netlink_close(netlink);
}

Test(netlink, each_message_of_many_is_answered)
{
	struct netlink *netlink = open_socket();

	send_addresses(netlink, 1000, 0);
	netlink_close(netlink);
}

Test(netlink, whole_batches)
{
	struct netlink *netlink = open_socket();

	send_addresses(netlink, NETLINK_BATCH, 0);
	netlink_close(netlink);
}

Test(netlink, long_messages_are_split_by_bytes)
{
	struct netlink *netlink = open_socket();

	send_addresses(netlink, 300, 5000);
	netlink_close(netlink);
}

Test(netlink, messages_of_odd_length)
{
	struct netlink *netlink = open_socket();
	struct nlmsghdr *messages[2] = {address_message(1, 13), address_message(2, 13)};
	struct reply replies[2];

	messages[0]->nlmsg_len -= 3;
	messages[1]->nlmsg_len -= 3;
	cr_assert_eq(netlink_send(netlink, messages, 2, replies), 0);
	cr_assert_eq(replies[0].error, 0);
	cr_assert_eq(replies[1].error, 0);
	free(messages[0]);
	free(messages[1]);
	netlink_close(netlink);
}

/* Larger than any send buffer: what went before is known, what comes after was not sent. */
Test(netlink, message_too_large)
{
	struct netlink *netlink = open_socket();
	struct nlmsghdr *messages[3] = {
	        address_message(1, 0),
	        new_message(1 << 20, RTM_NEWADDR),
	        address_message(2, 0),
	};
	struct reply replies[3];

	messages[1]->nlmsg_len = 1 << 20;
	cr_assert_eq(netlink_send(netlink, messages, 3, replies), -EMSGSIZE);
	cr_assert_eq(replies[0].error, 0);
	cr_assert_eq(replies[1].error, UNANSWERED);
	cr_assert_eq(replies[2].error, UNANSWERED);
	cr_assert_eq(count_addresses(netlink), 1);
	for (int i = 0; i < 3; i++)
		free(messages[i]);
	netlink_close(netlink);
}

Test(netlink, lost_replies_are_unknown)
{
	int descriptor = next_descriptor();
	struct netlink *netlink = open_socket();
	struct nlmsghdr *messages[NETLINK_BATCH];
	struct reply replies[NETLINK_BATCH];
	int smallest = 1;
	size_t unknown = 0;

	cr_assert_eq(setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &smallest, sizeof(smallest)), 0);
	for (uint32_t i = 0; i < NETLINK_BATCH; i++)
		messages[i] = address_message(i, 0);
	cr_assert_eq(netlink_send(netlink, messages, NETLINK_BATCH, replies), -ENOBUFS);
	for (size_t i = 0; i < NETLINK_BATCH; i++) {
		cr_assert(replies[i].error == 0 || replies[i].error == UNANSWERED);
		unknown += replies[i].error == UNANSWERED;
		free(messages[i]);
	}
	cr_assert(unknown > 0 && unknown < NETLINK_BATCH, "%zu", unknown);
	cr_assert_eq(send_one(netlink, address_message(4711, 0)).error, 0);
	cr_assert_eq(count_addresses(netlink), NETLINK_BATCH + 1);
	netlink_close(netlink);
}

/* Sends `message` from a socket of its own to the socket whose port is this process's number. */
static void forge(const void *message, size_t length)
{
	struct sockaddr_nl target = {.nl_family = AF_NETLINK, .nl_pid = (uint32_t)getpid()};
	int descriptor = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	ssize_t sent =
	        sendto(descriptor, message, length, 0, (struct sockaddr *)&target, sizeof(target));

	cr_assert_eq(sent, (ssize_t)length, "%s", strerror(errno));
	close(descriptor);
}

Test(netlink, only_the_kernel_is_believed)
{
	struct netlink *netlink = open_socket();
	struct {
		struct nlmsghdr header;
		struct nlmsgerr body;
	} refusal = {
	        .header = {.nlmsg_len = sizeof(refusal), .nlmsg_type = NLMSG_ERROR},
	        .body = {.error = -EPERM},
	};

	cr_assert_eq(count_addresses(netlink), 0); /* it has a port from now on */
	refusal.header.nlmsg_pid = (uint32_t)getpid();
	for (uint32_t sequence = 0; sequence < 4; sequence++) {
		refusal.header.nlmsg_seq = sequence;
		forge(&refusal, sizeof(refusal));
	}
	cr_assert_eq(send_one(netlink, address_message(1, 0)).error, 0);
	cr_assert_eq(count_addresses(netlink), 1);
	netlink_close(netlink);
}

Test(netlink, stays_in_its_namespace)
{
	struct netlink *before = open_socket();
	struct netlink *after;

	cr_assert_eq(send_one(before, address_message(1, 0)).error, 0);
	cr_assert_eq(unshare(CLONE_NEWNET), 0);
	after = open_socket();
	cr_assert_eq(send_one(before, address_message(2, 0)).error, 0);
	cr_assert_eq(count_addresses(before), 2);
	cr_assert_eq(count_addresses(after), 0);
	netlink_close(before);
	netlink_close(after);
}

static void ignore(int number)
{
	(void)number;
}

Test(netlink, signals_are_absorbed)
{
	const struct sigaction action = {.sa_handler = ignore};
	const struct itimerval often = {.it_interval = {0, 200}, .it_value = {0, 200}};
	const struct itimerval never = {.it_interval = {0, 0}};
	struct netlink *netlink = open_socket();

	cr_assert_eq(sigaction(SIGALRM, &action, NULL), 0);
	cr_assert_eq(setitimer(ITIMER_REAL, &often, NULL), 0);
	send_addresses(netlink, 600, 0);
	for (int i = 0; i < 200; i++)
		cr_assert_eq(count_addresses(netlink), 400);
	cr_assert_eq(setitimer(ITIMER_REAL, &never, NULL), 0);
	netlink_close(netlink);
}
