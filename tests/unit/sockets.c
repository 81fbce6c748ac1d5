/* Sockets of several namespaces, of which only few are open at once. */
#define _GNU_SOURCE
#include "executor/netlink.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <libmnl/libmnl.h>
#include <linux/if.h>
#include <linux/rtnetlink.h>
#include <sched.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LOOPBACK = 1, MANY = 20 };

static int own_namespace(void)
{
	int descriptor;

	cr_assert_eq(unshare(CLONE_NEWNET), 0, "unshare: %s", strerror(errno));
	descriptor = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
	cr_assert_geq(descriptor, 0);
	return descriptor;
}

/* A namespace, and a socket in it. */
struct space {
	int descriptor;
	struct netlink *netlink;
};

static struct space open_space(struct sockets *sockets)
{
	struct space space = {.descriptor = own_namespace()};
	int error = netlink_open_below(&space.netlink, sockets->high);

	cr_assert_eq(error, 0, "%s", strerror(-error));
	netlink_share(space.netlink, sockets, space.descriptor);
	return space;
}

static struct nlmsghdr *loopback_message(char *buffer, uint16_t type, unsigned flags)
{
	struct nlmsghdr *message = mnl_nlmsg_put_header(buffer);
	struct ifinfomsg *head = mnl_nlmsg_put_extra_header(message, sizeof *head);

	message->nlmsg_type = type;
	head->ifi_index = type == RTM_GETLINK ? 0 : LOOPBACK;
	head->ifi_flags = head->ifi_change = flags;
	return message;
}

static void set_up(struct netlink *netlink)
{
	_Alignas(struct nlmsghdr) char buffer[64];
	struct nlmsghdr *message = loopback_message(buffer, RTM_SETLINK, IFF_UP);
	struct reply reply;

	cr_assert_eq(netlink_send(netlink, &message, 1, &reply), 0);
	cr_assert_eq(reply.error, 0);
}

static int read_flags(const struct nlmsghdr *message, void *context)
{
	const struct ifinfomsg *head = mnl_nlmsg_get_payload(message);

	if (head->ifi_index == LOOPBACK)
		*(unsigned *)context = head->ifi_flags;
	return 0;
}

static bool is_up(struct netlink *netlink)
{
	_Alignas(struct nlmsghdr) char buffer[64];
	unsigned flags = 0;
	int error = netlink_dump(netlink, loopback_message(buffer, RTM_GETLINK, 0), read_flags,
	                         NULL, &flags);

	cr_assert_eq(error, 0, "%s", strerror(-error));
	return flags & IFF_UP;
}

static size_t count_open(const struct sockets *sockets)
{
	struct stat status;
	size_t count = 0;

	for (int i = 0; i < sockets->high + 2 * MANY; i++)
		count += !fstat(i, &status) && S_ISSOCK(status.st_mode);
	return count;
}

/* The network namespace that the thread is in. */
static ino_t whereabouts(void)
{
	struct stat status;

	cr_assert_eq(stat("/proc/thread-self/ns/net", &status), 0);
	return status.st_ino;
}

static void use_all(struct sockets *sockets)
{
	struct space spaces[MANY];
	ino_t here;

	for (int i = 0; i < MANY; i++)
		spaces[i] = open_space(sockets);
	here = whereabouts();
	for (int i = 0; i < MANY; i += 2)
		set_up(spaces[i].netlink);
	for (int i = 0; i < MANY; i++) {
		cr_expect_eq(is_up(spaces[i].netlink), i % 2 == 0, "namespace %d", i);
		cr_expect_eq(whereabouts(), here);
	}
	for (int i = 0; i < MANY; i++) {
		netlink_close(spaces[i].netlink);
		close(spaces[i].descriptor);
	}
	cr_expect_null(sockets->first);
}

/* Of two, so many are open. */
static void expect_open(int high, size_t expected)
{
	struct sockets sockets = {.high = high};
	size_t before = count_open(&sockets);
	struct space one = open_space(&sockets), other = open_space(&sockets);

	cr_expect_not(is_up(one.netlink));
	cr_expect_not(is_up(other.netlink));
	cr_expect_eq(count_open(&sockets), before + expected);
	netlink_close(other.netlink);
	netlink_close(one.netlink);
	use_all(&sockets);
	cr_expect_eq(count_open(&sockets), before);
}

Test(sockets, all_of_them_where_there_is_room)
{
	expect_open(1000, 2);
}

Test(sockets, one_at_a_time_where_there_is_none)
{
	expect_open(0, 1);
}

Test(sockets, as_many_as_the_limit_of_open_files_leaves)
{
	struct sockets sockets = {0};
	int next = dup(0);
	struct rlimit limit;

	close(next);
	sockets.high = next + MANY + 3;
	cr_assert_eq(getrlimit(RLIMIT_NOFILE, &limit), 0);
	limit.rlim_cur =
	        (rlim_t)next + MANY + 6; /* below a hard limit that valgrind wants left alone */
	cr_assert_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
	use_all(&sockets);
}

Test(sockets, its_namespace_cannot_be_entered)
{
	struct sockets sockets = {.high = 0};
	struct space one = open_space(&sockets), other = open_space(&sockets);
	_Alignas(struct nlmsghdr) char buffer[64];
	ino_t here = whereabouts();
	unsigned flags;

	cr_assert_eq(dup2(STDIN_FILENO, one.descriptor), one.descriptor);
	cr_expect_eq(netlink_dump(one.netlink, loopback_message(buffer, RTM_GETLINK, 0), read_flags,
	                          NULL, &flags),
	             -EINVAL);
	cr_expect_eq(whereabouts(), here);
	netlink_close(one.netlink);
	netlink_close(other.netlink);
}
