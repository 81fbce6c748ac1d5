/* The keys of the language, from the tables that the parser reads them by. */
#include "language.h"

#include "parser/arena.h"
#include "parser/kinds.h"
#include "parser/topology.h"

#include <stdio.h>
#include <string.h>

enum { KEY_WIDTH = 16, TYPE_WIDTH = 32 };

/* How the objects of a kind are written. */
static const char *const shapes[] = {
        [SHAPE_NAMES] = "a mapping of names, or a list of them",
        [SHAPE_PAIRS] = "a list, each item two names",
        [SHAPE_ITEMS] = "a list of mappings",
        [SHAPE_VALUES] = "a mapping of names to values",
        [SHAPE_SELF] = "a mapping",
};

static const char *words_of(struct arena *arena, const struct field *field)
{
	const char *words = "";

	for (const struct choice *choice = field->choices; choice && choice->word; choice++)
		words = arena_printf(arena, "%s%s%s", words, *words ? ", " : "", choice->word);
	return words;
}

static const char *type_of(struct arena *arena, const struct field *field)
{
	const char *words = words_of(arena, field);

	switch (field->type) {
	case TYPE_BOOL:
		return "true or false";
	case TYPE_NUMBER:
	case TYPE_DURATION:
		return arena_printf(
		        arena, "%s to %s%s%s", value_print_bound(arena, field, field->min),
		        value_print_bound(arena, field, field->max), *words ? ", " : "", words);
	case TYPE_CHOICE:
		return words;
	case TYPE_MAC:
		return "02:00:00:00:00:01";
	case TYPE_ADDRESS:
		return "10.0.0.1, 2001:db8::1";
	case TYPE_PREFIX:
		return *words ? "10.0.0.0/24, 10.0.0.1, default" : "10.0.0.1/24, 2001:db8::1/64";
	case TYPE_DEVICE:
		return "a device of the same namespace";
	case TYPE_TEXT:
		return "text";
	case TYPE_LIST:
		return "a list of mappings";
	}
	return "";
}

/* A type that is too long for its column has a line for itself. */
static void print_row(const char *key, const char *type, const char *doc, const char *fallback)
{
	printf("  %-*s%-*s", KEY_WIDTH, key, TYPE_WIDTH, type);
	if (strlen(type) > TYPE_WIDTH)
		printf("\n%*s", 2 + KEY_WIDTH + TYPE_WIDTH, "");
	printf("  %s", doc);
	if (fallback)
		printf(" (%s)", fallback);
	putchar('\n');
}

static void print_fields(struct arena *arena, const struct field *fields, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct field *field = &fields[i];

		if (field->flags & FIELD_HIDDEN)
			continue;
		print_row(field->key, type_of(arena, field), field->doc, field->fallback);
		if (field->type == TYPE_LIST)
			for (size_t k = 0; k < field->element_count; k++)
				if (!(field->element[k].flags & FIELD_HIDDEN))
					print_row(
					        arena_printf(arena, "  %s", field->element[k].key),
					        type_of(arena, &field->element[k]),
					        field->element[k].doc, field->element[k].fallback);
	}
}

/* The sections that stand in one place, and what is in each. */
static void print_sections(enum place place)
{
	for (size_t i = 0; kinds[i]; i++) {
		if (kinds[i]->place == place)
			printf("  %-*s%s; %s\n", KEY_WIDTH, kinds[i]->key, kinds[i]->doc,
			       shapes[kinds[i]->shape]);
	}
}

static void print_kind(struct arena *arena, const struct kind *kind)
{
	bool link = kind->class == &link_class;

	if (kind->class == &namespace_class || kind->shape == SHAPE_VALUES ||
	    (link && !kind->field_count))
		return;
	printf("\nIn %s%s:\n", kind->key, link ? ", also" : "");
	if (!link)
		print_fields(arena, kind->class->fields, kind->class->field_count);
	print_fields(arena, kind->fields, kind->field_count);
}

void language_print(void)
{
	struct arena *arena = arena_new();

	puts("A topology file is YAML, or JSON. A device is written NAMESPACE:INTERFACE; "
	     "host:INTERFACE,\n"
	     "or the interface alone, is in the host, where topoc runs. Defaults are in "
	     "brackets.\n\n"
	     "At the top:");
	printf("  %-*sthe topology's name; left out, the file's\n", KEY_WIDTH, TOPOLOGY_NAME);
	print_sections(PLACE_TOP);
	printf("  %-*sthe namespace that topoc runs in; a mapping\n", KEY_WIDTH, HOST);
	printf("  %-*signored; a place for anchors to share\n", KEY_WIDTH, "x-...");
	puts("\nIn a namespace:");
	print_fields(arena, namespace_kind.fields, namespace_kind.field_count);
	print_sections(PLACE_NAMESPACE);
	puts("\nIn every device:");
	print_fields(arena, link_class.fields, link_class.field_count);
	print_sections(PLACE_DEVICE);
	for (size_t i = 0; kinds[i]; i++)
		print_kind(arena, kinds[i]);
	arena_free(arena);
}
