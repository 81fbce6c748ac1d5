/* Sysctls of network namespaces, read and written below /proc/sys by whoever is inside. */
#ifndef TOPOC_EXECUTOR_SYSCTL_H
#define TOPOC_EXECUTOR_SYSCTL_H

#include <stdbool.h>
#include <stddef.h>

struct arena;

/*
 * A way to /proc/sys. The kernel keeps what was looked up there in one chain for the entries of one
 * name of all namespaces (fs/proc/proc_sysctl.c, proc_sys_compare()), so that with a thousand of
 * them a look-up walks past a thousand. A view is therefore a procfs of its own where that is
 * allowed, and another one after a while. It is one thread's.
 */
struct sysctl_view;

/* `busy`: it is worth a procfs at once. NULL: no memory. To close NULL does nothing. */
struct sysctl_view *sysctl_view_open(bool busy);
void sysctl_view_close(struct sysctl_view *view);

/*
 * The value of net/..., in canonical form (parser/sysctl.h), or NULL with errno set: ENOENT where
 * there is no such sysctl, and for a stable_secret that is not set (the kernel's EIO:
 * net/ipv6/addrconf.c, addrconf_sysctl_stable_secret()).
 */
const char *sysctl_read(struct sysctl_view *view, struct arena *arena, const char *path);

/* 0, or a negative errno. */
int sysctl_write(struct sysctl_view *view, const char *path, const char *value);

#endif
