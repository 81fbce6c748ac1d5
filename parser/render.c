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
	TEXT_FRONT = 400,  /* bytes shown of a text that is longer than both, */
	TEXT_BACK = 200,   /* at its two ends */
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

/* A character of a line, and the column from 0 in which a terminal shows it. */
struct place {
	const char *at;
	size_t rest;      /* bytes to the end of the line */
	size_t character; /* from 1 */
	size_t column;
};

/*
 * Diagnostics are printed in the order of their places, so that the text is walked once: `line` is
 * the one that was found last, and `mark` a place in it that is at least a window before the last
 * caret; `next_mark` is the one after that.
 */
struct printer {
	FILE *file;
	bool colour;
	const struct source *source;
	uint32_t line; /* 0: none yet */
	struct place start;
	struct place mark;
	struct place next_mark;
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

/* Moves on behind a character of a line, and returns it. */
static struct glyph step(struct place *place)
{
	struct glyph glyph = line_glyph(place->at, place->rest, place->column);

	place->at += glyph.bytes;
	place->rest -= glyph.bytes;
	place->character++;
	place->column += glyph.width;
	return glyph;
}

static void print_glyph(FILE *file, const struct glyph *glyph, const char *text)
{
	if (glyph->escape[0])
		fputs(glyph->escape, file);
	else
		fwrite(text, 1, glyph->bytes, file);
}

/* How many bytes at the start of a text are printable ASCII: all, most of the time. */
static size_t plain_length(const char *text, size_t length)
{
	size_t plain = 0;

	while (plain < length && text[plain] >= ' ' && text[plain] < 0x7f)
		plain++;
	return plain;
}

static void print_bytes(FILE *file, const char *text, size_t length)
{
	while (length) {
		size_t plain = plain_length(text, length);
		struct glyph glyph = {.bytes = plain};

		if (!plain)
			glyph = glyph_at(text, length);
		print_glyph(file, &glyph, text);
		text += glyph.bytes;
		length -= glyph.bytes;
	}
}

void print_escaped(FILE *file, const char *text)
{
	print_bytes(file, text, strlen(text));
}

static bool is_continuation(char byte)
{
	return ((unsigned char)byte & 0xc0) == 0x80;
}

/* The text of a diagnostic, which may quote what somebody wrote at any length. */
static void print_text(FILE *file, const char *text)
{
	size_t length = strlen(text), front = TEXT_FRONT, back = length - TEXT_BACK;

	if (length <= TEXT_FRONT + TEXT_BACK) {
		print_bytes(file, text, length);
		return;
	}
	while (front && is_continuation(text[front]))
		front--;
	while (back < length && is_continuation(text[back]))
		back++;
	print_bytes(file, text, front);
	fputs(" ... ", file);
	print_bytes(file, text + back, length - back);
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

/* Whether the source has that line; it is then the printer's. */
static bool find_line(struct printer *printer, uint32_t line)
{
	const struct source *source = printer->source;
	const char *end = source->text + source->length;
	const char *text = printer->start.at;
	size_t rest;

	if (printer->line == 0 || line < printer->line) {
		printer->line = 1;
		text = source->text + utf8_bom(source->text, source->length);
	} else if (line == printer->line) {
		return text < end;
	}
	for (rest = (size_t)(end - text); printer->line < line; printer->line++) {
		size_t size = line_length(text, rest);

		if (size == rest)
			break;
		text += size;
		text += utf8_line_break(text, rest - size);
		rest = (size_t)(end - text);
	}
	printer->start = (struct place){text, line_length(text, rest), 1, 0};
	printer->mark = printer->next_mark = printer->start;
	return printer->line == line && rest;
}

/* The columns, from 0, between which a span is underlined. */
struct underline {
	size_t from;
	size_t to;
};

static struct underline measure(struct printer *printer, struct span span)
{
	struct place place = span.column < printer->mark.character ? printer->start : printer->mark;
	size_t after = (size_t)span.column + (span.length ? span.length : 1);
	struct underline underline;

	while (place.rest && place.character < span.column) {
		step(&place);
		if (place.column >= printer->next_mark.column + WINDOW) {
			printer->mark = printer->next_mark;
			printer->next_mark = place;
		}
	}
	underline.from = place.column;
	while (place.rest && place.character < after && place.column <= underline.from + WINDOW)
		step(&place);
	underline.to = place.column > underline.from ? place.column : underline.from + 1;
	return underline;
}

/*
 * Prints the line, or of a long one the window around the caret, and moves the underline to where
 * it now belongs.
 */
static void print_line(const struct printer *printer, struct underline *underline)
{
	size_t from = underline->from > CARET_UP_TO ? underline->from - BEFORE_CARET : 0;
	struct place place = from ? printer->mark : printer->start;
	size_t shown = 0;

	if (from)
		shown = (size_t)fprintf(printer->file, "...");
	while (place.rest && place.column < from + WINDOW) {
		const char *at = place.at;
		bool is_shown = place.column >= from;
		struct glyph glyph = step(&place);

		if (is_shown) {
			print_glyph(printer->file, &glyph, at);
			shown += glyph.width;
		}
	}
	if (underline->to > place.column && underline->from < place.column)
		underline->to = place.column;
	if (from) {
		underline->from = shown + underline->from - place.column;
		underline->to = shown + underline->to - place.column;
	}
	fputs(place.rest ? "...\n" : "\n", printer->file);
}

static void print_excerpt(struct printer *printer, const struct diagnostic *item)
{
	struct underline underline = measure(printer, item->span);
	int margin = fprintf(printer->file, "%5u", item->span.line);

	fputs(" | ", printer->file);
	print_line(printer, &underline);
	fprintf(printer->file, "%*s | %*s", margin, "", (int)underline.from, "");
	set_colour(printer, styles[item->severity].colour);
	fputc('^', printer->file);
	for (size_t i = underline.from + 1; i < underline.to; i++)
		fputc('~', printer->file);
	set_colour(printer, "\033[m");
	if (item->hint) {
		fputc(' ', printer->file);
		print_text(printer->file, item->hint);
	}
	fputc('\n', printer->file);
}

static void print_item(struct printer *printer, const struct diagnostic *item)
{
	bool has_line = is_placed(printer, item->span) && find_line(printer, item->span.line);

	print_heading(printer, item->severity, item->span);
	print_text(printer->file, item->text);
	if (item->hint && !has_line) { /* there is no caret to put it behind */
		fputs("; ", printer->file);
		print_text(printer->file, item->hint);
	}
	fputc('\n', printer->file);
	if (has_line)
		print_excerpt(printer, item);
	for (const struct note *note = item->notes; note; note = note->next) {
		print_heading(printer, SEVERITY_NOTE, note->span);
		print_text(printer->file, note->text);
		fputc('\n', printer->file);
	}
}

static int compare(const void *left, const void *right)
{
	return diagnostic_compare(*(const struct diagnostic *const *)left,
	                          *(const struct diagnostic *const *)right);
}

/* "and 3 more errors, 1 more warning" */
static void print_rest(const struct diagnostics *list, const size_t *shown, FILE *file)
{
	const char *before = "and ";

	for (size_t i = 0; i <= SEVERITY_NOTE; i++) {
		size_t more = diagnostics_count(list, (enum severity)i) - shown[i];

		if (!more)
			continue;
		fprintf(file, "%s%zu more %s%s", before, more, styles[i].name, more > 1 ? "s" : "");
		before = ", ";
	}
	if (*before == ',')
		fputc('\n', file);
}

const struct diagnostic **diagnostics_sorted(const struct diagnostics *list)
{
	const struct diagnostic **sorted =
	        arena_alloc(list->arena, (list->count + 1) * sizeof(*sorted));

	for (size_t i = 0; i < list->count; i++)
		sorted[i] = &list->items[i];
	qsort(sorted, list->count, sizeof(*sorted), compare);
	return sorted;
}

void diagnostics_print(const struct diagnostics *list, FILE *file, bool colour)
{
	struct printer printer = {.file = file, .colour = colour, .source = list->source};
	size_t errors = diagnostics_count(list, SEVERITY_ERROR);
	size_t room_for_errors = errors < SHOWN_AT_MOST ? errors : SHOWN_AT_MOST;
	size_t room_for_others = SHOWN_AT_MOST - room_for_errors;
	const struct diagnostic **sorted = diagnostics_sorted(list);
	size_t shown[SEVERITY_NOTE + 1] = {0};

	for (size_t i = 0; i < list->count; i++) {
		enum severity severity = sorted[i]->severity;
		size_t *room = severity == SEVERITY_ERROR ? &room_for_errors : &room_for_others;

		if (!*room)
			continue;
		--*room;
		shown[severity]++;
		print_item(&printer, sorted[i]);
	}
	print_rest(list, shown, file);
}
