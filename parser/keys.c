/* Keys that nothing knows: which was meant? */
#include "arena.h"
#include "kinds.h"
#include "mistakes.h"
#include "topology.h"

#include <string.h>

enum { SHORTEST = 4, MOST_KEYS = 64 };

/* The keys that may stand in one place, and what others call them. */
struct keys {
	const char *list[MOST_KEYS], *synonyms[MOST_KEYS];
	size_t count;
};

static void add_key(struct keys *keys, const char *key, const char *synonyms)
{
	if (keys->count == MOST_KEYS)
		return;
	keys->synonyms[keys->count] = synonyms ? synonyms : "";
	keys->list[keys->count++] = key;
}

static void add_fields(struct keys *keys, const struct field *fields, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (!(fields[i].flags & FIELD_HIDDEN))
			add_key(keys, fields[i].key, fields[i].synonyms);
	}
}

/* Those of a kind's objects; with NULL those at the top of a file. */
static struct keys keys_of(const struct kind *kind)
{
	struct keys keys = {.count = 0};

	if (kind) {
		add_fields(&keys, kind->class->fields, kind->class->field_count);
		add_fields(&keys, kind->fields, kind->field_count);
	} else {
		add_key(&keys, TOPOLOGY_NAME, "title");
		add_key(&keys, HOST, "localhost root");
	}
	for (size_t i = 0; kinds[i]; i++) {
		if (kind ? section_keyed(kind, kinds[i]->key) == kinds[i]
		         : kinds[i]->place == PLACE_TOP)
			add_key(&keys, kinds[i]->key, kinds[i]->synonyms);
	}
	return keys;
}

static bool has_word(const char *words, const char *word)
{
	size_t length = strlen(word);

	for (const char *at = words; length && (at = strstr(at, word)); at += length) {
		if ((at == words || at[-1] == ' ') && (!at[length] || at[length] == ' '))
			return true;
	}
	return false;
}

static const char *synonym_of(const struct keys *keys, const char *word)
{
	for (size_t i = 0; i < keys->count; i++) {
		if (has_word(keys->synonyms[i], word))
			return keys->list[i];
	}
	return NULL;
}

/* `to:default`: a key with its value, since there is no blank between; the key's length, or 0. */
static size_t glued_key(const struct keys *keys, const char *text)
{
	size_t length = strcspn(text, ":");

	for (size_t i = 0; text[length] && i < keys->count; i++) {
		if (strlen(keys->list[i]) == length && !strncmp(keys->list[i], text, length))
			return length;
	}
	return 0;
}

/* The key of this place that was meant, if that can be told. */
static const char *offer_key(struct reader *reader, const struct keys *keys, const char *text)
{
	const char *near = nearest(text, keys->list, keys->count);
	const char *synonym = synonym_of(keys, text);
	size_t glued = glued_key(keys, text);

	if (glued) {
		diagnostic_hint(reader->diagnostics, "a space is missing after `%.*s:`", (int)glued,
		                text);
		return arena_copy(reader->arena, text, glued);
	}
	if (synonym && strlen(text) < SHORTEST)
		near = synonym;
	if (near && synonym && strcmp(near, synonym) != 0)
		diagnostic_hint(reader->diagnostics, "did you mean '%s' or '%s'?", near, synonym);
	else if (near || synonym)
		diagnostic_hint(reader->diagnostics, "did you mean '%s'?", near ? near : synonym);
	return near ? near : synonym;
}

/* Whether it is a key of topoc's language that stands in another place: `mtu` at the top, say. */
static bool offer_place(struct reader *reader, const char *word)
{
	char *text = arena_copy(reader->arena, word, strlen(word));

	for (char *at = text; (at = strchr(at, '_'));)
		*at = '-'; /* ip(8)'s spelling */
	for (size_t i = 0; kinds[i]; i++) {
		const struct class *class = kinds[i]->class;

		if (!is_attribute(kinds[i], text))
			continue;
		diagnostic_hint(reader->diagnostics, "it belongs in a %s",
		                is_field(class->fields, class->field_count, text, strlen(text)) ||
		                                section_keyed(kinds[i], text)
		                        ? class->name
		                        : kinds[i]->name);
		return true;
	}
	if (!kind_keyed(PLACE_TOP, text))
		return false;
	diagnostic_hint(reader->diagnostics, "it belongs at the top of the file");
	return true;
}

/* Nothing is near: then these are all there are. */
static void offer_all(struct reader *reader, const struct keys *keys)
{
	const char *list = "";

	for (size_t i = 0; i < keys->count; i++)
		list = arena_printf(reader->arena, "%s%s%s", list, i ? ", " : "", keys->list[i]);
	diagnostic_hint(reader->diagnostics, "the keys here are %s", list);
}

/* What the key was to hold may be what is missed elsewhere. */
static void lose(struct reader *reader, const struct object *object, const char *meant)
{
	const struct kind *kind = meant ? kind_keyed(PLACE_TOP, meant) : NULL;

	if (object)
		graph_lose(reader->graph, &address_class, object_namespace(object), NULL);
	else
		graph_lose(reader->graph, kind ? kind->class : &link_class, NULL, NULL);
}

void unknown_key(struct reader *reader, struct object *object, const struct node *key)
{
	const struct kind *kind = object ? object->kind : NULL;
	struct keys keys = keys_of(kind);
	const char *in = "", *meant;

	if (kind)
		in = arena_printf(reader->arena, " in %s %s", article(kind->name), kind->name);
	reader->failures++;
	diagnose(reader->diagnostics, SEVERITY_ERROR, key->span, "unknown key '%s'%s", key->text,
	         in);
	meant = offer_key(reader, &keys, key->text);
	if (!meant && !offer_place(reader, key->text))
		offer_all(reader, &keys);
	lose(reader, object, meant);
	if (object)
		object->garbled = true;
}

void unknown_field(struct reader *reader, const struct field *fields, size_t count,
                   const struct node *key)
{
	struct keys keys = {.count = 0};

	add_fields(&keys, fields, count);
	reader->failures++;
	diagnose(reader->diagnostics, SEVERITY_ERROR, key->span, "unknown key '%s'", key->text);
	if (!offer_key(reader, &keys, key->text))
		offer_all(reader, &keys);
}
