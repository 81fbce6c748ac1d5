/* Devices of a topology's that somebody has moved into a namespace that is not topoc's. */
#ifndef TOPOC_EXECUTOR_STRAY_H
#define TOPOC_EXECUTOR_STRAY_H

#include "kernel.h"

/*
 * Warns of the devices with the topology's mark in namespaces that have a name in /run/netns and
 * are no topology's, but of those whose other end is in `have`: they go with that. They are not
 * touched: the namespace may be the host of another /run, in which a topology of the same name has
 * the same mark. What cannot be entered or read is passed over. 0, or a negative errno: the thread
 * is not in the host again.
 */
int strays_tell(struct kernel *kernel, const struct graph *have, struct diagnostics *diagnostics);

#endif
