/*
 * From a topology file to a graph: all of the parser in one call, and the names that the language
 * allows.
 */
#ifndef TOPOC_PARSER_TOPOLOGY_H
#define TOPOC_PARSER_TOPOLOGY_H

#include "graph.h"

#define TOPOLOGY_NAME "name" /* the key of a topology's name */

/*
 * The graph that a topology file describes, complete and checked. Errors are in `diagnostics`; NULL
 * only where the text is no YAML mapping or there is no name: `name` is the one to take where the
 * file gives none (NULL: standard input, which must give one).
 */
struct graph *topology_read(struct arena *arena, const struct source *source, const char *name,
                            struct diagnostics *diagnostics);

enum {
	TOPOLOGY_NAME_MOST = 64,
	NAMESPACE_NAME_MOST = 255, /* NAME_MAX: it is a file's name */
	INTERFACE_NAME_MOST = 15,  /* IFNAMSIZ less the zero */
};

/* Names that no interface of a file can have, ended by NULL. */
extern const char *const reserved_interfaces[];

/* Whether a text may be a topology's name: [A-Za-z0-9][A-Za-z0-9_.-]{0,63}, not ending in _.- */
bool topology_name_valid(const char *name);

/* A namespace's and an interface's name; NULL where it may be one, else what is wrong with it. */
const char *namespace_name_error(const char *name);
const char *interface_name_error(const char *name);

/*
 * Errors for every device that is named but not declared, with the nearest one that is. In the
 * host, which has devices that no file knows, they are looked for in `live`, what the kernel has:
 * with NULL only the namespaces are checked, otherwise only the host.
 */
void references_check(const struct graph *graph, const struct graph *live,
                      struct diagnostics *diagnostics);

/* Notes on what the file leaves to be looked for in the host. */
void references_note(const struct graph *graph, struct diagnostics *diagnostics);

#endif
