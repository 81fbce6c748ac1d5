#define _GNU_SOURCE
#include "procfs.h"

#include "closed.h"
#include "mount_calls.h"

#include <errno.h>
#include <sched.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* A message's one byte, and the descriptor that comes with it. */
struct parcel {
	struct msghdr message;
	struct iovec part;
	char byte;
	_Alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof(int))];
};

static int mount_procfs(void)
{
	CLOSED int context = fsopen("proc", FSOPEN_CLOEXEC);

	if (context < 0 || fsconfig(context, FSCONFIG_CMD_CREATE, NULL, NULL, 0))
		return -1;
	return fsmount(context, FSMOUNT_CLOEXEC,
	               MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC);
}

static void prepare(struct parcel *parcel)
{
	memset(parcel, 0, sizeof *parcel);
	parcel->part = (struct iovec){&parcel->byte, sizeof parcel->byte};
	parcel->message.msg_iov = &parcel->part;
	parcel->message.msg_iovlen = 1;
	parcel->message.msg_control = parcel->control;
	parcel->message.msg_controllen = sizeof parcel->control;
}

/* unix(7), SCM_RIGHTS. */
static bool send_descriptor(int socket, int descriptor)
{
	struct parcel parcel;
	struct cmsghdr *head;

	prepare(&parcel);
	head = CMSG_FIRSTHDR(&parcel.message);
	head->cmsg_level = SOL_SOCKET;
	head->cmsg_type = SCM_RIGHTS;
	head->cmsg_len = CMSG_LEN(sizeof descriptor);
	memcpy(CMSG_DATA(head), &descriptor, sizeof descriptor);
	return sendmsg(socket, &parcel.message, MSG_NOSIGNAL) == sizeof parcel.byte;
}

/* -1 where the other end was closed without one. */
static int receive_descriptor(int socket)
{
	struct parcel parcel;
	const struct cmsghdr *head;
	int descriptor = -1;
	ssize_t length;

	prepare(&parcel);
	do
		length = recvmsg(socket, &parcel.message, MSG_CMSG_CLOEXEC);
	while (length < 0 && errno == EINTR);
	head = length > 0 ? CMSG_FIRSTHDR(&parcel.message) : NULL;
	if (head && head->cmsg_type == SCM_RIGHTS)
		memcpy(&descriptor, CMSG_DATA(head), sizeof descriptor);
	return descriptor;
}

static void await(pid_t child)
{
	int status;

	while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR)
		continue;
}

/* Other threads may be at work: it does nothing that waits for one. */
static _Noreturn void mount_and_send(int socket)
{
	int descriptor = mount_procfs();

	_exit(descriptor < 0 || !send_descriptor(socket, descriptor));
}

/* In a child of topoc's: only its children are in the new namespace. */
static _Noreturn void fork_into_namespace(int socket)
{
	pid_t child = unshare(CLONE_NEWPID) ? -1 : fork();

	if (!child)
		mount_and_send(socket);
	close(socket);
	await(child);
	_exit(0);
}

/*
 * Whose user namespace does not own the PID namespace may mount none of that one, but one of its own
 * (fs/proc/root.c, proc_init_fs_context()). It goes on when its last process has ended.
 */
static int mount_by_child(void)
{
	int ends[2], descriptor;
	pid_t child;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends))
		return -1;
	child = fork();
	if (!child)
		fork_into_namespace(ends[1]);
	close(ends[1]);
	descriptor = child < 0 ? -1 : receive_descriptor(ends[0]);
	close(ends[0]);
	await(child);
	return descriptor;
}

int procfs_open(void)
{
	int descriptor = mount_procfs();

	return descriptor < 0 ? mount_by_child() : descriptor;
}
