/* Netlink attributes of a message that is not trusted to be well formed. */
#ifndef TOPOC_EXECUTOR_ATTRIBUTE_H
#define TOPOC_EXECUTOR_ATTRIBUTE_H

#include <linux/netlink.h>
#include <stddef.h>
#include <stdint.h>

/* What is left of a run of attributes. */
struct attributes {
	const char *at;
	size_t left;
};

/* Those behind a message's fixed head of `head` bytes, and those in a nest (NULL: none). */
struct attributes attributes_of(const struct nlmsghdr *message, size_t head);
struct attributes attributes_in(const struct nlattr *nest);

/* The next one, whole within what is left, or NULL. */
const struct nlattr *attributes_next(struct attributes *attributes);

/* The first of that type, or NULL. */
const struct nlattr *attributes_find(struct attributes attributes, uint16_t type);

/* The payload as a number of up to 32 bits, whatever its size; 0 where it is none, or NULL. */
uint32_t attribute_number(const struct nlattr *attribute);

/* The payload as a text, or NULL where it has no end, or the attribute is NULL. */
const char *attribute_text(const struct nlattr *attribute);

#endif
