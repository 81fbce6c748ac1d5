/* What the completions for shells have from the tables. */
#include "cmd/options.h"
#include "document.h"

#include <string.h>

/* A text in single quotes; `\` before each of the characters in `special`. */
static void print_quoted(FILE *out, const char *text, const char *special)
{
	for (; *text; text++) {
		if (*text == '\'')
			fputs("'\\''", out);
		else
			fprintf(out, strchr(special, *text) ? "\\%c" : "%c", *text);
	}
}

static const char *const argument_names[] = {
        [ARGUMENT_NONE] = "nothing",
        [ARGUMENT_FILE] = "file",
        [ARGUMENT_TOPOLOGY] = "topology",
        [ARGUMENT_COMMAND] = "command",
};

/* What an option may be, as words of a shell. */
static void print_words(FILE *out, const struct option *option)
{
	for (size_t i = 0; option->words && option->words[i]; i++)
		fprintf(out, "%s%s", i ? " " : "", option->words[i]);
}

/* bash: arrays of words. */

static void print_bash_words(FILE *out)
{
	for (const struct verb *verb = verbs; verb->name; verb++)
		fprintf(out, "        %s\n", verb->name);
}

static void print_bash_values(FILE *out)
{
	for (const struct option *option = option_table; option->name; option++) {
		if (!option->value)
			continue;
		fputs("        ", out);
		if (option->shorter)
			fprintf(out, "-%c | ", option->shorter);
		fprintf(out, "--%s) words=(", option->name);
		print_words(out, option);
		fputs(") ;;\n", out);
	}
}

static void print_bash_verbs(FILE *out)
{
	for (const struct verb *verb = verbs; verb->name; verb++) {
		fprintf(out, "        %s)\n            takes=%s most=%zu\n            options=(",
		        verb->name, argument_names[verb->argument], verb->most);
		for (const struct option *option = option_table; option->name; option++) {
			if (verb_takes(verb, option))
				fprintf(out, "\n                --%s%s", option->name,
				        option->value ? "=" : "");
		}
		fputs("\n            )\n            ;;\n", out);
	}
}

const struct fragment bash_fragments[] = {
        {"words", print_bash_words},
        {"values", print_bash_values},
        {"verbs", print_bash_verbs},
        {0},
};

/* zsh: what _describe and _arguments read. */

static void print_zsh_words(FILE *out)
{
	for (const struct verb *verb = verbs; verb->name; verb++) {
		fprintf(out, "        '%s:", verb->name);
		print_quoted(out, verb->summary, "\\:");
		fputs("'\n", out);
	}
}

static void print_zsh_option(FILE *out, const struct option *option)
{
	const char *equals = option->value ? "=" : "";

	fputs("                ", out);
	if (option->shorter)
		fprintf(out, "'(-%c --%s)'{-%c,--%s%s}'[", option->shorter, option->name,
		        option->shorter, option->name, equals);
	else
		fprintf(out, "'--%s%s[", option->name, equals);
	print_quoted(out, option->doc, "\\[]:");
	putc(']', out);
	if (option->value) {
		fprintf(out, ":%s:(", option->value);
		print_words(out, option);
		putc(')', out);
	}
	fputs("'\n", out);
}

static void print_zsh_verbs(FILE *out)
{
	for (const struct verb *verb = verbs; verb->name; verb++) {
		fprintf(out, "        %s)\n            takes=%s place=%s\n            specs=(\n",
		        verb->name, argument_names[verb->argument], verb->most > 1 ? "'*'" : "1");
		for (const struct option *option = option_table; option->name; option++) {
			if (verb_takes(verb, option))
				print_zsh_option(out, option);
		}
		fputs("            )\n            ;;\n", out);
	}
}

const struct fragment zsh_fragments[] = {
        {"words", print_zsh_words},
        {"verbs", print_zsh_verbs},
        {0},
};

/* fish: cases, and a line on each word. */

static void print_fish_words(FILE *out)
{
	for (const struct verb *verb = verbs; verb->name; verb++) {
		fprintf(out,
		        "complete -c topoc -n '__topoc_needs_verb; or __topoc_needs_topic' "
		        "-xa %s -d '",
		        verb->name);
		print_quoted(out, verb->summary, "\\");
		fputs("'\n", out);
	}
}

static void print_fish_values(FILE *out)
{
	fputs("                case", out);
	for (const struct option *option = option_table; option->name; option++) {
		if (option->value && option->shorter)
			fprintf(out, " -%c", option->shorter);
		if (option->value)
			fprintf(out, " --%s", option->name);
	}
	putc('\n', out);
}

static void print_fish_verbs(FILE *out)
{
	for (const struct verb *verb = verbs; verb->name; verb++)
		fprintf(out, "        case %s\n            printf '%%s\\n' %s %zu\n", verb->name,
		        argument_names[verb->argument], verb->most);
}

static void print_fish_options(FILE *out)
{
	for (const struct option *option = option_table; option->name; option++) {
		fputs("complete -c topoc -n '__topoc_has", out);
		for (const struct verb *verb = verbs; verb->name; verb++) {
			if (verb_takes(verb, option))
				fprintf(out, " %s", verb->name);
		}
		fprintf(out, "' -l %s", option->name);
		if (option->shorter)
			fprintf(out, " -s %c", option->shorter);
		if (option->value) {
			fputs(" -x -a '", out);
			print_words(out, option);
			putc('\'', out);
		}
		fputs(" -d '", out);
		print_quoted(out, option->doc, "\\");
		fputs("'\n", out);
	}
}

const struct fragment fish_fragments[] = {
        {"verbs", print_fish_verbs},
        {"values", print_fish_values},
        {"words", print_fish_words},
        {"options", print_fish_options},
        {0},
};
