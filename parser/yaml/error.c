/*
 * libyaml says what it expected where it gave up. Here that becomes what is wrong, in plain words,
 * where a reader would see it: a table from libyaml's words, and the lessons that need more than a
 * sentence.
 */
#include "error.h"
#include "lesson.h"

#include <string.h>

struct lesson {
	const char *problem; /* libyaml's words */
	/* Says what is wrong; false: `text` does, at `at` or, if `at_context`, where that began. */
	bool (*explain)(const struct trouble *trouble);
	const char *text;
	const char *hint;
	bool at_context;
};

static const char directive[] = "a line that begins with '%' is a directive, and this is none";
static const char quote_percent[] = "only '%YAML 1.1' and '%YAML 1.2' are known";
static const char tag[] = "tags are not supported";
static const char quote_tag[] = "quote a text that begins with '!'";

struct span yaml_span(yaml_mark_t start, yaml_mark_t end)
{
	struct span span = {(uint32_t)start.line + 1, (uint32_t)start.column + 1, 1};

	if (end.line == start.line && end.column > start.column)
		span.length = (uint32_t)(end.column - start.column);
	return span;
}

void say(const struct trouble *trouble, struct span span, const char *text, const char *hint)
{
	diagnose(trouble->diagnostics, SEVERITY_ERROR, span, "%s", text);
	if (hint)
		diagnostic_hint(trouble->diagnostics, "%s", hint);
}

struct span place(const struct cursor *cursor, size_t length)
{
	return (struct span){cursor->line, cursor->column, (uint32_t)length};
}

struct span stop(const struct trouble *trouble)
{
	if (trouble->at.at == trouble->at.end)
		return cursor_last_place(trouble->source);
	return place(&trouble->at, 1);
}

bool starts_line(const struct trouble *trouble)
{
	return trouble->at.at == trouble->line.text + trouble->line.indent;
}

struct word word_at(const struct trouble *trouble, const struct cursor *cursor)
{
	static const char around[] = " \t\r\n,[]{}'\"";
	const char *start = cursor_new(trouble->source).at;
	const char *from = cursor->at, *to = cursor->at;
	struct word word = {.span = place(cursor, 0)};

	while (from > start && !strchr(around, from[-1]))
		from--;
	while (to < cursor->end && *to && !strchr(around, *to))
		to++;
	word.text = from;
	word.length = (size_t)(to - from);
	for (const char *at = from; at < to; at++) {
		bool begins = ((unsigned char)*at & 0xc0) != 0x80;

		word.span.length += begins;
		word.span.column -= begins && at < cursor->at;
	}
	return word;
}

void explain_open(const struct trouble *trouble, struct span opening, const char *what,
                  struct span at)
{
	diagnose(trouble->diagnostics, SEVERITY_ERROR, opening, "this %s is never closed", what);
	diagnostic_note(trouble->diagnostics, at,
	                trouble->at.at == trouble->at.end
	                        ? "the file ends here"
	                        : "it would have to be closed before this");
}

static bool explain_open_quote(const struct trouble *trouble)
{
	explain_open(trouble, place(&trouble->context, 1), "quote", stop(trouble));
	return true;
}

bool explain_quotes(const struct trouble *trouble)
{
	const struct yaml_progress *progress = trouble->progress;
	struct span opening = yaml_span(progress->start, progress->start);
	bool is_single = progress->style == YAML_SINGLE_QUOTED_SCALAR_STYLE;

	if (!progress->after_scalar ||
	    (!is_single && progress->style != YAML_DOUBLE_QUOTED_SCALAR_STYLE) ||
	    progress->end.line + 1 != trouble->at.line || cursor_on(&trouble->at, ":"))
		return false;
	if (progress->in_brackets && progress->end.index != trouble->at.index)
		return false;
	if (progress->start.line != progress->end.line) {
		say(trouble, opening, "this quote is not closed on its line", "close it");
		diagnostic_note(trouble->diagnostics, stop(trouble),
		                "it is taken to end before this");
		return true;
	}
	say(trouble, stop(trouble), "there is text behind the closing quote",
	    is_single ? "inside '' a ' is written twice" : "inside \"\" a \" is written \\\"");
	diagnostic_note(trouble->diagnostics, opening, "the quote opens here");
	return true;
}

