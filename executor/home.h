/*
 * Where topoc runs: what it makes has to be seen by those who look for it, in the mount namespace that
 * the machine lives in, and what it takes for the host's network has to be that.
 */
#ifndef TOPOC_EXECUTOR_HOME_H
#define TOPOC_EXECUTOR_HOME_H

#include <stdbool.h>

/*
 * Whether mounts made here would not be seen where the names in /run/netns are looked for. It says so
 * where that is sure:
 *
 * - /run, or /run/netns as a mount of its own, only listens to another mount namespace ("master:"
 *   without "shared:" in mountinfo), as behind ip-netns(8) exec and in most services; and process 1
 *   lives elsewhere (a container's own root is often like that, and is no reason);
 * - /run/topoc is not shared, as topoc makes it before it writes anything there: it is a copy;
 * - process 1 has the same /run, but lives among other mounts, to which ours are not passed on. Who
 *   may not look at it (a user namespace) does not know, and may go on.
 */
bool home_hides_mounts(void);

/*
 * Whether process 1, which has the same /run, lives in another network: who runs here was put into a
 * namespace by nsenter(1), say, and its devices are not the host's. False where that cannot be told.
 */
bool home_is_in_another_network(void);

#endif
