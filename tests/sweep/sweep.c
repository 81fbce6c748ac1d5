/*
 * topoc-sweep TOPOC FAULT VERB BEFORE AFTER [POINTS [SEED]]
 *
 * Applies the topology in the file AFTER (VERB apply), changes the one in BEFORE into it (change) or
 * destroys it (destroy), again and again, each time with another system call, message or reply struck
 * by the fault (trace.h), and looks each time at what is there afterwards (snapshot.h): nothing may be
 * lost, half done or left. With POINTS, that many of them, chosen by SEED. Both files name the same
 * topology. To be run in namespaces of its own, and in a directory of its own, for lab.yaml.
 *
 *   kill, killany, inside
 *                  the next apply and, from the same kill, the next destroy are as if nothing had been
 *   fail, exhaust, short, refuse, lie, signal
 *                  all is done, with status 0, or nothing, with 1 (130) and a message
 *   twice          the same, though two calls fail, the second perhaps in the rollback
 *   thrice         again and again, perhaps twice in the rollback: also 3 and a message, and then the
 *                  next apply mends it
 *
 * Prints how many points were struck, of those that were chosen and of all, and what was said there;
 * status 1 after any failure.
 */
#define _GNU_SOURCE
#include "snapshot.h"
#include "trace.h"

#include <err.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define LAB "./lab.yaml" /* what is applied: a copy of BEFORE or AFTER */

enum {
	STATUS_DONE = 0,
	STATUS_REFUSED = 1,
	STATUS_STUCK = 3,
	STATUS_INTERRUPTED = 130,
	SETTLE_STEPS = 100, /* of 10 ms: what the kernel does later */
	MOST_FAILURES = 8,
	REHEARSALS = 3,
};

/* What is swept over. */
struct sweep {
	const char *topoc;
	const char *before, *after; /* texts; `before` is NULL where there is nothing */
	bool destroys;
	struct snapshot nothing, first, last; /* as it is at first, before the verb, and after it */
	struct trace trace;
	const char *what; /* the fault's name */
	const char *call; /* what was struck last; NULL: the run ended before that */
	long point, failures, chosen, struck;
	char said[32][256]; /* different messages */
	size_t said_count;
};

/* Files. */

static char *read_file(const char *path)
{
	FILE *file = fopen(path, "re");
	char *text = calloc(1, 1 << 20);

	if (!file || !text || !fread(text, 1, (1 << 20) - 1, file))
		err(1, "%s", path);
	fclose(file);
	return text;
}

static void write_lab(const char *text)
{
	FILE *file = fopen(LAB, "we");

	if (!file || fputs(text, file) < 0 || fclose(file))
		err(1, "%s", LAB);
}

/* Runs. */

static int status_of(const struct trace *trace)
{
	if (WIFSIGNALED(trace->status))
		return 128 + WTERMSIG(trace->status);
	return WEXITSTATUS(trace->status);
}

/* topoc VERB [OPTION] ARGUMENT */
static int run(struct sweep *sweep, const char *verb, const char *option, const char *argument,
               const struct fault *fault)
{
	char *arguments[] = {(char *)sweep->topoc, (char *)verb,
	                     (char *)(option ? option : argument), option ? (char *)argument : NULL,
	                     NULL};
	int error = trace_run(arguments, fault, &sweep->trace);

	if (error)
		errx(error == -EPERM ? 77 : 1, "skipped: %s %s cannot be traced: %s", sweep->topoc,
		     verb, strerror(-error));
	return status_of(&sweep->trace);
}

static bool fails(struct sweep *sweep, const char *how)
{
	printf("FAILED  %s at %ld (%s): %s; status %d\n", sweep->what, sweep->point,
	       sweep->call ? sweep->call : "-", how, status_of(&sweep->trace));
	for (const char *at = sweep->trace.diagnostic; (at = strstr(at, "error: ")); at++)
		printf("    %.*s\n", (int)strcspn(at, "\n"), at);
	sweep->failures++;
	return false;
}

/* Whether the kernel is, or in a moment comes to be, like that. */
static bool is_like(const struct snapshot *expected)
{
	for (int step = 0;; step++) {
		struct snapshot now = snapshot_take();
		bool equal = snapshot_equal(expected, &now);

		if (!equal && step == SETTLE_STEPS)
			snapshot_print_difference(expected, &now);
		snapshot_free(&now);
		if (equal || step == SETTLE_STEPS)
			return equal;
		usleep(10000);
	}
}

static bool apply(struct sweep *sweep, const char *text)
{
	write_lab(text);
	return run(sweep, "apply", NULL, LAB, NULL) == STATUS_DONE ||
	       fails(sweep, "the apply after it");
}

