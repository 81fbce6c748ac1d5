/*
 * JSON Schemas out of the tables that the language is made of.
 *
 * They are of draft-07, the newest that the YAML language server and with it the editors know whole.
 * Nothing counts there beside a `$ref`, so it stands in `allOf` where more is to be said.
 *
 * A scalar of a topology file is its text, but what loads YAML for a validator may have made a number
 * or a boolean of it. So a schema takes whatever such a text may become, and a pattern speaks of the
 * text where it stayed one.
 */
#ifndef TOPOC_CMD_DOCUMENT_SCHEMA_H
#define TOPOC_CMD_DOCUMENT_SCHEMA_H

#include "parser/kind.h"

#include <jansson.h>

struct arena;

/*
 * Each function below that makes JSON returns a new reference and never NULL: what goes wrong ends
 * the program (write.c).
 */

/* json_pack(3) */
json_t *schema_pack(const char *format, ...);

/* Puts what `others` has into a schema, and lets `others` go. */
void schema_merge(json_t *schema, json_t *others);

/* Writes a schema. */
bool schema_write(struct arena *arena, json_t *(*make)(struct arena *arena), FILE *out);

/* The schema of a topology file, and of what --json prints. */
json_t *topology_schema(struct arena *arena);
json_t *output_schema(struct arena *arena);

/* Of a field's value, and of the same where it stands for the whole object (FIELD_SHORTHAND). */
json_t *value_schema(struct arena *arena, const struct field *field);
json_t *shorthand_schema(struct arena *arena, const struct field *field);

/* `schema`, or one of the words that the field has. */
json_t *or_choice(const struct field *field, json_t *schema);

/* What those refer to. */
json_t *value_definitions(struct arena *arena);

/* `{"$ref": "#/definitions/NAME"}` */
json_t *reference(const char *definition);

/* A mapping of fields, to which they are added. */
json_t *mapping_schema(void);
void mapping_add(struct arena *arena, json_t *mapping, const struct field *field);

/* A pattern from end to end. */
json_t *whole(struct arena *arena, const char *pattern);

/* Of any scalar whose text, where it is one, matches the pattern. */
json_t *text_schema(struct arena *arena, const char *pattern);

/*
 * Regular expressions that ECMA-262 (with its flag `u`) and Python read alike. They hold alternatives
 * only in parentheses, and no `^` and `$`, so that they can be put into others.
 */
const char *pattern_range(struct arena *arena, int64_t low, int64_t high);
const char *pattern_duration(struct arena *arena, const struct field *field);
const char *pattern_bool(struct arena *arena);
const char *pattern_mac(void);
const char *pattern_address(struct arena *arena);
const char *pattern_prefix(struct arena *arena);

/* Names: of a topology, of a device that is referred to, and of a kind's objects. */
const char *pattern_topology(struct arena *arena);
const char *pattern_device(struct arena *arena);
const char *pattern_name(struct arena *arena, const struct kind *kind);

#endif
