#include "text.h"
#include "../utf8.h"

#include <string.h>

struct cursor cursor_new(const struct source *source)
{
	return (struct cursor){
	        .at = source->text + utf8_bom(source->text, source->length),
	        .end = source->text + source->length,
	        .line = 1,
	        .column = 1,
	};
}

static size_t rest(const struct cursor *cursor)
{
	return (size_t)(cursor->end - cursor->at);
}

/* Whether each of eight bytes is from ' ' to '~': none is 0x7f or above, none below 0x20. */
static bool is_plain(const char *text)
{
	const uint64_t ones = UINT64_C(0x0101010101010101), high = ones << 7;
	uint64_t bytes;

	memcpy(&bytes, text, sizeof bytes);
	return !((bytes | (bytes + ones)) & high) && !(~((bytes | high) - 0x20 * ones) & high);
}

/* Over at most that many characters of which each is a byte and ends no line: nearly all of a file. */
static void pass_plain(struct cursor *cursor, size_t most)
{
	size_t count = 0;

	if (most > rest(cursor))
		most = rest(cursor);
	while (most - count >= sizeof(uint64_t) && is_plain(&cursor->at[count]))
		count += sizeof(uint64_t);
	while (count < most && cursor->at[count] >= ' ' && cursor->at[count] < 0x7f)
		count++;
	cursor->at += count;
	cursor->index += count;
	cursor->column += (uint32_t)count;
}

void cursor_step(struct cursor *cursor)
{
	size_t size = utf8_line_break(cursor->at, rest(cursor));
	uint32_t code;

	if (size) {
		cursor->index += size == 2 && *cursor->at == '\r' ? 2 : 1;
		cursor->line++;
		cursor->column = 1;
	} else {
		size = utf8_decode(cursor->at, rest(cursor), &code);
		cursor->index += size != 0;
		cursor->column += size != 0;
	}
	cursor->at += size;
}

void cursor_advance(struct cursor *cursor, size_t index)
{
	while (cursor->index < index && cursor->at < cursor->end) {
		pass_plain(cursor, index - cursor->index);
		if (cursor->index < index)
			cursor_step(cursor);
	}
}

bool cursor_on(const struct cursor *cursor, const char *characters)
{
	return cursor->at < cursor->end && *cursor->at && strchr(characters, *cursor->at);
}

struct span cursor_rest_of_line(const struct cursor *cursor)
{
	struct span span = {cursor->line, cursor->column, 0};
	struct cursor last = *cursor;

	while (last.at < last.end && last.line == cursor->line) {
		bool blank = cursor_on(&last, " \t");

		cursor_step(&last);
		if (!blank && last.line == cursor->line)
			span.length = last.column - cursor->column;
	}
	return span;
}

struct span cursor_last_place(const struct source *source)
{
	struct cursor cursor = cursor_new(source);
	struct span last = {1, 1, 1};

	while (cursor.at < cursor.end) {
		bool blank = cursor_on(&cursor, " \t");
		uint32_t line = cursor.line;

		cursor_step(&cursor);
		if (!blank && cursor.line == line)
			last = (struct span){line, cursor.column, 1};
	}
	return last;
}

/* YAML 1.2, chapter 5.1: c-printable, less the byte order mark inside the text. */
static bool may_stand(uint32_t code)
{
	if (code < 0x20)
		return code == '\t' || code == '\n' || code == '\r';
	if (code >= 0x7f && code < 0xa0)
		return code == 0x85;
	return code != 0xfeff && code != 0xfffe && code != 0xffff;
}

/* With its byte order mark, or by a first character of ASCII. */
static bool is_utf16(const struct source *source)
{
	const char *text = source->text;

	return source->length >= 2 &&
	       (!memcmp(text, "\xff\xfe", 2) || !memcmp(text, "\xfe\xff", 2) ||
	        (text[0] == '\0') != (text[1] == '\0'));
}

bool yaml_text_check(const struct source *source, struct diagnostics *diagnostics)
{
	struct cursor cursor = cursor_new(source);

	if (is_utf16(source)) {
		diagnose(diagnostics, SEVERITY_ERROR, (struct span){1, 1, 1},
		         "this is UTF-16: save the file as UTF-8");
		return false;
	}
	for (; pass_plain(&cursor, SIZE_MAX), cursor.at < cursor.end; cursor_step(&cursor)) {
		struct span span = {cursor.line, cursor.column, 1};
		unsigned byte = (unsigned char)*cursor.at;
		uint32_t code;

		if (!utf8_decode(cursor.at, rest(&cursor), &code)) {
			diagnose(diagnostics, SEVERITY_ERROR, span, "byte 0x%02x is not UTF-8",
			         byte);
			diagnostic_hint(diagnostics, "save the file as UTF-8");
			return false;
		}
		if (code == 0) {
			diagnose(diagnostics, SEVERITY_ERROR, span, "a NUL byte is not text");
			return false;
		}
		if (!may_stand(code)) {
			diagnose(diagnostics, SEVERITY_ERROR, span,
			         "character U+%04X is not allowed in YAML", code);
			return false;
		}
	}
	return true;
}
