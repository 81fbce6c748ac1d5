/* What rtnetlink(7) says, for tests that read the kernel without any of topoc's code. */
#ifndef TOPOC_TESTS_SWEEP_NETLINK_H
#define TOPOC_TESTS_SWEEP_NETLINK_H

#include <libmnl/libmnl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { MOST_ATTRIBUTE = 128 };

/* The attributes of a message behind its head of `head` bytes, or of a nest, by number. */
struct table {
	const struct nlattr *at[MOST_ATTRIBUTE];
};

struct table table_of(const struct nlmsghdr *message, size_t head);
struct table table_in(const struct nlattr *nest);

/* RTM_GET..., AF_..., and the size of the head of such a message, which begins with the family. */
struct netlink_dump {
	uint16_t type;
	uint8_t family;
	size_t head_size;
};

/*
 * Hands each object to `each`. False where something changed meanwhile, so that what was read never
 * was. What the kernel does not have, has no objects; exits with a message where it cannot be read.
 */
bool netlink_dump(struct mnl_socket *socket, const struct netlink_dump *dump, mnl_cb_t each,
                  void *context);

#endif
