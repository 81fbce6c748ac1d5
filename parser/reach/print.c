#include "print.h"

#include "../utf8.h"

#include <string.h>

enum { MOST_IN_MATRIX = 20, MOST_FAILURES = 50, MOST_NAMES = 8, BOTH = 2 /* families */ };

static const char corner[] = "from/to";

static const char *const words[] = {
        [REACH_NO] = "no",   [REACH_PARTLY] = "part", [REACH_UNKNOWN] = "?",
        [REACH_YES] = "yes", [REACH_NONE] = "",
};

/* The columns of a name; a terminal gets what it cannot show in escaped form, which is longer. */
static int name_width(const struct object *space)
{
	const char *at = space->name;
	size_t left = strlen(at);
	int width = 0;

	while (left) {
		uint32_t code = 0;
		size_t size = utf8_decode(at, left, &code);

		width += size ? (int)utf8_width(code) : 1;
		size += !size;
		at += size;
		left -= size;
	}
	return width;
}

static int width_of(const struct object *space)
{
	int width = name_width(space), least = (int)strlen(words[REACH_PARTLY]);

	return width < least ? least : width;
}

static int first_width(const struct reach_matrix *table)
{
	int width = (int)strlen(corner);

	for (size_t i = 0; i < table->count; i++) {
		if (width_of(table->spaces[i]) > width)
			width = width_of(table->spaces[i]);
	}
	return width;
}

static const char *word_of(const struct reach_matrix *table, size_t source, size_t target,
                           size_t family)
{
	if (source == target)
		return "-";
	return words[family == BOTH ? reach_pair(table, source, target)
	                            : reach_cell(table, source, target, family)];
}

/* A row without blanks at its end. */
static void print_row(const struct reach_matrix *table, size_t source, size_t family, FILE *file)
{
	int blanks = first_width(table) - name_width(table->spaces[source]);

	print_escaped(file, table->spaces[source]->name);
	for (size_t i = 0; i < table->count; i++) {
		const char *word = word_of(table, source, i, family);

		blanks += 2;
		if (*word)
			blanks -= fprintf(file, "%*s%s", blanks, "", word);
		blanks += width_of(table->spaces[i]);
	}
	putc('\n', file);
}

static void print_matrix(const struct reach_matrix *table, size_t family, FILE *file)
{
	int blanks = first_width(table) - fprintf(file, "%s", corner);

	for (size_t i = 0; i < table->count; i++) {
		fprintf(file, "%*s  ", blanks, "");
		print_escaped(file, table->spaces[i]->name);
		blanks = width_of(table->spaces[i]) - name_width(table->spaces[i]);
	}
	putc('\n', file);
	for (size_t i = 0; i < table->count; i++)
		print_row(table, i, family, file);
	putc('\n', file);
}

static void print_matrices(const struct reach_matrix *table, FILE *file)
{
	if (table->count > MOST_IN_MATRIX)
		return;
	if (!reach_families_differ(table)) {
		print_matrix(table, BOTH, file);
		return;
	}
	for (size_t family = 0; family < BOTH; family++) {
		fprintf(file, "IPv%d:\n", family ? 6 : 4);
		print_matrix(table, family, file);
	}
}

static void print_names(const struct object *const *spaces, size_t count, FILE *file)
{
	size_t shown = count > MOST_NAMES ? MOST_NAMES - 1 : count;

	for (size_t i = 0; i < shown; i++) {
		fputs(i ? ", " : "", file);
		print_escaped(file, spaces[i]->name);
	}
	if (shown < count)
		fprintf(file, " and %zu more", count - shown);
}

static bool is_mutual(const struct reach_failure *failure)
{
	return failure->source_count > 1 && failure->source_count == failure->target_count &&
	       !memcmp(failure->sources, failure->targets,
	               failure->source_count * sizeof(struct object *));
}

static void print_failure(const struct reach_failure *failure, const struct source *source,
                          FILE *file)
{
	print_names(failure->sources, failure->source_count, file);
	fputs(" to ", file);
	if (is_mutual(failure))
		fputs("each other", file);
	else
		print_names(failure->targets, failure->target_count, file);
	fprintf(file, "%s: ",
	        failure->verdict == REACH_PARTLY    ? " in part"
	        : failure->verdict == REACH_UNKNOWN ? " perhaps"
	                                            : "");
	print_escaped(file, failure->reason);
	if (failure->span.line) {
		fputs(" (", file);
		print_escaped(file, strcmp(source->path, "-") ? source->path : "<stdin>");
		fprintf(file, ":%u:%u)", failure->span.line, failure->span.column);
	}
	putc('\n', file);
}

static void print_failures(const struct reach_matrix *table, const struct source *source,
                           FILE *file)
{
	for (size_t i = 0; i < table->failure_count && i < MOST_FAILURES; i++)
		print_failure(&table->failures[i], source, file);
	if (table->failure_count > MOST_FAILURES)
		fprintf(file, "and %zu more of these\n", table->failure_count - MOST_FAILURES);
	if (table->failure_count)
		putc('\n', file);
}

static void print_summary(const struct reach_matrix *table, FILE *file)
{
	fprintf(file, "Reach: %zu yes, %zu no", table->pairs[REACH_YES], table->pairs[REACH_NO]);
	if (table->pairs[REACH_PARTLY])
		fprintf(file, ", %zu in part", table->pairs[REACH_PARTLY]);
	if (table->pairs[REACH_UNKNOWN])
		fprintf(file, ", %zu unknown", table->pairs[REACH_UNKNOWN]);
	fputs(".\n", file);
}

void reach_print(const struct reach_matrix *table, const struct source *source, FILE *file)
{
	if (!table->count) {
		fputs("Reach: no namespace has an address or a route.\n", file);
		return;
	}
	print_matrices(table, file);
	print_failures(table, source, file);
	print_summary(table, file);
}
