/* Help on the language. */
#ifndef TOPOC_CMD_LANGUAGE_H
#define TOPOC_CMD_LANGUAGE_H

/* Prints every key that a topology file may have: where, of what type, its default, what it means. */
void language_print(void);

#endif
