/* A procfs of topoc's own. */
#ifndef TOPOC_EXECUTOR_PROCFS_H
#define TOPOC_EXECUTOR_PROCFS_H

/*
 * Mounts a procfs that is attached nowhere, for what does not depend on processes: a descriptor
 * (O_CLOEXEC) of its root; -1 where that is not allowed. Several threads may do so at once.
 */
int procfs_open(void);

#endif
