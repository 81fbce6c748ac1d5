#define _GNU_SOURCE
#include "trace.h"

#include "call.h"

#include <errno.h>
#include <fcntl.h>
#include <libmnl/libmnl.h>
#include <linux/filter.h>
#include <linux/netlink.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	PATIENCE_MS = 60000,
	/* The one call that is let by unseen, or nobody would learn of the listener. */
	HANDING_OVER = MSG_NOSIGNAL | MSG_EOR | MSG_CONFIRM,
};

/* A process, and the call that it waits in. */
struct tracee {
	pid_t pid;
	int handle;   /* of pidfd_open(2) */
	int listener; /* where its calls are announced */
	struct seccomp_notif call;
	const struct fault *fault;
	struct trace *trace;
	bool begun;  /* main() has */
	long second; /* the number of the next call that fails as well */
};

/* The child. */

static int install_filter(void)
{
	struct sock_filter filter[] = {
	        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
	        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_sendmsg, 0, 3),
	        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[2])),
	        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, HANDING_OVER, 0, 1),
	        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF),
	};
	struct sock_fprog program = {sizeof filter / sizeof *filter, filter};

	return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER,
	                    &program);
}

/* A byte, with a descriptor as its ancillary data. */
static struct msghdr carry(struct iovec *part, void *control, size_t size)
{
	struct msghdr message = {
	        .msg_iov = part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = size};

	return message;
}

union control {
	char bytes[CMSG_SPACE(sizeof(int))];
	struct cmsghdr head;
};

static int hand_over(int socket, int descriptor)
{
	char byte = 0;
	struct iovec part = {&byte, 1};
	union control control = {0};
	struct msghdr message = carry(&part, &control, sizeof control.bytes);
	struct cmsghdr *head = CMSG_FIRSTHDR(&message);

	head->cmsg_level = SOL_SOCKET;
	head->cmsg_type = SCM_RIGHTS;
	head->cmsg_len = CMSG_LEN(sizeof descriptor);
	memcpy(CMSG_DATA(head), &descriptor, sizeof descriptor);
	return sendmsg(socket, &message, HANDING_OVER) == 1 ? 0 : -errno;
}

static int take_over(int socket)
{
	char byte;
	struct iovec part = {&byte, 1};
	union control control;
	struct msghdr message = carry(&part, &control, sizeof control.bytes);
	struct cmsghdr *head;
	int descriptor = -1;

	if (recvmsg(socket, &message, MSG_CMSG_CLOEXEC) != 1)
		return -1;
	head = CMSG_FIRSTHDR(&message);
	if (head)
		memcpy(&descriptor, CMSG_DATA(head), sizeof descriptor);
	return descriptor;
}

static _Noreturn void become(char *const arguments[], int output, int diagnostic, int socket)
{
	int nothing = open("/dev/null", O_RDONLY), listener;

	signal(SIGINT, SIG_DFL); /* a shell that starts us in the background has it ignored */
	if (dup2(nothing, STDIN_FILENO) < 0 || dup2(output, STDOUT_FILENO) < 0 ||
	    dup2(diagnostic, STDERR_FILENO) < 0)
		_exit(1);
	listener = socket < 0 ? 0 : install_filter();
	if (listener < 0 || (socket >= 0 && hand_over(socket, listener)))
		_exit(1);
	execv(arguments[0], arguments);
	_exit(1);
}

/* The tracer. */

static bool is_call(const struct tracee *tracee, long number)
{
	return tracee->call.data.nr == number;
}

static bool answer(const struct tracee *tracee, struct seccomp_notif_resp response)
{
	response.id = tracee->call.id;
	/* ENOENT: it has died meanwhile. */
	return !ioctl(tracee->listener, SECCOMP_IOCTL_NOTIF_SEND, &response) || errno == ENOENT;
}

static bool let_go(const struct tracee *tracee)
{
	return answer(tracee,
	              (struct seccomp_notif_resp){.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE});
}

static bool give(const struct tracee *tracee, long value)
{
	return answer(tracee, (struct seccomp_notif_resp){.val = value});
}

