/* Documents out of tables: templates, and what is filled into them. */
#ifndef TOPOC_CMD_DOCUMENT_H
#define TOPOC_CMD_DOCUMENT_H

#include <stdbool.h>
#include <stdio.h>

/* What takes the place of a line that ends in the mark, which has an `@` on either side. */
struct fragment {
	const char *mark;
	void (*print)(FILE *out);
};

/* Each ended by a NULL mark. */
extern const struct fragment manual_fragments[], bash_fragments[], zsh_fragments[],
        fish_fragments[];

/*
 * Copies the template to `out`, its marked lines filled in. False, after a line on standard error,
 * where it cannot be read or has a mark that is no fragment's.
 */
bool template_fill(const char *path, const struct fragment *fragments, FILE *out);

#endif
