/* What the parts of reading a topology share. */
#ifndef TOPOC_PARSER_READER_H
#define TOPOC_PARSER_READER_H

#include "graph.h"
#include "yaml.h"

struct reader {
	struct arena *arena;
	struct graph *graph;
	struct diagnostics *diagnostics;
};

/* Appends that `key` is not written like this, and the right form. */
void expected(const struct reader *reader, struct span span, const char *key, const char *form);

/*
 * Reads a node as the value of a field of `object`. False, with a diagnostic, where it is none;
 * `*value` is then untouched.
 */
bool read_value(const struct reader *reader, const struct object *object, const struct field *field,
                const struct node *node, struct value *value);

#endif
