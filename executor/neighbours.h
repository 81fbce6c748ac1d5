/* What the namespaces have learnt of each other's hardware addresses. */
#ifndef TOPOC_EXECUTOR_NEIGHBOURS_H
#define TOPOC_EXECUTOR_NEIGHBOURS_H

#include "kernel.h"
#include "planner/plan.h"

/*
 * After a plan was carried out that gives a device another hardware address, or an address to
 * another device: removes, on the topology's devices, what the kernel has learnt (not what anybody
 * has set) and is not so any more. Else a packet would go to nobody for up to a minute. The kernel
 * tells its neighbours of such a change only where arp_notify and ndisc_notify are set.
 */
void neighbours_forget(const struct kernel *kernel, const struct plan *plan);

#endif
