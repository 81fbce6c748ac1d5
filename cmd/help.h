/* Help, from the tables of verbs, options and exit statuses. */
#ifndef TOPOC_CMD_HELP_H
#define TOPOC_CMD_HELP_H

#include "options.h"

/* What an exit status means, and of which verbs it is one. */
struct ending {
	enum status status;
	unsigned ends; /* enum ends, any of them */
	const char *doc;
};

extern const struct ending endings[]; /* ended by a NULL doc */

void help_print(void);
void help_print_verb(const struct verb *verb);

#endif
