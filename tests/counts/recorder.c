/*
 * A kernel that is told everything and does nothing, for a topoc whose instructions are counted.
 * Loaded before libc (LD_PRELOAD), it has the functions by which topoc speaks to the kernel of
 * networks and namespaces. Each message is acknowledged, and a device that one has named is up.
 * Where a namespace would be made or entered the process stays; its file is bound where it belongs.
 * So counts depend neither on the kernel nor on what else the machine does. It is in
 * tests/in-namespaces, as the mounts are real.
 *
 * How many messages there were, and in how many calls, is added to the file that RECORDER_OUT names.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/rtnetlink.h>
#include <sched.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define NURSERY "/run/nursery"

enum { MOST_SOCKETS = 1 << 16, MOST_DEVICES = 4096, PIECE = 16384 };

/* What is known of a socket: the devices that messages through it have named, and unread answers. */
static struct socket {
	bool is_kernels; /* of netlink */
	uint32_t *devices;
	size_t device_count;
	char *answers; /* datagrams, each behind its length */
	size_t length, taken;
} sockets[MOST_SOCKETS];

static atomic_ulong message_count, call_count;

static void fail(const char *why)
{
	fprintf(stderr, "recorder: %s\n", why);
	_exit(70);
}

static struct socket *find(int descriptor)
{
	if (descriptor < 0 || descriptor >= MOST_SOCKETS)
		fail("more descriptors than it has room for");
	return &sockets[descriptor];
}

static void *grow(void *memory, size_t size)
{
	memory = realloc(memory, size);
	if (!memory)
		fail("no memory");
	return memory;
}

__attribute__((destructor)) static void tell(void)
{
	const char *path = getenv("RECORDER_OUT");
	FILE *file = path ? fopen(path, "ae") : NULL;

	if (file && (fprintf(file, "%lu %lu\n", message_count, call_count) < 0 || fclose(file)))
		fail("cannot write RECORDER_OUT");
}

static void queue(struct socket *socket, const void *datagram, size_t length)
{
	if (socket->taken == socket->length)
		socket->taken = socket->length = 0;
	socket->answers = grow(socket->answers, socket->length + sizeof length + length);
	memcpy(socket->answers + socket->length, &length, sizeof length);
	memcpy(socket->answers + socket->length + sizeof length, datagram, length);
	socket->length += sizeof length + length;
}

static void acknowledge(struct socket *socket, const struct nlmsghdr *message)
{
	struct {
		struct nlmsghdr head;
		struct nlmsgerr body;
	} answer = {{sizeof answer, NLMSG_ERROR, NLM_F_CAPPED, message->nlmsg_seq, 0},
	            {0, *message}};

	queue(socket, &answer, sizeof answer);
}

/* The end of a dump. */
static void finish(struct socket *socket, const struct nlmsghdr *message)
{
	struct {
		struct nlmsghdr head;
		int error;
	} answer = {{sizeof answer, NLMSG_DONE, NLM_F_MULTI, message->nlmsg_seq, 0}, 0};

	queue(socket, &answer, sizeof answer);
}

struct device {
	struct nlmsghdr head;
	struct ifinfomsg body;
	struct rtattr attribute;
	uint32_t state;
};

static struct device device_of(const struct nlmsghdr *request, uint32_t index)
{
	return (struct device){
	        {sizeof(struct device), RTM_NEWLINK, NLM_F_MULTI, request->nlmsg_seq, 0},
	        {.ifi_index = (int)index, .ifi_flags = IFF_UP | IFF_RUNNING | IFF_LOWER_UP},
	        {RTA_LENGTH(sizeof(uint32_t)), IFLA_OPERSTATE},
	        IF_OPER_UP};
}

/* As many devices in a datagram as the kernel might put there. */
static void tell_devices(struct socket *socket, const struct nlmsghdr *request)
{
	struct device piece[PIECE / sizeof(struct device)];
	const size_t room = sizeof piece / sizeof *piece;

	for (size_t i = 0; i < socket->device_count; i++) {
		piece[i % room] = device_of(request, socket->devices[i]);
		if (i % room == room - 1 || i == socket->device_count - 1)
			queue(socket, piece, (i % room + 1) * sizeof *piece);
	}
}

