/* <sys/mount.h>, with the calls on mounts by descriptor (Linux 5.2, 5.12) where libc lacks them. */
#ifndef TOPOC_EXECUTOR_MOUNT_CALLS_H
#define TOPOC_EXECUTOR_MOUNT_CALLS_H

#include <sys/mount.h>

#ifndef FSOPEN_CLOEXEC /* glibc before 2.36, musl */

#include <fcntl.h>
#include <linux/mount.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef MOUNT_ATTR_IDMAP /* Linux 5.12 */
struct mount_attr {
	uint64_t attr_set, attr_clr, propagation, userns_fd;
};
#endif

#ifndef SYS_mount_setattr
#define SYS_mount_setattr 442
#endif

static inline int fsopen(const char *type, unsigned flags)
{
	return (int)syscall(SYS_fsopen, type, flags);
}

static inline int fsconfig(int context, unsigned command, const char *key, const void *value,
                           int auxiliary)
{
	return (int)syscall(SYS_fsconfig, context, command, key, value, auxiliary);
}

static inline int fsmount(int context, unsigned flags, unsigned attributes)
{
	return (int)syscall(SYS_fsmount, context, flags, attributes);
}

static inline int move_mount(int from, const char *from_path, int to, const char *to_path,
                             unsigned flags)
{
	return (int)syscall(SYS_move_mount, from, from_path, to, to_path, flags);
}

static inline int open_tree(int directory, const char *path, unsigned flags)
{
	return (int)syscall(SYS_open_tree, directory, path, flags);
}

static inline int mount_setattr(int directory, const char *path, unsigned flags,
                                struct mount_attr *attributes, size_t size)
{
	return (int)syscall(SYS_mount_setattr, directory, path, flags, attributes, size);
}

#endif

#endif
