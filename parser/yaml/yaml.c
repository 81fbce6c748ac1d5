/*
 * From libyaml's events to a tree; text.c knows the text beneath them, error.c what to
 * say where libyaml gives up.
 */
#include "yaml.h"
#include "../arena.h"
#include "../set.h"
#include "../utf8.h"
#include "anchor.h"
#include "entries.h"
#include "error.h"
#include "text.h"

#include <string.h>
#include <yaml.h>

enum {
	DEEPEST = 64,
	EXPANDED_AT_MOST = 1000000, /* nodes that aliases add; what is written out is not counted */
};

struct reader {
	struct arena *arena;
	const struct source *source;
	struct diagnostics *diagnostics;
	yaml_parser_t parser;
	yaml_event_t event; /* the one that is looked at */
	struct yaml_progress progress;
	struct cursor cursor; /* at most there, so that it walks the text only once */
	struct anchors anchors;
	struct entries entries; /* of the collections around the event, the innermost's last */
	size_t nodes;           /* so far, with aliases expanded */
	size_t expanded;        /* of them, by aliases */
	unsigned depth;         /* of collections around the event */
	unsigned deepest;       /* of collections in the node that is being read */
};

/* A mapping that is being read. */
struct mapping {
	struct node *node;
	struct set keys;    /* of nodes: those seen so far */
	struct entry merge; /* its `<<`, and how many entries the reader had before it */
	size_t merge_at;
};

static const struct node *read_node(struct reader *reader);

static struct span event_start(const struct reader *reader)
{
	return yaml_span(reader->event.start_mark, reader->event.start_mark);
}

static bool next_event(struct reader *reader)
{
	struct yaml_progress *progress = &reader->progress;

	progress->after_scalar = reader->event.type == YAML_SCALAR_EVENT;
	if (progress->after_scalar)
		progress->style = reader->event.data.scalar.style;
	progress->start = reader->event.start_mark;
	progress->end = reader->event.end_mark;
	yaml_event_delete(&reader->event);
	if (yaml_parser_parse(&reader->parser, &reader->event))
		return true;
	yaml_explain(&reader->parser, progress, reader->source, reader->diagnostics);
	return false;
}

static int compare_keys(const void *a, const void *b)
{
	return strcmp(((const struct node *)a)->text, ((const struct node *)b)->text);
}

/* To one of the characters, or the end of the line; how many were passed over. */
static uint32_t skip_until(struct cursor *cursor, const char *characters)
{
	uint32_t count = 0;

	for (; cursor->at < cursor->end && !cursor_on(cursor, characters); count++) {
		if (utf8_line_break(cursor->at, (size_t)(cursor->end - cursor->at)))
			break;
		cursor_step(cursor);
	}
	return count;
}

/* Moves the cursor from the event's start over `&anchor` and `!tag`; the place of the latter. */
static struct span skip_properties(struct reader *reader)
{
	struct cursor *cursor = &reader->cursor;
	struct span tag = event_start(reader);

	while (cursor->index < reader->event.end_mark.index) {
		struct span span = {cursor->line, cursor->column, 0};

		if (cursor_on(cursor, " \t\r\n")) {
			cursor_step(cursor);
		} else if (cursor_on(cursor, "#")) {
			skip_until(cursor, "\r\n");
		} else if (cursor_on(cursor, "&")) {
			skip_until(cursor, " \t\r\n,[]{}");
		} else if (cursor_on(cursor, "!")) {
			span.length = skip_until(cursor, " \t\r\n,[]{}");
			tag = span;
		} else {
			break;
		}
	}
	return tag;
}

/* What stands before a node: refuses a tag, returns the anchor or NULL. */
static struct anchor *read_properties(struct reader *reader)
{
	const yaml_event_t *event = &reader->event;
	const yaml_char_t *name, *tag;
	struct span span;

