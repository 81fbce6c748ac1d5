/* Who reaches whom: what parser/reach/print.c tells people. */
#include "json.h"

static const char *const verdicts[] = {
        [REACH_NO] = "no",
        [REACH_PARTLY] = "partly",
        [REACH_UNKNOWN] = "unknown",
        [REACH_YES] = "yes",
};

static json_t *of_names(const struct object *const *spaces, size_t count)
{
	json_t *list = json_array();

	for (size_t i = 0; i < count; i++)
		json_add(list, json_of_text(spaces[i]->name));
	return list;
}

static void add_pair(json_t *list, const struct reach_matrix *table, size_t source, size_t target)
{
	static const char *const families[] = {"ipv4", "ipv6"};
	json_t *pair;

	if (reach_pair(table, source, target) == REACH_NONE)
		return;
	pair = json_object();
	json_put(pair, "from", json_of_text(table->spaces[source]->name));
	json_put(pair, "to", json_of_text(table->spaces[target]->name));
	for (size_t family = 0; family < 2; family++) {
		enum reach_verdict verdict = reach_cell(table, source, target, family);

		if (verdict != REACH_NONE)
			json_put(pair, families[family], json_string(verdicts[verdict]));
	}
	json_add(list, pair);
}

static json_t *of_pairs(const struct reach_matrix *table)
{
	json_t *list = json_array();

	for (size_t source = 0; source < table->count; source++) {
		for (size_t target = 0; target < table->count; target++)
			add_pair(list, table, source, target);
	}
	return list;
}

static json_t *of_failures(const struct reach_matrix *table, const char *file)
{
	json_t *list = json_array();

	for (size_t i = 0; i < table->failure_count; i++) {
		const struct reach_failure *failure = &table->failures[i];
		json_t *json = json_object();

		json_put(json, "from", of_names(failure->sources, failure->source_count));
		json_put(json, "to", of_names(failure->targets, failure->target_count));
		json_put(json, "verdict", json_string(verdicts[failure->verdict]));
		json_put(json, "reason", json_of_text(failure->reason));
		if (failure->span.line) {
			json_put(json, "file", json_of_text(file));
			json_put(json, "line", json_integer(failure->span.line));
			json_put(json, "column", json_integer(failure->span.column));
		}
		json_add(list, json);
	}
	return list;
}

json_t *json_of_reach(const struct reach_matrix *table, const char *file)
{
	json_t *json = json_object(), *summary = json_object();

	for (int verdict = REACH_YES; verdict >= REACH_NO; verdict--)
		json_put(summary, verdicts[verdict],
		         json_integer((json_int_t)table->pairs[verdict]));
	json_put(json, "pairs", of_pairs(table));
	json_put(json, "failures", of_failures(table, file));
	json_put(json, "summary", summary);
	return json;
}
