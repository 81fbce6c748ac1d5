#include "parser/diagnostic.h"
#include "parser/arena.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static struct arena *arena;
static struct source source;
static struct diagnostics *list;

static void start(const char *path, const char *text)
{
	arena = arena_new();
	source = (struct source){path, text, strlen(text)};
	list = diagnostics_new(arena, &source);
}

/* Not inlined: gcc 12 would take the buffer for the variable, and warn that it dangles. */
__attribute__((noinline)) static char *printed(bool colour)
{
	char *text;
	size_t length;
	FILE *file = open_memstream(&text, &length);

	diagnostics_print(list, file, colour);
	fclose(file);
	return text;
}

static void expect(const char *expected)
{
	char *text = printed(false);

	cr_expect_str_eq(text, expected, "got:\n%s\nexpected:\n%s", text, expected);
	free(text);
	arena_free(arena);
}

static void error_at(uint32_t line, uint32_t column, uint32_t length, const char *text)
{
	diagnose(list, SEVERITY_ERROR, (struct span){line, column, length}, "%s", text);
}

Test(diagnostic, underlines_with_hint_and_notes)
{
	start("left-right.yaml", "a:\n  - {to: 10.0.0.0/24, dev: left_iner}\n");
	diagnose(list, SEVERITY_ERROR, (struct span){2, 28, 9}, "no interface '%s'", "left_iner");
	diagnostic_hint(list, "did you mean '%s'?", "left_inner");
	diagnostic_note(list, (struct span){1, 1, 1}, "'%s' is declared here", "left_inner");
	diagnostic_note(list, (struct span){0}, "and this has no place");
	expect("left-right.yaml:2:28: error: no interface 'left_iner'\n"
	       "    2 |   - {to: 10.0.0.0/24, dev: left_iner}\n"
	       "      |                            ^~~~~~~~~ did you mean 'left_inner'?\n"
	       "left-right.yaml:1:1: note: 'left_inner' is declared here\n"
	       "topoc: note: and this has no place\n");
}

Test(diagnostic, without_a_place_or_a_source)
{
	start("a.yaml", "a");
	error_at(0, 0, 0, "cannot read it");
	diagnostic_hint(list, "is it there?");
	expect("topoc: error: cannot read it; is it there?\n");

	start("a.yaml", "a");
	list = diagnostics_new(arena, NULL);
	error_at(3, 1, 0, "text");
	expect("topoc: error: text\n");
}

Test(diagnostic, standard_input_has_a_name)
{
	start("-", "abc");
	error_at(1, 2, 2, "text");
	expect("<stdin>:1:2: error: text\n    1 | abc\n      |  ^~\n");
}

Test(diagnostic, carets_line_up_behind_tabs)
{
	start("t", "\ta\tbc");
	error_at(1, 4, 2, "text");
	expect("t:1:4: error: text\n"
	       "    1 |         a       bc\n"
	       "      |                 ^~\n");
}

Test(diagnostic, carets_line_up_behind_wide_and_combining_characters)
{
	start("t", "\xe4\xbd\xa0\xc3\xa9x\xcc\x81y"); /* wide, plain, x with an accent, y */
	error_at(1, 5, 1, "y");
	error_at(1, 1, 2, "wide");
	expect("t:1:1: error: wide\n"
	       "    1 | \xe4\xbd\xa0\xc3\xa9x\xcc\x81y\n"
	       "      | ^~~\n"
	       "t:1:5: error: y\n"
	       "    1 | \xe4\xbd\xa0\xc3\xa9x\xcc\x81y\n"
	       "      |     ^\n");
}

Test(diagnostic, escapes_what_a_terminal_would_obey)
{
	start("a\033.yaml", "\033[31m\xff\xe2\x80\xaez");
	error_at(1, 8, 1, "bad\n'\033[2J\xc0\xc2\x85'");
	diagnostic_hint(list, "\r");
	expect("a\\x1b.yaml:1:8: error: bad\\x0a'\\x1b[2J\\xc0\\u0085'\n"
	       "    1 | \\x1b[31m\\xff\\u202ez\n"
	       "      |                   ^ \\x0d\n");
}

