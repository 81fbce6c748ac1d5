#include "call.h"

#include <fcntl.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

#define CALL(name)                       \
	{                                \
		SYS_##name, #name, false \
	}

/* One that leaves nothing that is not gone with the process. */
#define QUIET(name)                     \
	{                               \
		SYS_##name, #name, true \
	}

static const struct call {
	int number;
	const char *name;
	bool quiet;
} calls[] = {
        QUIET(accept4),
        QUIET(bind),
        QUIET(brk),
        QUIET(chdir),
        QUIET(chroot),
        QUIET(clock_nanosleep),
        QUIET(close),
        QUIET(close_range),
        QUIET(connect),
        QUIET(dup3),
        CALL(execve),
        CALL(exit_group),
        QUIET(faccessat),
        QUIET(fchdir),
        CALL(fchmod),
        CALL(fchmodat),
        QUIET(fcntl),
        CALL(flock),
        CALL(fsconfig),
        CALL(fsmount),
        CALL(fsopen),
        QUIET(fstat),
        QUIET(fstatfs),
        CALL(ftruncate),
        QUIET(futex),
        QUIET(getcwd),
        QUIET(getdents64),
        QUIET(geteuid),
        QUIET(getpid),
        QUIET(getrandom),
        QUIET(getsockname),
        QUIET(ioctl),
        CALL(kill),
        CALL(linkat),
        QUIET(lseek),
        CALL(mkdirat),
        QUIET(mmap),
        CALL(mount),
        CALL(move_mount),
        QUIET(mprotect),
        QUIET(mremap),
        QUIET(munmap),
        QUIET(newfstatat),
        CALL(openat),
        CALL(open_tree),
        QUIET(ppoll),
        QUIET(pread64),
        QUIET(prlimit64),
        CALL(pwrite64),
        QUIET(read),
        QUIET(readlinkat),
        QUIET(recvmmsg),
        QUIET(recvmsg),
        CALL(renameat),
        CALL(renameat2),
        QUIET(rt_sigaction),
        QUIET(rt_sigpending),
        QUIET(rt_sigprocmask),
        QUIET(rt_sigtimedwait),
        CALL(sendmsg),
        CALL(sendto),
        QUIET(setns),
        QUIET(setsockopt),
        QUIET(socket),
        QUIET(statfs),
        QUIET(statx),
        CALL(symlinkat),
        QUIET(umask),
        CALL(umount2),
        QUIET(uname),
        CALL(unlinkat),
        CALL(unshare),
        CALL(utimensat),
        CALL(write),
        CALL(writev),
#ifdef SYS_open /* those that newer machines do without */
        QUIET(access),
        QUIET(getdents),
        CALL(link),
        QUIET(lstat),
        CALL(mkdir),
        CALL(open),
        QUIET(poll),
        QUIET(readlink),
        CALL(rename),
        CALL(rmdir),
        QUIET(stat),
        CALL(symlink),
        CALL(unlink),
#endif
};

static const struct call *find(int number)
{
	for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
		if (calls[i].number == number)
			return &calls[i];
	}
	return NULL;
}

const char *call_name(int number)
{
	static char unknown[32];
	const struct call *call = find(number);

	if (call)
		return call->name;
	snprintf(unknown, sizeof unknown, "call %d", number);
	return unknown;
}

static bool opens(const struct seccomp_data *data, uint64_t *flags)
{
#ifdef SYS_open
	*flags = data->args[1];
	if (data->nr == SYS_open)
		return true;
#endif
	*flags = data->args[2];
	return data->nr == SYS_openat;
}

bool call_acts(const struct seccomp_data *data)
{
	const struct call *call = find(data->nr);
	uint64_t flags;

	if (opens(data, &flags))
		return flags & (O_CREAT | O_TRUNC);
	if (data->nr == SYS_write)
		return data->args[0] > STDERR_FILENO;
	return !call || !call->quiet;
}
