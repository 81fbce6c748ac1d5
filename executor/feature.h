/* What topoc needs of the kernel, and not every kernel has. */
#ifndef TOPOC_EXECUTOR_FEATURE_H
#define TOPOC_EXECUTOR_FEATURE_H

/* The first Linux that has all of it. Distributions add features to older ones: feature_missing()
 * asks the kernel itself. */
#define FEATURE_LINUX "5.18"

/*
 * What this kernel lacks, as the end of "this kernel has no ..."; NULL where it lacks nothing. It
 * changes nothing and needs no privilege.
 */
const char *feature_missing(void);

#endif