/* brk(2) itself returns no errors, but where the end of the data is: below what was asked for. */
static bool refuse(const struct tracee *tracee, int error)
{
	if (is_call(tracee, SYS_brk))
		return give(tracee, 0);
	return answer(tracee, (struct seccomp_notif_resp){.error = -error});
}

static bool tracee_read(pid_t pid, uint64_t from, void *to, size_t size)
{
	struct iovec here = {to, size}, there = {(void *)(uintptr_t)from, size};

	return process_vm_readv(pid, &here, 1, &there, 1, 0) == (ssize_t)size;
}

static bool tracee_write(pid_t pid, uint64_t to, const void *from, size_t size)
{
	struct iovec here = {(void *)(uintptr_t)from, size}, there = {(void *)(uintptr_t)to, size};

	return process_vm_writev(pid, &here, 1, &there, 1, 0) == (ssize_t)size;
}

/* main() begins: what is before is the dynamic linker's. */
static void notice_begin(struct tracee *tracee)
{
	char path[10];

	if (!tracee->begun && is_call(tracee, SYS_openat) &&
	    tracee_read(tracee->pid, tracee->call.data.args[1], path, sizeof path) &&
	    !memcmp(path, "/dev/null", sizeof path))
		tracee->begun = true;
}

static void strike(struct tracee *tracee, const char *what)
{
	tracee->trace->struck = true;
	tracee->trace->call = what;
	if (tracee->fault->second)
		tracee->second = tracee->trace->calls + tracee->fault->second;
}

static bool wants_memory(const struct tracee *tracee)
{
	return is_call(tracee, SYS_brk) || is_call(tracee, SYS_mmap) || is_call(tracee, SYS_mremap);
}

/* Whether the number of the call has come. */
static bool is_due(const struct tracee *tracee)
{
	const struct trace *trace = tracee->trace;

	switch (tracee->fault->kind) {
	case FAULT_KILL:
		return trace->acts == tracee->fault->at && call_acts(&tracee->call.data);
	case FAULT_INSIDE:
		return trace->sends == tracee->fault->at && is_call(tracee, SYS_sendmsg);
	default:
		return trace->calls == tracee->fault->at;
	}
}

/* What is done with a call whose number has come; true when it has been answered. */
static bool strike_call(struct tracee *tracee)
{
	const struct fault *fault = tracee->fault;

	if (!is_due(tracee))
		return false;
	switch (fault->kind) {
	case FAULT_KILL:
	case FAULT_KILL_ANY:
		strike(tracee, call_name(tracee->call.data.nr));
		return !kill(tracee->pid, SIGKILL);
	case FAULT_INSIDE:
		strike(tracee, call_name(tracee->call.data.nr));
		let_go(tracee);
		usleep(fault->delay);
		return !kill(tracee->pid, SIGKILL);
	case FAULT_FAIL:
		strike(tracee, call_name(tracee->call.data.nr));
		return refuse(tracee, fault->error);
	case FAULT_SIGNAL:
		strike(tracee, call_name(tracee->call.data.nr));
		kill(tracee->pid, SIGINT);
		return false;
	default:
		return false;
	}
}

static bool tells(const struct tracee *tracee)
{
	return is_call(tracee, SYS_write) && tracee->call.data.args[0] == STDERR_FILENO;
}

/* The second fault, and those after it, where there are any: not in what says that one has happened. */
static bool strike_again(struct tracee *tracee)
{
	if (!tracee->second || tracee->trace->calls != tracee->second || tells(tracee))
		return false;
	tracee->second += tracee->fault->third;
	if (tracee->fault->kind != FAULT_SIGNAL)
		return refuse(tracee, tracee->fault->error);
	kill(tracee->pid, SIGINT);
	return false;
}

static int borrow(const struct tracee *tracee, uint64_t descriptor)
{
	return (int)syscall(SYS_pidfd_getfd, tracee->handle, (int)descriptor, 0);
}

