#define _GNU_SOURCE
#include "progress.h"

#include "parser/diagnostic.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>

enum {
	REFRESH = 50, /* milliseconds */
	TIME_TO_JUDGE =
	        300,      /* milliseconds: of less work it cannot be told how long the rest takes */
	USUAL_WIDTH = 80, /* columns */
};

static const char erase[] = "\r\033[K";

long monotonic_ms(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

void progress_begin(struct progress *progress)
{
	progress->begun = monotonic_ms();
}

void progress_expect(struct progress *progress, const char *doing, size_t total)
{
	if (!progress)
		return;
	progress->doing = doing;
	progress->done = 0;
	progress->total = total;
	if (progress->line)
		progress->expected = monotonic_ms();
}

void progress_count(struct progress *progress, size_t weight)
{
	if (progress)
		progress->done += weight;
}

bool progress_is_due(const struct progress *progress)
{
	long now;

	if (!progress || !progress->line)
		return false;
	now = monotonic_ms();
	return now - progress->begun >= progress->patience &&
	       (!progress->visible || now - progress->told >= REFRESH);
}

bool progress_step(struct progress *progress, size_t weight)
{
	progress_count(progress, weight);
	return progress && (progress->steps || progress_is_due(progress));
}

/* How many bytes of the text take at most that many columns. */
static size_t cut(const char *text, size_t columns)
{
	size_t length = 0;

	for (; text[length]; length++) {
		if (((unsigned char)text[length] & 0xc0) != 0x80 && columns-- == 0)
			break;
	}
	return length;
}

/* A line that is wrapped could not be taken away again: one column less than there are. */
static size_t width_of(FILE *terminal)
{
	struct winsize size;

	if (ioctl(fileno(terminal), TIOCGWINSZ, &size) || size.ws_col < 2)
		return USUAL_WIDTH - 1;
	return size.ws_col - 1U;
}

/* Rounded up: nobody wants to hear of no time at all. */
static const char *print_time(char *text, size_t size, long milliseconds)
{
	long seconds = (milliseconds + 999) / 1000, minutes = (seconds + 59) / 60;

	if (seconds < 100)
		snprintf(text, size, "%ld s", seconds);
	else if (minutes < 100)
		snprintf(text, size, "%ld min", minutes);
	else
		snprintf(text, size, "%ld h", (minutes + 59) / 60);
	return text;
}

/* Milliseconds; 0 where there is nothing to judge by. */
static long time_left(const struct progress *progress)
{
	long spent = monotonic_ms() - progress->expected;

	if (spent < TIME_TO_JUDGE || !progress->done || progress->done >= progress->total)
		return 0;
	return (long)((double)spent * (double)(progress->total - progress->done) /
	              (double)progress->done);
}

/* Writes the line anew: "topoc: ", how it goes, and what it is about. */
static void show(struct progress *progress, const char *how, const char *what)
{
	char *text = NULL;
	size_t length;
	FILE *line = open_memstream(&text, &length);

	if (!line)
		return;
	fprintf(line, "topoc: %s: ", how);
	print_escaped(line, what);
	if (!fclose(line)) {
		fprintf(progress->line, "%s%.*s", erase, (int)cut(text, width_of(progress->line)),
		        text);
		fflush(progress->line);
		progress->visible = true;
		progress->told = monotonic_ms();
	}
	free(text);
}

static void show_share(struct progress *progress, const char *what)
{
	const char *doing = progress->backwards ? "putting back" : progress->doing;
	size_t done = progress->done < progress->total ? progress->done : progress->total;
	long left = time_left(progress);
	char how[128], time[32];

	snprintf(how, sizeof how, "%s%s%zu %%%s%s%s", doing ? doing : "", doing ? ", " : "",
	         progress->total ? done * 100 / progress->total : 0, left ? ", " : "",
	         left ? print_time(time, sizeof time, left) : "", left ? " left" : "");
	show(progress, how, what);
}

void progress_tell(struct progress *progress, const char *verb, const char *what)
{
	if (!progress->steps) {
		show_share(progress, what);
		return;
	}
	fprintf(progress->steps, "topoc: %s ", verb);
	print_escaped(progress->steps, what);
	fputc('\n', progress->steps);
}

void progress_wait(struct progress *progress, const char *what, long deadline)
{
	long left = deadline - monotonic_ms();
	char how[64], time[32];

	snprintf(how, sizeof how, "waiting, %s at most",
	         print_time(time, sizeof time, left > 0 ? left : 0));
	show(progress, how, what);
}

void progress_end(struct progress *progress)
{
	if (!progress || !progress->visible)
		return;
	fputs(erase, progress->line);
	fflush(progress->line);
	progress->visible = false;
}
