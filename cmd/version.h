/* Which topoc this is. */
#ifndef TOPOC_CMD_VERSION_H
#define TOPOC_CMD_VERSION_H

/*
 * Prints what a report of a bug should say of the program: a line each on its version, the libraries
 * that it runs with, the kinds that it knows, how it was built, and the system. Lines and their order
 * stay; what comes will be at the end.
 */
void version_print(void);

#endif