	if (event->type == YAML_SCALAR_EVENT) {
		name = event->data.scalar.anchor;
		tag = event->data.scalar.tag;
	} else if (event->type == YAML_SEQUENCE_START_EVENT) {
		name = event->data.sequence_start.anchor;
		tag = event->data.sequence_start.tag;
	} else {
		name = event->data.mapping_start.anchor;
		tag = event->data.mapping_start.tag;
	}
	cursor_advance(&reader->cursor, event->start_mark.index);
	if (!name && !tag)
		return NULL;
	span = skip_properties(reader);
	if (tag)
		diagnose(reader->diagnostics, SEVERITY_ERROR, span, "tags are not supported");
	return name ? anchor_add(&reader->anchors, (const char *)name, event_start(reader)) : NULL;
}

static const struct node *too_deep(struct reader *reader)
{
	diagnose(reader->diagnostics, SEVERITY_ERROR, event_start(reader),
	         "nested more than %d deep", DEEPEST);
	return NULL;
}

static struct node *new_node(struct reader *reader, enum node_type type, struct span span)
{
	struct node *node = arena_alloc(reader->arena, sizeof(*node));

	node->type = (uint8_t)type;
	node->at = reader->cursor.at;
	node->span = span;
	node->text = type == NODE_SCALAR ? "" : NULL;
	return node;
}

/* From the cursor, behind anchor and tag, to the scalar's end or that of its first line. */
static struct span scalar_span(const struct reader *reader)
{
	const struct cursor *cursor = &reader->cursor;
	yaml_mark_t end = reader->event.end_mark;
	struct span span = {cursor->line, cursor->column, 1};

	if (end.line + 1 > cursor->line)
		return cursor_rest_of_line(cursor);
	if (end.line + 1 == cursor->line && end.column + 1 > cursor->column)
		span.length = (uint32_t)end.column + 1 - cursor->column;
	return span;
}

static const struct node *read_scalar(struct reader *reader)
{
	const char *text = (const char *)reader->event.data.scalar.value;
	size_t length = reader->event.data.scalar.length;
	struct node *node = new_node(reader, NODE_SCALAR, scalar_span(reader));

	node->text = arena_copy(reader->arena, text, length);
	node->quoted = reader->event.data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
	node->told = strlen(node->text) < length;
	if (node->told)
		diagnose(reader->diagnostics, SEVERITY_ERROR, node->span,
		         "a NUL character is not text");
	return node;
}

static void hint_anchor(struct reader *reader, const char *name)
{
	const char *near = NULL;

	if (diagnostic_wants_hint(reader->diagnostics))
		near = anchor_nearest(&reader->anchors, name);
	if (near)
		diagnostic_hint(reader->diagnostics, "did you mean '*%s'?", near);
}

/* What an alias stands for that is wrong, but after which the rest can still be read. */
static const struct node nothing = {.type = NODE_MAPPING, .told = true};

static const struct node *read_alias(struct reader *reader)
{
	const char *name = (const char *)reader->event.data.alias.anchor;
	struct span span = yaml_span(reader->event.start_mark, reader->event.end_mark);
	const struct anchor *anchor = anchor_find(&reader->anchors, name);

	if (!anchor || !anchor->node) {
		diagnose(reader->diagnostics, SEVERITY_ERROR, span,
		         anchor ? "alias '*%s' is part of what it stands for"
		                : "no anchor '&%s' stands before this alias",
		         name);
		if (anchor)
			diagnostic_note(reader->diagnostics, anchor->span, "the anchor is here");
		else
			hint_anchor(reader, name);
		return &nothing;
	}
	if (reader->depth + anchor->height > DEEPEST)
		return too_deep(reader);
	reader->nodes += anchor->nodes;
	reader->expanded += anchor->nodes;
	if (reader->expanded > EXPANDED_AT_MOST) {
		diagnose(reader->diagnostics, SEVERITY_ERROR, span,
		         "aliases add more than %d nodes up to here", EXPANDED_AT_MOST);
		return NULL;
	}
	if (reader->deepest < reader->depth + anchor->height)
		reader->deepest = reader->depth + anchor->height;
	return anchor->node;
}

static bool read_items(struct reader *reader, struct node *list)
{
	for (bool first = true;; first = false) {
		struct entry entry = {NULL, NULL};

		if (!next_event(reader))
			return false;
		if (reader->event.type == YAML_SEQUENCE_END_EVENT)
			return true;
		if (first)
			list->span = event_start(reader);
		entry.value = read_node(reader);
		if (!entry.value)
			return false;
		entries_append(&reader->entries, entry);
	}
}

