/* What a plan needs, beside what a system has: here files in a directory of the test's own. */
#define _GNU_SOURCE
#include "executor/limits.h"
#include "graph.h"
#include "own_run.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static struct arena *arena;
static char proc[] = "/run/proc";

/* The file below `proc`, and the directories that it is in. */
static void put(const char *name, const char *text)
{
	char *path = arena_printf(arena, "%s/%s", proc, name);
	FILE *file;

	for (char *slash = strchr(path + strlen(proc), '/'); slash;
	     slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		cr_assert(!mkdir(path, 0755) || errno == EEXIST, "%s: %s", path, strerror(errno));
		*slash = '/';
	}
	file = fopen(path, "we");
	cr_assert(file && fputs(text, file) >= 0 && !fclose(file));
}

static void take_away(const char *name)
{
	cr_assert_eq(unlink(arena_printf(arena, "%s/%s", proc, name)), 0);
}

#define OPEN_FILES      "self/limits"
#define MOUNTS          "sys/fs/mount-max"
#define NAMESPACES      "sys/user/max_net_namespaces"
#define NEIGHBOURS_IPV4 "sys/net/ipv4/neigh/default/gc_thresh3"
#define NEIGHBOURS_IPV6 "sys/net/ipv6/neigh/default/gc_thresh3"
#define MEMORY          "meminfo"

/* In the kernel's own forms. */
static void put_enough(void)
{
	put(OPEN_FILES,
	    "Limit                     Soft Limit           Hard Limit           Units     \n"
	    "Max processes             7                    7                    processes \n"
	    "Max open files            524288               524288               files     \n");
	put("self/mountinfo",
	    "1 0 0:1 / / rw - ext4 /dev/vda rw\n2 1 0:2 / /proc rw - proc proc rw\n");
	put(MOUNTS, "100000\n");
	put(NAMESPACES, "63000\n");
	put(NEIGHBOURS_IPV4, "16384\n");
	put(NEIGHBOURS_IPV6, "16384\n");
	put(MEMORY, "MemTotal:       33554432 kB\nMemFree:               0 kB\nMemAvailable:   "
	            "16777216 kB\n");
}

static void start(void)
{
	own_run(0);
	arena = arena_new();
	put_enough();
}

static void end(void)
{
	arena_free(arena);
}

TestSuite(limits, .init = start, .fini = end);

/* One end of the cable with that number, and its addresses. */
static void print_end(FILE *file, size_t space, const char *device, size_t cable, size_t end,
                      bool ipv4, bool ipv6)
{
	fprintf(file, "n%zu:%s: {addresses: [", space, device);
	if (ipv4)
		fprintf(file, "10.%zu.%zu.%zu/24", cable / 256, cable % 256, end);
	if (ipv6)
		fprintf(file, "%s'fd00:0:0:%zx::%zx/64'", ipv4 ? ", " : "", cable, end);
	fputs("]}", file);
}

/* As many namespaces in a ring, with addresses at both ends of each cable. */
static struct graph *lab(size_t count, bool ipv4, bool ipv6)
{
	size_t length;
	char *text;
	FILE *file = open_memstream(&text, &length);
	struct graph *graph;

	fputs("namespaces:\n", file);
	for (size_t i = 0; i < count; i++)
		fprintf(file, "  n%zu:\n", i);
	fputs("veths:\n", file);
	for (size_t i = 0; i < count; i++) {
		fputs("  - {", file);
		print_end(file, i, "a", i, 1, ipv4, ipv6);
		fputs(", ", file);
		print_end(file, (i + 1) % count, "b", i, 2, ipv4, ipv6);
		fputs("}\n", file);
	}
	fclose(file);
	graph = graph_of(arena, text);
	free(text);
	return graph;
}

static void expect(const struct graph *have, const struct graph *want, const char *expected)
{
	struct diagnostics *diagnostics = diagnostics_new(arena, NULL);
	const struct plan *plan = plan_make(arena, want, have, diagnostics);
	size_t length;
	char *text;
	FILE *file = open_memstream(&text, &length);

	cr_assert(plan);
	limits_check(plan, proc, diagnostics);
	diagnostics_print(diagnostics, file, false);
	fclose(file);
	cr_expect_str_eq(text, expected);
	free(text);
}

static void expect_new(size_t count, bool ipv4, bool ipv6, const char *expected)
{
	expect(graph_empty(arena, "t"), lab(count, ipv4, ipv6), expected);
}

