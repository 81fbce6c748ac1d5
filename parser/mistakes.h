/*
 * What people write instead: forms that are wrong and well known, each told with the right one.
 * Those that return a bool have said it when they return true.
 */
#ifndef TOPOC_PARSER_MISTAKES_H
#define TOPOC_PARSER_MISTAKES_H

#include "reader.h"

/* "a" or "an". */
const char *article(const char *word);

/* Appends that a key takes something else than what is there, and how to write it. */
void expected(const struct reader *reader, struct span span, const char *key, const char *form,
              const char *hint);

/* keys.c: a key that nothing knows: what was meant? It stands in `object`, or NULL: the top. */
void unknown_key(struct reader *reader, struct object *object, const struct node *key);

/* The same in an element of a list: only fields count. */
void unknown_field(struct reader *reader, const struct field *fields, size_t count,
                   const struct node *key);

/* A name that cannot be a device's: `left: eth0`, `left:eth0:{mtu`, `mtu`, `left`. */
bool mistaken_device(struct reader *reader, const struct kind *kind, const struct node *name);

/* An attribute at the level of its namespace, which would be a namespace of that name. */
bool mistaken_namespace(struct reader *reader, const struct entry *entry);

/* A mapping where one value belongs, as YAML reads `2001:db8::`. */
bool mistaken_scalar(struct reader *reader, const struct node *node);

/* Something else where attributes belong: `default via 10.0.0.1`, as ip-route(8) takes them. */
void mistaken_attributes(struct reader *reader, const struct kind *kind, const struct node *node);

/* Something else where a list of mappings belongs, or where one of them does: an address, nothing. */
void mistaken_list(struct reader *reader, const struct field *field, const struct node *node);
void mistaken_element(struct reader *reader, const struct field *field, const struct node *node);

/*
 * The name of a namespace or device where an address belongs. It is noted, and told by
 * tell_misnomers() with the addresses that it has, when all are read.
 */
bool mistaken_name(struct reader *reader, const struct object *object, const struct field *field,
                   const struct node *node);
void tell_misnomers(struct reader *reader);

#endif