static void answer(struct socket *socket, const struct nlmsghdr *request)
{
	const struct ifinfomsg *body = NLMSG_DATA(request);
	bool whole = (request->nlmsg_flags & NLM_F_DUMP) == NLM_F_DUMP;

	if (whole && request->nlmsg_type == RTM_GETLINK)
		tell_devices(socket, request);
	if (whole) {
		finish(socket, request);
		return;
	}
	if (request->nlmsg_type == RTM_GETLINK) {
		struct device device = device_of(request, (uint32_t)body->ifi_index);

		queue(socket, &device, sizeof device);
	}
	acknowledge(socket, request);
}

/* The heads of both have the index in the same place. */
static void note_device(struct socket *socket, const struct nlmsghdr *message)
{
	uint32_t index = (uint32_t)((const struct ifinfomsg *)NLMSG_DATA(message))->ifi_index;

	_Static_assert(
	        offsetof(struct ifinfomsg, ifi_index) == offsetof(struct ifaddrmsg, ifa_index), "");
	for (size_t i = socket->device_count; i; i--) {
		if (socket->devices[i - 1] == index)
			return;
	}
	socket->devices =
	        grow(socket->devices, (socket->device_count + 1) * sizeof *socket->devices);
	socket->devices[socket->device_count++] = index;
}

/* Numbered in fours: new, delete, get, set (<linux/rtnetlink.h>). */
static bool is_request(const struct nlmsghdr *message)
{
	return message->nlmsg_type % 4 == RTM_GETLINK % 4;
}

static void take(struct socket *socket, const struct nlmsghdr *message)
{
	message_count++;
	if (is_request(message)) {
		answer(socket, message);
		return;
	}
	if (message->nlmsg_type == RTM_NEWLINK || message->nlmsg_type == RTM_SETLINK ||
	    message->nlmsg_type == RTM_NEWADDR)
		note_device(socket, message);
	acknowledge(socket, message);
}

static void *libc(const char *name)
{
	void *function = dlsym(RTLD_NEXT, name);

	if (!function)
		fail(name);
	return function;
}

ssize_t sendmsg(int descriptor, const struct msghdr *message, int flags)
{
	_Alignas(struct nlmsghdr) static _Thread_local char bytes[1 << 18];
	ssize_t (*real)(int, const struct msghdr *, int);
	size_t length = 0;

	if (!find(descriptor)->is_kernels) {
		*(void **)&real = libc("sendmsg");
		return real(descriptor, message, flags);
	}
	for (size_t i = 0; i < message->msg_iovlen; i++) {
		const struct iovec *part = &message->msg_iov[i];

		if (part->iov_len > sizeof bytes - length)
			fail("a message is longer than it has room for");
		memcpy(bytes + length, part->iov_base, part->iov_len);
		length += part->iov_len;
	}
	call_count++;
	for (size_t i = 0; i < length;
	     i += NLMSG_ALIGN(((const struct nlmsghdr *)(bytes + i))->nlmsg_len))
		take(find(descriptor), (const struct nlmsghdr *)(bytes + i));
	return (ssize_t)length;
}

static size_t receive(struct socket *socket, struct msghdr *message)
{
	size_t length;

	memcpy(&length, socket->answers + socket->taken, sizeof length);
	if (length > message->msg_iov->iov_len)
		fail("an answer is longer than what is offered");
	memcpy(message->msg_iov->iov_base, socket->answers + socket->taken + sizeof length, length);
	memset(message->msg_name, 0, message->msg_namelen);
	socket->taken += sizeof length + length;
	return length;
}

int recvmmsg(int descriptor, struct mmsghdr *messages, unsigned count, int flags,
             struct timespec *timeout)
{
	struct socket *socket = find(descriptor);
	unsigned done = 0;

	(void)flags;
	(void)timeout;
	for (; done < count && socket->taken < socket->length; done++)
		messages[done].msg_len = (unsigned)receive(socket, &messages[done].msg_hdr);
	if (!done)
		errno = EAGAIN;
	return done ? (int)done : -1;
}

