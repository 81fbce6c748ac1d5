/* The line that says how far the work has come: when it is shown, what it says, how it goes. */
#include "executor/progress.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static char *text;
static size_t length;
static FILE *file;

static void start(void)
{
	file = open_memstream(&text, &length);
}

static void end(void)
{
	fclose(file);
	free(text);
}

TestSuite(progress, .init = start, .fini = end);

static void expect(const char *expected)
{
	fflush(file);
	cr_expect_str_eq(text, expected);
}

enum { LONG = 1000000 }; /* milliseconds: no test takes that long */

Test(progress, nothing_before_the_work_takes_long)
{
	struct progress progress = {.line = file, .patience = LONG};

	progress_begin(&progress);
	progress_expect(&progress, 2);
	cr_expect_not(progress_step(&progress));
	cr_expect_not(progress_is_due(&progress));
	progress_end(&progress);
	expect("");
}

Test(progress, a_line_written_in_place_and_taken_away)
{
	struct progress progress = {.line = file};

	progress_begin(&progress);
	progress_expect(&progress, 4000);
	cr_expect(progress_step(&progress));
	progress_tell(&progress, "make", "veth r1:eth0");
	progress.told = monotonic_ms() + LONG; /* too soon for another */
	cr_expect_not(progress_step(&progress));
	progress.told = monotonic_ms() - LONG;
	cr_expect(progress_step(&progress));
	progress_tell(&progress, "make", "veth r3:eth0");
	progress_wait(&progress, "bridge br0");
	progress_end(&progress);
	progress_end(&progress);
	expect("\r\033[Ktopoc: 1/4000 veth r1:eth0\r\033[Ktopoc: 3/4000 veth r3:eth0"
	       "\r\033[Ktopoc: waiting for bridge br0\r\033[K");
}

Test(progress, another_run_counts_anew)
{
	struct progress progress = {.line = file};

	progress_expect(&progress, 2);
	progress_step(&progress);
	progress_expect(&progress, 7);
	cr_expect(progress_step(&progress));
	progress_tell(&progress, "make", "x");
	expect("\r\033[Ktopoc: 1/7 x");
}

Test(progress, never_wider_than_the_terminal)
{
	struct progress progress = {.line = file};
	char what[1024];
	size_t columns = 0;

	for (size_t i = 0; i + 2 < sizeof what; i += 2)
		memcpy(what + i, "\xc3\xa4", 3);
	progress_wait(&progress, what);
	fflush(file);
	for (const char *at = text + strlen("\r\033[K"); *at; at++)
		columns += (*at & 0xc0) != 0x80;
	cr_expect_eq(columns, 79);
	cr_expect_eq((unsigned char)text[length - 1], 0xa4, "a character is cut in two");
}

Test(progress, control_characters_are_escaped)
{
	struct progress progress = {.line = file};

	progress_wait(&progress, "a\033[31m\n");
	expect("\r\033[Ktopoc: waiting for a\\x1b[31m\\x0a");
}

Test(progress, each_step)
{
	struct progress progress = {.steps = file, .patience = LONG};

	progress_begin(&progress);
	for (int i = 0; i < 2; i++) {
		cr_expect(progress_step(&progress));
		progress_tell(&progress, "make", "veth r1:eth0");
	}
	cr_expect_not(progress_is_due(&progress));
	progress_end(&progress);
	expect("topoc: make veth r1:eth0\ntopoc: make veth r1:eth0\n");
}

Test(progress, nobody_listens)
{
	progress_expect(NULL, 1);
	cr_expect_not(progress_step(NULL));
	cr_expect_not(progress_is_due(NULL));
	progress_end(NULL);
}
