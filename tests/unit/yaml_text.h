/* Texts in YAML, read, and what is printed of those that are refused. */
#ifndef TOPOC_TESTS_UNIT_YAML_TEXT_H
#define TOPOC_TESTS_UNIT_YAML_TEXT_H

#include "parser/arena.h"
#include "parser/yaml/yaml.h"

#include <criterion/criterion.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

static struct arena *arena;
static struct source source;
static struct diagnostics *list;

/* The tree of a text in which nothing is wrong; NULL where something is. */
static inline const struct node *read_bytes(const char *text, size_t length)
{
	const struct node *root;
	arena = arena_new();
	source = (struct source){"t", text, length};
	list = diagnostics_new(arena, &source);
	root = yaml_read(arena, &source, list);
	return diagnostics_count(list, SEVERITY_ERROR) ? NULL : root;
}

static inline const struct node *read_text(const char *text)
{
	return read_bytes(text, strlen(text));
}

static inline char *printed(void)
{
	char *text;
	size_t length;
	FILE *file = open_memstream(&text, &length);

	diagnostics_print(list, file, false);
	fclose(file);
	return text;
}

/* What is printed must contain each of the strings, of which NULL is the last. */
static inline void expect_refused(const struct node *root, ...)
{
	char *output = printed();
	const char *part;
	va_list parts;

	cr_expect_null(root);
	va_start(parts, root);
	while ((part = va_arg(parts, const char *)))
		cr_expect_not_null(strstr(output, part), "no '%s' in:\n%s", part, output);
	va_end(parts);
	free(output);
	arena_free(arena);
}

#endif
