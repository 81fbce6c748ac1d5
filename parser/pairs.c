/* Cables: lists of pairs of names, each with what is said of it; and how else people write them. */
#include "arena.h"
#include "kinds.h"
#include "mistakes.h"
#include "section.h"

#include <string.h>

enum { ENDS = 2 };

/* An end as it is written. */
struct end {
	const struct node *name, *attributes; /* the latter may be NULL */
};

struct pair {
	struct end *ends;
	size_t count;
	struct span span;
};

static size_t peer_field(const struct kind *kind)
{
	size_t i = 0;

	while (!(kind_field(kind, i)->flags & FIELD_PEER))
		i++;
	return i;
}

static void join(struct reader *reader, struct object *object, const struct object *peer)
{
	*object_set(reader->arena, object, peer_field(object->kind)) = (struct value){
	        .presence = GIVEN, .span = peer->span, .text = strchr(peer->path, ' ') + 1};
}

/* A scalar node for a part of another's text. */
static const struct node *part_of(struct reader *reader, const struct node *node, const char *text,
                                  size_t length)
{
	struct node *part = arena_alloc(reader->arena, sizeof *part);

	*part = *node;
	part->text = arena_copy(reader->arena, text, length);
	return part;
}

static void add_end(struct pair *pair, const struct node *name, const struct node *attributes)
{
	pair->ends[pair->count++] = (struct end){name, attributes};
}

/* "[left:eth0, right:eth0]" */
static const char *print_pair(struct reader *reader, const struct node *left,
                              const struct node *right)
{
	return arena_printf(reader->arena, "[%s, %s]", left->text, right->text);
}

/* `- left:eth0` and `right:eth0` on the next line are one text. */
static void split_text(struct reader *reader, const struct node *node, struct pair *pair)
{
	static const char blanks[] = " \t\n,";
	const char *at = node->text + strspn(node->text, blanks);

	for (size_t length; (length = strcspn(at, blanks));) {
		if (pair->count < ENDS && memchr(at, ':', length))
			add_end(pair, part_of(reader, node, at, length), NULL);
		at += length + strspn(at + length, blanks);
	}
	if (pair->count < ENDS)
		return;
	diagnose(reader->diagnostics, SEVERITY_ERROR, node->span, "two ends without colons");
	diagnostic_hint(reader->diagnostics, "add `:` behind each, or write %s",
	                print_pair(reader, pair->ends[0].name, pair->ends[1].name));
}

/* `endpoints: ["left:eth0", "right:eth0"]`, or `left:eth0: right:eth0`: a cable all the same. */
static bool is_list_of_ends(struct reader *reader, const struct entry *entry, struct pair *pair)
{
	const struct node *value = entry->value, *left = entry->key, *right = value;

	if (!left)
		return false;
	if (value->type == NODE_LIST && value->count == ENDS) {
		left = value->entries[0].value;
		right = value->entries[1].value;
	}
	if (left->type != NODE_SCALAR || right->type != NODE_SCALAR || !strchr(left->text, ':') ||
	    !strchr(right->text, ':') ||
	    strspn(right->text, "0123456789abcdef:./") == strlen(right->text))
		return false;
	add_end(pair, left, NULL);
	add_end(pair, right, NULL);
	diagnose(reader->diagnostics, SEVERITY_ERROR, entry->key->span,
	         "the ends of a cable stand below each other, or in a list");
	diagnostic_hint(reader->diagnostics, "write - %s", print_pair(reader, left, right));
	return true;
}

/* `left: eth0`, which is a mapping: the name that was meant, or NULL. */
static const struct node *meant_name(struct reader *reader, const struct entry *entry)
{
	const struct node *key = entry->key, *value = entry->value;
	struct node *name;

	if (value->type != NODE_SCALAR || node_is_empty(value) || strchr(key->text, ':') ||
	    !graph_namespace(reader->graph, key->text))
		return NULL;
	name = arena_alloc(reader->arena, sizeof *name);
	*name = *key;
	name->text = arena_printf(reader->arena, "%s:%s", key->text, value->text);
	if (value->span.line == key->span.line && value->span.column > key->span.column)
		name->span.length = value->span.column + value->span.length - key->span.column;
	diagnose(reader->diagnostics, SEVERITY_ERROR, name->span,
	         "a blank in the name of a device");
	diagnostic_hint(reader->diagnostics, "no space inside `%s`", name->text);
	return name;
}

/* An attribute at the level of its end is a third key. */
static bool is_misplaced(struct reader *reader, const struct kind *kind, const struct entry *entry)
{
	if (!entry->key || !is_attribute(kind, entry->key->text))
		return false;
	diagnose(reader->diagnostics, SEVERITY_ERROR, entry->key->span,
	         "'%s' stands beside the ends of the cable", entry->key->text);
	diagnostic_hint(reader->diagnostics, "indent it under its end");
	return true;
}

/* In a list of two names, something that is more than a name. */
static void add_listed(struct reader *reader, const struct kind *kind, const struct node *node,
                       struct pair *pair)
{
	expected(reader, node->span, kind->key, "nothing but names in a list of two",
	         "with attributes, write {left:eth0: {mtu: 9000}, right:eth0: }");
	if (node->type == NODE_MAPPING && node->count == 1)
		add_end(pair, node->entries[0].key, node->entries[0].value);
}

