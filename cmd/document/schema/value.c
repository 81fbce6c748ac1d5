/* The schema of a field. */
#include "parser/arena.h"
#include "schema.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* To base 60, as YAML 1.1 reads digits with colons: the least number that is a MAC or an address. */
#define BASE_60_MAC  7776000000    /* 10:00:00:00:00:00 */
#define BASE_60_IPV6 2799360000000 /* 1:0:0:0:0:0:0:0 */

json_t *reference(const char *definition)
{
	return schema_pack("{s:s+}", "$ref", "#/definitions/", definition);
}

json_t *whole(struct arena *arena, const char *pattern)
{
	return json_string(arena_printf(arena, "^%s$", pattern));
}

json_t *text_schema(struct arena *arena, const char *pattern)
{
	return schema_pack("{s:[sss], s:o}", "type", "string", "number", "boolean", "pattern",
	                   whole(arena, pattern));
}

/* A string like this; editors of the VS Code family say `message` instead of the pattern. */
static json_t *string_schema(struct arena *arena, const char *pattern, const char *message)
{
	return schema_pack("{s:s, s:o, s:s}", "type", "string", "pattern", whole(arena, pattern),
	                   "patternErrorMessage", message);
}

/* ... or a number from `least` on. */
static json_t *or_number(json_t *string, int64_t least)
{
	schema_merge(string, schema_pack("{s:[ss], s:I}", "type", "string", "integer", "minimum",
	                                 (json_int_t)least));
	return string;
}

json_t *value_definitions(struct arena *arena)
{
	json_t *boolean = string_schema(arena, pattern_bool(arena), "true or false");
	json_t *mac = string_schema(arena, pattern_mac(), "a MAC, such as 02:00:00:00:00:01");
	json_t *address = string_schema(arena, pattern_address(arena), "an IPv4 or IPv6 address");
	json_t *prefix = string_schema(arena, pattern_prefix(arena),
	                               "an address with its prefix length, such as 10.0.0.1/24");

	schema_merge(boolean, schema_pack("{s:[ss]}", "type", "boolean", "string"));
	return schema_pack("{s:o, s:o, s:o, s:o, s:o}", "boolean", boolean, "mac",
	                   or_number(mac, BASE_60_MAC), "address", or_number(address, BASE_60_IPV6),
	                   "prefix", prefix, "device", text_schema(arena, pattern_device(arena)));
}

static json_t *choice_schema(const struct field *field)
{
	json_t *words = json_array();

	for (const struct choice *choice = field->choices; choice && choice->word; choice++)
		json_array_append_new(words, json_string(choice->word));
	return schema_pack("{s:o}", "enum", words);
}

json_t *or_choice(const struct field *field, json_t *schema)
{
	return field->choices ? schema_pack("{s:[oo]}", "anyOf", schema, choice_schema(field))
	                      : schema;
}

static json_t *number_schema(struct arena *arena, const struct field *field)
{
	const char *message = arena_printf(arena, "a number from %" PRId64 " to %" PRId64,
	                                   field->min, field->max);
	json_t *schema =
	        string_schema(arena, pattern_range(arena, field->min, field->max), message);

	json_object_set_new(schema, "maximum", json_integer(field->max));
	return or_number(schema, field->min);
}

static json_t *duration_schema(struct arena *arena, const struct field *field)
{
	struct value low = {.number = field->min}, high = {.number = field->max};
	const char *message =
	        arena_printf(arena, "a duration from %s to %s", value_print(arena, field, &low),
	                     value_print(arena, field, &high));

	return string_schema(arena, pattern_duration(arena, field), message);
}

json_t *mapping_schema(void)
{
	return schema_pack("{s:s, s:{}, s:b}", "type", "object", "properties",
	                   "additionalProperties", 0);
}

void mapping_add(struct arena *arena, json_t *mapping, const struct field *field)
{
	if (field->flags & FIELD_HIDDEN)
		return;
	json_object_set_new(json_object_get(mapping, "properties"), field->key,
	                    value_schema(arena, field));
	if (!(field->flags & FIELD_REQUIRED))
		return;
	if (!json_object_get(mapping, "required"))
		json_object_set_new(mapping, "required", json_array());
	json_array_append_new(json_object_get(mapping, "required"), json_string(field->key));
}

static json_t *list_schema(struct arena *arena, const struct field *field)
{
	json_t *element = mapping_schema();

	for (size_t i = 0; i < field->element_count; i++)
		mapping_add(arena, element, &field->element[i]);
	return schema_pack("{s:s, s:i, s:o}", "type", "array", "minItems", 1, "items", element);
}

static json_t *typed_schema(struct arena *arena, const struct field *field)
{
	switch (field->type) {
	case TYPE_BOOL:
		return reference("boolean");
	case TYPE_NUMBER:
		return or_choice(field, number_schema(arena, field));
	case TYPE_CHOICE:
		return choice_schema(field);
	case TYPE_DURATION:
		return duration_schema(arena, field);
	case TYPE_MAC:
		return reference("mac");
	case TYPE_ADDRESS:
		return reference("address");
	case TYPE_PREFIX:
		return or_choice(field, schema_pack("{s:[oo]}", "anyOf", reference("prefix"),
		                                    reference("address")));
	case TYPE_DEVICE:
		return reference("device");
	case TYPE_LIST:
		return list_schema(arena, field);
	case TYPE_TEXT:
		break;
	}
	return schema_pack("{s:[sss]}", "type", "string", "number", "boolean");
}

/* What a value left out is. A FIELD_FREE has what the kernel chooses, which may be another. */
static json_t *default_of(const struct field *field)
{
	char *end;
	json_int_t number;

	if (!field->fallback || field->flags & FIELD_FREE)
		return NULL;
	if (field->type == TYPE_BOOL)
		return json_boolean(!strcmp(field->fallback, "true"));
	number = strtoll(field->fallback, &end, 10);
	return *end ? json_string(field->fallback) : json_integer(number);
}

json_t *value_schema(struct arena *arena, const struct field *field)
{
	json_t *schema = typed_schema(arena, field);

	if (json_object_get(schema, "$ref"))
		schema = schema_pack("{s:[o]}", "allOf", schema);
	json_object_set_new(schema, "description", json_string(field->doc));
	json_object_set_new(schema, "default", default_of(field)); /* does nothing with NULL */
	return schema;
}

/* Alone, a prefix has nothing beside it that could give its length. */
json_t *shorthand_schema(struct arena *arena, const struct field *field)
{
	if (field->type == TYPE_PREFIX && !field->choices)
		return reference("prefix");
	return value_schema(arena, field);
}
