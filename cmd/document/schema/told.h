/* The schema of what --json prints (cmd/json.h says the same in words). */
#ifndef TOPOC_CMD_DOCUMENT_SCHEMA_TOLD_H
#define TOPOC_CMD_DOCUMENT_SCHEMA_TOLD_H

#include "schema.h"

/* Keys may come to what is printed, so that no object is closed to others. */
json_t *object_of(json_t *properties);
json_t *array_of(json_t *item);
json_t *typed(const char *type);
json_t *integer_from(json_int_t least);

/* Adds `file`, `line` and `column` to the properties of an object. */
void add_place(json_t *object);

/* Of an object, without what it owns, and what that refers to. */
json_t *told_object(void);
json_t *told_definitions(struct arena *arena);

/* Who reaches whom in a file. */
json_t *reach_schema(void);

#endif
