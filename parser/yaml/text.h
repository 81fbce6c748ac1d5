/* The text beneath YAML's events: walking it by characters, and refusing what is not text. */
#ifndef TOPOC_PARSER_YAML_TEXT_H
#define TOPOC_PARSER_YAML_TEXT_H

#include "../diagnostic.h"

/* A character of a source, counted as libyaml counts its marks (a CR LF is two), but from 1. */
struct cursor {
	const char *at;
	const char *end;
	size_t index; /* from 0 */
	uint32_t line;
	uint32_t column;
};

/* At the first character, behind a byte order mark. */
struct cursor cursor_new(const struct source *source);

/* To the next character. At the end, or at what is not UTF-8, this does nothing. */
void cursor_step(struct cursor *cursor);

/* To the character of that index, or the end; never back. */
void cursor_advance(struct cursor *cursor, size_t index);

/* Whether the cursor stands on one of `characters`, which are ASCII. Not at the end. */
bool cursor_on(const struct cursor *cursor, const char *characters);

/* From the cursor to the end of the line, blanks there left out. */
struct span cursor_rest_of_line(const struct cursor *cursor);

/* The end of the last line that holds a character; where there is none, the first line's. */
struct span cursor_last_place(const struct source *source);

/* Whether all of the text may stand in a YAML file; the first character that may not is told. */
bool yaml_text_check(const struct source *source, struct diagnostics *diagnostics);

#endif
