/* The schema of a topology file: what parser/topology.c reads, shape by shape. */
#include "parser/topology.h"
#include "cmd/language.h"
#include "parser/arena.h"
#include "parser/kinds.h"
#include "schema.h"

static json_t *attributes_of(const struct kind *kind)
{
	return reference(kind->key);
}

/* Where a mapping may stand, nothing may: an empty one, an empty list, or null ... */
static json_t *or_nothing(void)
{
	return schema_pack("{s:[sss], s:i}", "type", "object", "array", "null", "maxItems", 0);
}

/* ... and so where a list may. */
static json_t *list_of(json_t *item)
{
	return schema_pack("{s:[sss], s:o, s:i}", "type", "array", "object", "null", "items", item,
	                   "maxProperties", 0);
}

/* Both a mapping of names and a list of them. */
static json_t *names_schema(struct arena *arena, const struct kind *kind)
{
	const char *name = pattern_name(arena, kind);

	return schema_pack("{s:[sss], s:{s:o}, s:o, s:o}", "type", "object", "array", "null",
	                   "propertyNames", "pattern", whole(arena, name), "additionalProperties",
	                   attributes_of(kind), "items", text_schema(arena, name));
}

static json_t *pairs_schema(struct arena *arena, const struct kind *kind)
{
	json_t *pair = names_schema(arena, kind);

	schema_merge(pair, schema_pack("{s:[ss], s:i, s:i, s:i, s:i}", "type", "object", "array",
	                               "minProperties", 2, "maxProperties", 2, "minItems", 2,
	                               "maxItems", 2));
	return list_of(pair);
}

static const struct field *shorthand_of(const struct kind *kind)
{
	for (size_t i = 0; i < kind_field_count(kind); i++) {
		if (kind_field(kind, i)->flags & FIELD_SHORTHAND)
			return kind_field(kind, i);
	}
	return NULL;
}

static json_t *items_schema(struct arena *arena, const struct kind *kind)
{
	const struct field *field = shorthand_of(kind);

	if (!field)
		return list_of(attributes_of(kind));
	return list_of(schema_pack("{s:[oo]}", "anyOf", attributes_of(kind),
	                           shorthand_schema(arena, field)));
}

static json_t *values_schema(struct arena *arena, const struct kind *kind)
{
	json_t *schema = or_nothing();

	schema_merge(schema,
	             schema_pack("{s:{s:o}, s:o}", "propertyNames", "pattern",
	                         whole(arena, pattern_name(arena, kind)), "additionalProperties",
	                         shorthand_schema(arena, shorthand_of(kind))));
	return schema;
}

static json_t *self_schema(struct arena *arena, const struct kind *kind)
{
	(void)arena;
	return schema_pack("{s:[o]}", "allOf", attributes_of(kind));
}

/* What stands under a kind's key. */
static json_t *section_schema(struct arena *arena, const struct kind *kind)
{
	static json_t *(*const shapes[])(struct arena *, const struct kind *) = {
	        [SHAPE_NAMES] = names_schema, [SHAPE_PAIRS] = pairs_schema,
	        [SHAPE_ITEMS] = items_schema, [SHAPE_VALUES] = values_schema,
	        [SHAPE_SELF] = self_schema,
	};
	json_t *schema = shapes[kind->shape](arena, kind);

	json_object_set_new(schema, "description", json_string(kind->doc));
	return schema;
}

/* Adds the sections of a place to `properties`. */
static void add_sections(struct arena *arena, enum place place, json_t *properties)
{
	for (const struct kind *const *kind = kinds; *kind; kind++) {
		if ((*kind)->place == place)
			json_object_set_new(properties, (*kind)->key, section_schema(arena, *kind));
	}
}

/* A mapping of a kind's attributes, and of the sections that its objects hold. */
static json_t *attributes_schema(struct arena *arena, const struct kind *kind)
{
	json_t *schema = mapping_schema(), *properties = json_object_get(schema, "properties");

	json_object_set_new(schema, "title", json_string(kind->name));
	for (size_t i = 0; i < kind_field_count(kind); i++)
		mapping_add(arena, schema, kind_field(kind, i));
	if (kind->class == &namespace_class)
		add_sections(arena, PLACE_NAMESPACE, properties);
	if (kind->class == &link_class)
		add_sections(arena, PLACE_DEVICE, properties);
	if (!json_object_get(schema, "required"))
		schema_merge(schema, or_nothing());
	return schema;
}

/* The namespace that topoc runs in has what is there of itself already. */
static json_t *host_schema(struct arena *arena)
{
	json_t *schema = attributes_schema(arena, &namespace_kind);

	for (const struct kind *const *kind = kinds; *kind; kind++) {
		if ((*kind)->place == PLACE_NAMESPACE && (*kind)->with_owner)
			json_object_set_new(json_object_get(schema, "properties"), (*kind)->key,
			                    list_of(json_false()));
	}
	json_object_set_new(schema, "title", json_string(HOST));
	return schema;
}

static json_t *definitions_schema(struct arena *arena)
{
	json_t *definitions = value_definitions(arena);

	for (const struct kind *const *kind = kinds; *kind; kind++) {
		if ((*kind)->shape != SHAPE_VALUES)
			json_object_set_new(definitions, (*kind)->key,
			                    attributes_schema(arena, *kind));
	}
	json_object_set_new(definitions, HOST, host_schema(arena));
	return definitions;
}

json_t *topology_schema(struct arena *arena)
{
	json_t *properties, *name = text_schema(arena, pattern_topology(arena));

	json_object_set_new(name, "description", json_string(language_top[TOP_NAME].doc));
	properties = schema_pack("{s:o, s:{s:[o], s:s}}", "name", name, HOST, "allOf",
	                         reference(HOST), "description", language_top[TOP_HOST].doc);
	add_sections(arena, PLACE_TOP, properties);
	return schema_pack("{s:s, s:s, s:s, s:s, s:[sss], s:i, s:o, s:{s:{s:s}}, s:b, s:o}",
	                   "$schema", "http://json-schema.org/draft-07/schema#", "$id",
	                   "urn:topoc:topology", "title", "topology", "description",
	                   "A network topology, as topoc reads it", "type", "object", "array",
	                   "null", "maxItems", 0, "properties", properties, "patternProperties",
	                   "^x-", "description", language_top[TOP_OTHERS].doc,
	                   "additionalProperties", 0, "definitions", definitions_schema(arena));
}
