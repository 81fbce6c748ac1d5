/* The shapes of sections that have a file of their own. */
#ifndef TOPOC_PARSER_SECTION_H
#define TOPOC_PARSER_SECTION_H

#include "reader.h"

/* pairs.c: a list of pairs of devices, each pair joined. */
void read_pairs(struct reader *reader, const struct kind *kind, const struct node *list);

#endif
