#include "matrix.h"

#include "../arena.h"
#include "../kinds.h"
#include "../set.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum { MOST_SUBNETS = 4 };

/* The sources that fail for one reason to reach one target. */
struct column {
	size_t target;
	size_t *sources; /* ascending */
	size_t count, capacity;
};

/* What fails for one reason. Begins with what a set orders it by. */
struct group {
	const char *reason;
	size_t lead; /* as in struct reach_answer */
	struct span span;
	enum reach_verdict verdict;
	struct column *columns;
	size_t count, capacity;
	struct set subnets;              /* that come behind the lead ... */
	const char *shown[MOST_SUBNETS]; /* ... the first ones ... */
	size_t subnet_count;             /* ... and how many there are */
	struct group *next;
};

struct filling {
	struct arena *arena;
	struct reach *reach;
	struct reach_matrix *table;
	bool *asks[2]; /* by space: whether it has anything of the family */
	struct set groups;
	struct group *first, **last;
	size_t failure_capacity;
};

static int compare_groups(const void *a, const void *b)
{
	const struct group *one = a, *other = b;
	int order;

	if (one->lead != other->lead)
		return one->lead < other->lead ? -1 : 1;
	order = one->lead ? strncmp(one->reason, other->reason, one->lead)
	                  : strcmp(one->reason, other->reason);
	if (one->span.line != other->span.line)
		return one->span.line < other->span.line ? -1 : 1;
	if (one->span.column != other->span.column)
		return one->span.column < other->span.column ? -1 : 1;
	return order ? order : (one->verdict > other->verdict) - (one->verdict < other->verdict);
}

static size_t family_of(const struct object *object, size_t field)
{
	return object_value(object, field)->ip.family == AF_INET6;
}

/* Whether others, beyond its link, are meant to reach an address. */
static bool is_target(const struct object *object)
{
	const struct ip *ip = &object_value(object, ADDRESS_ADDRESS)->ip;

	if (object->kind != &address_kind || ip_is_link_local(ip))
		return false;
	return ip->family == AF_INET6 || object_value(object, ADDRESS_SCOPE)->number < SCOPE_LINK;
}

static void note_families(const struct object *space, bool asks[2])
{
	asks[0] = asks[1] = false;
	for (const struct object *at = space->first_owned; at; at = at->next_owned) {
		if (at->kind == &route_kind)
			asks[family_of(at, ROUTE_TO)] = true;
		for (const struct object *own = at->first_owned; own; own = own->next_owned) {
			if (is_target(own))
				asks[family_of(own, ADDRESS_ADDRESS)] = true;
		}
	}
}

static void list_spaces(struct filling *filling, const struct graph *graph)
{
	struct reach_matrix *table = filling->table;

	table->spaces = arena_alloc(graph->arena, graph->count * sizeof *table->spaces);
	for (size_t f = 0; f < 2; f++)
		filling->asks[f] = arena_alloc(graph->arena, graph->count);
	for (size_t i = 0; i < graph->count; i++) {
		bool asks[2];

		if (graph->objects[i]->owner)
			continue;
		note_families(graph->objects[i], asks);
		filling->asks[0][table->count] = asks[0];
		filling->asks[1][table->count] = asks[1];
		if (asks[0] || asks[1])
			table->spaces[table->count++] = graph->objects[i];
	}
}

static int compare_texts(const void *a, const void *b)
{
	return strcmp(a, b);
}

static void add_subnet(struct group *group, const char *subnet)
{
	if (set_find(&group->subnets, subnet))
		return;
	set_put(&group->subnets, subnet);
	if (group->subnet_count < MOST_SUBNETS)
		group->shown[group->subnet_count] = subnet;
	group->subnet_count++;
}

/* The reason, with as many subnets as are not too many. */
static const char *print_reason(struct arena *arena, const struct group *group)
{
	bool all = group->subnet_count <= MOST_SUBNETS;
	size_t shown = all ? group->subnet_count : MOST_SUBNETS - 1;
	const char *text = arena_copy(arena, group->reason, group->lead);

	if (!group->lead)
		return group->reason;
	for (size_t i = 0; i < shown; i++)
		text = arena_printf(arena, "%s%s%s", text, i ? ", " : "", group->shown[i]);
	return all ? text
	           : arena_printf(arena, "%s and %zu more", text, group->subnet_count - shown);
}

