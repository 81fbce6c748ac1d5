#include "mdoc.h"

#include "parser/arena.h"
#include "parser/utf8.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

enum { LINE_LENGTH = 70 };

/* Where in a text and on its line the printing is. */
struct place {
	FILE *out;
	size_t column; /* 0: a new line */
	bool quoted;   /* behind a backquote that opens */
};

/* What roff(7) would take for something else, and what is not ASCII, by its name there. */
static void print_character(struct place *place, uint32_t code)
{
	if (code == '\\') {
		fputs("\\e", place->out);
	} else if (code == '`') {
		fputs(place->quoted ? "\\(cq" : "\\(oq", place->out);
		place->quoted = !place->quoted;
	} else if (code == '"') {
		fputs("\\(dq", place->out);
	} else if (code > '~') {
		fprintf(place->out, "\\[u%04X]", (unsigned)code);
	} else {
		putc((int)code, place->out);
	}
}

/* A `-` of an option is no hyphen, at which a line may end and which may look otherwise. */
static void print_word(struct place *place, const char *word, size_t length)
{
	size_t dash = strspn(word, "(`");
	bool is_option = dash < length && word[dash] == '-';
	uint32_t code = 0;

	if (!place->column && (*word == '.' || *word == '\''))
		fputs("\\&", place->out);
	for (size_t at = 0, bytes; at < length; at += bytes) {
		bytes = utf8_decode(word + at, length - at, &code);
		if (!bytes)
			return;
		if (code == '-' && is_option)
			fputs("\\-", place->out);
		else
			print_character(place, code);
	}
}

static void end_line(struct place *place)
{
	if (place->column)
		putc('\n', place->out);
	place->column = 0;
}

static bool ends_sentence(const char *word, size_t length)
{
	while (length > 1 && strchr(")`'\"", word[length - 1]))
		length--;
	return length > 1 && strchr(".?!", word[length - 1]) &&
	       (isalnum((unsigned char)word[length - 2]) || word[length - 2] == ')');
}

void mdoc_text(FILE *out, const char *text)
{
	struct place place = {.out = out};

	while (*text) {
		size_t length = strcspn(text, " \n");

		if (length && place.column && place.column + length >= LINE_LENGTH)
			end_line(&place);
		if (length && place.column)
			putc(' ', out);
		print_word(&place, text, length);
		place.column += length ? length + 1 : 0;
		if (ends_sentence(text, length))
			end_line(&place);
		text += length;
		if (!strncmp(text, "\n\n", 2)) {
			end_line(&place);
			fputs(".Pp\n", out);
		}
		text += strspn(text, " \n");
	}
	end_line(&place);
}

void mdoc_phrase(FILE *out, const char *phrase)
{
	struct arena *arena = arena_new();

	mdoc_text(out, arena_printf(arena, "%s.", phrase));
	arena_free(arena);
}

void mdoc_sentence(FILE *out, const char *phrase)
{
	struct arena *arena = arena_new();

	mdoc_phrase(out, arena_printf(arena, "%c%s", toupper((unsigned char)*phrase), phrase + 1));
	arena_free(arena);
}

/* No `-` in it is a hyphen. */
static void print_literal(FILE *out, const char *text)
{
	struct place place = {.out = out};

	for (; *text; text++) {
		if (*text == '-')
			fputs("\\-", out);
		else
			print_character(&place, (unsigned char)*text);
	}
}

void mdoc_argument(FILE *out, const char *text)
{
	const char *quote = strchr(text, ' ') ? "\"" : "";

	fprintf(out, " %s", quote);
	print_literal(out, text);
	fputs(quote, out);
}

void mdoc_option(FILE *out, const char *name)
{
	fputs(" Fl \\-", out);
	print_literal(out, name);
}

void mdoc_arguments(FILE *out, const char *arguments)
{
	while (*arguments) {
		bool optional = *arguments == '[';
		size_t length = strcspn(arguments += optional, "]. ");

		fprintf(out, "%s Ar %.*s", optional ? " Oo" : "", (int)length, arguments);
		arguments += length;
		if (!strncmp(arguments, "...", 3)) {
			fputs(" ...", out);
			arguments += 3;
		}
		if (optional)
			fputs(" Oc", out);
		arguments += strspn(arguments, "] ");
	}
}