/* One that is opened where another was has heard of nothing. */
int socket(int domain, int type, int protocol)
{
	int (*real)(int, int, int), descriptor;
	struct socket *new;

	*(void **)&real = libc("socket");
	descriptor = real(domain, type, protocol);
	if (descriptor < 0)
		return descriptor;
	new = find(descriptor);
	new->is_kernels = domain == AF_NETLINK;
	new->device_count = new->length = new->taken = 0;
	return descriptor;
}

/* Namespaces. */

int unshare(int flags)
{
	(void)flags;
	return 0;
}

int setns(int descriptor, int type)
{
	(void)descriptor;
	(void)type;
	return 0;
}

/* Mounts by descriptor, of which valgrind knows nothing; those that bind are made by mount(2). */

static int refuse(int error)
{
	errno = error;
	return -1;
}

/* Sysctls are files that the test has laid out: there is no other procfs. */
int fsopen(const char *type, unsigned flags)
{
	(void)flags;
	if (!type || !strcmp(type, "proc"))
		return refuse(EPERM);
	return open("/dev/null", O_RDONLY | O_CLOEXEC);
}

/* Nor a child that mounts one: callgrind would count what it has from its parent twice. */
pid_t fork(void)
{
	return refuse(ENOSYS);
}

int fsconfig(int context, unsigned command, const char *key, const void *value, int auxiliary)
{
	(void)command;
	(void)key;
	(void)value;
	(void)auxiliary;
	return context < 0 ? refuse(EBADF) : 0;
}

int fsmount(int context, unsigned flags, unsigned attributes)
{
	(void)flags;
	(void)attributes;
	if (context < 0)
		return refuse(EBADF);
	if (mkdir(NURSERY, 0755) && errno != EEXIST)
		return -1;
	return open(NURSERY, O_PATH | O_DIRECTORY | O_CLOEXEC);
}

int open_tree(int directory, const char *path, unsigned flags)
{
	(void)flags;
	if (!path)
		return refuse(EBADF);
	return *path ? openat(directory, path, O_PATH | O_CLOEXEC)
	             : fcntl(directory, F_DUPFD_CLOEXEC, 0);
}

int mount_setattr(int directory, const char *path, unsigned flags, struct mount_attr *attributes,
                  size_t size)
{
	(void)path;
	(void)flags;
	(void)attributes;
	(void)size;
	return directory < 0 ? refuse(EBADF) : 0;
}

/* What is put upon "/" is seen by nobody before it is put elsewhere: it stays where it is. */
int move_mount(int from, const char *from_path, int to, const char *to_path, unsigned flags)
{
	char source[64], target[4200];

	(void)from_path;
	(void)flags;
	if (from < 0)
		return refuse(EBADF);
	if (!strcmp(to_path, "/"))
		return 0;
	snprintf(source, sizeof source, "/proc/self/fd/%d", from);
	if (to == AT_FDCWD)
		snprintf(target, sizeof target, "%s", to_path);
	else
		snprintf(target, sizeof target, "/proc/self/fd/%d/%s", to, to_path);
	return mount(source, target, NULL, MS_BIND | MS_REC, NULL);
}

/*
 * Where libc lacks those, topoc calls them by their numbers; it also asks by them whether they are
 * there.
 */
long syscall(long number, ...)
{
	long a[6], (*real)(long, ...);
	va_list list;

	va_start(list, number);
	for (size_t i = 0; i < sizeof a / sizeof *a; i++)
		a[i] = va_arg(list, long);
	va_end(list);
	switch (number) {
	case SYS_fsopen:
		return fsopen((char *)a[0], (unsigned)a[1]);
	case SYS_fsconfig:
		return fsconfig((int)a[0], (unsigned)a[1], (char *)a[2], (void *)a[3], (int)a[4]);
	case SYS_fsmount:
		return fsmount((int)a[0], (unsigned)a[1], (unsigned)a[2]);
	case SYS_open_tree:
		return open_tree((int)a[0], (char *)a[1], (unsigned)a[2]);
	case SYS_mount_setattr:
		return mount_setattr((int)a[0], (char *)a[1], (unsigned)a[2], (void *)a[3],
		                     (size_t)a[4]);
	case SYS_move_mount:
		return move_mount((int)a[0], (char *)a[1], (int)a[2], (char *)a[3], (unsigned)a[4]);
	}
	*(void **)&real = libc("syscall");
	return real(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}
