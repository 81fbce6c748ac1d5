/* What is told of errors in what is structured by indentation. */
#include "lesson.h"

#include <string.h>

static bool explain_missing_blank(const struct trouble *trouble, const struct line *line)
{
	struct span span = line_span(line);

	if (!line_lacks_blank(line))
		return false;
	span.length = 1;
	say(trouble, span, "a space is missing after this '-'", NULL);
	return true;
}

/* Whether what follows a colon can only be a value: `mtu:9000`, where `left:eth0` is a device. */
static bool is_value(const char *text, size_t length)
{
	return length &&
	       (strchr("0123456789'\"{[", *text) || (length == 4 && !memcmp(text, "true", 4)) ||
	        (length == 5 && !memcmp(text, "false", 5)));
}

/* `text` stands where a key and its colon are wanted. */
static void explain_key(const struct trouble *trouble, struct span span, const char *text,
                        size_t length)
{
	const char *colon = memchr(text, ':', length);
	const char *blank = length ? memchr(text, ' ', length - 1) : NULL;
	size_t before = colon ? (size_t)(colon - text) : 0, after = length - before - 1;

	if (colon && is_value(colon + 1, after)) {
		say(trouble, span, "a space is missing after ':'", NULL);
		diagnostic_hint(trouble->diagnostics, "write '%.*s: %.*s'", (int)before, text,
		                (int)after, colon + 1);
		return;
	}
	say(trouble, span, "':' is missing after this key", NULL);
	if (length >= 2 && text[0] == '/' && (text[1] == '/' || text[1] == '*'))
		diagnostic_hint(trouble->diagnostics, "a comment begins with '#'");
	else if (blank && (blank[1] == '[' || blank[1] == '{'))
		diagnostic_hint(trouble->diagnostics, "write '%.*s: %c'", (int)(blank - text), text,
		                blank[1]);
	else if (length < 64 && !blank)
		diagnostic_hint(trouble->diagnostics, "write '%.*s:'", (int)length, text);
}

/* libyaml looks for a key's colon until the line is over. */
bool explain_missing_colon(const struct trouble *trouble)
{
	struct line line = line_at(trouble->source, &trouble->context);
	struct span span = cursor_rest_of_line(&trouble->context);
	const char *text = trouble->context.at;

	if (!explain_missing_blank(trouble, &line))
		explain_key(trouble, span, text, (size_t)(line.text + line.length - text));
	return true;
}

/* `left:eth0:{mtu: 9000, up: false}` */
bool explain_brackets_behind_colon(const struct trouble *trouble)
{
	const char *text = trouble->line.text + trouble->line.content;
	struct span span = line_span(&trouble->line);

	for (const char *at = text; at + 1 < trouble->at.at; at++) {
		if (*at != ':' || (at[1] != '{' && at[1] != '['))
			continue;
		span.length = (uint32_t)(at + 1 - text);
		say(trouble, span, "a space is missing after ':'", NULL);
		diagnostic_hint(trouble->diagnostics, "write '%.*s %c'", (int)(at + 1 - text), text,
		                at[1]);
		return true;
	}
	return false;
}

/* A second `: ` in a line: a blank in a device's name, or text that needs quotes. */
static void explain_two_colons(const struct trouble *trouble)
{
	const char *text = trouble->line.text + trouble->line.content, *at = trouble->at.at;
	const char *colon = memchr(text, ':', (size_t)(at - text)), *second = colon + 1;
	struct span span = line_span(&trouble->line);

	while (second < at && *second == ' ')
		second++;
	if (trouble->line.content == 0 || second == at || strchr("'\"", *second) ||
	    memchr(second, ' ', (size_t)(at - second))) {
		say(trouble, stop(trouble), "a second ':' in one line",
		    "begin the inner mapping on a new line, or quote the text");
		return;
	}
	span.length = trouble->at.column - span.column;
	say(trouble, span, "a second ':' follows in this line", NULL);
	diagnostic_hint(trouble->diagnostics,
	                "a device is one word, '%.*s:%.*s'; quote a value that holds a ':'",
	                (int)(colon - text), text, (int)(at - second), second);
}

/* A colon, behind what cannot be a key since the text before goes on there. */
bool explain_colon(const struct trouble *trouble)
{
	const struct line *line = &trouble->line;
	const char *content = line->text + line->content;
	struct line above = *line;

	if (explain_missing_blank(trouble, line))
		return true;
	if (trouble->at.at < content)
		return false;
	if (has_key(content, (size_t)(trouble->at.at - content))) {
		if (!explain_brackets_behind_colon(trouble))
			explain_two_colons(trouble);
		return true;
	}
	if (!line_before(trouble->source, &above))
		return false;
	if (has_key(above.text + above.content, above.length - above.content))
		explain_indentation(trouble->source, line, trouble->diagnostics);
	else if (!explain_missing_blank(trouble, &above))
		explain_key(trouble, line_span(&above), above.text + above.content,
		            above.length - above.content);
	return true;
}

/* Where items stand, a key: it belongs to the one above, or is one without its dash. */
static void explain_key_among_items(const struct trouble *trouble)
{
	struct line above = trouble->line;
	const char *word;
	size_t length = 0;

	say(trouble, line_span(&trouble->line), "a list's items each begin with '- '",
	    "put '- ' before it");
	while (line_before(trouble->source, &above))
		if (above.indent == trouble->line.indent && line_is_item(&above))
			break;
	if (above.content == above.indent ||
	    !has_key(above.text + above.content, above.length - above.content))
		return;
	word = above.text + above.content;
	while (length < above.length - above.content && !strchr(" \t", word[length]))
		length++;
	length -= length > 1 && word[length - 1] == ':';
	diagnostic_hint(trouble->diagnostics, "put '- ' before it, or indent it by %zu, as '%.*s'",
	                above.content, (int)length, word);
}

/* In a mapping or list by indentation stands what is neither a key nor an item of it. */
bool explain_block(const struct trouble *trouble)
{
	const struct line *line = &trouble->line;
	bool in_list = strstr(trouble->parser->problem, "'-'") != NULL;
	struct span span = place(&trouble->at, 1);

	if (explain_quotes(trouble) || explain_closing(trouble))
		return true;
	if (cursor_on(&trouble->at, ":")) {
		say(trouble, stop(trouble), "a key is missing before this ':'",
		    "quote a text that begins with ':'");
		return true;
	}
	if (cursor_on(&trouble->at, ",;")) {
		diagnose(trouble->diagnostics, SEVERITY_ERROR, span, "this '%c' is one too many",
		         *trouble->at.at);
		diagnostic_hint(trouble->diagnostics, "outside of {} and [] a line just ends");
		return true;
	}
	if (!starts_line(trouble))
		return false;
	if (explain_missing_blank(trouble, line))
		return true;
	if (trouble->at.column != trouble->context.column) {
		explain_indentation(trouble->source, line, trouble->diagnostics);
		return true;
	}
	if (in_list)
		explain_key_among_items(trouble);
	else
		say(trouble, span, "this item stands among keys",
		    "a list stands below a key that has no other value");
	diagnostic_note(trouble->diagnostics, place(&trouble->context, 1), "the %s begins here",
	                in_list ? "list" : "mapping");
	return true;
}