bool explain_closing(const struct trouble *trouble)
{
	if (!cursor_on(&trouble->at, "]}"))
		return false;
	if (explain_brackets_behind_colon(trouble))
		return true;
	diagnose(trouble->diagnostics, SEVERITY_ERROR, stop(trouble), "this '%c' closes nothing",
	         *trouble->at.at);
	diagnostic_hint(trouble->diagnostics, "remove it, or quote the text that holds it");
	return true;
}

static bool explain_tab(const struct trouble *trouble)
{
	say(trouble, stop(trouble), "a tab in the indentation", "YAML indents with spaces");
	return true;
}

static bool explain_token(const struct trouble *trouble)
{
	struct word word = word_at(trouble, &trouble->at);

	if (cursor_on(&trouble->at, "\t"))
		return explain_tab(trouble);
	diagnose(trouble->diagnostics, SEVERITY_ERROR, stop(trouble),
	         "a text cannot begin with '%c'", *trouble->at.at);
	diagnostic_hint(trouble->diagnostics, "quote it: '%.*s'", (int)word.length, word.text);
	return true;
}

static bool explain_name(const struct trouble *trouble)
{
	char sign = *trouble->context.at;

	diagnose(trouble->diagnostics, SEVERITY_ERROR, place(&trouble->context, 1),
	         "no name follows this '%c'", sign);
	diagnostic_hint(trouble->diagnostics, "quote a text that begins with '%c'", sign);
	return true;
}

/* Behind the document's end, or before it has begun. */
static bool explain_document(const struct trouble *trouble)
{
	struct line above = trouble->line;

	if (!trouble->progress->has_root) {
		say(trouble, stop(trouble), "'---' is missing before this",
		    "it ends the lines that begin with '%'");
		return true;
	}
	if (line_before(trouble->source, &above) && above.length >= 3 &&
	    !memcmp(above.text, "...", 3)) {
		say(trouble, stop(trouble), "a second document; a file holds one", NULL);
		return true;
	}
	if (explain_quotes(trouble) || explain_closing(trouble))
		return true;
	if (starts_line(trouble) && trouble->at.column < trouble->progress->root.column + 1) {
		explain_indentation(trouble->source, &trouble->line, trouble->diagnostics);
		return true;
	}
	say(trouble, stop(trouble), "the topology has ended before this", NULL);
	diagnostic_note(trouble->diagnostics,
	                yaml_span(trouble->progress->root, trouble->progress->root),
	                "it begins here");
	return true;
}

/* JSON writes a character past U+FFFF as two halves, which YAML does not know. */
static bool explain_surrogate(const struct trouble *trouble)
{
	struct span span = stop(trouble);

	span.column -= 2; /* it is at the digits */
	say(trouble, span, "this escape stands for no character",
	    "write the character itself, or \\U and its eight digits");
	return true;
}

/* Behind a text's `|` or `>`, or in a line that begins with `%`. */
static bool explain_header(const struct trouble *trouble)
{
	if (!cursor_on(&trouble->context, "%"))
		return false;
	say(trouble, place(&trouble->context, 1), directive, quote_percent);
	return true;
}