Test(diagnostic, shows_blanks_that_are_no_space)
{
	start("t", "\xc2\xa0left: \xe3\x80\x80x");
	error_at(1, 2, 4, "'\xc2\xa0left'");
	expect("t:1:2: error: '\\u00a0left'\n"
	       "    1 | \\u00a0left: \\u3000x\n"
	       "      |       ^~~~\n");
}

Test(diagnostic, places_behind_the_end)
{
	start("t", "ab\n");
	error_at(1, 3, 1, "behind the line");
	error_at(1, 4000000000u, 4000000000u, "far behind it");
	error_at(2, 1, 1, "behind the text");
	error_at(9, 1, 1, "far behind it");
	diagnostic_hint(list, "advice");
	expect("t:1:3: error: behind the line\n    1 | ab\n      |   ^\n"
	       "t:1:4000000000: error: far behind it\n    1 | ab\n      |   ^\n"
	       "t:2:1: error: behind the text\n"
	       "t:9:1: error: far behind it; advice\n");
}

Test(diagnostic, an_underline_ends_with_its_line)
{
	start("t", "abc\ndef");
	error_at(1, 2, 90, "text");
	expect("t:1:2: error: text\n    1 | abc\n      |  ^~\n");
}

Test(diagnostic, counts_lines_as_yaml_does)
{
	start("t", "\xef\xbb\xbf"
	           "a\r\nb\rc\xe2\x80\xa8"
	           "d\xc2\x85"
	           "e");
	error_at(1, 1, 1, "1");
	error_at(2, 1, 1, "2");
	error_at(3, 1, 1, "3");
	error_at(4, 1, 1, "4");
	error_at(5, 1, 1, "5");
	expect("t:1:1: error: 1\n    1 | a\n      | ^\n"
	       "t:2:1: error: 2\n    2 | b\n      | ^\n"
	       "t:3:1: error: 3\n    3 | c\n      | ^\n"
	       "t:4:1: error: 4\n    4 | d\n      | ^\n"
	       "t:5:1: error: 5\n    5 | e\n      | ^\n");
}

Test(diagnostic, makes_room_for_long_line_numbers)
{
	char text[1234568];

	memset(text, '\n', sizeof(text) - 2);
	memcpy(text + sizeof(text) - 2, "a", 2);
	start("t", text);
	error_at(1234567, 1, 1, "text");
	expect("t:1234567:1: error: text\n1234567 | a\n        | ^\n");
}

Test(diagnostic, shows_a_window_of_a_long_line)
{
	char text[1001], *output;
	const char *line, *caret;

	memset(text, 'a', 1000);
	memcpy(text + 500, "XYZ", 3);
	text[1000] = '\0';
	start("t", text);
	error_at(1, 501, 3, "text");
	output = printed(false);
	cr_expect(strlen(output) < 350);
	line = strstr(output, "| ...a");
	cr_assert_not_null(line);
	caret = strchr(strchr(line, '\n'), '|');
	cr_expect_eq(strstr(line, "XYZ") - line, strstr(caret, "^~~") - caret);
	free(output);
	arena_free(arena);
}

Test(diagnostic, sorts_by_place_and_stably)
{
	start("t", "");
	error_at(0, 0, 0, "no place, first");
	error_at(2, 1, 1, "d");
	error_at(1, 5, 1, "b");
	error_at(1, 5, 9, "c");
	error_at(1, 2, 1, "a");
	error_at(0, 0, 0, "no place, second");
	expect("t:1:2: error: a\nt:1:5: error: b\nt:1:5: error: c\nt:2:1: error: d\n"
	       "topoc: error: no place, first\ntopoc: error: no place, second\n");
}

Test(diagnostic, prints_fifty_and_errors_before_warnings)
{
	char *output, *at;
	size_t lines = 0;

	start("t", "");
	for (uint32_t i = 1; i <= 60; i++)
		diagnose(list, SEVERITY_WARNING, (struct span){i, 1, 1}, "warning %u", i);
	error_at(99, 1, 1, "the error");
	cr_expect_eq(diagnostics_count(list, SEVERITY_WARNING), 60);
	cr_expect_eq(diagnostics_count(list, SEVERITY_ERROR), 1);
	output = printed(false);
	for (at = output; (at = strchr(at, '\n')); at++)
		lines++;
	cr_expect_eq(lines, 51);
	cr_expect_not_null(strstr(output, "warning 49\n"));
	cr_expect_null(strstr(output, "warning 50\n"));
	cr_expect_not_null(strstr(output, "t:99:1: error: the error\nand 11 more warnings\n"));
	free(output);
	arena_free(arena);
}