static struct group *group_of(struct filling *filling, const struct reach_answer *answer)
{
	struct group key = {.reason = answer->reason,
	                    .lead = answer->lead,
	                    .span = answer->span,
	                    .verdict = answer->verdict,
	                    .subnets = {.compare = compare_texts}};
	const void **slot = set_put(&filling->groups, &key);
	struct group *group;

	if (*slot != &key)
		return (struct group *)*slot;
	group = arena_alloc(filling->arena, sizeof *group);
	*group = key;
	*slot = group;
	*filling->last = group;
	filling->last = &group->next;
	return group;
}

static struct column *column_of(struct filling *filling, struct group *group, size_t target)
{
	if (group->count && group->columns[group->count - 1].target == target)
		return &group->columns[group->count - 1];
	if (group->count == group->capacity) {
		group->capacity = group->capacity ? group->capacity * 2 : 4;
		group->columns = arena_grow(filling->arena, group->columns, group->count,
		                            group->capacity, sizeof *group->columns);
	}
	group->columns[group->count] = (struct column){.target = target};
	return &group->columns[group->count++];
}

static void add_failure(struct filling *filling, const struct reach_answer *answer, size_t source,
                        size_t target)
{
	struct group *group = group_of(filling, answer);
	struct column *column = column_of(filling, group, target);

	if (answer->lead)
		add_subnet(group, answer->reason + answer->lead);
	if (column->count && column->sources[column->count - 1] == source)
		return;
	if (column->count == column->capacity) {
		column->capacity = column->capacity ? column->capacity * 2 : 4;
		column->sources = arena_grow(filling->arena, column->sources, column->count,
		                             column->capacity, sizeof *column->sources);
	}
	column->sources[column->count++] = source;
}

/* What is to be said of two addresses, or families: where one is reached and one not, in part. */
static enum reach_verdict join(enum reach_verdict a, enum reach_verdict b)
{
	enum reach_verdict less = a < b ? a : b, more = a < b ? b : a;

	return less == REACH_NO && more == REACH_YES ? REACH_PARTLY : less;
}

static void ask(struct filling *filling, size_t source, size_t target, const struct object *address)
{
	struct reach_matrix *table = filling->table;
	size_t family = family_of(address, ADDRESS_ADDRESS);
	uint8_t *cell = &table->cells[family][source * table->count + target];
	struct reach_answer answer;

	if (!filling->asks[family][source])
		return;
	answer = reach_find(filling->reach, table->spaces[source], address);
	*cell = (uint8_t)join(*cell, answer.verdict);
	if (answer.verdict != REACH_YES)
		add_failure(filling, &answer, source, target);
}

static void fill_pair(struct filling *filling, size_t source, size_t target)
{
	struct reach_matrix *table = filling->table;
	const struct object *device = table->spaces[target]->first_owned, *at;
	enum reach_verdict verdict;

	for (; device; device = device->next_owned) {
		for (at = device->first_owned; at; at = at->next_owned) {
			if (is_target(at))
				ask(filling, source, target, at);
		}
	}
	verdict = reach_pair(table, source, target);
	if (verdict != REACH_NONE)
		table->pairs[verdict]++;
}

static void fill_cells(struct filling *filling)
{
	struct reach_matrix *table = filling->table;

	for (size_t f = 0; f < 2; f++) {
		table->cells[f] = arena_alloc(filling->arena, table->count * table->count + 1);
		memset(table->cells[f], REACH_NONE, table->count * table->count);
	}
	for (size_t target = 0; target < table->count; target++) {
		for (size_t source = 0; source < table->count; source++) {
			if (source != target)
				fill_pair(filling, source, target);
		}
	}
}

/* Orders columns by their sources, those with as many together. */
static int compare_columns(const void *a, const void *b)
{
	const struct column *one = a, *other = b;
	int order;

	if (one->count != other->count)
		return one->count < other->count ? -1 : 1;
	order = memcmp(one->sources, other->sources, one->count * sizeof *one->sources);
	return order ? order : (one->target > other->target) - (one->target < other->target);
}

