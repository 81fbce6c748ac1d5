#define _GNU_SOURCE
#include "executor/netlink.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

enum { LOOPBACK = 1, UNANSWERED = 1, SMALL = 256 };

static void own_namespace(void)
{
	cr_assert_eq(unshare(CLONE_NEWNET), 0, "unshare: %s", strerror(errno));
}

TestSuite(netlink, .init = own_namespace);

static struct netlink *open_socket(void)
{
	struct netlink *netlink = NULL;

	cr_assert_eq(netlink_open(&netlink), 0);
	return netlink;
}

/* The number that the next descriptor gets. */
static int next_descriptor(void)
{
	int descriptor = dup(0);

	close(descriptor);
	return descriptor;
}

static struct nlmsghdr *new_message(size_t size, uint16_t type)
{
	struct nlmsghdr *message = mnl_nlmsg_put_header(calloc(1, size));

	message->nlmsg_type = type;
	return message;
}

static struct nlmsghdr *link_message(uint16_t type, int index)
{
	struct nlmsghdr *message = new_message(SMALL, type);
	struct ifinfomsg *link = mnl_nlmsg_put_extra_header(message, sizeof(*link));

	link->ifi_index = index;
	return message;
}

/* 10.x.y.z/32 on lo, the last three bytes being `number`; padded with an attribute nobody knows. */
static struct nlmsghdr *address_message(uint32_t number, size_t padding)
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

static struct nlmsghdr *address_request(void)
{
	struct nlmsghdr *message = new_message(SMALL, RTM_GETADDR);
	struct ifaddrmsg *address = mnl_nlmsg_put_extra_header(message, sizeof(*address));

	address->ifa_family = AF_INET;
	return message;
}

static int count_message(const struct nlmsghdr *message, void *context)
{
	size_t *count = context;

	cr_assert_eq(message->nlmsg_type, RTM_NEWADDR);
	++*count;
	return 0;
}

static size_t count_addresses(struct netlink *netlink)
{
	struct nlmsghdr *request = address_request();
	size_t count = 0;

	cr_assert_eq(netlink_dump(netlink, request, count_message, NULL, &count), 0);
	free(request);
	return count;
}

static struct reply send_one(struct netlink *netlink, struct nlmsghdr *message)
{
	struct reply reply;

	cr_assert_eq(netlink_send(netlink, &message, 1, &reply), 0);
	free(message);
	return reply;
}

/* Sends so many addresses; each third one is a repetition of the one before. */
static void send_addresses(struct netlink *netlink, uint32_t count, size_t padding)
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

static void fill_addresses(struct netlink *netlink, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++)
		cr_assert_eq(send_one(netlink, address_message(i, 0)).error, 0);
}

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

static int stop_at_third(const struct nlmsghdr *message, void *context)
{
	size_t *count = context;

	(void)message;
	return ++*count == 3 ? 42 : 0;
}

Test(netlink, dump_stopped_early_leaves_the_socket_usable)
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

Test(netlink, dump_refused)
{
	struct netlink *netlink = open_socket();
	struct nlmsghdr *request = address_request();
	size_t count = 0;

	mnl_attr_put_u32(request, IFA_BROADCAST, 1); /* strict checking knows no such filter */
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

Test(netlink, interrupted_dump_is_begun_again)
{
	struct disturbed dump = dump_disturbed(2, 0);

	cr_assert_eq(dump.restarts, 2);
	cr_assert_eq(dump.count, MANY + 2);
}

Test(netlink, dump_interrupted_each_time)
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

Test(netlink, get)
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
Test(netlink, two_questions_at_once)
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
Test(netlink, an_answer_that_was_asked_for_ahead)
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

Test(netlink, no_answer_is_kept_of_what_fails)
{
	struct netlink *netlink = open_socket();
	struct nlmsghdr *request = address_request();
	size_t count = 0;

	mnl_attr_put_u32(request, IFA_BROADCAST, 1); /* strict checking knows no such filter */
	netlink_dump_ahead(netlink, request);
	cr_assert_eq(netlink_dump(netlink, request, count_message, NULL, &count), -EINVAL);
	free(request);
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
