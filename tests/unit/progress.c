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

/* Milliseconds: no test takes that LONG. */
enum { LONG = 1000000 };
static const long SECOND = 1000;

Test(progress, nothing_before_the_work_takes_long)
{
	struct progress progress = {.line = file, .patience = LONG};

	progress_begin(&progress);
	progress_expect(&progress, NULL, 2);
	cr_expect_not(progress_step(&progress, 1));
	cr_expect_not(progress_is_due(&progress));
	progress_end(&progress);
	expect("");
}

Test(progress, a_line_written_in_place_and_taken_away)
{
	struct progress progress = {.line = file};

	progress_begin(&progress);
	progress_expect(&progress, NULL, 4000);
	progress.expected = monotonic_ms() + LONG; /* nothing to judge the rest by */
	cr_expect(progress_step(&progress, 40));
	progress_tell(&progress, "make", "veth r1:eth0");
	progress.told = monotonic_ms() + LONG; /* too soon for another */
	cr_expect_not(progress_step(&progress, 40));
	progress.told = monotonic_ms() - LONG;
	cr_expect(progress_step(&progress, 80));
	progress_tell(&progress, "make", "veth r3:eth0");
	progress_wait(&progress, "bridge br0", monotonic_ms() + 5 * SECOND);
	progress_end(&progress);
	progress_end(&progress);
	expect("\r\033[Ktopoc: 1 %: veth r1:eth0\r\033[Ktopoc: 4 %: veth r3:eth0"
	       "\r\033[Ktopoc: waiting, 5 s at most: bridge br0\r\033[K");
}

/* A part of the work done in that time: what the line says of the rest. */
static void expect_estimate(size_t done, long spent, const char *expected)
{
	struct progress progress = {0};

	end();
	start();
	progress.line = file;
	progress_begin(&progress);
	progress_expect(&progress, NULL, 100);
	progress.expected = monotonic_ms() - spent;
	progress_count(&progress, done);
	progress_tell(&progress, "make", "x");
	expect(expected);
}

/* Half a second off what is rounded up, so that it does not matter how long the test itself takes. */
Test(progress, how_long_it_still_takes)
{
	expect_estimate(25, 10 * SECOND - 200, "\r\033[Ktopoc: 25 %, 30 s left: x");
	expect_estimate(99, 10 * SECOND, "\r\033[Ktopoc: 99 %, 1 s left: x");
	expect_estimate(1, SECOND - 5, "\r\033[Ktopoc: 1 %, 99 s left: x");
	expect_estimate(1, 10 * SECOND, "\r\033[Ktopoc: 1 %, 17 min left: x");
	expect_estimate(1, 1000 * SECOND, "\r\033[Ktopoc: 1 %, 28 h left: x");
	expect_estimate(1, 100, "\r\033[Ktopoc: 1 %: x");
	expect_estimate(0, 10 * SECOND, "\r\033[Ktopoc: 0 %: x");
	expect_estimate(100, 10 * SECOND, "\r\033[Ktopoc: 100 %: x");
	expect_estimate(101, 10 * SECOND, "\r\033[Ktopoc: 100 %: x");
}

Test(progress, another_run_counts_anew)
{
	struct progress progress = {.line = file};

	progress_expect(&progress, "reading", 2);
	progress_count(&progress, 1);
	progress_tell(&progress, "read", "r1");
	progress_expect(&progress, NULL, 10);
	progress_count(&progress, 3);
	progress_tell(&progress, "make", "x");
	progress.backwards = true;
	progress_expect(&progress, "reading", 4);
	progress_count(&progress, 1);
	progress_tell(&progress, "remove", "x");
	expect("\r\033[Ktopoc: reading, 50 %: r1\r\033[Ktopoc: 30 %: x"
	       "\r\033[Ktopoc: putting back, 25 %: x");
}

/* A plan that turns out to have nothing in it. */
Test(progress, nothing_to_do)
{
	struct progress progress = {.line = file};

	progress_expect(&progress, NULL, 0);
	progress_tell(&progress, "make", "x");
	progress_wait(&progress, "y", 0);
	expect("\r\033[Ktopoc: 0 %: x\r\033[Ktopoc: waiting, 0 s at most: y");
}

Test(progress, never_wider_than_the_terminal)
{
	struct progress progress = {.line = file};
	char what[1024];
	size_t columns = 0;

	for (size_t i = 0; i + 2 < sizeof what; i += 2)
		memcpy(what + i, "\xc3\xa4", 3);
	progress_wait(&progress, what, 0);
	fflush(file);
	for (const char *at = text + strlen("\r\033[K"); *at; at++)
		columns += (*at & 0xc0) != 0x80;
	cr_expect_eq(columns, 79);
	cr_expect_eq((unsigned char)text[length - 1], 0xa4, "a character is cut in two");
}

Test(progress, control_characters_are_escaped)
{
	struct progress progress = {.line = file};

	progress_wait(&progress, "a\033[31m\n", 0);
	expect("\r\033[Ktopoc: waiting, 0 s at most: a\\x1b[31m\\x0a");
}

Test(progress, each_step)
{
	struct progress progress = {.steps = file, .patience = LONG};

	progress_begin(&progress);
	for (int i = 0; i < 2; i++) {
		cr_expect(progress_step(&progress, 1));
		progress_tell(&progress, "make", "veth r1:eth0");
	}
	cr_expect_not(progress_is_due(&progress));
	progress_end(&progress);
	expect("topoc: make veth r1:eth0\ntopoc: make veth r1:eth0\n");
}

Test(progress, nobody_listens)
{
	progress_expect(NULL, NULL, 1);
	progress_count(NULL, 1);
	cr_expect_not(progress_step(NULL, 1));
	cr_expect_not(progress_is_due(NULL));
	progress_end(NULL);
}
