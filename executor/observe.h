/* Reading the kernel: what there is, in the same canonical form as what a file wants. */
#ifndef TOPOC_EXECUTOR_OBSERVE_H
#define TOPOC_EXECUTOR_OBSERVE_H

#include "kernel.h"
#include "planner/plan.h"

/*
 * Reads the topology's namespaces, and the host as far as the topology has or wants something
 * there, into a graph. `want` says which names, sysctls and host routes matter besides. Every
 * namespace read is open in `kernel`. NULL, with diagnostics, where it could not be read.
 */
struct graph *observe(struct kernel *kernel, const struct graph *want,
                      struct diagnostics *diagnostics);

/*
 * Whether, after a plan was carried out that was made of what observe() had read, the namespaces
 * that it may have changed are as it wants them; they are read again, and the others taken as they
 * were. Whoever else changes those meanwhile is seen by the next run. False also where that cannot
 * be told.
 */
bool observe_agrees(struct kernel *kernel, const struct plan *plan);

/*
 * Reads one namespace, open in `kernel`, that the thread is in, into `graph`; `space` is its object
 * there. 0, or a negative errno.
 */
int observe_space(struct kernel *kernel, struct graph *graph, const struct graph *want,
                  struct object *space);

/*
 * The same of the host or a namespace of the topology's: one that somebody has put in its place
 * becomes foreign, and nothing of it is read.
 */
int observe_own_space(struct kernel *kernel, struct graph *graph, const struct graph *want,
                      struct object *space);

/*
 * Makes names of the references that decoding left as interface indexes, finds the other end of
 * each cable, and completes the graph.
 */
void observe_finish(struct kernel *kernel, struct graph *graph);

/*
 * Whether a device of the topology's has that interface index, and its other end is not in the
 * graph.
 */
bool observe_has_loose_end(const struct graph *graph, uint32_t index);

#endif
