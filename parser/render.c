/* How a list of diagnostics is printed. */
#include "arena.h"
#include "diagnostic_list.h"
#include "utf8.h"

#include <stdlib.h>
#include <string.h>

enum {
	SHOWN_AT_MOST = 50,
	TAB_STOP = 8,
	WINDOW = 160,      /* columns shown of a line longer than that */
	CARET_UP_TO = 120, /* a caret farther right moves the window, ... */
	BEFORE_CARET = 40, /* ... so that this much is shown before it */
};

struct style {
	const char *name;
	const char *colour;
};

static const struct style styles[] = {
        [SEVERITY_ERROR] = {"error", "\033[1;31m"},
        [SEVERITY_WARNING] = {"warning", "\033[1;35m"},
        [SEVERITY_NOTE] = {"note", "\033[1;36m"},
};

struct printer {
	FILE *file;
	bool colour;
	const struct source *source;
};

/* One character as it is printed, with control characters and what is not UTF-8 escaped. */
struct glyph {
	size_t bytes;    /* that it takes in the text */
	unsigned width;  /* in columns */
	char escape[16]; /* what is printed instead, or empty */
};

static struct glyph glyph_at(const char *text, size_t length)
{
	struct glyph glyph = {.width = 0};
	uint32_t code;
	int width;

	glyph.bytes = utf8_decode(text, length, &code);
	if (glyph.bytes && utf8_is_printable(code)) {
		glyph.width = utf8_width(code);
		return glyph;
	}
	if (glyph.bytes == 0) {
		glyph.bytes = 1;
		code = (unsigned char)text[0];
	}
	width = snprintf(glyph.escape, sizeof(glyph.escape),
	                 glyph.bytes == 1 ? "\\x%02x"
	                 : code > 0xffff  ? "\\U%08x"
	                                  : "\\u%04x",
	                 code);
	glyph.width = (unsigned)width;
	return glyph;
}

/* In a source line a tab reaches to the next tab stop. */
static struct glyph line_glyph(const char *text, size_t length, size_t column)
{
	struct glyph glyph = {.bytes = 1};

	if (*text != '\t')
		return glyph_at(text, length);
	glyph.width = (unsigned)(TAB_STOP - column % TAB_STOP);
	memset(glyph.escape, ' ', glyph.width);
	return glyph;
}

static void print_glyph(FILE *file, const struct glyph *glyph, const char *text)
{
	if (glyph->escape[0])
		fputs(glyph->escape, file);
	else
		fwrite(text, 1, glyph->bytes, file);
}

void print_escaped(FILE *file, const char *text)
{
	size_t length = strlen(text);

	while (length) {
		struct glyph glyph = glyph_at(text, length);

		print_glyph(file, &glyph, text);
		text += glyph.bytes;
		length -= glyph.bytes;
	}
}

static void set_colour(const struct printer *printer, const char *colour)
{
	if (printer->colour)
		fputs(colour, printer->file);
}

static bool is_placed(const struct printer *printer, struct span span)
{
	return printer->source && span.line;
}

/* "file:line:column: error: ", or "topoc: error: " without a place. */
static void print_heading(const struct printer *printer, enum severity severity, struct span span)
{
	set_colour(printer, "\033[1m");
	if (is_placed(printer, span)) {
		const char *path = printer->source->path;

		print_escaped(printer->file, strcmp(path, "-") == 0 ? "<stdin>" : path);
		fprintf(printer->file, ":%u:%u: ", span.line, span.column);
	} else {
		fputs("topoc: ", printer->file);
	}
	set_colour(printer, styles[severity].colour);
	fprintf(printer->file, "%s: ", styles[severity].name);
	set_colour(printer, "\033[m");
}

static size_t line_length(const char *text, size_t length)
{
	size_t size = 0;

	while (size < length && !utf8_line_break(text + size, length - size))
		size++;
	return size;
}

/* The text of a line, without its break; NULL where the source has no such line. */
static const char *find_line(const struct source *source, uint32_t line, size_t *length)
{
	const char *end = source->text + source->length;
	const char *text = source->text + utf8_bom(source->text, source->length);

	for (;;) {
		size_t rest = (size_t)(end - text);
		size_t size = line_length(text, rest);

		if (--line == 0) {
			*length = size;
			return rest ? text : NULL;
		}
		if (size == rest)
			return NULL;
		text += size;
		text += utf8_line_break(text, rest - size);
	}
}

/* The columns, from 0, between which a span is underlined. */
struct underline {
	size_t from;
	size_t to;
};

static struct underline measure(const char *line, size_t length, struct span span)
{
	struct underline underline = {0, 0};
	size_t after = (size_t)span.column + (span.length ? span.length : 1);
	size_t character = 1, column = 0;

