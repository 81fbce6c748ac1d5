/* What is told where libyaml finds a syntax error. */
#ifndef TOPOC_PARSER_YAML_ERROR_H
#define TOPOC_PARSER_YAML_ERROR_H

#include "diagnostic.h"

#include <yaml.h>

/* What stands between two of libyaml's marks; where they are not on one line, one character. */
struct span yaml_span(yaml_mark_t start, yaml_mark_t end);

/* Appends the error that the parser stopped at: libyaml's words, and advice where there is any. */
void yaml_explain(const yaml_parser_t *parser, const struct source *source,
                  struct diagnostics *diagnostics);

#endif
