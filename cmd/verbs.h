/* The verbs: each returns an exit status (options.h). */
#ifndef TOPOC_CMD_VERBS_H
#define TOPOC_CMD_VERBS_H

#include "options.h"

int verb_check(const struct options *options);
int verb_plan(const struct options *options);
int verb_apply(const struct options *options);
int verb_destroy(const struct options *options);
int verb_list(const struct options *options);
int verb_show(const struct options *options);
int verb_exec(const struct options *options);

#endif
