/* What topoc promises of the sysctls of every new network namespace. */
#ifndef TOPOC_EXECUTOR_SETTINGS_H
#define TOPOC_EXECUTOR_SETTINGS_H

#include <stddef.h>

struct arena;
struct sysctl_view;

/* What is written into every new namespace. */
struct settings {
	struct setting {
		const char *path, *value;
	} * list;
	size_t count;
};

/*
 * Finds, in a namespace just made that the thread is in, what has to be written to give it what
 * topoc promises of new ones: the kernel's own values where it copied those of the machine (IPv4's
 * conf/all and conf/default: net/ipv4/devinet.c, devinet_init_net()), no duplicate address
 * detection, and promote_secondaries. 0, or a negative errno.
 */
int settings_find(struct sysctl_view *view, struct arena *arena, struct settings *settings);

/* 0, or a negative errno. */
int settings_write(struct sysctl_view *view, const struct settings *settings);

#endif
