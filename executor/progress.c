#define _GNU_SOURCE
#include "progress.h"

#include "parser/diagnostic.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>

enum { REFRESH = 50, USUAL_WIDTH = 80 }; /* milliseconds, columns */

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

void progress_expect(struct progress *progress, size_t total)
{
	if (!progress)
		return;
	progress->done = 0;
	progress->total = total;
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

bool progress_step(struct progress *progress)
{
	if (!progress)
		return false;
	progress->done++;
	return progress->steps || progress_is_due(progress);
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

/* Writes the line anew: "topoc: ", `how`, and `what` it is about. */
static void show(struct progress *progress, const char *how, const char *what)
{
	char *text = NULL;
	size_t length;
	FILE *line = open_memstream(&text, &length);

	if (!line)
		return;
	fprintf(line, "topoc: %s ", how);
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

void progress_tell(struct progress *progress, const char *verb, const char *what)
{
	char count[64];

	if (progress->steps) {
		fprintf(progress->steps, "topoc: %s ", verb);
		print_escaped(progress->steps, what);
		fputc('\n', progress->steps);
	} else {
		snprintf(count, sizeof count, "%zu/%zu", progress->done, progress->total);
		show(progress, count, what);
	}
}

void progress_wait(struct progress *progress, const char *what)
{
	show(progress, "waiting for", what);
}

void progress_end(struct progress *progress)
{
	if (!progress || !progress->visible)
		return;
	fputs(erase, progress->line);
	fflush(progress->line);
	progress->visible = false;
}
