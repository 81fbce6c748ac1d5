/* Diagnostics are data: a list of severity, place, text and notes, rendered at the end. */
#ifndef TOPOC_PARSER_DIAGNOSTIC_H
#define TOPOC_PARSER_DIAGNOSTIC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct arena;

/* The text of a topology file, as it was read. */
struct source {
	const char *path; /* as the user wrote it; "-" prints as <stdin> */
	const char *text;
	size_t length;
};

/* A place in a source. Lines and columns count from 1, columns and length in characters. */
struct span {
	uint32_t line; /* 0: no place in a file */
	uint32_t column;
	uint32_t length; /* of what is underlined, on that line; 0 counts as 1 */
};

enum severity { SEVERITY_ERROR, SEVERITY_WARNING, SEVERITY_NOTE };

struct diagnostics;

/* An empty list. The source may be NULL (then no line is shown) and must outlive the list. */
struct diagnostics *diagnostics_new(struct arena *arena, const struct source *source);

/*
 * Appends a diagnostic. `format` is one clause, in lower case, without a full stop. All are counted;
 * of errors, and of the rest, at least the first 1000 by place are kept.
 */
void diagnose(struct diagnostics *list, enum severity severity, struct span span,
              const char *format, ...) __attribute__((format(printf, 4, 5)));

/* To the diagnostic appended last: advice behind its caret ("did you mean 'left_inner'?"). */
void diagnostic_hint(struct diagnostics *list, const char *format, ...)
        __attribute__((format(printf, 2, 3)));

/* Whether a search for advice is worth it: for the first hundred, more than are shown. */
bool diagnostic_wants_hint(const struct diagnostics *list);

/* To the diagnostic appended last: a note, with a second place where span.line is not 0. */
void diagnostic_note(struct diagnostics *list, struct span span, const char *format, ...)
        __attribute__((format(printf, 3, 4)));

size_t diagnostics_count(const struct diagnostics *list, enum severity severity);

/* Drops what is there again, at the same place in the same words: an alias repeats what is wrong. */
void diagnostics_unite(struct diagnostics *list);

/* Makes every warning an error (--strict). */
void diagnostics_promote_warnings(struct diagnostics *list);

/*
 * Prints the list in the order of the places (those without a place last, otherwise as appended),
 * at most 50 of them, errors before warnings where not all fit, and then how many more there are, in
 * the shape that compilers use:
 *
 *   left-right.yaml:5:32: error: no interface 'left_iner' in namespace 'left'
 *       5 |       - {to: 10.0.0.0/24, dev: left_iner}
 *         |                                ^~~~~~~~~ did you mean 'left_inner'?
 *   left-right.yaml:14:5: note: 'left:left_inner' is declared here
 *
 * One without a place is "topoc: error: text". Control characters are printed escaped; of a long
 * line the part around the caret, of a long text its two ends.
 */
void diagnostics_print(const struct diagnostics *list, FILE *file, bool colour);

/* Prints a text with its control characters, and what is not UTF-8, escaped: \x1b. */
void print_escaped(FILE *file, const char *text);

/*
 * Of `count` candidates the one that `word` was most likely meant to be, or NULL where none is
 * near: the smallest Damerau-Levenshtein distance, at most a third of the word's length (at least
 * 1), the first of several.
 */
const char *nearest(const char *word, const char *const *candidates, size_t count);

#endif
