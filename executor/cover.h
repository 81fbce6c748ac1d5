/* A /run of its own for a mount namespace that has its /run from a more privileged one. */
#ifndef TOPOC_EXECUTOR_COVER_H
#define TOPOC_EXECUTOR_COVER_H

/*
 * In a bare `unshare -Urnm` /run is the host's: a user cannot write to it, and root must not. Such a
 * /run is covered, once and for all processes of the mount namespace, by a tmpfs that has all that
 * is in it but topoc's directory and that of ip-netns(8). Elsewhere nothing happens: on the host, in
 * a container, and where somebody has mounted a /run there already. 0, or a negative errno with
 * `*step` set to what failed; -EPERM: nothing may be mounted here.
 */
int run_cover(const char **step);

#endif
