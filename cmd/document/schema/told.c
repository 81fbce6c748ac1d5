/* Objects as --json tells of them. */
#include "told.h"
#include "parser/arena.h"
#include "parser/kinds.h"

json_t *typed(const char *type)
{
	return schema_pack("{s:s}", "type", type);
}

json_t *integer_from(json_int_t least)
{
	return schema_pack("{s:s, s:I}", "type", "integer", "minimum", least);
}

json_t *object_of(json_t *properties)
{
	return schema_pack("{s:s, s:o}", "type", "object", "properties", properties);
}

json_t *array_of(json_t *item)
{
	return schema_pack("{s:s, s:o}", "type", "array", "items", item);
}

void add_place(json_t *object)
{
	schema_merge(json_object_get(object, "properties"),
	             schema_pack("{s:o, s:o, s:o}", "file", typed("string"), "line",
	                         integer_from(1), "column", integer_from(1)));
	json_object_set_new(
	        object, "dependencies",
	        schema_pack("{s:[ss], s:[s]}", "line", "file", "column", "column", "line"));
}

static json_t *told_schema(const struct field *field);

static json_t *told_list(const struct field *field)
{
	json_t *properties = json_object();

	for (size_t i = 0; i < field->element_count; i++) {
		if (!(field->element[i].flags & FIELD_HIDDEN))
			json_object_set_new(properties, field->element[i].key,
			                    told_schema(&field->element[i]));
	}
	return array_of(object_of(properties));
}

/* What the kernel has may lie outside the range of what may be written. */
static json_t *told_schema(const struct field *field)
{
	switch (field->type) {
	case TYPE_BOOL:
		return typed("boolean");
	case TYPE_NUMBER:
	case TYPE_CHOICE:
		return or_choice(field, integer_from(0));
	case TYPE_DURATION:
		return reference("duration");
	case TYPE_MAC:
		return reference("mac");
	case TYPE_ADDRESS:
		return reference("address");
	case TYPE_PREFIX:
		return reference("prefix");
	case TYPE_LIST:
		return told_list(field);
	case TYPE_DEVICE:
	case TYPE_TEXT:
		break;
	}
	return typed("string");
}

/* Those of any object: field_is_told() (cmd/json.h), also where only foreign ones have it. */
static json_t *attributes_schema(const struct kind *kind)
{
	json_t *properties = json_object();

	for (size_t i = 0; i < kind_field_count(kind); i++) {
		const struct field *field = kind_field(kind, i);

		if (!(field->flags & FIELD_HIDDEN) || field->flags & FIELD_IGNORED)
			json_object_set_new(properties, field->key, told_schema(field));
	}
	return object_of(properties);
}

/* What is no key of the language may be what has changed. */
static json_t *changes_schema(const struct kind *kind)
{
	json_t *properties = json_object();

	for (size_t i = 0; i < kind_field_count(kind); i++) {
		const struct field *field = kind_field(kind, i);
		json_t *value = schema_pack("{s:[oo]}", "anyOf", told_schema(field), typed("null"));
		json_t *change = object_of(schema_pack("{s:O, s:o}", "from", value, "to", value));

		json_object_set_new(change, "required", schema_pack("[ss]", "from", "to"));
		json_object_set_new(properties, field->key, change);
	}
	return object_of(properties);
}

/* If an object is of that kind, this holds of it. */
static json_t *kind_rule(struct arena *arena, const struct kind *kind)
{
	json_t *required = json_array(), *then;

	if (kind->class != &namespace_class)
		json_array_append_new(required, json_string("namespace"));
	if (kind->place == PLACE_DEVICE)
		json_array_append_new(required, json_string("device"));
	then = schema_pack("{s:{s:{s:s}, s:o, s:o}, s:o}", "properties", "class", "const",
	                   kind->class->name, "attributes",
	                   reference(arena_printf(arena, "%s-attributes", kind->name)), "changes",
	                   reference(arena_printf(arena, "%s-changes", kind->name)), "required",
	                   required);
	return schema_pack("{s:{s:{s:{s:s}}}, s:o}", "if", "properties", "kind", "const",
	                   kind->name, "then", then);
}

static void define_kind(struct arena *arena, json_t *definitions, const struct kind *kind)
{
	json_t *rules = json_object_get(json_object_get(definitions, "kinds"), "allOf");

	json_object_set_new(definitions, arena_printf(arena, "%s-attributes", kind->name),
	                    attributes_schema(kind));
	json_object_set_new(definitions, arena_printf(arena, "%s-changes", kind->name),
	                    changes_schema(kind));
	json_array_append_new(rules, kind_rule(arena, kind));
}

json_t *told_definitions(struct arena *arena)
{
	json_t *definitions = schema_pack(
	        "{s:{s:s, s:o}, s:{s:s, s:o}, s:{s:s, s:o}, s:{s:s, s:o}, s:{s:[]}}", "address",
	        "type", "string", "pattern", whole(arena, pattern_address(arena)), "prefix", "type",
	        "string", "pattern", whole(arena, pattern_prefix(arena)), "mac", "type", "string",
	        "pattern", whole(arena, "[0-9a-f]{2}(?::[0-9a-f]{2}){5}"), "duration", "type",
	        "string", "pattern", whole(arena, "[0-9]+m?s"), "kinds", "allOf");

	for (const struct kind *const *kind = kinds; *kind; kind++)
		define_kind(arena, definitions, *kind);
	define_kind(arena, definitions, &device_kind);
	return definitions;
}

json_t *told_object(void)
{
	json_t *names = json_array(), *schema;

	for (const struct kind *const *kind = kinds; *kind; kind++)
		json_array_append_new(names, json_string((*kind)->name));
	json_array_append_new(names, json_string(device_kind.name));
	schema = object_of(schema_pack("{s:{s:o}, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "kind",
	                               "enum", names, "class", typed("string"), "name",
	                               typed("string"), "namespace", typed("string"), "device",
	                               typed("string"), "peer", typed("string"), "foreign",
	                               typed("boolean"), "attributes", typed("object")));
	add_place(schema);
	schema_merge(schema, schema_pack("{s:[ssss], s:[o]}", "required", "kind", "class", "name",
	                                 "attributes", "allOf", reference("kinds")));
	return schema;
}
