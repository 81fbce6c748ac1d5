/* What is told where libyaml finds a syntax error. */
#ifndef TOPOC_PARSER_YAML_ERROR_H
#define TOPOC_PARSER_YAML_ERROR_H

#include "../diagnostic.h"

#include <stdbool.h>
#include <yaml.h>

/* How far reading has come: what libyaml does not say of its errors. */
struct yaml_progress {
	bool has_root; /* the document has begun */
	yaml_mark_t root;
	bool in_brackets; /* of {} and [], the innermost that is open */
	yaml_mark_t bracket;
	bool after_scalar; /* the last event was one */
	yaml_scalar_style_t style;
	yaml_mark_t start; /* of the last event */
	yaml_mark_t end;
};

/* What stands between two of libyaml's marks; where they are not on one line, one character. */
struct span yaml_span(yaml_mark_t start, yaml_mark_t end);

/* Appends the error that the parser stopped at, in plain words, with advice where there is any. */
void yaml_explain(const yaml_parser_t *parser, const struct yaml_progress *progress,
                  const struct source *source, struct diagnostics *diagnostics);

#endif