static bool plan_is_empty(struct sweep *sweep)
{
	return run(sweep, "plan", "--detailed-exitcode", LAB, NULL) == STATUS_DONE ||
	       fails(sweep, "the plan after it is not empty");
}

/* By file: one that is not applied is none that can be destroyed, and that is no error. */
static bool destroy(struct sweep *sweep)
{
	if (run(sweep, "destroy", NULL, LAB, NULL) != STATUS_DONE)
		return fails(sweep, "the destroy after it");
	return is_like(&sweep->nothing) || fails(sweep, "something is left after destroy");
}

static void prepare(struct sweep *sweep)
{
	if (sweep->before && !apply(sweep, sweep->before))
		errx(1, "what is to be changed cannot be applied");
	write_lab(sweep->after);
}

static int run_verb(struct sweep *sweep, const struct fault *fault)
{
	int status = run(sweep, sweep->destroys ? "destroy" : "apply", NULL, LAB, fault);

	sweep->call = sweep->trace.struck ? sweep->trace.call : NULL;
	return status;
}

/* Expectations. */

static bool mend_by_apply(struct sweep *sweep)
{
	if (!apply(sweep, sweep->after) || !plan_is_empty(sweep))
		return false;
	if (!is_like(sweep->destroys ? &sweep->first : &sweep->last))
		return fails(sweep, "the apply after it gave something else");
	return destroy(sweep);
}

static bool try_kill(struct sweep *sweep, const struct fault *fault)
{
	prepare(sweep);
	run_verb(sweep, fault);
	if (!mend_by_apply(sweep))
		return false;
	prepare(sweep);
	run_verb(sweep, fault);
	return destroy(sweep);
}

/* Each message is told once. */
static void note_message(struct sweep *sweep)
{
	const char *error = strstr(sweep->trace.diagnostic, "error: ");
	char line[256];

	if (!error)
		return;
	snprintf(line, sizeof line, "%.*s", (int)strcspn(error, "\n"), error);
	for (size_t i = 0; i < sweep->said_count; i++) {
		if (!strcmp(sweep->said[i], line))
			return;
	}
	if (sweep->said_count < sizeof sweep->said / sizeof *sweep->said)
		memcpy(sweep->said[sweep->said_count++], line, sizeof line);
}

static bool says(const struct sweep *sweep, const char *text)
{
	return strstr(sweep->trace.diagnostic, text) != NULL;
}

static bool check_done(struct sweep *sweep)
{
	if (!is_like(&sweep->last))
		return fails(sweep, "it says that all is done");
	return sweep->destroys || plan_is_empty(sweep);
}

static bool check_refused(struct sweep *sweep)
{
	note_message(sweep);
	if (!says(sweep, "error: "))
		return fails(sweep, "it does not say why");
	return is_like(&sweep->first) || fails(sweep, "it is not as it was before");
}

static bool check_stuck(struct sweep *sweep)
{
	note_message(sweep);
	if (!says(sweep, "could not be put back") || !says(sweep, "note: "))
		return fails(sweep, "it does not say what is left");
	return mend_by_apply(sweep);
}

static bool try_fault(struct sweep *sweep, const struct fault *fault)
{
	bool good = false;
	int status;

	prepare(sweep);
	status = run_verb(sweep, fault);
	if (sweep->trace.hung)
		fails(sweep, "it hangs");
	else if (status == STATUS_DONE)
		good = check_done(sweep);
	else if (status == STATUS_REFUSED)
		good = check_refused(sweep);
	else if (status == STATUS_INTERRUPTED && fault->kind == FAULT_SIGNAL)
		good = is_like(&sweep->first) || fails(sweep, "it is not as it was before");
	else if (status == STATUS_STUCK && fault->third)
		good = check_stuck(sweep);
	else
		fails(sweep, "that is no status for it");
	return destroy(sweep) && good;
}

/* Points. */

static const struct kind {
	const char *name;
	enum fault_kind kind;
	bool (*try)(struct sweep *sweep, const struct fault *fault);
	int errors[8]; /* one after the other, from point to point */
} kinds[] = {
        {"kill", FAULT_KILL, try_kill, {0}},
        {"killany", FAULT_KILL_ANY, try_kill, {0}},
        {"inside", FAULT_INSIDE, try_kill, {0}},
        {"fail", FAULT_FAIL, try_fault, {ENOMEM, EPERM, EINTR, EBUSY, ENOBUFS, EEXIST, EIO}},
        {"exhaust", FAULT_EXHAUST, try_fault, {ENOMEM}},
        {"short", FAULT_SHORT, try_fault, {0}},
        {"signal", FAULT_SIGNAL, try_fault, {0}},
        {"refuse", FAULT_REFUSE, try_fault, {0}},
        {"lie", FAULT_LIE, try_fault, {ENOMEM, EPERM, EBUSY, ENOBUFS, EEXIST}},
        {"twice", FAULT_FAIL, try_fault, {ENOMEM, EPERM, EBUSY, EIO}},
        {"thrice", FAULT_FAIL, try_fault, {ENOMEM, EPERM, EBUSY, EIO}},
};

