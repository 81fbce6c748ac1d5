/*
 * What the kernel means by an errno where it names no attribute: which value is to blame, and what
 * helps. Tables, one a class or kind of object.
 */
#ifndef TOPOC_EXECUTOR_CLUE_H
#define TOPOC_EXECUTOR_CLUE_H

#include "wire.h"

/* In a table the more telling ones stand first; error 0 ends it. */
struct clue {
	int error;         /* an errno, positive */
	const char *words; /* that stand in the kernel's own; NULL: whatever it says */
	uint8_t field;     /* whose value is to blame, or WIRE_NO_FIELD: the object as a whole */
	const char *hint;  /* NULL: nothing to add */
};

/*
 * The clue to a refusal (negative `error`) of what `message` (NULL where it is no message) said of
 * an object. One that blames a value fits only where the file gives it and the message has it. NULL
 * where there is none.
 */
const struct clue *clue_find(const struct object *object, const struct message *message, int error,
                             const char *words);

#endif
