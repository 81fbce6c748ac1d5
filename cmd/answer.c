#include "answer.h"

#include "json.h"
#include "options.h"
#include "parser/arena.h"

#include <stdio.h>

enum { DELETE = 0x7f };

struct answer {
	struct arena *arena;
	json_t *whole, *diagnostics, *topologies; /* the two are in the whole */
	size_t errors, warnings;
};

struct answer *answer_new(const char *verb)
{
	struct arena *arena = arena_new();
	struct answer *answer = arena_alloc(arena, sizeof *answer);

	*answer = (struct answer){arena, json_object(), json_array(), json_array(), 0, 0};
	json_put(answer->whole, "topoc", json_string(TOPOC_VERSION));
	json_put(answer->whole, "verb", json_string(verb));
	json_put(answer->whole, "status", json_integer(STATUS_DONE));
	json_put(answer->whole, "errors", json_integer(0));
	json_put(answer->whole, "warnings", json_integer(0));
	json_put(answer->whole, "diagnostics", answer->diagnostics);
	json_put(answer->whole, "topologies", answer->topologies);
	return answer;
}

void answer_add_diagnostics(struct answer *answer, const struct diagnostics *diagnostics)
{
	answer->errors += diagnostics_count(diagnostics, SEVERITY_ERROR);
	answer->warnings += diagnostics_count(diagnostics, SEVERITY_WARNING);
	json_add_diagnostics(answer->diagnostics, diagnostics);
}

void answer_add_topology(struct answer *answer, struct json_t *topology)
{
	json_add(answer->topologies, topology);
}

/* Everything but ASCII is escaped by jansson; of ASCII's control characters it leaves one. */
static int print(const char *text, size_t length, void *context)
{
	for (size_t i = 0; i < length; i++) {
		if (text[i] == DELETE)
			fputs("\\u007f", context);
		else
			putc(text[i], context);
	}
	return 0;
}

int answer_end(struct answer *answer, int status)
{
	json_put(answer->whole, "status", json_integer(status));
	json_put(answer->whole, "errors", json_integer((json_int_t)answer->errors));
	json_put(answer->whole, "warnings", json_integer((json_int_t)answer->warnings));
	if (status != STATUS_USAGE &&
	    (json_dump_callback(answer->whole, print, stdout, JSON_INDENT(2) | JSON_ENSURE_ASCII) ||
	     putchar('\n') == EOF))
		status = STATUS_FAILED;
	json_decref(answer->whole);
	arena_free(answer->arena);
	return status;
}
