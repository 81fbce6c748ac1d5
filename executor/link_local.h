/*
 * IPv6 link-local addresses that are usable at once, and that follow the hardware address. The
 * kernel makes them by itself; but in the host, where duplicate address detection is not topoc's to
 * turn off, they would not answer for two seconds, and when a hardware address changes they stay.
 */
#ifndef TOPOC_EXECUTOR_LINK_LOCAL_H
#define TOPOC_EXECUTOR_LINK_LOCAL_H

#include "kernel.h"
#include "planner/plan.h"
#include "wire.h"

enum { LINK_LOCAL_MESSAGES = 3 };

/* The messages that go before and after a step's own; header is NULL where there is none. */
void link_local_messages(const struct kernel *kernel, const struct step *step,
                         struct message *before, struct message after[LINK_LOCAL_MESSAGES - 1]);

/*
 * Whether such a message is refused since it is about nothing: the device has no IPv6
 * (net/ipv6/addrconf.c: inet6_validate_link_af(), addrconf_add_dev()), or the address is there, or
 * gone, already.
 */
bool link_local_is_moot(int error);

/* The modified EUI-64 address of a hardware address (RFC 4291, appendix A), /64. */
struct ip link_local_of(const uint8_t mac[6]);

/*
 * Reads, in the host's namespace, whether its devices get a link-local address made of their
 * hardware address. 0, or a negative errno.
 */
int link_local_observe(struct kernel *kernel);

#endif
