/* YAML text as a tree in which every node knows its place. The only user of libyaml. */
#ifndef TOPOC_PARSER_YAML_H
#define TOPOC_PARSER_YAML_H

#include "../diagnostic.h"

#include <stdbool.h>
#include <stddef.h>

struct arena;

enum node_type { NODE_SCALAR, NODE_MAPPING, NODE_LIST };

/* One entry of a mapping (key and value) or of a list (key is NULL). */
struct entry {
	const struct node *key; /* always a scalar */
	const struct node *value;
};

struct node {
	uint8_t type;     /* enum node_type */
	bool quoted;      /* a scalar in quotes, or a block scalar */
	bool told;        /* it is wrong, which has been said: it may stand for anything */
	struct span span; /* a scalar's text; a collection's: its first entry's first character */
	const char *at;   /* where it begins in the source's text, behind anchor and tag */
	const char *text; /* a scalar's, zero-terminated, as in the file (no YAML typing) */
	const struct entry *entries; /* a collection's */
	size_t count;
};

/*
 * Reads the one document of `source`. NULL, with diagnostics, where it is no YAML, holds nothing
 * but blanks and comments (`{}` says so on purpose), or must not be read to its end: several
 * documents, nesting past 64, an expansion past 1,000,000 nodes, NUL bytes and invalid UTF-8. What
 * else the language refuses is told and read over: tags, cyclic and unknown aliases, duplicate keys
 * (the first one counts), keys that are not scalars. Aliases and `<<` merges are expanded:
 * overriding a merged key is no duplicate, and the file's own key wins wherever it stands. An
 * expanded node keeps the place where it was written.
 */
const struct node *yaml_read(struct arena *arena, const struct source *source,
                             struct diagnostics *diagnostics);

/* The version of libyaml that reads it, which need not be the one that topoc was built with. */
const char *yaml_version(void);

/* The value of `key` in a mapping, or NULL (also where the node is no mapping). */
const struct node *node_get(const struct node *mapping, const char *key);

/* Whether the node says nothing: an unquoted empty scalar, `~` or `null`, or an empty collection.
 */
bool node_is_empty(const struct node *node);

/* Appends `text` as a double-quoted YAML scalar that yaml_read() reads back byte for byte. */
void yaml_print_quoted(FILE *file, const char *text);

#endif
