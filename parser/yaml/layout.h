/* Lines and their indentation, for what is told of a line that is out of place. */
#ifndef TOPOC_PARSER_YAML_LAYOUT_H
#define TOPOC_PARSER_YAML_LAYOUT_H

#include "text.h"

#include <stdbool.h>

/* A line of a source. What is in front of its content is ASCII, so that bytes are columns there. */
struct line {
	const char *text;
	size_t length;  /* blanks at the end left out */
	size_t indent;  /* of the first character that is no space */
	size_t content; /* of what stands behind the spaces and any `- ` */
	uint32_t number;
};

struct line line_at(const struct source *source, const struct cursor *cursor);

/* The line before that holds more than blanks and a comment. False where there is none. */
bool line_before(const struct source *source, struct line *line);

/* Whether the line's content is a list's item (`- x`), or begins like one without its blank. */
bool line_is_item(const struct line *line);
bool line_lacks_blank(const struct line *line);

/* The content of a line as a span. */
struct span line_span(const struct line *line);

/* Whether the `:` of a key stands in `text`: one before a blank, or the last character. */
bool has_key(const char *text, size_t length);

/* Appends that the line is indented so that it belongs to none above, and how it would. */
void explain_indentation(const struct source *source, const struct line *line,
                         struct diagnostics *diagnostics);

#endif
