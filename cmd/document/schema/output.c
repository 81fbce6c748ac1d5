/* What --json prints, verb by verb. */
#include "cmd/options.h"
#include "parser/kinds.h"
#include "told.h"

static json_t *message_schema(void)
{
	json_t *schema = object_of(
	        schema_pack("{s:o, s:o}", "message", typed("string"), "length", integer_from(1)));

	add_place(schema);
	json_object_set_new(schema, "required", schema_pack("[s]", "message"));
	return schema;
}

static json_t *diagnostic_schema(void)
{
	json_t *schema = message_schema();

	schema_merge(json_object_get(schema, "properties"),
	             schema_pack("{s:{s:[sss]}, s:o, s:o}", "severity", "enum", "error", "warning",
	                         "note", "hint", typed("string"), "notes",
	                         array_of(reference("note"))));
	json_object_set_new(schema, "required",
	                    schema_pack("[sss]", "severity", "message", "notes"));
	return schema;
}

/* An object with what it owns. */
static json_t *tree_schema(void)
{
	json_t *schema = told_object();

	json_object_set_new(json_object_get(schema, "properties"), "objects",
	                    array_of(reference("object")));
	json_array_append_new(json_object_get(schema, "required"), json_string("objects"));
	return schema;
}

/* An object that is none of topoc's, and why it goes. */
static json_t *noted_schema(void)
{
	json_t *schema = told_object();

	json_object_set_new(json_object_get(schema, "properties"), "reason", typed("string"));
	return schema;
}

static json_t *action_schema(void)
{
	json_t *schema = noted_schema();

	schema_merge(json_object_get(schema, "properties"),
	             schema_pack("{s:{s:[ssss]}, s:o}", "action", "enum", "create", "change",
	                         "replace", "destroy", "changes", typed("object")));
	json_array_append_new(json_object_get(schema, "required"), json_string("action"));
	schema_merge(schema,
	             schema_pack("{s:{s:{s:{s:s}}}, s:{s:[s]}}", "if", "properties", "action",
	                         "const", "change", "then", "required", "changes"));
	return schema;
}

static json_t *counts_schema(void)
{
	json_t *properties = json_object(), *required = json_array();
	json_t *schema = object_of(properties);

	for (const struct kind *const *kind = kinds; *kind; kind++) {
		if ((*kind)->with_owner)
			continue;
		json_object_set_new(properties, (*kind)->name, integer_from(0));
		json_array_append_new(required, json_string((*kind)->name));
	}
	json_object_set_new(schema, "required", required);
	return schema;
}

static json_t *summary_schema(void)
{
	json_t *schema =
	        object_of(schema_pack("{s:o, s:o, s:o}", "create", integer_from(0), "change",
	                              integer_from(0), "destroy", integer_from(0)));

	json_object_set_new(schema, "required",
	                    schema_pack("[sss]", "create", "change", "destroy"));
	return schema;
}

/* A topology, with what names tell of it besides its name and file. */
static json_t *topology_of(json_t *properties)
{
	schema_merge(properties,
	             schema_pack("{s:o, s:o}", "name", typed("string"), "file", typed("string")));
	return object_of(properties);
}

static json_t *checked_schema(void)
{
	json_t *schema = topology_of(schema_pack("{s:o, s:o, s:o}", "reach", reference("reach"),
	                                         "counts", reference("counts"), "objects",
	                                         array_of(reference("object"))));

	json_object_set_new(
	        schema, "dependencies",
	        schema_pack("{s:[ss], s:[s]}", "counts", "objects", "name", "objects", "counts"));
	return schema;
}

static json_t *planned_schema(void)
{
	json_t *schema = topology_of(
	        schema_pack("{s:o, s:o, s:o, s:o, s:o}", "reach", reference("reach"), "actions",
	                    array_of(reference("action")), "foreign", array_of(reference("noted")),
	                    "lost", array_of(reference("noted")), "summary", summary_schema()));

	json_object_set_new(
	        schema, "dependencies",
	        schema_pack("{s:[ssss]}", "actions", "name", "foreign", "lost", "summary"));
	return schema;
}

