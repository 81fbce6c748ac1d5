/*
 * What objects there can be. A kind of object is a table of fields; kinds that share their message
 * format share a class. The tables are in kinds/, the list is kinds.c; where the fields stand in the
 * kernel's messages is said by a table beside each (executor/wire.h).
 */
#ifndef TOPOC_PARSER_KIND_H
#define TOPOC_PARSER_KIND_H

#include "value.h"

struct graph;
struct needs;
struct object;

enum field_flag {
	FIELD_IDENTITY = 1 << 0, /* part of the object's name: two that differ are two objects */
	FIELD_REQUIRED = 1 << 1, /* must be written */
	FIELD_REPLACE = 1 << 2, /* changes only by making the object anew: also where the kernel can
	                            change but not clear it, since a key can be taken out of the file */
	FIELD_HIDDEN = 1 << 3,  /* not a key of the language */
	FIELD_FREE = 1 << 4,    /* hangs on other devices too: at creation sent where it is written,
	                           even if the default, and only there; the kernel need not tell it,
	                           and where it is absent from the file anything is right */
	FIELD_ALWAYS = 1 << 5,  /* sent at creation even where implied, or the default */
	FIELD_IGNORED = 1 << 6, /* never compared */
	FIELD_MASTER = 1 << 7,  /* refers to the device whose port this is: that comes up later */
	FIELD_LOWER = 1 << 8,   /* refers to the device beneath: that is made and comes up first */
	FIELD_PEER = 1 << 9,    /* refers to the other end, which is made by the same message */
	FIELD_SHORTHAND = 1 << 10, /* an item written as a bare scalar is this field */
	FIELD_FIRST = 1 << 11,     /* changed by a message of its own, before the other fields */
};

/* A word for a number: `main` for routing table 254. */
struct choice {
	const char *word;
	int64_t number;
};

/* The spellings of a BOOL in any case, and the units of a DURATION in milliseconds; no choices of
 * a field. */
extern const struct choice bool_words[], duration_units[];

enum {
	DURATION_STEP = 100, /* in ms: smaller steps do not read back as written (clock ticks) */
	MOST_DIGITS = 15,    /* of a number; more are out of any range */
};

/* What a user may write. Tables of them are arrays with a count. */
struct field {
	const char *key;
	const char *doc;
	enum type type;
	unsigned flags;
	int64_t min, max;     /* of NUMBER, and of DURATION in milliseconds */
	const char *fallback; /* the kernel's default, as a user would write it; NULL: none */
	const char *synonyms; /* what others call it, with blanks between; or NULL */
	const struct choice *choices; /* ended by a NULL word */
	const struct field *element;  /* of TYPE_LIST: the fields of one element ... */
	size_t element_count;         /* ... and how many they are */
};

/* Where a kind's objects are written, and how. */
enum place { PLACE_TOP, PLACE_NAMESPACE, PLACE_DEVICE };
enum shape {
	SHAPE_NAMES,  /* a mapping of name to attributes, or a list of names */
	SHAPE_PAIRS,  /* a list of mappings of two names to attributes: two objects, peers */
	SHAPE_ITEMS,  /* a list of mappings of attributes */
	SHAPE_VALUES, /* a mapping of name to the one value */
	SHAPE_SELF,   /* the attributes of the one object, which carries the key as its name */
};

/* What kinds have in common. `fields` come first in every kind of the class; hooks may be NULL. */
struct class
{
	const char *name;
	const struct field *fields;
	size_t field_count;

	/*
	 * Brings what makes up the name into canonical form and returns the name within the owner;
	 * NULL after an error, and for what is there of itself (127.0.0.1 on lo).
	 */
	const char *(*identify)(struct graph *graph, struct object *object,
	                        struct diagnostics *diagnostics);

	const char *twice; /* advice where two of one name stand in a file; or NULL */

	/* The name as people read it, where that says more. */
	const char *(*title)(struct arena *arena, const struct object *object);

	/*
	 * Fills in what is implied by others, in a graph of either side. A device comes behind its
	 * ports and the device beneath it (FIELD_LOWER), wherever those stand in the file.
	 */
	void (*complete)(struct graph *graph, struct object *object);

	/* Adds what must be there for this object, besides its owner and its references. */
	void (*needs)(const struct graph *graph, const struct object *object, struct needs *needs);

	/* Adds what must be gone of `have`, where its namespace is, before `want` can be made. */
	void (*displaces)(const struct object *want, const struct graph *have, struct needs *needs);

	/*
	 * Appends diagnostics: errors on what the kernel would refuse, warnings on what hardly anyone
	 * means. Also called where errors were found before: then a required value may be absent, and
	 * its span is no place.
	 */
	void (*check)(const struct graph *graph, const struct object *object,
	              struct diagnostics *diagnostics);

	/* The same for what its objects are to each other; called once. */
	void (*check_all)(const struct graph *graph, struct diagnostics *diagnostics);
};

struct kind {
	const char *name;     /* as messages say it, and for a device as the kernel says it */
	const char *key;      /* the key its objects stand under */
	const char *synonyms; /* what others call that key, with blanks between; or NULL */
	const char *doc;      /* what stands under it */
	const struct class *class;
	enum place place;
	enum shape shape;
	const struct field *fields; /* its own, behind the class's; at most 64 with those */
	size_t field_count;
	const struct field *const *overrides; /* by number, those of the class that differ here (in
	                                         range, default or flags); or NULL */
	bool takes_ports;                     /* other devices can be its ports (`bridge`) */
	bool with_owner; /* there as soon as its owner is: never made, never destroyed */

	/* Writes out what is short for other objects (`forwarding`), as soon as it has been read. */
	void (*expand)(struct graph *graph, struct object *object, struct diagnostics *diagnostics);

	/* After the class's hooks of those names; or NULL. */
	void (*complete)(struct graph *graph, struct object *object);
	void (*check)(const struct graph *graph, const struct object *object,
	              struct diagnostics *diagnostics);
	void (*check_all)(const struct graph *graph, struct diagnostics *diagnostics);
};

/* Every kind, ended by NULL. The list is parser/kinds.c. */
extern const struct kind *const kinds[];

static inline size_t kind_field_count(const struct kind *kind)
{
	return kind->class->field_count + kind->field_count;
}

static inline const struct field *kind_field(const struct kind *kind, size_t index)
{
	size_t common = kind->class->field_count;

	if (index >= common)
		return &kind->fields[index - common];
	if (kind->overrides && kind->overrides[index])
		return kind->overrides[index];
	return &kind->class->fields[index];
}

/* Whether values of the field name devices, or may hold some that do. */
static inline bool field_refers(const struct field *field)
{
	return field->type == TYPE_DEVICE || field->type == TYPE_LIST;
}

/* The kind of that name or, in `place`, of that key; NULL where there is none. */
const struct kind *kind_named(const char *name);
const struct kind *kind_keyed(enum place place, const char *key);

#endif
