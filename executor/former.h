/* Sysctls that topoc sets, and the values they had: put back when the file no longer names them. */
#ifndef TOPOC_EXECUTOR_FORMER_H
#define TOPOC_EXECUTOR_FORMER_H

#include "kernel.h"

/*
 * Sets a sysctl, in the namespace that the thread is in, and notes in the kernel's state what it
 * was before; where a killed run would leave it set, the note is written down first. 0, or a
 * negative errno: -EILSEQ where the kernel has another form for the value, which is then in
 * `*form`.
 */
int former_replace(struct kernel *kernel, const struct object *sysctl, const char *value,
                   const char **form);

/* Writes the state where it has notes that are not written yet. 0, or a negative errno. */
int former_save(struct kernel *kernel);

/* Puts back what the state has noted. 0, or a negative errno. */
int former_restore(struct kernel *kernel, const struct object *sysctl);

/*
 * Notes, before anything is changed, what the sysctls that `want` sets are in `have`; in the host
 * also what the kernel may set along with them (ip_forward and conf/all reach every device:
 * net/ipv4/devinet.c, inet_forward_change(); net/ipv6/addrconf.c). 0, or a negative errno.
 */
int former_note(struct kernel *kernel, const struct graph *want, const struct graph *have);

/*
 * When all is done, in the host's namespace: drops the notes on what `want` does not set (any
 * more), and those on what the kernel did not set along. 0, or a negative errno, and none is dropped.
 */
int former_drop(struct kernel *kernel, const struct graph *want);

/* Whether a value is the one that topoc has set. */
bool former_is_live(const struct former *former, const char *live);

/*
 * Reads into the kernel what the other topologies have noted, if `want` or the state has a sysctl of
 * the host. 0, or a negative errno.
 */
int former_read_others(struct kernel *kernel, const struct graph *want);

/* Whether another topology has set the same sysctl of the host: the last one puts it back. */
bool former_is_shared(const struct kernel *kernel, const struct former *former);

/*
 * Errors for what `want` sets and the namespace does not have, as far as that can be told before it
 * is there, and for what another topology has set in the host to another value.
 */
void former_check(const struct kernel *kernel, const struct graph *want, const struct graph *have,
                  struct diagnostics *diagnostics);

/*
 * Whether `want`, which may be NULL, sets a sysctl of that name (NULL: none) where the note is
 * from.
 */
bool former_is_set_by(const struct former *former, const struct graph *want, const char *name);

#endif
