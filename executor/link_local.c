#include "link_local.h"

#include "if_addr.h"
#include "parser/arena.h"
#include "parser/kinds.h"
#include "sysctl.h"

#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <string.h>

struct ip link_local_of(const uint8_t mac[6])
{
	struct ip ip = {.family = AF_INET6, .length = 64, .bytes = {0xfe, 0x80}};

	ip.bytes[8] = mac[0] ^ 2;
	ip.bytes[9] = mac[1];
	ip.bytes[10] = mac[2];
	ip.bytes[11] = 0xff;
	ip.bytes[12] = 0xfe;
	memcpy(&ip.bytes[13], &mac[3], 3);
	return ip;
}

int link_local_observe(struct kernel *kernel)
{
	const char *mode =
	        sysctl_read(kernel->sysctls, kernel->arena, "net/ipv6/conf/default/addr_gen_mode");

	kernel->host_makes_link_local = mode && !strcmp(mode, "0");
	return mode || errno == ENOENT ? 0 : -errno;
}

static struct nlmsghdr *begin(const struct kernel *kernel, uint16_t type)
{
	struct nlmsghdr *header = mnl_nlmsg_put_header(arena_alloc(kernel->arena, 128));

	header->nlmsg_type = type;
	return header;
}

static struct message address_message(const struct kernel *kernel, uint16_t type,
                                      const struct object *device, const struct ip *ip)
{
	struct message message = {.header = begin(kernel, type)};
	struct ifaddrmsg *head = mnl_nlmsg_put_extra_header(message.header, sizeof *head);

	if (type == RTM_NEWADDR)
		message.header->nlmsg_flags = NLM_F_CREATE | NLM_F_EXCL;
	*head = (struct ifaddrmsg){.ifa_family = AF_INET6,
	                           .ifa_prefixlen = ip->length,
	                           .ifa_scope = RT_SCOPE_LINK,
	                           .ifa_index = device->index};
	mnl_attr_put(message.header, IFA_LOCAL, sizeof ip->bytes, ip->bytes);
	if (object_is_host(device->owner)) /* in topoc's own there is no detection */
		mnl_attr_put_u32(message.header, IFA_FLAGS, IFA_F_NODAD);
	mnl_attr_put_u8(message.header, IFA_PROTO, IFAPROT_KERNEL_LL);
	return message;
}

/* Whether the kernel makes the address when the device comes up. */
static struct message generation_message(const struct kernel *kernel, uint32_t index, uint8_t mode)
{
	struct message message = {.header = begin(kernel, RTM_NEWLINK)};
	struct ifinfomsg *head = mnl_nlmsg_put_extra_header(message.header, sizeof *head);
	struct nlattr *families = mnl_attr_nest_start(message.header, IFLA_AF_SPEC);
	struct nlattr *family = mnl_attr_nest_start(message.header, AF_INET6);

	head->ifi_index = (int)index;
	mnl_attr_put_u8(message.header, IFLA_INET6_ADDR_GEN_MODE, mode);
	mnl_attr_nest_end(message.header, family);
	mnl_attr_nest_end(message.header, families);
	return message;
}

bool link_local_is_moot(int error)
{
	return error == -EAFNOSUPPORT || error == -EACCES || error == -EINVAL || error == -EEXIST ||
	       error == -EADDRNOTAVAIL;
}

static bool is_new(const struct item *item)
{
	return item->action == ACTION_CREATE || item->action == ACTION_REPLACE;
}

/* The one that a device has, or is to have back; of no family: none. */
static struct ip generated(const struct object *device)
{
	return object_value(device, LINK_GENERATED)->ip;
}

/* A killed run may have left it down. */
static bool comes_up(const struct item *item)
{
	bool was_down =
	        is_new(item) || (item->changed >> LINK_UP & 1 && !generated(item->have).family);

	return was_down && object_value(item->want, LINK_UP)->number;
}

/* Where it is made of the hardware address it follows that; what is rolled back says itself. */
static struct ip next_generated(const struct item *item)
{
	const struct ip now = generated(item->have);
	struct ip made = link_local_of(object_value(item->have, LINK_MAC)->mac);

	if (!object_value(item->want, LINK_UP)->number ||
	    object_value(item->want, LINK_MTU)->number < IPV6_LEAST_MTU)
		return now; /* it goes when the device goes down, or gets too small */
	if (object_value(item->want, LINK_GENERATED)->presence)
		return generated(item->want);
	return ip_equal(&now, &made) ? link_local_of(object_value(item->want, LINK_MAC)->mac) : now;
}

void link_local_messages(const struct kernel *kernel, const struct step *step,
                         struct message *before, struct message after[LINK_LOCAL_MESSAGES - 1])
{
	const struct item *item = step->item;
	const struct object *want = item->want;
	struct ip old, new;

	*before = after[0] = after[1] = (struct message){0};
	if (step->verb != VERB_SET || want->kind->class != &link_class || want->kind->with_owner)
		return;
	if (comes_up(item) && object_is_host(want->owner) && kernel->host_makes_link_local) {
		new = link_local_of(object_value(want, LINK_MAC)->mac);
		*before = generation_message(kernel, want->index, IN6_ADDR_GEN_MODE_NONE);
		after[0] = address_message(kernel, RTM_NEWADDR, want, &new);
		after[1] = generation_message(kernel, want->index, IN6_ADDR_GEN_MODE_EUI64);
	} else if (!is_new(item)) {
		old = generated(item->have);
		new = next_generated(item);
		if (old.family && !ip_equal(&old, &new))
			after[0] = address_message(kernel, RTM_DELADDR, want, &old);
		if (new.family && !ip_equal(&old, &new))
			after[1] = address_message(kernel, RTM_NEWADDR, want, &new);
	}
}
