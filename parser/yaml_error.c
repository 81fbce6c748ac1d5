#include "yaml_error.h"
#include "yaml_text.h"

#include <stdbool.h>
#include <string.h>

struct span yaml_span(yaml_mark_t start, yaml_mark_t end)
{
	struct span span = {(uint32_t)start.line + 1, (uint32_t)start.column + 1, 1};

	if (end.line == start.line && end.column > start.column)
		span.length = (uint32_t)(end.column - start.column);
	return span;
}

/* An IPv6 address or prefix, as far as the colons go. */
static bool looks_like_ipv6(const char *text, size_t length)
{
	size_t colons = 0;

	if (length > strlen("ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255/128"))
		return false;
	for (size_t i = 0; i < length; i++) {
		if (!strchr("0123456789abcdefABCDEF:./", text[i]))
			return false;
		colons += text[i] == ':';
	}
	return colons >= 2;
}

/* The advice, if there is any, for a syntax error at the cursor. */
static void hint_syntax(const yaml_parser_t *parser, const struct source *source,
                        struct diagnostics *diagnostics, const struct cursor *cursor)
{
	static const char around[] = " \t\r\n,[]{}'\"";
	const char *from = cursor->at, *to = cursor->at;

	while (from > source->text && !strchr(around, from[-1]))
		from--;
	while (to < cursor->end && !strchr(around, *to))
		to++;
	if (cursor_on(cursor, "\t"))
		diagnostic_hint(diagnostics, "YAML indents with spaces");
	else if (looks_like_ipv6(from, (size_t)(to - from)))
		diagnostic_hint(diagnostics, "quote it: '%.*s'", (int)(to - from), from);
	else if (strcmp(parser->problem, "found unexpected ':'") == 0)
		diagnostic_hint(diagnostics, "a space is missing after ':'");
	else if (cursor_on(cursor, "@`%"))
		diagnostic_hint(diagnostics, "quote what begins with '%c'", *cursor->at);
}

/*
 * libyaml looks for the ':' of a key until the line is over, and gives the place where it gave up
 * instead of the key's.
 */
static bool explain_missing_colon(const yaml_parser_t *parser, const struct source *source,
                                  struct diagnostics *diagnostics)
{
	struct cursor cursor = cursor_new(source);

	if (strcmp(parser->problem, "could not find expected ':'") != 0 || !parser->context)
		return false;
	cursor_advance(&cursor, parser->context_mark.index);
	diagnose(diagnostics, SEVERITY_ERROR, cursor_rest_of_line(&cursor),
	         "':' is missing after this key");
	return true;
}

void yaml_explain(const yaml_parser_t *parser, const struct source *source,
                  struct diagnostics *diagnostics)
{
	struct cursor cursor = cursor_new(source);
	struct span span = yaml_span(parser->problem_mark, parser->problem_mark);
	const char *problem = parser->problem;

	if (parser->error != YAML_SCANNER_ERROR && parser->error != YAML_PARSER_ERROR) {
		diagnose(diagnostics, SEVERITY_ERROR, (struct span){0}, "%s",
		         problem ? problem : "out of memory");
		return;
	}
	if (explain_missing_colon(parser, source, diagnostics))
		return;
	cursor_advance(&cursor, parser->problem_mark.index);
	if (cursor.at == cursor.end)
		span = cursor_last_place(source);
	if (cursor_on(&cursor, "\t") && strstr(problem, "cannot start any token"))
		problem = "found a tab character that cannot start any token";
	diagnose(diagnostics, SEVERITY_ERROR, span, "%s", problem);
	hint_syntax(parser, source, diagnostics, &cursor);
	if (parser->context && parser->context_mark.index != parser->problem_mark.index)
		diagnostic_note(diagnostics, yaml_span(parser->context_mark, parser->context_mark),
		                "%s", parser->context);
}
