/* Whether packets for IPv6 addresses are taken in. */
#ifndef TOPOC_EXECUTOR_USABLE_H
#define TOPOC_EXECUTOR_USABLE_H

#include "kernel.h"

/* Whether a bridge has so many ports that what is flooded through it takes long. */
bool is_crowded(const struct object *master);

/*
 * Also without duplicate address detection an IPv6 address answers nobody until a work queue has got
 * round to it (net/ipv6/addrconf.c, addrconf_dad_start()): the kernel's own is tentative so long, and
 * one that is added without it only lacks the route by which packets are taken in. Whether all of a
 * namespace's are usable that are on devices of the topology, its own and those that the kernel makes,
 * but for ports of a crowded bridge; of the kernel's own, after the next addresses_catch_up().
 * `also`, if not NULL, is a question that is put to the kernel in the same call, whatever becomes of it.
 */
bool addresses_are_usable(const struct kernel *kernel, const struct object *space,
                          const struct question *also);

/*
 * Waits for the lock under which the work queue runs: between an address of the kernel's own that is
 * tentative no more and its route there is nothing else (addrconf_dad_work()).
 */
void addresses_catch_up(const struct kernel *kernel);

#endif