/* Half of a read or write of a file, by a copy of its descriptor, which has the same position. */
static bool shorten(struct tracee *tracee)
{
	bool reads = is_call(tracee, SYS_read), writes = is_call(tracee, SYS_write);
	size_t size = tracee->call.data.args[2] / 2;
	int file = -1;
	char *bytes;
	ssize_t done = -1;

	if ((!reads && !writes) || tracee->trace->calls < tracee->fault->at ||
	    tracee->trace->struck || !size)
		return false;
	bytes = malloc(size);
	file = borrow(tracee, tracee->call.data.args[0]);
	if (bytes && file >= 0 && reads) {
		done = read(file, bytes, size);
		if (done > 0 &&
		    !tracee_write(tracee->pid, tracee->call.data.args[1], bytes, (size_t)done))
			done = -1;
	} else if (bytes && file >= 0 &&
	           tracee_read(tracee->pid, tracee->call.data.args[1], bytes, size)) {
		done = write(file, bytes, size);
	}
	free(bytes);
	if (file >= 0)
		close(file);
	if (done < 0)
		return false;
	strike(tracee, reads ? "read, by half" : "write, by half");
	return give(tracee, done);
}

/* Messages. */

/* Goes through the messages of a sendmsg(2); the one whose number has come gets an unknown type. */
static void count_messages(struct tracee *tracee)
{
	struct msghdr message;
	struct iovec part;
	struct nlmsghdr head;

	if (!is_call(tracee, SYS_sendmsg) ||
	    !tracee_read(tracee->pid, tracee->call.data.args[1], &message, sizeof message))
		return;
	tracee->trace->sends++;
	for (size_t i = 0; i < message.msg_iovlen; i++) {
		uint64_t at = (uintptr_t)(message.msg_iov + i);

		if (!tracee_read(tracee->pid, at, &part, sizeof part) ||
		    part.iov_len < sizeof head ||
		    !tracee_read(tracee->pid, (uintptr_t)part.iov_base, &head, sizeof head))
			continue;
		tracee->trace->messages++;
		if (tracee->fault->kind != FAULT_REFUSE ||
		    tracee->trace->messages != tracee->fault->at)
			continue;
		head.nlmsg_type = UINT16_MAX;
		tracee_write(tracee->pid, (uintptr_t)part.iov_base, &head, sizeof head);
		strike(tracee, "message");
	}
}

/* Counts the acknowledgements in what was received; the one whose number has come is falsified. */
static void falsify(struct tracee *tracee, char *bytes, int length)
{
	for (struct nlmsghdr *head = (struct nlmsghdr *)bytes; mnl_nlmsg_ok(head, length);
	     head = mnl_nlmsg_next(head, &length)) {
		struct nlmsgerr *body = mnl_nlmsg_get_payload(head);

		if (head->nlmsg_type != NLMSG_ERROR && head->nlmsg_type != NLMSG_DONE)
			continue;
		tracee->trace->replies++;
		if (tracee->trace->replies != tracee->fault->at)
			continue;
		body->error = -tracee->fault->error;
		strike(tracee, "reply");
	}
}

/*
 * Receives what the process would, by a copy of its socket, and gives it that: one datagram, though it
 * has room for more.
 */
static bool receive(struct tracee *tracee)
{
	_Alignas(struct nlmsghdr) static char bytes[1 << 16];
	struct sockaddr_storage sender;
	struct mmsghdr theirs;
	struct msghdr *head = &theirs.msg_hdr, ours;
	struct iovec part, here = {bytes, sizeof bytes};
	ssize_t length;
	int socket;

	if (tracee->fault->kind != FAULT_LIE || !is_call(tracee, SYS_recvmmsg) ||
	    !tracee_read(tracee->pid, tracee->call.data.args[1], &theirs, sizeof theirs) ||
	    !tracee_read(tracee->pid, (uintptr_t)head->msg_iov, &part, sizeof part))
		return false;
	socket = borrow(tracee, tracee->call.data.args[0]);
	if (socket < 0)
		return false;
	if (here.iov_len > part.iov_len)
		here.iov_len = part.iov_len;
	ours = (struct msghdr){.msg_name = &sender,
	                       .msg_namelen = head->msg_namelen,
	                       .msg_iov = &here,
	                       .msg_iovlen = 1};
	length = recvmsg(socket, &ours, (int)tracee->call.data.args[3]);
	close(socket);
	if (length < 0)
		return refuse(tracee, errno);
	falsify(tracee, bytes, (int)length);
	tracee_write(tracee->pid, (uintptr_t)part.iov_base, bytes, (size_t)length);
	tracee_write(tracee->pid, (uintptr_t)head->msg_name, &sender, ours.msg_namelen);
	head->msg_namelen = ours.msg_namelen;
	head->msg_controllen = 0;
	head->msg_flags = ours.msg_flags;
	theirs.msg_len = (unsigned)length;
	tracee_write(tracee->pid, tracee->call.data.args[1], &theirs, sizeof theirs);
	return give(tracee, 1);
}

