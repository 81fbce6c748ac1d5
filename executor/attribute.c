#include "attribute.h"

#include <libmnl/libmnl.h>
#include <string.h>

struct attributes attributes_of(const struct nlmsghdr *message, size_t head)
{
	size_t skip = NLMSG_HDRLEN + NLMSG_ALIGN(head);

	if (message->nlmsg_len < skip)
		return (struct attributes){0};
	return (struct attributes){(const char *)message + skip, message->nlmsg_len - skip};
}

struct attributes attributes_in(const struct nlattr *nest)
{
	if (!nest)
		return (struct attributes){0};
	return (struct attributes){mnl_attr_get_payload(nest), mnl_attr_get_payload_len(nest)};
}

const struct nlattr *attributes_next(struct attributes *attributes)
{
	const struct nlattr *attribute = (const struct nlattr *)attributes->at;
	size_t step;

	if (attributes->left < sizeof *attribute || attribute->nla_len < sizeof *attribute ||
	    attribute->nla_len > attributes->left)
		return NULL;
	step = ((size_t)attribute->nla_len + NLA_ALIGNTO - 1) & ~((size_t)NLA_ALIGNTO - 1);
	if (step > attributes->left)
		step = attributes->left;
	attributes->at += step;
	attributes->left -= step;
	return attribute;
}

const struct nlattr *attributes_find(struct attributes attributes, uint16_t type)
{
	const struct nlattr *attribute;

	while ((attribute = attributes_next(&attributes))) {
		if (mnl_attr_get_type(attribute) == type)
			return attribute;
	}
	return NULL;
}

uint32_t attribute_number(const struct nlattr *attribute)
{
	switch (attribute ? mnl_attr_get_payload_len(attribute) : 0) {
	case 1:
		return mnl_attr_get_u8(attribute);
	case 2:
		return mnl_attr_get_u16(attribute);
	case 4:
		return mnl_attr_get_u32(attribute);
	default:
		return 0;
	}
}

const char *attribute_text(const struct nlattr *attribute)
{
	const char *text = attribute ? mnl_attr_get_payload(attribute) : NULL;

	return text && memchr(text, '\0', mnl_attr_get_payload_len(attribute)) ? text : NULL;
}
