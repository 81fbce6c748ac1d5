/*
 * The network namespaces whose devices are known by name: that of the process, and each in
 * /run/netns.
 */
#ifndef TOPOC_TESTS_DUMP_SPACES_H
#define TOPOC_TESTS_DUMP_SPACES_H

#include <libmnl/libmnl.h>
#include <linux/if.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct device {
	int index;
	char name[IFNAMSIZ];
};

struct space {
	char name[256]; /* `host`, or what it is called in /run/netns */
	int file;
	struct mnl_socket *socket, *questions; /* those may be asked in the middle of a dump */
	struct device *devices;
	size_t count;
};

struct spaces {
	struct space *list;
	size_t count;
};

/* Opens all of them and reads the names. Exits with a message where the kernel cannot be read. */
struct spaces spaces_open(void);
void spaces_close(struct spaces *spaces);

/* From here on the process is in that one. */
void space_enter(const struct space *space);

/* "?" where there is none. */
const char *space_device(const struct space *space, int index);

/* The one that `space` knows by the number `id`; NULL where it is none of them. */
const struct space *spaces_by_id(const struct spaces *spaces, const struct space *space, int id);

#endif
