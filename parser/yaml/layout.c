#include "layout.h"
#include "../utf8.h"

#include <string.h>

/* A place above to which a line could belong. */
struct neighbour {
	bool found;
	size_t indent;
	const char *word;
	int length;
};

static bool is_blank(char byte)
{
	return byte == ' ' || byte == '\t';
}

static bool is_dash(const char *text, size_t length)
{
	return length && *text == '-' && (length == 1 || is_blank(text[1]));
}

static struct line line_new(const char *text, const char *end, uint32_t number)
{
	struct line line = {.text = text, .number = number};
	size_t rest = (size_t)(end - text);

	while (line.length < rest && !utf8_line_break(text + line.length, rest - line.length))
		line.length++;
	while (line.length && is_blank(text[line.length - 1]))
		line.length--;
	while (line.indent < line.length && text[line.indent] == ' ')
		line.indent++;
	line.content = line.indent;
	while (is_dash(text + line.content, line.length - line.content)) {
		line.content++;
		while (line.content < line.length && is_blank(text[line.content]))
			line.content++;
	}
	return line;
}

/* Whether a line begins at `text`, which is not the first of `source`. */
static bool begins_line(const struct source *source, const char *text)
{
	const char *end = source->text + source->length;
	size_t before = (size_t)(text - source->text);

	for (size_t size = 1; size <= 3 && size <= before; size++)
		if (utf8_line_break(text - size, (size_t)(end - text) + size) == size)
			return true;
	return false;
}

static const char *line_start(const struct source *source, const char *text)
{
	const char *first = source->text + utf8_bom(source->text, source->length);

	while (text > first && !begins_line(source, text))
		text--;
	return text;
}

struct line line_at(const struct source *source, const struct cursor *cursor)
{
	return line_new(line_start(source, cursor->at), cursor->end, cursor->line);
}

bool line_before(const struct source *source, struct line *line)
{
	const char *first = source->text + utf8_bom(source->text, source->length);
	const char *text = line->text;
	struct line before;

	for (uint32_t number = line->number - 1; text > first; number--) {
		text = line_start(source, text - 1);
		before = line_new(text, line->text, number);
		if (before.indent < before.length && text[before.indent] != '#') {
			*line = before;
			return true;
		}
	}
	return false;
}

bool line_is_item(const struct line *line)
{
	return is_dash(line->text + line->indent, line->length - line->indent);
}

bool line_lacks_blank(const struct line *line)
{
	const char *text = line->text + line->indent;
	size_t length = line->length - line->indent;

	return length > 1 && text[0] == '-' && !strchr("- \t.0123456789", text[1]);
}

bool has_key(const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (text[i] == ':' && (i + 1 == length || is_blank(text[i + 1])))
			return true;
	return false;
}

struct span line_span(const struct line *line)
{
	struct span span = {line->number, (uint32_t)line->content + 1, 0};

	for (size_t i = line->content; i < line->length; i++)
		span.length += ((unsigned char)line->text[i] & 0xc0) != 0x80;
	return span;
}

/* Remembers a place if it is nearer than what was found; of two alike, the one that is lower. */
static void consider(const struct line *line, size_t indent, size_t wanted,
                     struct neighbour *outside, struct neighbour *inside)
{
	struct neighbour *side = indent < wanted ? outside : inside;
	size_t end = indent;

	if (side->found && (side == outside ? indent <= side->indent : indent >= side->indent))
		return;
	while (end < line->length && is_dash(line->text + end, line->length - end))
		end += end + 1 < line->length ? 2 : 1;
	while (end < line->length && !is_blank(line->text[end]))
		end++;
	if (end - indent > 1 && line->text[end - 1] == ':')
		end--;
	*side = (struct neighbour){true, indent, line->text + indent, (int)(end - indent)};
}

static bool begins_document(const struct line *line)
{
	return line->length >= 3 && !memcmp(line->text, "---", 3);
}

/* The columns of the collections that were open above the line, its own kind only. */
static bool find_neighbours(const struct source *source, const struct line *line,
                            struct neighbour *outside, struct neighbour *inside)
{
	bool is_item = line_is_item(line), deeper = true;
	struct line above = *line;
	size_t open = SIZE_MAX; /* what is indented as much or more has ended */

	while (open && line_before(source, &above) && !begins_document(&above)) {
		if (above.indent >= open)
			continue;
		for (size_t i = above.indent; i <= above.content && i < above.length; i++) {
			bool dash = is_dash(above.text + i, above.length - i);

			if (i >= open || i == line->indent || is_blank(above.text[i]) ||
			    dash != is_item)
				continue;
			consider(&above, i, line->indent, outside, inside);
		}
		deeper = deeper && line->indent > above.content;
		open = above.indent;
	}
	return deeper;
}

void explain_indentation(const struct source *source, const struct line *line,
                         struct diagnostics *diagnostics)
{
	struct neighbour outside = {0}, inside = {0};
	bool deeper = find_neighbours(source, line, &outside, &inside);
	struct span span = line_span(line);

	span.column = (uint32_t)line->indent + 1;
	span.length = 1;
	if (outside.found && inside.found &&
	    line->indent - outside.indent == inside.indent - line->indent) {
		diagnose(diagnostics, SEVERITY_ERROR, span,
		         "this line is indented by %zu, those above by %zu or %zu", line->indent,
		         outside.indent, inside.indent);
		diagnostic_hint(diagnostics, "by %zu it is beside '%.*s', by %zu beside '%.*s'",
		                outside.indent, outside.length, outside.word, inside.indent,
		                inside.length, inside.word);
		return;
	}
	if (inside.found &&
	    !(outside.found && line->indent - outside.indent < inside.indent - line->indent))
		outside = inside;
	if (deeper || !outside.found)
		diagnose(diagnostics, SEVERITY_ERROR, span,
		         "this line is indented by %zu, but what is above has its value already",
		         line->indent);
	else
		diagnose(diagnostics, SEVERITY_ERROR, span,
		         "this line is indented by %zu, those above by %zu", line->indent,
		         outside.indent);
	if (outside.found && outside.length > 1 && outside.word[0] == '-' && outside.word[1] != ' ')
		diagnostic_hint(diagnostics, "a space is missing after the '-' of '%.*s'",
		                outside.length, outside.word);
	else if (outside.found)
		diagnostic_hint(diagnostics, "indent it by %zu, as '%.*s'", outside.indent,
		                outside.length, outside.word);
}
