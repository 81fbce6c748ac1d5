/*
 * The lessons of error.c: each says what is wrong where libyaml gave up, or returns false where
 * it is something else.
 */
#ifndef TOPOC_PARSER_YAML_LESSON_H
#define TOPOC_PARSER_YAML_LESSON_H

#include "error.h"
#include "layout.h"
#include "text.h"

/* An error of libyaml's, and what is known of where it is. */
struct trouble {
	const yaml_parser_t *parser;
	const struct yaml_progress *progress;
	const struct source *source;
	struct diagnostics *diagnostics;
	struct cursor at;      /* where it gave up */
	struct cursor context; /* where that began which it was reading */
	struct line line;      /* of `at` */
};

/* The word around a cursor, as far as blanks, brackets, commas and quotes. */
struct word {
	const char *text;
	size_t length;
	struct span span;
};

struct word word_at(const struct trouble *trouble, const struct cursor *cursor);

void say(const struct trouble *trouble, struct span span, const char *text, const char *hint);

/* What begins at a cursor. */
struct span place(const struct cursor *cursor, size_t length);

/* Where reading stopped; at the end of the file, behind its last character. */
struct span stop(const struct trouble *trouble);

/* Whether nothing but blanks stands before that in its line. */
bool starts_line(const struct trouble *trouble);

/* A bracket or quote that is open at the end: its beginning is the place, `at` is told. */
void explain_open(const struct trouble *trouble, struct span opening, const char *what,
                  struct span at);

/* Text right behind a scalar in quotes; a bracket that closes nothing. */
bool explain_quotes(const struct trouble *trouble);
bool explain_closing(const struct trouble *trouble);

/* In what is structured by indentation: block.c. */
bool explain_missing_colon(const struct trouble *trouble);
bool explain_colon(const struct trouble *trouble);
bool explain_block(const struct trouble *trouble);
bool explain_brackets_behind_colon(const struct trouble *trouble);

/* Inside {} and []: flow.c. */
bool explain_flow(const struct trouble *trouble);
bool explain_content(const struct trouble *trouble);
bool explain_inner_colon(const struct trouble *trouble);

#endif
