/* Carrying out a plan: the one place where topoc changes the kernel. */
#ifndef TOPOC_EXECUTOR_RUN_H
#define TOPOC_EXECUTOR_RUN_H

#include "kernel.h"
#include "planner/plan.h"
#include "progress.h"

struct run_options {
	struct progress *progress; /* or NULL */
	bool interruptible; /* ends between two steps when a signal asks for it, or memory is short */
	bool patient;       /* waits for what makes it ready sooner */
	bool removes_all;   /* the topology goes: lab_remove() follows and takes the namespaces */
};

/*
 * Takes the plan's steps in order: encodes them all, claims the new names (while the first
 * namespaces are being made), builds what is new where nobody sees it, publishes it, and then removes what is to go. Stops at the first step that fails,
 * with a diagnostic at the place that asked for it: false; what was done by then stays done.
 */
bool run_plan(struct kernel *kernel, struct plan *plan, const struct run_options *options,
              struct diagnostics *diagnostics);

/*
 * Waits until what the plan made or changed passes traffic: devices operational, bridge ports
 * forwarding, addresses usable; and forgets what neighbours had learnt. `timeout_ms` beyond what
 * spanning tree takes; false when it ran out.
 */
bool run_until_ready(struct kernel *kernel, const struct plan *plan, long timeout_ms,
                     struct progress *progress);

/*
 * Waits, `timeout_ms` at most, until the kernel is done with the IPv6 addresses that it has, as far
 * as they are topoc's: what it does with them in a work queue can be undone only then. One that
 * gets round to an address after its device has begun to forward lets it join its anycast group
 * twice, and leave it once (net/ipv6/addrconf.c, dev_forward_change()).
 */
void run_until_settled(struct kernel *kernel, const struct graph *have, long timeout_ms);

/*
 * Before a step that brings a bridge up: waits, a few seconds at most, until what is at the far
 * ends of its ports has told its neighbourhood that it is there (multicast listener reports, RFC
 * 3810; router solicitations), as far as the plan brings it up. While the bridge is down that costs
 * nothing; through a bridge of a thousand ports a thousand hosts' packets are a million, and
 * addresses are not usable until the kernel is done with them.
 */
void run_until_quiet(struct kernel *kernel, const struct plan *plan, const struct step *step,
                     struct progress *progress);

#endif