/* What is printed begins and ends like this. */
static void expect_ends(const char *first, const char *last)
{
	char *output = printed(false);

	cr_expect(!strncmp(output, first, strlen(first)), "%.200s", output);
	cr_expect_str_eq(output + strlen(output) - strlen(last), last);
	free(output);
	arena_free(arena);
}

Test(diagnostic, counts_what_it_does_not_show)
{
	start("t", "");
	for (uint32_t i = 1; i <= 52; i++) {
		error_at(i, 1, 1, "error");
		diagnose(list, SEVERITY_WARNING, (struct span){i, 1, 1}, "warning");
	}
	diagnose(list, SEVERITY_NOTE, (struct span){1, 1, 1}, "note");
	expect_ends("t:1:1: error: error\nt:2:1: error: error\n",
	            "t:50:1: error: error\nand 2 more errors, 52 more warnings, 1 more note\n");
}

/* With --strict, the first of both are shown. */
Test(diagnostic, promotes_those_that_it_keeps)
{
	start("t", "");
	for (uint32_t i = 100000; i; i--) {
		error_at(2 * i, 1, 1, "error");
		diagnose(list, SEVERITY_WARNING, (struct span){2 * i + 1, 1, 1}, "warning");
	}
	diagnostics_promote_warnings(list);
	cr_expect_eq(diagnostics_count(list, SEVERITY_ERROR), 200000);
	expect_ends("t:2:1: error: error\nt:3:1: error: warning\nt:4:1: error: error\n",
	            "t:51:1: error: warning\nand 199950 more errors\n");
}

/* However they come, the first by place are shown; those that are far behind take no memory. */
Test(diagnostic, keeps_the_first_of_a_million)
{
	enum { MANY = 1000000 };
	static const uint32_t steps[] = {1, MANY - 1, 7}; /* forward, backward, in leaps */

	for (size_t step = 0; step < 3; step++) {
		start("t", "");
		for (uint32_t i = 0, line = 0; i < MANY; i++) {
			line = (line + steps[step]) % MANY;
			error_at(line + 1, 1, 1, "text");
			diagnostic_hint(list, "hint of %u", line + 1);
		}
		cr_expect_eq(diagnostics_count(list, SEVERITY_ERROR), MANY);
		expect_ends("t:1:1: error: text; hint of 1\nt:2:1: error: text; hint of 2\n",
		            "t:50:1: error: text; hint of 50\nand 999950 more errors\n");
	}
}

Test(diagnostic, a_hint_of_what_is_not_kept_goes_nowhere)
{
	start("t", "");
	for (uint32_t i = 1; i <= 10000; i++)
		error_at(1, i, 1, "text");
	diagnostic_hint(list, "lost");
	diagnostic_note(list, (struct span){1, 1, 1}, "lost");
	error_at(1, 1, 1, "text");
	diagnostic_hint(list, "kept");
	expect_ends("t:1:1: error: text\nt:1:1: error: text; kept\n", "and 9951 more errors\n");
}

Test(diagnostic, finds_its_way_in_a_long_line)
{
	enum { LONG = 4000000, MARKS = 40 };
	char *text = malloc(LONG + 1), *output;
	size_t found = 0;

	memset(text, '-', LONG);
	text[LONG] = '\0';
	for (uint32_t i = 0; i < MARKS; i++)
		text[LONG - 1 - 97 * i * i] = 'X';
	start("t", text);
	for (uint32_t i = 0; i < MARKS; i++)
		error_at(1, LONG - 97 * i * i, 1, "text");
	output = printed(false);
	for (const char *at = output; (at = strstr(at, "| ...")); at++, found++) {
		const char *caret = strchr(strchr(at, '\n'), '|');

		cr_expect_eq(at[strchr(caret, '^') - caret], 'X');
	}
	cr_expect_eq(found, MARKS);
	free(output);
	free(text);
	arena_free(arena);
}

