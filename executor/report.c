#include "report.h"

#include "parser/arena.h"

#include <errno.h>
#include <string.h>

const struct object *step_object(const struct step *step)
{
	return step->verb == VERB_KILL ? step->item->have : step->item->want;
}

static const char *verb_of(const struct step *step)
{
	static const char *const verbs[] = {
	        [VERB_KILL] = "remove", [VERB_MAKE] = "make", [VERB_SET] = "set up"};

	return verbs[step->verb];
}

void report_step(const struct report *report, const struct step *step)
{
	if (report->progress)
		fprintf(report->progress, "topoc: %s %s\n", verb_of(step),
		        object_print(report->arena, step_object(step)));
}

bool report_failure(const struct report *report, const struct step *step, int error,
                    const char *words)
{
	const struct object *place = step->item->want ? step->item->want : step->item->have;

	diagnose(report->diagnostics, SEVERITY_ERROR, place->span, "cannot %s %s: %s%s%s",
	         verb_of(step), object_print(report->arena, step_object(step)), strerror(-error),
	         *words ? ": " : "", words);
	return false;
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