/* The key of that text that was seen first; the given one, now seen, where there was none. */
static const struct node *first_seen(struct mapping *mapping, const struct node *key)
{
	return *set_put(&mapping->keys, key);
}

static bool is_merge(const struct node *key)
{
	return !key->quoted && strcmp(key->text, "<<") == 0;
}

static void add_entry(struct reader *reader, struct mapping *mapping, struct entry entry)
{
	const struct node *first = first_seen(mapping, entry.key);

	if (first != entry.key) {
		diagnose(reader->diagnostics, SEVERITY_ERROR, entry.key->span, "duplicate key '%s'",
		         entry.key->text);
		if (is_merge(entry.key))
			diagnostic_hint(reader->diagnostics, "merge a list: '<<: [*a, *b]'");
		diagnostic_note(reader->diagnostics, first->span, "first here");
	} else if (is_merge(entry.key)) {
		mapping->merge = entry;
		mapping->merge_at = reader->entries.count;
	} else {
		entries_append(&reader->entries, entry);
	}
}

static bool read_entries(struct reader *reader, struct mapping *mapping)
{
	for (bool first = true;; first = false) {
		struct entry entry;
		struct span span;

		if (!next_event(reader))
			return false;
		if (reader->event.type == YAML_MAPPING_END_EVENT)
			return true;
		span = event_start(reader);
		if (first)
			mapping->node->span = span;
		entry.key = read_node(reader);
		if (!entry.key || !next_event(reader))
			return false;
		entry.value = read_node(reader);
		if (!entry.value)
			return false;
		if (entry.key->type == NODE_SCALAR)
			add_entry(reader, mapping, entry);
		else if (entry.key != &nothing)
			diagnose(reader->diagnostics, SEVERITY_ERROR, span, "a %s cannot be a key",
			         entry.key->type == NODE_LIST ? "list" : "mapping");
	}
}

static bool merge_one(struct reader *reader, struct mapping *mapping, const struct node *from)
{
	if (from->type != NODE_MAPPING)
		return false;
	for (size_t i = 0; i < from->count; i++)
		if (first_seen(mapping, from->entries[i].key) == from->entries[i].key)
			entries_append(&reader->entries, from->entries[i]);
	return true;
}

/*
 * YAML 1.1's merge key: the mapping's own keys win, then those of the mapping that stands earlier
 * in the list. What was merged comes where the `<<` stood.
 */
static void merge(struct reader *reader, struct mapping *mapping)
{
	const struct node *from = mapping->merge.value;
	size_t own = reader->entries.count;
	bool right = from->type == NODE_LIST || merge_one(reader, mapping, from);

	for (size_t i = 0; from->type == NODE_LIST && i < from->count; i++)
		right &= merge_one(reader, mapping, from->entries[i].value);
	if (!right) {
		diagnose(reader->diagnostics, SEVERITY_ERROR, mapping->merge.key->span,
		         "'<<' takes a mapping or a list of mappings");
		if (from->type == NODE_SCALAR && anchor_find(&reader->anchors, from->text))
			diagnostic_hint(reader->diagnostics, "did you mean '*%s'?", from->text);
	}
	entries_move(&reader->entries, own, mapping->merge_at);
}

static bool read_mapping(struct reader *reader, struct node *node)
{
	struct mapping mapping = {.node = node, .keys = {.compare = compare_keys}};
	bool done = read_entries(reader, &mapping);

	if (done && mapping.merge.value)
		merge(reader, &mapping);
	set_clear(&mapping.keys);
	return done;
}

/* Notes that the brackets of the current event are open, if it has any. */
static void enter_brackets(struct reader *reader)
{
	const yaml_event_t *event = &reader->event;
	bool is_flow = event->type == YAML_SEQUENCE_START_EVENT
	                       ? event->data.sequence_start.style == YAML_FLOW_SEQUENCE_STYLE
	                       : event->data.mapping_start.style == YAML_FLOW_MAPPING_STYLE;

	reader->progress.in_brackets = is_flow;
	if (!is_flow)
		return;
	reader->progress.bracket = event->end_mark; /* behind it: an anchor may stand before */
	reader->progress.bracket.index--;
	reader->progress.bracket.column--;
}

