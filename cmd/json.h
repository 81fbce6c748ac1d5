/*
 * What --json prints: one object on standard output, whatever the exit status (wrong usage aside),
 * and nothing else; diagnostics are in it and not on standard error. Keys keep their order and
 * meaning; more may be added. What is marked ? is left out where there is nothing to say.
 *
 *   topoc        the version
 *   verb         "check", "plan", "apply", "destroy", "list" or "show"
 *   status       the exit status
 *   errors, warnings
 *                how many there are
 *   diagnostics  a list, of each topology in the order of the places (of thousands the first), of
 *                severity ("error", "warning", "note"), message, hint?, file?, line?, column?,
 *                length? (characters underlined), notes: a list of message, file?, line?, column?,
 *                length?
 *   topologies   a list, one a topology (`check`: one a file), of
 *     name?        not known where the file could not be read
 *     file?        the absolute path of the file it is or was made from, or as it was given where
 *                  that cannot be read; "-": standard input
 *     check        only where there are no errors:
 *       counts       by kind, a cable counts as one: {"namespace": 2, "veth": 2, "route": 0, ...}
 *       objects      what the file declares: a list of object
 *     check --reach, plan -v
 *       reach?       pairs: a list of from, to (namespaces), ipv4?, ipv6? ("yes", "no", "partly":
 *                    by some of several ways, "unknown": the host's own devices and routes decide);
 *                    failures: a list of from, to (lists of namespaces: each to each other), verdict,
 *                    reason, file?, line?, column?; summary: yes, unknown, partly, no: how many pairs
 *     plan, apply, destroy
 *       actions?     what is to be done, in the order of the file: a list of object, each after
 *                    action ("create", "change", "replace", "destroy"), and with
 *                    changes: {KEY: {from, to}}, null where there is no value; reason?
 *       foreign?     what others made in its namespaces and is left alone: a list of object, reason?
 *                    (of a port that the plan takes the bridge from)
 *       lost?        what others made and goes with what is destroyed: a list of object, reason
 *       summary?     create, change, destroy: how many; a cable counts as one, a replaced object is
 *                    created and destroyed
 *     apply, destroy
 *       outcome      "done", "unchanged" (there was nothing to do), "refused" (an error, and nothing
 *                    is left changed), "interrupted" (the same, by a signal), "stuck" (something
 *                    could not be put back)
 *     list
 *       since?       when it was first applied, RFC 3339
 *       state        "in step", "drifted", "unfinished" (a run was killed), "unknown" (without
 *                    privilege, or its state is lost)
 *       counts?      of what was applied, as in check
 *     show
 *       since?       as in list
 *       finished?    false: a run was killed
 *       objects      what the kernel has: a list of object
 *
 *   object       kind ("veth"), class ("namespace", "device", "address", "route", "sysctl"),
 *                name (as in messages: "left:eth0", "10.0.0.1/24"), namespace? ("host" for the
 *                host's), device? (an address's), peer? (the other end of a cable), foreign? (true:
 *                in the kernel and not topoc's), file?, line?, column? (where it is declared; of
 *                what only the kernel has, where it was in the text that was applied),
 *                attributes: {KEY: value}: what was written, or of the kernel's what it tells; of
 *                what is foreign also who made it (proto),
 *                objects: a list of object, what it owns (check and show; actions are a flat list)
 *
 * A value is what the language takes for that key: a number, true or false, a list of mappings, or
 * a text ("15s", "02:00:00:00:00:01", "main"). A text that is not UTF-8 is escaped as messages are
 * (\xff).
 */
#ifndef TOPOC_CMD_JSON_H
#define TOPOC_CMD_JSON_H

#include "parser/reach/matrix.h"
#include "planner/plan.h"

#include <jansson.h>

/* Both take over `value`; a machine without memory ends the program with a message and status 1. */
void json_put(json_t *object, const char *key, json_t *value);
void json_add(json_t *list, json_t *value);

/* Puts all that `others` has. */
void json_put_all(json_t *object, json_t *others);

/* A text, which may be any bytes. */
json_t *json_of_text(const char *text);

/* Adds the diagnostics to a list, in the order in which they would be printed. */
void json_add_diagnostics(json_t *list, const struct diagnostics *diagnostics);

/* A graph to tell of, and where its objects are declared. */
struct json_view {
	const struct graph *graph;
	const struct graph *declared; /* the same objects, with their places; or NULL */
	const char *file;             /* that they are in */
	bool (*shows)(const struct object *object); /* and what it owns; NULL: everything */
};

/*
 * Whether objects are told with this field: it is a key of the language, or of what is foreign says
 * who made it, which matters nowhere else.
 */
bool field_is_told(const struct field *field, bool foreign);

/* Puts what is told of an object, without what it owns. */
void json_put_object(json_t *json, const struct json_view *view, const struct object *object);

/* The whole graph: a list of its namespaces, with what they own. */
json_t *json_of_graph(const struct json_view *view);

/* A value as the language takes it; null where it is absent. */
json_t *json_of_value(struct arena *arena, const struct field *field, const struct value *value);

/* How many of each kind a graph has. */
json_t *json_of_counts(const struct graph *graph);

/* Who reaches whom in a file. */
json_t *json_of_reach(const struct reach_matrix *table, const char *file);

/*
 * Puts a plan's actions, foreign, lost and summary. What only the kernel has is looked up in
 * `applied`, the text that was applied, for its place.
 */
void json_put_plan(json_t *object, const struct plan *plan, const char *file,
                   const struct graph *applied, const char *applied_file);

#endif
