/* Names and values of sysctls, from a file or the kernel, in the one form in which they compare. */
#ifndef TOPOC_PARSER_SYSCTL_H
#define TOPOC_PARSER_SYSCTL_H

struct arena;

/*
 * A name as users write it (sysctl(8): the first separator, `.` or `/`, separates; the other stands
 * for a dot in an interface's name) as its path below /proc/sys. NULL where that is no path below
 * net/ or would leave it.
 */
const char *sysctl_path(struct arena *arena, const char *name);

/* The interface whose own setting it is (net/ipv4/conf/eth0/rp_filter), or NULL for all others. */
const char *sysctl_device(struct arena *arena, const char *path);

/*
 * A value in canonical form, so that what is written compares with what reads back: tokens with one
 * blank between them, numbers in decimal (the kernel reads 0x10 and 020 as strtol(3) does).
 */
const char *sysctl_value(struct arena *arena, const char *value);

#endif
