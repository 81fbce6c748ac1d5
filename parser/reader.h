/*
 * From nodes (yaml/yaml.h) to objects of a graph: what the parts of reading a topology share. A key
 * is looked up in the tables of kind.h; nothing here knows a kind.
 */
#ifndef TOPOC_PARSER_READER_H
#define TOPOC_PARSER_READER_H

#include "graph.h"
#include "yaml/yaml.h"

struct reader {
	struct arena *arena; /* of the graph; the nodes go when it has been read */
	struct graph *graph;
	struct diagnostics *diagnostics;
	struct diagnostics *ignored; /* of what is only tried */
	struct misnomer *misnomers;  /* names in the place of addresses: mistakes.c */
	size_t failures;             /* keys and values that could not be read */
};

/* section.c: the objects under a key, in `owner`: a namespace, a device, or NULL at the top. */
void read_section(struct reader *reader, const struct kind *kind, struct object *owner,
                  const struct entry *entry);

/* attributes.c: a mapping of an object's attributes, sections among them. */
void read_attributes(struct reader *reader, struct object *object, const struct node *node);

/* Whether fields that a user may write have the key `word`, of that length. */
bool is_field(const struct field *fields, size_t count, const char *word, size_t length);

/* Whether objects of a kind have an attribute or a section of that key. */
bool is_attribute(const struct kind *kind, const char *key);

/* The section of that key in objects of a kind, or NULL. */
const struct kind *section_keyed(const struct kind *kind, const char *key);

/* declare.c: the namespaces of a file, before whatever else there is stands in them. */
void declare_namespaces(struct reader *reader, const struct node *root);

/* A device of that name; NULL, with a diagnostic, where it cannot be, or is there already. */
struct object *declare_device(struct reader *reader, const struct kind *kind,
                              const struct node *name);

/* Names an object; where its name is taken, the object is out of the graph, with a diagnostic. */
void name_object(struct reader *reader, struct object *object, const char *name);

/*
 * value.c's types are texts; this reads a node as the value of a field of `object`. False, with a
 * diagnostic, where it is none; `*value` is then marked broken.
 */
bool read_value(struct reader *reader, const struct object *object, const struct field *field,
                const struct node *node, struct value *value);

#endif