static json_t *done_schema(void)
{
	json_t *schema = planned_schema();

	json_object_set_new(json_object_get(schema, "properties"), "outcome",
	                    schema_pack("{s:[sssss]}", "enum", "done", "unchanged", "refused",
	                                "interrupted", "stuck"));
	json_object_set_new(schema, "required", schema_pack("[s]", "outcome"));
	return schema;
}

static json_t *listed_schema(void)
{
	json_t *schema = topology_of(schema_pack(
	        "{s:o, s:{s:[ssss]}, s:o}", "since", reference("time"), "state", "enum", "in step",
	        "drifted", "unfinished", "unknown", "counts", reference("counts")));

	json_object_set_new(schema, "required", schema_pack("[ss]", "name", "state"));
	return schema;
}

static json_t *shown_schema(void)
{
	json_t *schema = topology_of(schema_pack("{s:o, s:o, s:o}", "since", reference("time"),
	                                         "finished", typed("boolean"), "objects",
	                                         array_of(reference("object"))));

	json_object_set_new(schema, "dependencies",
	                    schema_pack("{s:[ss], s:[s]}", "objects", "name", "finished",
	                                "finished", "objects"));
	return schema;
}

static const struct {
	const char *verb;
	json_t *(*topology)(void); /* what it tells of one */
} answers[] = {
        {"check", checked_schema}, {"plan", planned_schema}, {"apply", done_schema},
        {"destroy", done_schema},  {"list", listed_schema},  {"show", shown_schema},
};

enum { ANSWERS = sizeof answers / sizeof *answers };

static json_t *definitions_schema(struct arena *arena)
{
	json_t *definitions = told_definitions(arena);

	schema_merge(definitions,
	             schema_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:{s:s, s:s}}", "reach",
	                         reach_schema(), "note", message_schema(), "diagnostic",
	                         diagnostic_schema(), "object", tree_schema(), "action",
	                         action_schema(), "noted", noted_schema(), "counts",
	                         counts_schema(), "time", "type", "string", "pattern",
	                         "^[0-9]{4}(?:-[0-9]{2}){2}T[0-9]{2}(?::[0-9]{2}){2}"));
	for (size_t i = 0; i < ANSWERS; i++)
		json_object_set_new(definitions, answers[i].verb, answers[i].topology());
	return definitions;
}

/* If it is the answer of that verb, its topologies are like this. */
static json_t *rule_of(const char *verb)
{
	return schema_pack("{s:{s:{s:{s:s}}}, s:{s:{s:o}}}", "if", "properties", "verb", "const",
	                   verb, "then", "properties", "topologies", array_of(reference(verb)));
}

json_t *output_schema(struct arena *arena)
{
	json_t *names = json_array(), *rules = json_array(), *schema;

	for (size_t i = 0; i < ANSWERS; i++) {
		json_array_append_new(names, json_string(answers[i].verb));
		json_array_append_new(rules, rule_of(answers[i].verb));
	}
	schema = schema_pack("{s:s, s:s, s:s, s:s}", "$schema",
	                     "http://json-schema.org/draft-07/schema#", "$id", "urn:topoc:output",
	                     "title", "answer", "description", "What topoc prints with --json");
	schema_merge(schema,
	             object_of(schema_pack(
	                     "{s:o, s:{s:o}, s:{s:[iiiii]}, s:o, s:o, s:o, s:o}", "topoc",
	                     typed("string"), "verb", "enum", names, "status", "enum", STATUS_DONE,
	                     STATUS_FAILED, STATUS_CHANGES, STATUS_STUCK, STATUS_INTERRUPTED,
	                     "errors", integer_from(0), "warnings", integer_from(0), "diagnostics",
	                     array_of(reference("diagnostic")), "topologies", typed("array"))));
	schema_merge(schema,
	             schema_pack("{s:[sssssss], s:o, s:o}", "required", "topoc", "verb", "status",
	                         "errors", "warnings", "diagnostics", "topologies", "allOf", rules,
	                         "definitions", definitions_schema(arena)));
	return schema;
}
