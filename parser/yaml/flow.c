/* What is told of errors inside {} and []. */
#include "lesson.h"

#include <string.h>

/* An IPv6 address or prefix, as far as the colons go. */
static bool looks_like_ipv6(const struct word *word)
{
	size_t colons = 0;

	if (word->length > strlen("ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255/128"))
		return false;
	for (size_t i = 0; i < word->length; i++) {
		if (!strchr("0123456789abcdefABCDEF:./", word->text[i]))
			return false;
		colons += word->text[i] == ':';
	}
	return colons >= 2;
}

/* A value that begins or ends with a colon: most are addresses. */
static bool explain_ipv6(const struct trouble *trouble)
{
	struct word word = word_at(trouble, &trouble->at);
	bool begins = word.length > 1 && word.text == trouble->at.at;

	if (!cursor_on(&trouble->at, ":") || (!begins && !looks_like_ipv6(&word)))
		return false;
	say(trouble, word.span, "inside {} and [] this must be quoted", NULL);
	diagnostic_hint(trouble->diagnostics, "quote it: '%.*s'", (int)word.length, word.text);
	return true;
}

/* To the character behind a quoted text's end, or to the end of its line: quotes may be missing. */
static void skip_quotes(struct cursor *cursor)
{
	char quote[] = {*cursor->at, '\0'};
	bool is_escaped = false;

	for (cursor_step(cursor); cursor->at < cursor->end; cursor_step(cursor)) {
		if (cursor_on(cursor, "\r\n"))
			return;
		if (!is_escaped && cursor_on(cursor, quote)) {
			cursor_step(cursor);
			return;
		}
		is_escaped = !is_escaped && *quote == '"' && cursor_on(cursor, "\\");
	}
}

/*
 * Whether as many brackets close as open, from the one at the cursor to the end of the text. What
 * is in quotes, or behind a `#`, does not count.
 */
static bool is_closed(const struct cursor *opening)
{
	struct cursor cursor = *opening;
	bool starts = true; /* a word: quotes and comments do not begin within one */
	size_t open = 0;

	while (cursor.at < cursor.end) {
		if (starts && cursor_on(&cursor, "'\"")) {
			skip_quotes(&cursor);
			starts = false;
			continue;
		}
		if (starts && cursor_on(&cursor, "#")) {
			while (cursor.at < cursor.end && !cursor_on(&cursor, "\r\n"))
				cursor_step(&cursor);
			continue;
		}
		if (cursor_on(&cursor, "[{"))
			open++;
		else if (cursor_on(&cursor, "]}") && --open == 0)
			return true;
		starts = cursor_on(&cursor, " \t\r\n[{,:");
		cursor_step(&cursor);
	}
	return false;
}

/* The last word of a text that goes on to where reading stopped: the comma is missing before it. */
static struct span last_word(const struct trouble *trouble)
{
	const struct yaml_progress *progress = trouble->progress;
	struct cursor cursor = trouble->at, start = cursor_new(trouble->source);
	struct span span;

	if (!cursor_on(&cursor, ":") || !progress->after_scalar || !progress->in_brackets ||
	    progress->style != YAML_PLAIN_SCALAR_STYLE)
		return stop(trouble);
	cursor_advance(&start, progress->start.index);
	span = place(&start, 1);
	for (bool blank = false; start.at < cursor.at; cursor_step(&start)) {
		bool now = cursor_on(&start, " \t\r\n");

		if (blank && !now)
			span = place(&start, 0);
		span.length += !now;
		blank = now;
	}
	return span;
}

static bool explain_open_bracket(const struct trouble *trouble, yaml_mark_t mark)
{
	struct cursor opening = cursor_new(trouble->source);
	char what[] = "'?'";
	struct span at;

	cursor_advance(&opening, mark.index);
	if (!cursor_on(&opening, "[{") || is_closed(&opening))
		return false;
	what[1] = *opening.at;
	at = last_word(trouble);
	if (cursor_on(&trouble->at, ":") && at.column == trouble->at.column)
		at = line_span(&trouble->line);
	explain_open(trouble, place(&opening, 1), what, at);
	diagnostic_hint(trouble->diagnostics, "close it with '%c'", *opening.at == '[' ? ']' : '}');
	return true;
}