static void collect_end(struct reader *reader, const struct kind *kind, const struct entry *entry,
                        struct pair *pair)
{
	const struct node *inner = entry->value, *name;

	if (is_misplaced(reader, kind, entry))
		return;
	if (!entry->key && inner->type == NODE_SCALAR) {
		add_end(pair, inner, NULL);
		return;
	}
	if (!entry->key && inner->type == NODE_MAPPING && inner->count == 1)
		entry = &inner->entries[0];
	name = entry->key ? meant_name(reader, entry) : NULL;
	if (name)
		add_end(pair, name, NULL);
	else if (entry->value == inner && entry->key)
		add_end(pair, entry->key, inner);
	else
		add_listed(reader, kind, inner, pair);
}

static struct pair collect(struct reader *reader, const struct kind *kind, const struct node *node)
{
	struct pair pair = {.span = node->span};

	/* Room for those of the next item, too: is_torn(). */
	pair.ends = arena_alloc(reader->arena, (node->count + ENDS + ENDS) * sizeof *pair.ends);
	if (node->type == NODE_SCALAR)
		split_text(reader, node, &pair);
	if (node->type == NODE_SCALAR && !pair.count && !node_is_empty(node))
		add_end(&pair, node, NULL);
	if (node->count == 1 && is_list_of_ends(reader, &node->entries[0], &pair))
		return pair;
	for (size_t i = 0; i < node->count; i++)
		collect_end(reader, kind, &node->entries[i], &pair);
	return pair;
}

static void count_ends(struct reader *reader, const struct pair *pair)
{
	if (pair->count == ENDS)
		return;
	diagnose(reader->diagnostics, SEVERITY_ERROR,
	         !pair->count         ? pair->span
	         : pair->count < ENDS ? pair->ends[0].name->span
	                              : pair->ends[ENDS].name->span,
	         "a cable has two ends, and this has %zu", pair->count);
	diagnostic_hint(reader->diagnostics,
	                pair->count < ENDS
	                        ? "write the other end below it, or [left:eth0, right:eth0]"
	                        : "each cable begins with a `-` of its own");
}

static void read_pair(struct reader *reader, const struct kind *kind, const struct pair *pair)
{
	struct object *ends[ENDS] = {NULL, NULL};

	for (size_t i = 0; i < pair->count; i++) {
		const struct end *end = &pair->ends[i];
		struct object *device = declare_device(reader, kind, end->name);

		if (device && end->attributes)
			read_attributes(reader, device, end->attributes);
		if (i < ENDS)
			ends[i] = device;
	}
	if (ends[0] && ends[1] && pair->count == ENDS) {
		join(reader, ends[0], ends[1]);
		join(reader, ends[1], ends[0]);
	}
}

/* Whether something of a cable is wrong that has been said. */
static bool is_told(const struct node *node)
{
	bool told = node->told;

	for (size_t i = 0; i < node->count; i++) {
		const struct entry *entry = &node->entries[i];

		told |= entry->key ? entry->key->told : entry->value->told;
	}
	return told;
}

/* Where the `-` before an item stands, if that is on the item's line. */
static struct span dash_before(const struct node *node)
{
	const char *at = node->at;
	uint32_t column = 0;

	while (at[-1] == ' ' || at[-1] == '\t')
		at--;
	if (*--at != '-')
		return node->span;
	/*
	 * In front of it are blanks and other dashes, and before them a line's end: `veths:` at
	 * least.
	 */
	while (at[-(ptrdiff_t)column] != '\n' && at[-(ptrdiff_t)column] != '\r')
		column++;
	return (struct span){node->span.line, column, 1};
}

static bool is_single(const struct node *node)
{
	if (node->type == NODE_SCALAR)
		return !node_is_empty(node) && !strpbrk(node->text, " \t\n");
	return node->count == 1;
}

/* Two items of one end each are one cable with a `-` too many. */
static bool is_torn(struct reader *reader, const struct node *list, size_t at)
{
	const struct node *first = list->entries[at].value, *second;

	if (at + 1 == list->count || !is_single(first))
		return false;
	second = list->entries[at + 1].value;
	if (!is_single(second))
		return false;
	diagnose(reader->diagnostics, SEVERITY_ERROR, dash_before(second),
	         "a cable has two ends, and this begins another one");
	diagnostic_hint(reader->diagnostics, first->type == NODE_SCALAR
	                                             ? "write - [left:eth0, right:eth0]"
	                                     : *second->at == '{' ? "put both ends into one {}"
	                                                          : "remove this `-`");
	diagnostic_note(reader->diagnostics, first->span, "the other end is here");
	return true;
}

void read_pairs(struct reader *reader, const struct kind *kind, const struct node *list)
{
	for (size_t i = 0; i < list->count; i++) {
		struct pair pair;

		if (is_told(list->entries[i].value)) {
			graph_lose(reader->graph, kind->class, NULL, NULL);
			continue;
		}
		pair = collect(reader, kind, list->entries[i].value);
		if (pair.count == 1 && is_torn(reader, list, i)) {
			struct pair other = collect(reader, kind, list->entries[++i].value);

			for (size_t k = 0; k < other.count; k++)
				pair.ends[pair.count++] = other.ends[k];
		}
		count_ends(reader, &pair);
		read_pair(reader, kind, &pair);
	}
}
