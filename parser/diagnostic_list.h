/* What a list of diagnostics is made of: for diagnostic.c, which fills it, and those that print it. */
#ifndef TOPOC_PARSER_DIAGNOSTIC_LIST_H
#define TOPOC_PARSER_DIAGNOSTIC_LIST_H

#include "diagnostic.h"

struct note {
	struct note *next;
	struct span span;
	const char *text;
};

struct diagnostic {
	enum severity severity;
	struct span span;
	size_t order; /* among those that were appended */
	const char *text;
	const char *hint; /* or NULL */
	struct note *notes;
	struct note *last_note;
};

struct diagnostics {
	struct arena *arena;
	const struct source *source; /* or NULL */
	struct diagnostic *items;    /* those that are kept, in no order */
	size_t count;
	size_t capacity;
	struct diagnostic *last; /* what a hint or a note goes to; NULL: it is not kept */
	size_t appended[SEVERITY_NOTE + 1]; /* kept or not */
	struct diagnostic limit[2]; /* [1] of errors: those that come behind it are not kept */
	bool is_limited[2];
};

/* By place, those without one last; by the order in which they were appended otherwise. */
int diagnostic_compare(const struct diagnostic *a, const struct diagnostic *b);

/* Those that are kept, in that order. */
const struct diagnostic **diagnostics_sorted(const struct diagnostics *list);

#endif
