#include "document.h"

#include <stdlib.h>
#include <string.h>

/* The mark that the line ends in, without its signs; `*length` is its length. NULL: none. */
static const char *find_mark(const char *line, size_t *length)
{
	const char *start = strchr(line, '@'), *end = start ? strchr(start + 1, '@') : NULL;

	if (!end || strcmp(end, "@\n"))
		return NULL;
	*length = (size_t)(end - start) - 1;
	return start + 1;
}

static bool fill(const char *mark, size_t length, const struct fragment *fragments, FILE *out)
{
	for (; fragments->mark; fragments++) {
		if (strlen(fragments->mark) != length || strncmp(fragments->mark, mark, length))
			continue;
		fragments->print(out);
		return true;
	}
	return false;
}

bool template_fill(const char *path, const struct fragment *fragments, FILE *out)
{
	FILE *file = fopen(path, "re");
	char *line = NULL;
	size_t capacity = 0, length;
	bool filled = file;

	if (!file)
		perror(path);
	while (filled && getline(&line, &capacity, file) > 0) {
		const char *mark = find_mark(line, &length);

		if (!mark) {
			fputs(line, out);
			continue;
		}
		filled = fill(mark, length, fragments, out);
		if (!filled)
			fprintf(stderr, "%s: nothing is called '%.*s'\n", path, (int)length, mark);
	}
	free(line);
	if (file)
		fclose(file);
	return filled;
}
