/* Who reaches whom, as people read it. */
#ifndef TOPOC_PARSER_REACH_PRINT_H
#define TOPOC_PARSER_REACH_PRINT_H

#include "matrix.h"

#include <stdio.h>

/*
 * Prints a table: for up to 20 namespaces a matrix, or one of each family where they differ; at
 * most 50 lines of what fails, each with its reason and its place in `source`; and a summary.
 */
void reach_print(const struct reach_matrix *table, const struct source *source, FILE *file);

#endif
