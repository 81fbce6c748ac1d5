/*
 * topoc-dump [--no-mac] [--no-local] [--sysctls]: prints the links, addresses and routes of the
 * network namespace that it runs in and of each in /run/netns, as tests/dump/lines.h has them, in
 * order; without MACs and what is made of them; without the link-local addresses that the kernel
 * makes; with sysctls. Read without any of topoc's code.
 */
#include <err.h>
#include <stdio.h>
#include <string.h>

#include "lines.h"

/* What the command line asks for. */
static bool want_sysctls;

static struct wish read_arguments(char **arguments)
{
	struct wish wish = {0};

	while (*++arguments) {
		if (!strcmp(*arguments, "--no-mac"))
			wish.no_macs = true;
		else if (!strcmp(*arguments, "--no-local"))
			wish.no_locals = true;
		else if (!strcmp(*arguments, "--sysctls"))
			want_sysctls = true;
		else
			errx(64, "%s?", *arguments);
	}
	return wish;
}

static bool take(struct snapshot *lines, struct wish wish)
{
	struct spaces spaces = spaces_open();
	bool whole = true;

	for (size_t i = 0; i < spaces.count && whole; i++) {
		space_enter(&spaces.list[i]);
		whole = lines_add(lines, &spaces, &spaces.list[i], wish);
		if (want_sysctls)
			snapshot_add_sysctls(lines, spaces.list[i].name);
	}
	spaces_close(&spaces);
	return whole;
}

int main(int count, char **arguments)
{
	struct snapshot lines = {0};
	struct wish wish = read_arguments(arguments);

	(void)count;
	while (!take(&lines, wish))
		snapshot_cut(&lines, 0);
	snapshot_sort(&lines);
	for (size_t i = 0; i < lines.count; i++)
		puts(lines.lines[i]);
	snapshot_free(&lines);
	return 0;
}