Test(limits, a_system_that_has_enough)
{
	expect_new(600, true, true, "");
}

Test(limits, open_files)
{
	put(OPEN_FILES,
	    "Max open files            347                  347                  files\n");
	expect_new(300, false, false,
	           "topoc: error: 348 open files are needed, and 347 are allowed; raise that: "
	           "`ulimit -n 512`\n");
	put(OPEN_FILES,
	    "Max open files            348                  348                  files\n");
	expect_new(300, false, false, "");
	put(OPEN_FILES,
	    "Max open files            unlimited            unlimited            files\n");
	expect_new(300, false, false, "");
}

Test(limits, mounts_beside_those_that_are_there)
{
	put(MOUNTS, "302\n");
	expect_new(300, false, false,
	           "topoc: error: 303 mounts are needed, and 302 are allowed; raise that: `sudo "
	           "sysctl "
	           "fs.mount-max=512`\n");
	put(MOUNTS, "303\n");
	expect_new(300, false, false, "");
}

Test(limits, namespaces)
{
	put(NAMESPACES, "299\n");
	expect_new(
	        300, false, false,
	        "topoc: error: 300 network namespaces are needed, and 299 are allowed; raise that: "
	        "`sudo sysctl user.max_net_namespaces=512`\n");
	put(NAMESPACES, "300\n");
	expect_new(300, false, false, "");
}

Test(limits, neighbours)
{
	put(NEIGHBOURS_IPV4, "1024\n");
	put(NEIGHBOURS_IPV6, "1024\n");
	expect_new(512, true, true, "");
	expect_new(
	        513, true, false,
	        "topoc: warning: 1026 devices have IPv4 addresses, and 1024 neighbours are kept in "
	        "all namespaces together; raise that: `sudo sysctl "
	        "net.ipv4.neigh.default.gc_thresh3=2048`\n");
	expect_new(
	        513, false, true,
	        "topoc: warning: 1026 devices have IPv6 addresses, and 1024 neighbours are kept in "
	        "all namespaces together; raise that: `sudo sysctl "
	        "net.ipv6.neigh.default.gc_thresh3=2048`\n");
	expect_new(513, false, false, "");
}

Test(limits, memory)
{
	put(MEMORY, "MemFree:          999999 kB\nMemAvailable:     112640 kB\n");
	expect_new(300, false, false,
	           "topoc: warning: 111 MiB of memory are needed, and 110 MiB are available\n");
	put(MEMORY, "MemAvailable:     113664 kB\n");
	expect_new(300, false, false, "");
}

/* In other namespaces than the first the kernel shows no limits of neighbours. */
Test(limits, what_cannot_be_read)
{
	take_away(NEIGHBOURS_IPV4);
	take_away(NEIGHBOURS_IPV6);
	take_away(OPEN_FILES);
	put(MEMORY, "MemTotal: 1 kB\n");
	put(NAMESPACES, "");
	put(MOUNTS, "x\n");
	expect_new(600, true, true, "");
}

static void put_nothing(void)
{
	put(OPEN_FILES, "Max open files 0 0 files\n");
	put(MOUNTS, "0\n");
	put(NAMESPACES, "0\n");
	put(NEIGHBOURS_IPV4, "0\n");
	put(NEIGHBOURS_IPV6, "0\n");
	put(MEMORY, "MemAvailable: 0 kB\n");
}

/* None of the files is worth reading. */
Test(limits, a_small_lab)
{
	put_nothing();
	expect_new(60, true, true, "");
}

/* What is there already fits; what goes needs nothing. */
Test(limits, only_what_is_new)
{
	struct graph *more = lab(300, true, true), *less = lab(150, true, true);

	put_nothing();
	expect(more, lab(300, true, true), "");
	expect(more, less, "");
	expect(more, graph_empty(arena, "t"), "");
	put_enough();
	put(MOUNTS, "152\n");
	expect(less, more,
	       "topoc: error: 153 mounts are needed, and 152 are allowed; raise that: `sudo sysctl "
	       "fs.mount-max=256`\n");
	put(MOUNTS, "153\n");
	put(NAMESPACES, "299\n");
	expect(less, more,
	       "topoc: error: 300 network namespaces are needed, and 299 are allowed; raise that: "
	       "`sudo sysctl user.max_net_namespaces=512`\n");
}