	while (length && character < after) {
		struct glyph glyph = line_glyph(line, length, column);

		if (character <= span.column)
			underline.from = column;
		column += glyph.width;
		line += glyph.bytes;
		length -= glyph.bytes;
		character++;
	}
	if (character <= span.column) /* behind the line's end */
		underline.from = column;
	underline.to = column > underline.from ? column : underline.from + 1;
	return underline;
}

/*
 * Prints the line, or of a long one the window around the caret, and moves the underline to where
 * it now belongs.
 */
static void print_line(FILE *file, const char *line, size_t length, struct underline *underline)
{
	size_t from = underline->from > CARET_UP_TO ? underline->from - BEFORE_CARET : 0;
	size_t column = 0, shown = 0;

	if (from)
		shown = (size_t)fprintf(file, "...");
	while (length && column < from + WINDOW) {
		struct glyph glyph = line_glyph(line, length, column);

		if (column >= from) {
			print_glyph(file, &glyph, line);
			shown += glyph.width;
		}
		line += glyph.bytes;
		length -= glyph.bytes;
		column += glyph.width;
	}
	if (underline->to > column && underline->from < column)
		underline->to = column;
	if (from) {
		underline->from = shown + underline->from - column;
		underline->to = shown + underline->to - column;
	}
	fputs(length ? "...\n" : "\n", file);
}

static void print_excerpt(const struct printer *printer, const struct diagnostic *item,
                          const char *line, size_t length)
{
	struct underline underline = measure(line, length, item->span);
	int margin = fprintf(printer->file, "%5u", item->span.line);

	fputs(" | ", printer->file);
	print_line(printer->file, line, length, &underline);
	fprintf(printer->file, "%*s | %*s", margin, "", (int)underline.from, "");
	set_colour(printer, styles[item->severity].colour);
	fputc('^', printer->file);
	for (size_t i = underline.from + 1; i < underline.to; i++)
		fputc('~', printer->file);
	set_colour(printer, "\033[m");
	if (item->hint) {
		fputc(' ', printer->file);
		print_escaped(printer->file, item->hint);
	}
	fputc('\n', printer->file);
}

static void print_item(const struct printer *printer, const struct diagnostic *item)
{
	size_t length = 0;
	const char *line = NULL;

	if (is_placed(printer, item->span))
		line = find_line(printer->source, item->span.line, &length);
	print_heading(printer, item->severity, item->span);
	print_escaped(printer->file, item->text);
	if (item->hint && !line) { /* there is no caret to put it behind */
		fputs("; ", printer->file);
		print_escaped(printer->file, item->hint);
	}
	fputc('\n', printer->file);
	if (line)
		print_excerpt(printer, item, line, length);
	for (const struct note *note = item->notes; note; note = note->next) {
		print_heading(printer, SEVERITY_NOTE, note->span);
		print_escaped(printer->file, note->text);
		fputc('\n', printer->file);
	}
}

/* By place, those without one last; by the order in which they were appended otherwise. */
static int compare(const void *left, const void *right)
{
	const struct diagnostic *a = *(const struct diagnostic *const *)left;
	const struct diagnostic *b = *(const struct diagnostic *const *)right;

	if (a->span.line != b->span.line) {
		if (!a->span.line || !b->span.line)
			return a->span.line ? -1 : 1;
		return a->span.line < b->span.line ? -1 : 1;
	}
	if (a->span.line && a->span.column != b->span.column)
		return a->span.column < b->span.column ? -1 : 1;
	return (a > b) - (a < b);
}

/* Where there are too many to show them all, errors go before warnings. */
void diagnostics_print(const struct diagnostics *list, FILE *file, bool colour)
{
	const struct printer printer = {file, colour, list->source};
	size_t errors = diagnostics_count(list, SEVERITY_ERROR);
	size_t room_for_errors = errors < SHOWN_AT_MOST ? errors : SHOWN_AT_MOST;
	size_t room_for_others = SHOWN_AT_MOST - room_for_errors;
	const struct diagnostic **sorted = arena_alloc(list->arena, list->count * sizeof(*sorted));

	for (size_t i = 0; i < list->count; i++)
		sorted[i] = &list->items[i];
	qsort(sorted, list->count, sizeof(*sorted), compare);
	for (size_t i = 0; i < list->count; i++) {
		bool is_error = sorted[i]->severity == SEVERITY_ERROR;
		size_t *room = is_error ? &room_for_errors : &room_for_others;

		if (*room) {
			print_item(&printer, sorted[i]);
			--*room;
		}
	}
	if (list->count > SHOWN_AT_MOST)
		fprintf(file, "and %zu more\n", list->count - SHOWN_AT_MOST);
}
