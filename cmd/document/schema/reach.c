/* Who reaches whom, as --json tells of it. */
#include "told.h"

static json_t *verdict(void)
{
	return schema_pack("{s:[ssss]}", "enum", "yes", "no", "partly", "unknown");
}

static json_t *pair_schema(void)
{
	return schema_pack("{s:s, s:{s:o, s:o, s:o, s:o}, s:[ss]}", "type", "object", "properties",
	                   "from", typed("string"), "to", typed("string"), "ipv4", verdict(),
	                   "ipv6", verdict(), "required", "from", "to");
}

static json_t *failure_schema(void)
{
	json_t *schema = object_of(schema_pack(
	        "{s:o, s:o, s:o, s:o}", "from", array_of(typed("string")), "to",
	        array_of(typed("string")), "verdict", verdict(), "reason", typed("string")));

	add_place(schema);
	json_object_set_new(schema, "required",
	                    schema_pack("[ssss]", "from", "to", "verdict", "reason"));
	return schema;
}

json_t *reach_schema(void)
{
	json_t *summary = object_of(schema_pack("{s:o, s:o, s:o, s:o}", "yes", integer_from(0),
	                                        "unknown", integer_from(0), "partly",
	                                        integer_from(0), "no", integer_from(0)));
	json_t *schema =
	        object_of(schema_pack("{s:o, s:o, s:o}", "pairs", array_of(pair_schema()),
	                              "failures", array_of(failure_schema()), "summary", summary));

	json_object_set_new(summary, "required",
	                    schema_pack("[ssss]", "yes", "unknown", "partly", "no"));
	json_object_set_new(schema, "required",
	                    schema_pack("[sss]", "pairs", "failures", "summary"));
	return schema;
}