/* Inside brackets stands a colon, and what is before it is no key. */
static void explain_stray_colon(const struct trouble *trouble, struct span word)
{
	const struct yaml_progress *progress = trouble->progress;

	if (starts_line(trouble) || progress->start.index == progress->end.index)
		say(trouble, stop(trouble), "a key and its ':' stand on one line", NULL);
	else if (word.line == progress->start.line + 1 && word.column == progress->start.column + 1)
		say(trouble, stop(trouble), "a second ':' in one value",
		    "quote the value that holds it");
	else
		say(trouble, word, "',' is missing before this", NULL);
}

/* A bracket closes, but it is not the kind that is open: in one line, that one is the slip. */
static void explain_other_bracket(const struct trouble *trouble, char right)
{
	struct span opening = place(&trouble->context, 1);
	char wrong = *trouble->at.at;

	if (trouble->at.line == opening.line) {
		diagnose(trouble->diagnostics, SEVERITY_ERROR, stop(trouble),
		         "'%c' is missing before this '%c'", right, wrong);
		diagnostic_note(trouble->diagnostics, opening, "it closes what opens here");
		return;
	}
	diagnose(trouble->diagnostics, SEVERITY_ERROR, opening, "this '%c' is never closed",
	         *trouble->context.at);
	diagnostic_hint(trouble->diagnostics, "close it with '%c'", right);
	diagnostic_note(trouble->diagnostics, stop(trouble), "this '%c' does not", wrong);
}

/* Inside brackets stands something after an item, and it is neither a comma nor the end. */
bool explain_flow(const struct trouble *trouble)
{
	const struct yaml_progress *progress = trouble->progress;
	bool in_list = strstr(trouble->parser->problem, "']'") != NULL;
	struct span opening = place(&trouble->context, 1);

	if (explain_quotes(trouble))
		return true;
	if (cursor_on(&trouble->at, "]}")) {
		explain_other_bracket(trouble, in_list ? ']' : '}');
		return true;
	}
	if (explain_open_bracket(trouble, trouble->parser->context_mark))
		return true;
	if (cursor_on(&trouble->at, ":"))
		explain_stray_colon(trouble, last_word(trouble));
	else if (!in_list && progress->after_scalar && progress->start.index == progress->end.index)
		say(trouble, stop(trouble), "':' or ',' is missing before this", NULL);
	else
		say(trouble, stop(trouble), "',' is missing before this", NULL);
	diagnostic_note(trouble->diagnostics, opening, "inside what opens here");
	return true;
}

/* Where a value should begin, something stands that cannot. */
bool explain_content(const struct trouble *trouble)
{
	const struct yaml_progress *progress = trouble->progress;
	const struct cursor *at = &trouble->at;

	if (explain_ipv6(trouble))
		return true;
	if (at->at == at->end)
		return progress->in_brackets && explain_open_bracket(trouble, progress->bracket);
	if (progress->in_brackets && cursor_on(at, ",:]}")) {
		diagnose(trouble->diagnostics, SEVERITY_ERROR, stop(trouble),
		         "something is missing before this '%c'", *at->at);
		return true;
	}
	if (progress->in_brackets && cursor_on(at, "-")) {
		say(trouble, stop(trouble), "inside {} and [] there are no '- ' items",
		    "separate items with ','");
		return true;
	}
	return explain_closing(trouble);
}

bool explain_inner_colon(const struct trouble *trouble)
{
	struct cursor next = trouble->at;

	if (explain_ipv6(trouble))
		return true;
	cursor_step(&next);
	if (cursor_on(&next, "{["))
		say(trouble, stop(trouble), "a space is missing after this ':'", NULL);
	else
		say(trouble, stop(trouble), "inside {} and [] a text cannot end in ':'",
		    "put a space after it if this is a key, or quote it");
	return true;
}