Test(diagnostic, shows_the_ends_of_a_long_text)
{
	char text[10001], *output;

	for (size_t i = 0; i < 10000; i += 2)
		memcpy(text + i, "\xc3\xa9", 2);
	text[10000] = '\0';
	start("t", "");
	diagnose(list, SEVERITY_ERROR, (struct span){0}, ".%s. is no name", text);
	output = printed(false);
	cr_expect(strlen(output) < 700);
	cr_expect_null(strchr(output, '\\'), "a character was cut: %s", output);
	cr_expect_not_null(strstr(output, "topoc: error: .\xc3\xa9"));
	cr_expect_not_null(strstr(output, "\xc3\xa9 ... \xc3\xa9"));
	cr_expect_not_null(strstr(output, "\xc3\xa9. is no name\n"));
	free(output);
	arena_free(arena);
}

Test(diagnostic, promotes_warnings)
{
	start("t", "");
	diagnose(list, SEVERITY_WARNING, (struct span){1, 1, 1}, "text");
	diagnose(list, SEVERITY_NOTE, (struct span){2, 1, 1}, "a note");
	diagnostics_promote_warnings(list);
	cr_expect_eq(diagnostics_count(list, SEVERITY_ERROR), 1);
	cr_expect_eq(diagnostics_count(list, SEVERITY_WARNING), 0);
	cr_expect_eq(diagnostics_count(list, SEVERITY_NOTE), 1);
	expect("t:1:1: error: text\nt:2:1: note: a note\n");
}

Test(diagnostic, colours)
{
	char *output;

	start("t", "ab");
	diagnose(list, SEVERITY_WARNING, (struct span){1, 1, 2}, "text");
	diagnostic_note(list, (struct span){1, 2, 1}, "here");
	output = printed(true);
	cr_expect_str_eq(output, "\033[1mt:1:1: \033[1;35mwarning: \033[mtext\n"
	                         "    1 | ab\n"
	                         "      | \033[1;35m^~\033[m\n"
	                         "\033[1mt:1:2: \033[1;36mnote: \033[mhere\n");
	free(output);
	arena_free(arena);
}

static const char *nearest_of(const char *word, const char *a, const char *b, const char *c)
{
	const char *const candidates[] = {a, b, c};

	return nearest(word, candidates, 3);
}

Test(nearest, finds_slips)
{
	cr_expect_str_eq(nearest_of("left_iner", "right", "left_inner", "left_outer"),
	                 "left_inner");
	cr_expect_str_eq(nearest_of("birdge", "veths", "bridge", "bridges"), "bridge");
	cr_expect_str_eq(nearest_of("mut", "mac", "mtu", "up"), "mtu");
	cr_expect_str_eq(nearest_of("br0", "br1", "br2", "br0"), "br0");
	cr_expect_str_eq(nearest_of("br9", "br1", "br2", "br0"), "br1", "the first of several");
	cr_expect_str_eq(nearest_of("adresses", "routes", "address", "addresses"), "addresses");
}

Test(nearest, finds_nothing_far_away)
{
	cr_expect_null(nearest_of("eth0", "lo", "br0", "left"));
	cr_expect_null(nearest_of("abcdef", "abc", "xyzdef", "fedcba"));
	cr_expect_null(nearest_of("", "ab", "abc", "abcd"));
	cr_expect_null(nearest("word", NULL, 0));
}

Test(nearest, allows_a_third_of_the_length)
{
	const char *const candidate = "abcdefxyz";

	cr_expect_not_null(nearest("abcdefghi", &candidate, 1));
	cr_expect_null(nearest("abcdeghij", &candidate, 1));
	cr_expect_str_eq(nearest("bacdefghi", &candidate, 1) ? "found" : "none", "none");
	cr_expect_not_null(nearest("bacdefxzy", &candidate, 1), "a swap is one step");
}

Test(nearest, takes_words_of_any_length)
{
	static char word[100001];
	const char *const candidates[] = {word, "ac"};

	memset(word, 'a', 100000);
	cr_expect_null(nearest(word, candidates, 2));
	cr_expect_str_eq(nearest("bc", candidates, 2), "ac");
	cr_expect_null(nearest("b", candidates, 2));
}