static bool same_sources(const struct column *one, const struct column *other)
{
	return one->count == other->count &&
	       !memcmp(one->sources, other->sources, one->count * sizeof *one->sources);
}

static void put_failure(struct filling *filling, const struct group *group,
                        const struct column *columns, size_t count)
{
	struct reach_matrix *table = filling->table;
	struct reach_failure failure = {.verdict = group->verdict,
	                                .reason = print_reason(filling->arena, group),
	                                .span = group->span,
	                                .source_count = columns->count,
	                                .target_count = count};

	if (table->failure_count == filling->failure_capacity) {
		filling->failure_capacity =
		        filling->failure_capacity ? filling->failure_capacity * 2 : 16;
		table->failures = arena_grow(filling->arena, table->failures, table->failure_count,
		                             filling->failure_capacity, sizeof *table->failures);
	}
	failure.sources = arena_alloc(filling->arena, columns->count * sizeof *failure.sources);
	failure.targets = arena_alloc(filling->arena, count * sizeof *failure.targets);
	for (size_t i = 0; i < columns->count; i++)
		failure.sources[i] = table->spaces[columns->sources[i]];
	for (size_t i = 0; i < count; i++)
		failure.targets[i] = table->spaces[columns[i].target];
	table->failures[table->failure_count++] = failure;
}

/* Adds a column's own target to its sources, at its place. */
static void add_itself(struct filling *filling, struct column *column)
{
	size_t at = column->count;

	column->sources = arena_grow(filling->arena, column->sources, column->count,
	                             column->count + 1, sizeof *column->sources);
	for (; at && column->sources[at - 1] > column->target; at--)
		column->sources[at] = column->sources[at - 1];
	column->sources[at] = column->target;
	column->count++;
}

/* Whether a run of columns is all that a set of namespaces have for each other. */
static bool is_mutual(struct filling *filling, const struct group *group)
{
	struct column first = group->columns[0];

	add_itself(filling, &first);
	if (first.count != group->count || group->count < 3)
		return false;
	for (size_t i = 0; i < group->count; i++) {
		struct column column = group->columns[i];

		add_itself(filling, &column);
		if (!same_sources(&first, &column))
			return false;
	}
	return true;
}

/* Targets that the same sources fail to reach stand together. */
static void list_failures(struct filling *filling, struct group *group)
{
	struct column *end = group->columns + group->count;

	if (is_mutual(filling, group)) {
		add_itself(filling, group->columns);
		put_failure(filling, group, group->columns, group->count);
		return;
	}
	qsort(group->columns, group->count, sizeof *group->columns, compare_columns);
	for (struct column *at = group->columns, *next; at < end; at = next) {
		for (next = at + 1; next < end && same_sources(at, next); next++)
			;
		put_failure(filling, group, at, (size_t)(next - at));
	}
}

struct reach_matrix *reach_matrix_new(const struct graph *graph)
{
	struct filling filling = {.arena = graph->arena, .groups = {.compare = compare_groups}};

	filling.table = arena_alloc(graph->arena, sizeof *filling.table);
	filling.last = &filling.first;
	filling.reach = reach_new(graph);
	list_spaces(&filling, graph);
	fill_cells(&filling);
	for (struct group *group = filling.first; group; group = group->next)
		list_failures(&filling, group);
	for (struct group *group = filling.first; group; group = group->next)
		set_clear(&group->subnets);
	set_clear(&filling.groups);
	reach_free(filling.reach);
	return filling.table;
}

enum reach_verdict reach_cell(const struct reach_matrix *table, size_t source, size_t target,
                              size_t family)
{
	return table->cells[family][source * table->count + target];
}

enum reach_verdict reach_pair(const struct reach_matrix *table, size_t source, size_t target)
{
	return join(reach_cell(table, source, target, 0), reach_cell(table, source, target, 1));
}

bool reach_families_differ(const struct reach_matrix *table)
{
	for (size_t i = 0; i < table->count * table->count; i++) {
		if (table->cells[0][i] != REACH_NONE && table->cells[1][i] != REACH_NONE &&
		    table->cells[0][i] != table->cells[1][i])
			return true;
	}
	return false;
}
