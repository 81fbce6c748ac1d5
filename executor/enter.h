/* Moving this process into a named namespace for good, as ip-netns(8) does for a command. */
#ifndef TOPOC_EXECUTOR_ENTER_H
#define TOPOC_EXECUTOR_ENTER_H

/*
 * Enters the network namespace /run/netns/NAME with a mount namespace of its own, in which /sys is
 * that namespace's and the files in /etc/netns/NAME stand in for those in /etc; with "host" all
 * stays as it is. Every descriptor but 0, 1 and 2 is closed when another program is run. 0, or a
 * negative errno with `*step` set to what could not be done with the namespace.
 */
int enter_namespace(const char *name, const char **step);

#endif
