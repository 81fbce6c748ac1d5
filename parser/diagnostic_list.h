/* What a list of diagnostics is made of: for diagnostic.c, which fills it, and render.c. */
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
	const char *text;
	const char *hint; /* or NULL */
	struct note *notes;
	struct note *last_note;
};

struct diagnostics {
	struct arena *arena;
	const struct source *source; /* or NULL */
	struct diagnostic *items;    /* as appended */
	size_t count;
	size_t capacity;
};

#endif