static const struct kind *kind_named(const char *name)
{
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		if (!strcmp(kinds[i].name, name))
			return &kinds[i];
	}
	errx(64, "no fault is called '%s'", name);
}

static struct fault fault_at(const struct kind *kind, long point)
{
	struct fault fault = {.kind = kind->kind, .at = point};
	long count = 0;

	while (count < 8 && kind->errors[count])
		count++;
	if (count)
		fault.error = kind->errors[point % count];
	if (kind->kind == FAULT_INSIDE) {
		fault.at = 1 + point / 8; /* eight instants of each */
		fault.delay = (unsigned)(random() % 2000);
	}
	if (!strcmp(kind->name, "twice") || !strcmp(kind->name, "thrice"))
		fault.second = 1 + random() % 200;
	if (!strcmp(kind->name, "thrice"))
		fault.third = 1 + random() % 200;
	if (kind->kind == FAULT_SIGNAL)
		fault.second = 1 + random() % 50;
	return fault;
}

static long count_points(const struct sweep *sweep, const struct kind *kind)
{
	switch (kind->kind) {
	case FAULT_KILL:
		return sweep->trace.acts;
	case FAULT_INSIDE:
		return sweep->trace.sends * 8 - 1;
	case FAULT_REFUSE:
		return sweep->trace.messages;
	case FAULT_LIE:
		return sweep->trace.replies;
	default:
		return sweep->trace.calls;
	}
}

/*
 * How it is without a fault; counts the points on the way. The least of some runs: one that had to
 * wait for the kernel looks again and again, and most of its points no other run would reach.
 */
static long rehearse(struct sweep *sweep, const struct kind *kind)
{
	const struct fault counted = {.kind = kind->kind, .at = LONG_MAX};
	long least = LONG_MAX;

	sweep->nothing = snapshot_take();
	for (int time = 0; time < REHEARSALS; time++) {
		prepare(sweep);
		snapshot_free(&sweep->first);
		sweep->first = snapshot_take();
		if (run_verb(sweep, &counted) != STATUS_DONE)
			errx(1, "without a fault: %s%s", sweep->trace.output,
			     sweep->trace.diagnostic);
		if (count_points(sweep, kind) < least)
			least = count_points(sweep, kind);
		snapshot_free(&sweep->last);
		sweep->last = snapshot_take();
		if (!destroy(sweep))
			errx(1, "this is no topology to sweep over");
	}
	return least;
}

static void sweep_over(struct sweep *sweep, const struct kind *kind, const char *verb, long points)
{
	long total = rehearse(sweep, kind), step = points && points < total ? total / points : 1;

	if (!total)
		errx(1, "this is no topology to sweep over");
	for (long at = 1 + random() % step; at <= total && sweep->failures < MOST_FAILURES;
	     at += step) {
		struct fault fault = fault_at(kind, at);

		sweep->point = at;
		sweep->chosen++;
		if (!kind->try(sweep, &fault) &&
		    (run(sweep, "destroy", "--all", NULL, NULL) || !is_like(&sweep->nothing)))
			errx(1, "what is left cannot be removed");
		sweep->struck += sweep->call != NULL;
	}
	if (sweep->chosen && !sweep->struck)
		errx(1, "no fault has happened");
	for (size_t i = 0; i < sweep->said_count; i++)
		printf("        %s\n", sweep->said[i]);
	printf("%s %s: %ld points struck of %ld chosen of %ld, %ld failures\n", sweep->what, verb,
	       sweep->struck, sweep->chosen, total, sweep->failures);
}

int main(int argc, char **argv)
{
	static struct sweep sweep;
	const struct kind *kind;

	if (argc < 6)
		errx(64, "usage: topoc-sweep TOPOC FAULT apply|change|destroy BEFORE AFTER [POINTS "
		         "[SEED]]");
	kind = kind_named(argv[2]);
	sweep.topoc = argv[1];
	sweep.what = argv[2];
	sweep.after = read_file(argv[5]);
	sweep.destroys = !strcmp(argv[3], "destroy");
	if (sweep.destroys)
		sweep.before = sweep.after;
	else if (!strcmp(argv[3], "change"))
		sweep.before = read_file(argv[4]);
	setvbuf(stdout, NULL, _IOLBF, 0);
	srandom(argc > 7 ? (unsigned)atol(argv[7]) : 1);
	sweep_over(&sweep, kind, argv[3], argc > 6 ? atol(argv[6]) : 0);
	return sweep.failures ? 1 : 0;
}
