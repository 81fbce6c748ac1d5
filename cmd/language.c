/* Which keys there are, and help on them. */
#include "language.h"

#include "parser/arena.h"
#include "parser/kinds.h"
#include "parser/topology.h"

#include <stdio.h>
#include <string.h>

enum { KEY_WIDTH = 16, TYPE_WIDTH = 32 };

const struct language_key language_top[] = {
        [TOP_NAME] = {.key = TOPOLOGY_NAME,
                      .doc = "the topology's name; left out, the file's",
                      .type = "text",
                      .is_section = true},
        [TOP_HOST] = {.key = HOST,
                      .doc = "the namespace that topoc itself runs in",
                      .type = "a mapping",
                      .is_section = true},
        [TOP_OTHERS] = {.key = "x-...",
                        .doc = "ignored: a place for YAML anchors to share",
                        .type = "anything",
                        .is_section = true},
};

/* A walk over the tables. */
struct walk {
	const struct language_teller *teller;
	void *context;
	struct arena *arena;
};

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

static void tell_field(const struct walk *walk, const struct field *field, bool is_inner)
{
	struct language_key key = {
	        .key = field->key,
	        .doc = field->doc,
	        .type = type_of(walk->arena, field),
	        .fallback = field->fallback,
	        .is_required = field->flags & FIELD_REQUIRED,
	        .is_inner = is_inner,
	};

	if (!(field->flags & FIELD_HIDDEN))
		walk->teller->key(walk->context, &key);
}

static void tell_fields(const struct walk *walk, const struct field *fields, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (fields[i].flags & FIELD_HIDDEN)
			continue;
		tell_field(walk, &fields[i], false);
		for (size_t k = 0; k < fields[i].element_count; k++)
			tell_field(walk, &fields[i].element[k], true);
	}
}

/* The sections that stand in one place, and what is in each. */
static void tell_sections(const struct walk *walk, enum place place)
{
	for (const struct kind *const *kind = kinds; *kind; kind++) {
		struct language_key key = {.key = (*kind)->key,
		                           .doc = (*kind)->doc,
		                           .type = shapes[(*kind)->shape],
		                           .is_section = true};

		if ((*kind)->place == place)
			walk->teller->key(walk->context, &key);
	}
}

static void tell_kind(const struct walk *walk, const struct kind *kind)
{
	bool link = kind->class == &link_class;

	if (kind->class == &namespace_class || kind->shape == SHAPE_VALUES ||
	    (link && !kind->field_count))
		return;
	walk->teller->place(walk->context,
	                    arena_printf(walk->arena, "In %s%s", kind->key, link ? ", also" : ""));
	if (!link)
		tell_fields(walk, kind->class->fields, kind->class->field_count);
	tell_fields(walk, kind->fields, kind->field_count);
}

void language_tell(const struct language_teller *teller, void *context)
{
	struct walk walk = {teller, context, arena_new()};

	teller->place(context, "At the top");
	teller->key(context, &language_top[TOP_NAME]);
	tell_sections(&walk, PLACE_TOP);
	teller->key(context, &language_top[TOP_HOST]);
	teller->key(context, &language_top[TOP_OTHERS]);
	teller->place(context, "In a namespace");
	tell_fields(&walk, namespace_kind.fields, namespace_kind.field_count);
	tell_sections(&walk, PLACE_NAMESPACE);
	teller->place(context, "In every device");
	tell_fields(&walk, link_class.fields, link_class.field_count);
	tell_sections(&walk, PLACE_DEVICE);
	for (const struct kind *const *kind = kinds; *kind; kind++)
		tell_kind(&walk, *kind);
	arena_free(walk.arena);
}

static void print_place(void *out, const char *where)
{
	fprintf(out, "\n%s:\n", where);
}

/* A type that is too long for its column has a line for itself; a section's stands behind it. */
static void print_key(void *out, const struct language_key *key)
{
	const char *indent = key->is_inner ? "  " : "";

	fprintf(out, "  %s%-*s", indent, KEY_WIDTH - (int)strlen(indent), key->key);
	if (key->is_section) {
		fprintf(out, "%s; %s\n", key->doc, key->type);
		return;
	}
	fprintf(out, "%-*s", TYPE_WIDTH, key->type);
	if (strlen(key->type) > TYPE_WIDTH)
		fprintf(out, "\n%*s", 2 + KEY_WIDTH + TYPE_WIDTH, "");
	fprintf(out, "  %s", key->doc);
	if (key->fallback)
		fprintf(out, " (%s)", key->fallback);
	else if (key->is_required)
		fputs(" (required)", out);
	putc('\n', out);
}

void language_print(void)
{
	static const struct language_teller text = {print_place, print_key};

	puts("A topology file is YAML, or JSON. A device is written NAMESPACE:INTERFACE; "
	     "host:INTERFACE,\n"
	     "or the interface alone, is in the host, where topoc runs. Defaults are in "
	     "brackets.");
	language_tell(&text, stdout);
}