static const struct lesson lessons[] = {
        {"could not find expected ':'", explain_missing_colon, "':' is missing", NULL, true},
        {"mapping values are not allowed in this context", explain_colon, "a key cannot stand here",
         "begin a new line", false},
        {"mapping keys are not allowed in this context", NULL, "'?' cannot stand here",
         "quote a text that begins with '? '", false},
        {"block sequence entries are not allowed in this context", NULL,
         "a list's items begin on lines of their own", "begin a new line before this '-'", false},
        {"did not find expected key", explain_block, "there is text behind the value", NULL, false},
        {"did not find expected '-' indicator", explain_block, "there is text behind the value",
         NULL, false},
        {"did not find expected ',' or ']'", explain_flow, "',' is missing", NULL, false},
        {"did not find expected ',' or '}'", explain_flow, "',' is missing", NULL, false},
        {"did not find expected node content", explain_content, "a value cannot begin with this",
         "quote it if it is text", false},
        {"did not find expected <document start>", explain_document, NULL, NULL, false},
        {"found unexpected ':'", explain_inner_colon, NULL, NULL, false},
        {"found character that cannot start any token", explain_token, NULL, NULL, false},
        {"found a tab character that violates indentation", explain_tab, NULL, NULL, false},
        {"found a tab character where an indentation space is expected", explain_tab, NULL, NULL,
         false},
        {"found unexpected end of stream", explain_open_quote, NULL, NULL, false},
        {"found unexpected document indicator", explain_open_quote, NULL, NULL, false},
        {"found unknown escape character", NULL, "no such escape",
         "a backslash is written \\\\ here, or once inside ''", false},
        {"did not find expected hexdecimal number", NULL, "a hexadecimal digit is missing",
         "\\x takes two, \\u four and \\U eight of them", false},
        {"found invalid Unicode character escape code", explain_surrogate, NULL, NULL, false},
        {"did not find expected alphabetic or numeric character", explain_name, NULL, NULL, false},
        {"found an indentation indicator equal to 0", NULL, "the indentation is 1 to 9 here", NULL,
         false},
        {"did not find expected comment or line break", explain_header,
         "nothing else stands in this line", "the text begins on the next one", false},
        {"did not find the expected '>'", NULL, tag, quote_tag, true},
        {"did not find expected whitespace or line break", NULL, tag, quote_tag, true},
        {"did not find expected '!'", NULL, tag, quote_tag, true},
        {"did not find expected tag URI", NULL, tag, quote_tag, true},
        {"did not find URI escaped octet", NULL, tag, quote_tag, true},
        {"found an incorrect leading UTF-8 octet", NULL, tag, quote_tag, true},
        {"found an incorrect trailing UTF-8 octet", NULL, tag, quote_tag, true},
        {"found undefined tag handle", NULL, tag, quote_tag, false},
        {"found unknown directive name", NULL, directive, quote_percent, true},
        {"could not find expected directive name", NULL, directive, quote_percent, true},
        {"found unexpected non-alphabetical character", NULL, directive, quote_percent, true},
        {"did not find expected digit or '.' character", NULL, directive, quote_percent, true},
        {"did not find expected version number", NULL, directive, quote_percent, true},
        {"found extremely long version number", NULL, directive, quote_percent, true},
        {"did not find expected whitespace", NULL, directive, quote_percent, true},
        {"found incompatible YAML document", NULL, "another version of YAML", quote_percent, false},
        {"found duplicate %YAML directive", NULL, "a second '%YAML' line", NULL, false},
        {"found duplicate %TAG directive", NULL, "a second '%TAG' line", NULL, false},
};

/* Words of libyaml's that are not known here are better than none. */
static void explain_unknown(const struct trouble *trouble)
{
	const yaml_parser_t *parser = trouble->parser;

	say(trouble, stop(trouble), parser->problem, NULL);
	if (parser->context && parser->context_mark.index != parser->problem_mark.index)
		diagnostic_note(trouble->diagnostics, place(&trouble->context, 1), "%s",
		                parser->context);
}

void yaml_explain(const yaml_parser_t *parser, const struct yaml_progress *progress,
                  const struct source *source, struct diagnostics *diagnostics)
{
	struct trouble trouble = {.parser = parser,
	                          .progress = progress,
	                          .source = source,
	                          .diagnostics = diagnostics,
	                          .at = cursor_new(source),
	                          .context = cursor_new(source)};

	if (parser->error != YAML_SCANNER_ERROR && parser->error != YAML_PARSER_ERROR) {
		diagnose(diagnostics, SEVERITY_ERROR, (struct span){0}, "%s",
		         parser->problem ? parser->problem : "out of memory");
		return;
	}
	cursor_advance(&trouble.at, parser->problem_mark.index);
	cursor_advance(&trouble.context, parser->context_mark.index);
	trouble.line = line_at(source, &trouble.at);
	for (size_t i = 0; i < sizeof(lessons) / sizeof(lessons[0]); i++) {
		const struct lesson *lesson = &lessons[i];

		if (strcmp(lesson->problem, parser->problem) != 0)
			continue;
		if (lesson->explain && lesson->explain(&trouble))
			return;
		if (!lesson->text)
			break;
		say(&trouble, lesson->at_context ? place(&trouble.context, 1) : stop(&trouble),
		    lesson->text, lesson->hint);
		return;
	}
	explain_unknown(&trouble);
}
