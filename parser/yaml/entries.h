/* Entries that have been read of collections that have not ended: those of the innermost come last. */
#ifndef TOPOC_PARSER_YAML_ENTRIES_H
#define TOPOC_PARSER_YAML_ENTRIES_H

#include "yaml.h"

struct entries {
	struct arena *arena;
	struct entry *list;
	size_t count, capacity;
};

void entries_append(struct entries *entries, struct entry entry);

/* Gives a collection those behind the first `before`. */
void entries_take(struct entries *entries, size_t before, struct node *node);

/* Puts the last ones, from `from` on, before the one at `to`. */
void entries_move(struct entries *entries, size_t from, size_t to);

#endif