static bool take_call(struct tracee *tracee)
{
	notice_begin(tracee);
	if (tracee->begun) {
		tracee->trace->calls++;
		tracee->trace->acts += call_acts(&tracee->call.data);
	}
	count_messages(tracee);
	if (tracee->fault->kind == FAULT_EXHAUST && wants_memory(tracee) &&
	    tracee->trace->calls >= tracee->fault->at) {
		strike(tracee, "memory");
		return refuse(tracee, ENOMEM);
	}
	if (strike_call(tracee) || strike_again(tracee))
		return true;
	if (tracee->fault->kind == FAULT_SHORT && shorten(tracee))
		return true;
	return receive(tracee) || let_go(tracee);
}

/*
 * Until the process has ended, which the listener tells only once it is reaped (before Linux 6.11,
 * kernel/seccomp.c, seccomp_filter_release()).
 */
static void follow(struct tracee *tracee)
{
	struct pollfd events[] = {{.fd = tracee->listener, .events = POLLIN},
	                          {.fd = tracee->handle, .events = POLLIN}};

	for (;;) {
		int ready = poll(events, 2, PATIENCE_MS);

		if (ready == 0) {
			tracee->trace->hung = true;
			kill(tracee->pid, SIGKILL);
		}
		if (ready <= 0 || !(events[0].revents & POLLIN))
			return;
		memset(&tracee->call, 0, sizeof tracee->call);
		if (!ioctl(tracee->listener, SECCOMP_IOCTL_NOTIF_RECV, &tracee->call))
			take_call(tracee);
	}
}

static void read_back(int file, char *text, size_t size)
{
	ssize_t length = pread(file, text, size - 1, 0);

	text[length < 0 ? 0 : length] = '\0';
}

/* Attends to the process until it has ended; -EPERM where the kernel does not let us. */
static int attend(struct tracee *tracee, int socket)
{
	tracee->handle = (int)syscall(SYS_pidfd_open, tracee->pid, 0);
	tracee->listener = take_over(socket);
	if (tracee->listener >= 0) {
		follow(tracee);
		close(tracee->listener);
	}
	close(tracee->handle);
	return tracee->listener < 0 ? -EPERM : 0;
}

int trace_run(char *const arguments[], const struct fault *fault, struct trace *trace)
{
	struct tracee tracee = {.fault = fault, .trace = trace};
	int output = memfd_create("output", MFD_CLOEXEC);
	int diagnostic = memfd_create("diagnostic", MFD_CLOEXEC), sockets[2] = {-1, -1}, error = 0;

	memset(trace, 0, offsetof(struct trace, output));
	if (output < 0 || diagnostic < 0 ||
	    (fault && socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets)))
		return -errno;
	fflush(stdout);
	tracee.pid = fork();
	if (!tracee.pid)
		become(arguments, output, diagnostic, sockets[1]);
	if (fault) {
		close(sockets[1]);
		error = attend(&tracee, sockets[0]);
		close(sockets[0]);
	}
	waitpid(tracee.pid, &trace->status, 0);
	read_back(output, trace->output, sizeof trace->output);
	read_back(diagnostic, trace->diagnostic, sizeof trace->diagnostic);
	close(output);
	close(diagnostic);
	return error;
}
