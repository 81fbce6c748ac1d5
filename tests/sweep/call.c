#include "call.h"

#include <stddef.h>
#include <stdio.h>
#include <sys/syscall.h>

#define CALL(name)                \
	{                         \
		SYS_##name, #name \
	}

static const struct {
	int number;
	const char *name;
} calls[] = {
        CALL(accept4),
        CALL(bind),
        CALL(brk),
        CALL(chdir),
        CALL(chroot),
        CALL(clock_nanosleep),
        CALL(close),
        CALL(close_range),
        CALL(connect),
        CALL(dup3),
        CALL(execve),
        CALL(exit_group),
        CALL(faccessat),
        CALL(fchdir),
        CALL(fchmod),
        CALL(fchmodat),
        CALL(fcntl),
        CALL(flock),
        CALL(fsconfig),
        CALL(fsmount),
        CALL(fsopen),
        CALL(fstat),
        CALL(fstatfs),
        CALL(ftruncate),
        CALL(futex),
        CALL(getcwd),
        CALL(getdents64),
        CALL(geteuid),
        CALL(getpid),
        CALL(getrandom),
        CALL(getsockname),
        CALL(ioctl),
        CALL(kill),
        CALL(linkat),
        CALL(lseek),
        CALL(mkdirat),
        CALL(mmap),
        CALL(mount),
        CALL(move_mount),
        CALL(mprotect),
        CALL(mremap),
        CALL(munmap),
        CALL(newfstatat),
        CALL(openat),
        CALL(open_tree),
        CALL(ppoll),
        CALL(pread64),
        CALL(prlimit64),
        CALL(pwrite64),
        CALL(read),
        CALL(readlinkat),
        CALL(recvmsg),
        CALL(renameat),
        CALL(renameat2),
        CALL(rt_sigaction),
        CALL(rt_sigpending),
        CALL(rt_sigprocmask),
        CALL(rt_sigtimedwait),
        CALL(sendmsg),
        CALL(sendto),
        CALL(setns),
        CALL(setsockopt),
        CALL(socket),
        CALL(statfs),
        CALL(statx),
        CALL(symlinkat),
        CALL(umask),
        CALL(umount2),
        CALL(uname),
        CALL(unlinkat),
        CALL(unshare),
        CALL(utimensat),
        CALL(write),
        CALL(writev),
#ifdef SYS_open /* those that newer machines do without */
        CALL(access),
        CALL(getdents),
        CALL(link),
        CALL(lstat),
        CALL(mkdir),
        CALL(open),
        CALL(poll),
        CALL(readlink),
        CALL(rename),
        CALL(rmdir),
        CALL(stat),
        CALL(symlink),
        CALL(unlink),
#endif
};

const char *call_name(int number)
{
	static char unknown[32];

	for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
		if (calls[i].number == number)
			return calls[i].name;
	}
	snprintf(unknown, sizeof unknown, "call %d", number);
	return unknown;
}
