/* What the man pages have from the tables. */
#include "cmd/help.h"
#include "cmd/language.h"
#include "document.h"
#include "executor/feature.h"
#include "mdoc.h"

#define BEGIN_LIST ".Bl -tag -width Ds\n"
#define END_LIST   ".El\n"

/* How a verb is written, with its arguments. */
static void print_usage(FILE *out, const char *macro, const struct verb *verb)
{
	fprintf(out, "%s %s Oo Ar OPTIONS Oc", macro, verb->name);
	mdoc_arguments(out, verb->arguments);
	putc('\n', out);
}

static void print_synopsis(FILE *out)
{
	for (const struct verb *verb = verbs; verb->name; verb++)
		print_usage(out, ".Nm\n.Cm", verb);
}

static void print_option(FILE *out, const struct option *option)
{
	fputs(".It", out);
	if (option->shorter)
		fprintf(out, " Fl %c ,", option->shorter);
	mdoc_option(out, option->name);
	if (option->value)
		fprintf(out, " Ns = Ns Ar %s", option->value);
	putc('\n', out);
	mdoc_sentence(out, option->doc);
}

/* Those that a verb has of its own, or with NULL those that every verb has. */
static void print_options_of(FILE *out, const struct verb *verb)
{
	fputs(BEGIN_LIST, out);
	for (const struct option *option = option_table; option->name; option++) {
		bool general = option_is_general(option);

		if (verb ? !general && verb_takes(verb, option) : general)
			print_option(out, option);
	}
	fputs(END_LIST, out);
}

static void print_options(FILE *out)
{
	print_options_of(out, NULL);
}

static void print_verbs(FILE *out)
{
	fputs(BEGIN_LIST, out);
	for (const struct verb *verb = verbs; verb->name; verb++) {
		print_usage(out, ".It Cm", verb);
		mdoc_sentence(out, verb->summary);
		mdoc_text(out, verb->help);
		if (*verb->options)
			print_options_of(out, verb);
	}
	fputs(END_LIST, out);
}

static void print_enders(FILE *out, const struct ending *ending)
{
	const char *before = ".Pq Cm";

	if (ending->ends & ENDS_USUAL)
		return;
	for (const struct verb *verb = verbs; verb->name; verb++) {
		if (!(verb->ends & ending->ends))
			continue;
		fprintf(out, "%s %s", before, verb->name);
		before = " ,";
	}
	putc('\n', out);
}

static void print_statuses(FILE *out)
{
	fputs(BEGIN_LIST, out);
	for (const struct ending *ending = endings; ending->doc; ending++) {
		fprintf(out, ".It %d\n", (int)ending->status);
		mdoc_sentence(out, ending->doc);
		print_enders(out, ending);
	}
	fputs(END_LIST, out);
}

static void print_kernel(FILE *out)
{
	fputs("Linux " FEATURE_LINUX " or later,\n", out);
}

/* The keys: a list a place, in it one a list of mappings. */
struct keys {
	FILE *out;
	bool in_list, in_inner;
};

static void end_inner(struct keys *keys)
{
	if (keys->in_inner)
		fputs(END_LIST, keys->out);
	keys->in_inner = false;
}

static void end_place(struct keys *keys)
{
	end_inner(keys);
	if (keys->in_list)
		fputs(END_LIST, keys->out);
	keys->in_list = false;
}

static void print_place(void *context, const char *where)
{
	struct keys *keys = context;

	end_place(keys);
	fputs(".Ss", keys->out);
	mdoc_argument(keys->out, where);
	fputs("\n" BEGIN_LIST, keys->out);
	keys->in_list = true;
}

static void print_said(FILE *out, const char *what, const char *said)
{
	fprintf(out, "%s: ", what);
	mdoc_phrase(out, said);
}

static void print_key(void *context, const struct language_key *key)
{
	struct keys *keys = context;

	if (!key->is_inner)
		end_inner(keys);
	else if (!keys->in_inner)
		fputs(BEGIN_LIST, keys->out);
	keys->in_inner = key->is_inner;
	fputs(".It Cm", keys->out);
	mdoc_argument(keys->out, key->key);
	putc('\n', keys->out);
	mdoc_sentence(keys->out, key->doc);
	print_said(keys->out, "Value", key->type);
	if (key->fallback)
		print_said(keys->out, "Default", key->fallback);
	if (key->is_required)
		fputs("Required.\n", keys->out);
}

static void print_keys(FILE *out)
{
	static const struct language_teller mdoc = {print_place, print_key};
	struct keys keys = {.out = out};

	language_tell(&mdoc, &keys);
	end_place(&keys);
}

const struct fragment manual_fragments[] = {
        {"synopsis", print_synopsis},
        {"verbs", print_verbs},
        {"options", print_options},
        {"statuses", print_statuses},
        {"kernel", print_kernel},
        {"keys", print_keys},
        {0},
};
