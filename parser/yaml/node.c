/* What may be asked of a node once it is read, and how a text is written as one. */
#include "../utf8.h"
#include "yaml.h"

#include <string.h>

const struct node *node_get(const struct node *mapping, const char *key)
{
	if (mapping->type != NODE_MAPPING)
		return NULL;
	for (size_t i = 0; i < mapping->count; i++)
		if (strcmp(mapping->entries[i].key->text, key) == 0)
			return mapping->entries[i].value;
	return NULL;
}

bool node_is_empty(const struct node *node)
{
	if (node->type != NODE_SCALAR)
		return node->count == 0;
	return !node->quoted && (strcmp(node->text, "") == 0 || strcmp(node->text, "~") == 0 ||
	                         strcmp(node->text, "null") == 0);
}

static void print_escape(FILE *file, uint32_t code)
{
	switch (code) {
	case '\n':
		fputs("\\n", file);
		return;
	case '\t':
		fputs("\\t", file);
		return;
	case '"':
	case '\\':
		fprintf(file, "\\%c", (char)code);
		return;
	default:
		fprintf(file,
		        code < 0x100     ? "\\x%02x"
		        : code < 0x10000 ? "\\u%04x"
		                         : "\\U%08x",
		        code);
	}
}

/*
 * How many characters at the beginning of a text stand for themselves: of ASCII, which is most of
 * it.
 */
static size_t plain_length(const char *text)
{
	size_t length = 0;

	while (text[length] >= ' ' && text[length] <= '~' && text[length] != '"' &&
	       text[length] != '\\')
		length++;
	return length;
}

/* Returns how many bytes long it was. */
static size_t print_character(FILE *file, const char *text, size_t length)
{
	uint32_t code = (unsigned char)*text;
	size_t size = utf8_decode(text, length, &code);

	if (size && utf8_is_printable(code) && code != '"' && code != '\\')
		fwrite(text, 1, size, file);
	else
		print_escape(file, code);
	return size ? size : 1;
}

/* A byte that is not UTF-8, which YAML cannot hold, becomes the character of that number. */
void yaml_print_quoted(FILE *file, const char *text)
{
	const char *end = text + strlen(text);

	fputc('"', file);
	while (text < end) {
		size_t plain = plain_length(text);

		fwrite(text, 1, plain, file);
		text += plain;
		if (text < end)
			text += print_character(file, text, (size_t)(end - text));
	}
	fputc('"', file);
}
