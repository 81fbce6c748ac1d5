/*
 * The messages of a plan: all encoded (wire.h) before the kernel is touched, then sent in batches
 * (netlink.h).
 */
#ifndef TOPOC_EXECUTOR_BATCH_H
#define TOPOC_EXECUTOR_BATCH_H

#include "kernel.h"
#include "report.h"

struct batch;

/*
 * Chooses the interface indexes of new devices and encodes every step's messages. NULL, with a
 * diagnostic, where one would be too large.
 */
struct batch *batch_encode(struct kernel *kernel, const struct plan *plan,
                           const struct report *report);

/*
 * Sends the messages of the plan's steps from `first` to before `end`, NETLINK_BATCH at most in one
 * sendmsg. False, with a diagnostic, at the first that the kernel refuses; those behind it in the
 * same sendmsg have been carried out.
 */
bool batch_send(const struct batch *batch, struct netlink *netlink, size_t first, size_t end);

/*
 * Removes the devices of those steps as a group, since each removal by itself waits 16 ms for the
 * kernel's grace period: those read as ours are moved to a group of their own and that group is
 * removed, in one sendmsg, so that a kill cannot leave one without its mark.
 */
bool batch_remove_links(const struct batch *batch, struct netlink *netlink, size_t first,
                        size_t end);

#endif
