/* What topoc finds below /run and relies on, and who else might have put it there. */
#ifndef TOPOC_EXECUTOR_TRUST_H
#define TOPOC_EXECUTOR_TRUST_H

struct arena;

/*
 * Why /run/topoc, /run/netns, the lock, or what there is of the topology is not to be relied on, in
 * one clause; NULL where it is, or is not there yet. Directories must be none but directories, and
 * files, files without a second name; each the caller's or root's, and for nobody else to write to
 * (or sticky). What the names in /run/netns lead to is not asked here.
 */
const char *trust_problem(struct arena *arena, const char *topology);

#endif