static const struct node *read_collection(struct reader *reader)
{
	bool is_list = reader->event.type == YAML_SEQUENCE_START_EVENT;
	struct span span = {reader->cursor.line, reader->cursor.column, 1};
	struct node *node = new_node(reader, is_list ? NODE_LIST : NODE_MAPPING, span);
	struct yaml_progress outer = reader->progress;
	size_t before = reader->entries.count;
	bool done;

	if (reader->depth == DEEPEST)
		return too_deep(reader);
	reader->depth++;
	if (reader->deepest < reader->depth)
		reader->deepest = reader->depth;
	enter_brackets(reader);
	done = is_list ? read_items(reader, node) : read_mapping(reader, node);
	entries_take(&reader->entries, before, node);
	reader->progress.in_brackets = outer.in_brackets;
	reader->progress.bracket = outer.bracket;
	reader->depth--;
	return done ? node : NULL;
}

/*
 * The node that begins with the current event; then its last event is the current one. NULL where
 * reading must end, which has been told. Recursion ends at DEEPEST.
 */
static const struct node *read_node(struct reader *reader)
{
	size_t nodes = reader->nodes;
	unsigned deepest = reader->deepest;
	struct anchor *anchor;
	const struct node *node;

	if (reader->event.type == YAML_ALIAS_EVENT)
		return read_alias(reader);
	anchor = read_properties(reader);
	reader->nodes++;
	reader->deepest = reader->depth;
	if (reader->event.type == YAML_SCALAR_EVENT)
		node = read_scalar(reader);
	else
		node = read_collection(reader);
	if (anchor) {
		anchor->node = node;
		anchor->nodes = reader->nodes - nodes;
		anchor->height = reader->deepest - reader->depth;
	}
	if (reader->deepest < deepest)
		reader->deepest = deepest;
	return node;
}

static const struct node *says_nothing(struct reader *reader)
{
	diagnose(reader->diagnostics, SEVERITY_ERROR, (struct span){1, 1, 1},
	         "the file says nothing");
	diagnostic_hint(reader->diagnostics, "write {} for a topology of nothing");
	return NULL;
}

static const struct node *read_document(struct reader *reader)
{
	const struct node *root;

	if (!next_event(reader) || !next_event(reader)) /* the stream's start, the document's */
		return NULL;
	if (reader->event.type == YAML_STREAM_END_EVENT)
		return says_nothing(reader);
	if (!next_event(reader))
		return NULL;
	reader->progress.has_root = true;
	reader->progress.root = reader->event.start_mark;
	root = read_node(reader);
	if (!root || !next_event(reader) || !next_event(reader)) /* its end, what comes then */
		return NULL;
	if (reader->event.type != YAML_STREAM_END_EVENT) {
		diagnose(reader->diagnostics, SEVERITY_ERROR, event_start(reader),
		         "a second document; a file holds one");
		return NULL;
	}
	if (root->type == NODE_SCALAR && !root->quoted && !*root->text)
		return says_nothing(reader);
	return root;
}

const char *yaml_version(void)
{
	return yaml_get_version_string();
}

const struct node *yaml_read(struct arena *arena, const struct source *source,
                             struct diagnostics *diagnostics)
{
	struct reader reader = {.arena = arena,
	                        .source = source,
	                        .diagnostics = diagnostics,
	                        .anchors = anchors_new(arena),
	                        .entries = {.arena = arena}};
	const struct node *root;

	if (!yaml_text_check(source, diagnostics))
		return NULL;
	if (!yaml_parser_initialize(&reader.parser)) {
		diagnose(diagnostics, SEVERITY_ERROR, (struct span){0}, "out of memory");
		return NULL;
	}
	reader.cursor = cursor_new(source);
	yaml_parser_set_encoding(&reader.parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&reader.parser, (const yaml_char_t *)reader.cursor.at,
	                             (size_t)(reader.cursor.end - reader.cursor.at));
	root = read_document(&reader);
	yaml_event_delete(&reader.event);
	yaml_parser_delete(&reader.parser);
	anchors_clear(&reader.anchors);
	return root;
}
