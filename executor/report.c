#include "report.h"

#include "clue.h"
#include "netlink.h"
#include "parser/arena.h"
#include "parser/kinds.h"

#include <errno.h>
#include <string.h>

const struct object *step_object(const struct step *step)
{
	return step->verb == VERB_KILL ? step->item->have : step->item->want;
}

static bool is_change(const struct step *step)
{
	return step->verb == VERB_SET && step->item->action == ACTION_CHANGE;
}

/* What is its value (a sysctl) is set; what is more is made, set up and changed. */
static const char *verb_of(const struct step *step)
{
	static const char *const verbs[] = {
	        [VERB_KILL] = "remove", [VERB_MAKE] = "make", [VERB_SET] = "set up"};

	if (step_object(step)->kind->shape == SHAPE_VALUES)
		return step->verb == VERB_KILL ? "put back" : "set";
	return is_change(step) ? "change" : verbs[step->verb];
}

/* About how long it takes, where one of the quick ones takes 1: a namespace by far the longest. */
static size_t weight_of(const struct step *step)
{
	const struct class *class = step_object(step)->kind->class;

	if (step->verb == VERB_MAKE && class == &namespace_class)
		return 8;
	return step->verb == VERB_MAKE && class == &link_class ? 3 : 1;
}

void report_plan(const struct report *report, const struct plan *plan)
{
	size_t total = 0;

	if (!report->progress)
		return;
	for (size_t i = 0; i < plan->step_count; i++)
		total += weight_of(plan->steps[i]);
	progress_expect(report->progress, NULL, total);
}

void report_step(const struct report *report, const struct step *step)
{
	if (progress_step(report->progress, weight_of(step)))
		progress_tell(report->progress, verb_of(step),
		              object_print(report->arena, step_object(step)));
}

/* The one field that a message changes, or WIRE_NO_FIELD where it changes several. */
static size_t only_change(const struct step *step, const struct message *message)
{
	const struct object *object = step->item->want;
	size_t field = WIRE_NO_FIELD;

	for (size_t i = 0; i < kind_field_count(object->kind); i++) {
		if (!(step->item->changed >> i & 1) ||
		    (message && !message_has(message, object, i)))
			continue;
		if (field != WIRE_NO_FIELD)
			return WIRE_NO_FIELD;
		field = i;
	}
	return field;
}

/* Whose value, if any, a refusal is about. */
static struct part blame(const struct step *step, const struct message *message,
                         const struct clue *clue)
{
	const struct object *object = step_object(step);
	struct part part = {.object = object};
	size_t field = clue ? clue->field : WIRE_NO_FIELD;

	if (field == WIRE_NO_FIELD && is_change(step))
		field = only_change(step, message);
	if (field == WIRE_NO_FIELD)
		return part;
	part.field = kind_field(object->kind, field);
	part.value = object_value(object, field);
	return part;
}

/* What was tried: "make veth a:x (mtu 9000)", "change mtu of veth a:x to 9000". */
static const char *print_attempt(struct arena *arena, const struct step *step,
                                 const struct part *part)
{
	const char *verb = verb_of(step), *object = object_print(arena, part->object), *value;

	if (!part->field)
		return arena_printf(arena, "%s %s", verb, object);
	value = part->value->presence ? value_print(arena, part->field, part->value) : "none";
	if (part->object->kind->shape == SHAPE_VALUES)
		return arena_printf(arena, "%s %s to '%s'", verb, object, value);
	if (part->field->flags & (FIELD_IDENTITY | FIELD_SHORTHAND | FIELD_HIDDEN))
		return arena_printf(arena, "%s %s", verb, object); /* whose name says it */
	if (is_change(step))
		return arena_printf(arena, "change %s of %s to %s", part->field->key, object,
		                    value);
	return arena_printf(arena, "%s %s (%s %s)", verb, object, part->field->key, value);
}

static bool refuse(const struct report *report, const struct step *step, const struct part *part,
                   const struct clue *clue, int error, const char *words)
{
	const struct object *place = part->object;

	/* What is removed has its place where the file has it, and none where it is gone. */
	if (step->verb == VERB_KILL && place == step->item->have && step->item->want)
		place = step->item->want;
	diagnose(report->diagnostics, SEVERITY_ERROR,
	         part->field && part->value->presence == GIVEN && part->value->span.line
	                 ? part->value->span
	                 : place->span,
	         "cannot %s: %s%s%s", print_attempt(report->arena, step, part), strerror(-error),
	         *words ? ": " : "", words);
	if (clue && clue->hint)
		diagnostic_hint(report->diagnostics, "%s", clue->hint);
	return false;
}

bool report_failure(const struct report *report, const struct step *step, int error,
                    const char *words)
{
	const struct clue *clue = clue_find(step_object(step), NULL, error, words);
	struct part part = blame(step, NULL, clue);

	return refuse(report, step, &part, clue, error, words);
}

bool report_refusal(const struct report *report, const struct step *step,
                    const struct message *message, const struct reply *reply)
{
	const struct part *named = reply->offset ? message_part(message, reply->offset) : NULL;
	const struct clue *clue = clue_find(step_object(step), message, reply->error, reply->text);
	struct part part = blame(step, message, clue);

	if (named) {
		/* A clue that is about another value does not help. */
		if (named->field != part.field)
			clue = NULL;
		part = *named;
	}
	return refuse(report, step, &part, clue, reply->error, reply->text);
}

bool report_error(const struct report *report, const char *what, int error)
{
	diagnose(report->diagnostics, SEVERITY_ERROR, (struct span){0}, "cannot %s: %s", what,
	         strerror(-error));
	return false;
}

bool report_interruption(const struct report *report)
{
	diagnose(report->diagnostics, SEVERITY_ERROR, (struct span){0}, "interrupted");
	diagnostic_note(report->diagnostics, (struct span){0}, "what was done by then is put back");
	return false;
}

bool is_gone(const struct step *step, int error)
{
	return step->verb == VERB_KILL &&
	       (error == -ENODEV || error == -ESRCH || error == -EADDRNOTAVAIL || error == -ENOENT);
}
