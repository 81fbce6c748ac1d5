/* Signals that ask a run to end: held back, and looked for between two steps. */
#ifndef TOPOC_EXECUTOR_INTERRUPT_H
#define TOPOC_EXECUTOR_INTERRUPT_H

#include <stdbool.h>

/*
 * From now until the process ends, SIGINT, SIGTERM and SIGHUP wait: one that comes too late to
 * matter, or a second one, does nothing.
 */
void interrupt_hold(void);

/* Whether one of them is waiting. */
bool interrupt_is_pending(void);

#endif
