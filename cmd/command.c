#define _GNU_SOURCE
#include "command.h"

#include "answer.h"
#include "executor/cover.h"
#include "executor/feature.h"
#include "executor/home.h"
#include "executor/interrupt.h"
#include "executor/inventory.h"
#include "executor/lock.h"
#include "executor/trust.h"
#include "json.h"
#include "parser/arena.h"
#include "parser/kinds.h"
#include "parser/reach/print.h"
#include "parser/topology.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#define OWN_NAMESPACES "unshare -Urnm"

enum { PATIENCE = 500 }; /* before a progress line comes, in milliseconds */

static const struct span nowhere;

/* Whether it is a terminal that understands more than text. */
static bool is_terminal(int descriptor)
{
	const char *terminal = getenv("TERM");

	return isatty(descriptor) && !(terminal && !strcmp(terminal, "dumb"));
}

void command_begin(struct command *command, const struct options *options)
{
	*command = (struct command){.options = options, .arena = arena_new(), .lock = -1};
	command->diagnostics = diagnostics_new(command->arena, &command->source);
	command->facts = options->answer ? json_object() : NULL;
	command->progress.patience = PATIENCE;
	if (options->verbose)
		command->progress.steps = stderr;
	else if (!options->quiet && is_terminal(STDERR_FILENO))
		command->progress.line = stderr;
	progress_begin(&command->progress);
}

void command_say(const struct command *command, const char *format, ...)
{
	va_list arguments;

	if (command->options->answer)
		return;
	va_start(arguments, format);
	print_escaped(stdout, arena_vprintf(command->arena, format, arguments));
	va_end(arguments);
	putchar('\n');
}

bool command_colour(const struct command *command, int descriptor)
{
	const char *no_colour = getenv("NO_COLOR");

	if (strcmp(command->options->color, "auto"))
		return !strcmp(command->options->color, "always");
	return is_terminal(descriptor) && !(no_colour && *no_colour);
}

bool command_failed(struct command *command)
{
	if (command->options->strict)
		diagnostics_promote_warnings(command->diagnostics);
	return diagnostics_count(command->diagnostics, SEVERITY_ERROR) > 0;
}

/* Which topology the facts are of stands before them. */
static void answer(struct command *command)
{
	const char *file = command->file ? command->file : command->source.path;
	json_t *topology = json_object();

	answer_add_diagnostics(command->options->answer, command->diagnostics);
	if (command->topology)
		json_put(topology, "name", json_of_text(command->topology));
	if (file)
		json_put(topology, "file", json_of_text(file));
	json_put_all(topology, command->facts);
	if (command->topology || file)
		answer_add_topology(command->options->answer, topology);
	else
		json_decref(topology);
}

void command_drop(struct command *command)
{
	if (command->kernel_is_open)
		kernel_close(&command->kernel);
	if (command->lock >= 0)
		close(command->lock);
	json_decref(command->facts);
	arena_free(command->arena);
}

int command_end(struct command *command, int status)
{
	bool failed = command_failed(command);

	fflush(stdout);
	if (command->options->answer)
		answer(command);
	else
		diagnostics_print(command->diagnostics, stderr,
		                  command_colour(command, STDERR_FILENO));
	command_drop(command);
	return status == STATUS_DONE && failed ? STATUS_FAILED : status;
}

int command_conclude(struct command *command, enum outcome outcome, bool changed)
{
	static const struct {
		const char *name;
		int status;
	} ends[] = {
	        [OUTCOME_DONE] = {"done", STATUS_DONE},
	        [OUTCOME_REFUSED] = {"refused", STATUS_FAILED},
	        [OUTCOME_INTERRUPTED] = {"interrupted", STATUS_INTERRUPTED},
	        [OUTCOME_STUCK] = {"stuck", STATUS_STUCK},
	};
	bool unchanged = outcome == OUTCOME_DONE && !changed;

	if (command->facts)
		json_put(command->facts, "outcome",
		         json_string(unchanged ? "unchanged" : ends[outcome].name));
	return command_end(command, ends[outcome].status);
}

bool command_topologies(struct command *command, const char ***names, size_t *count)
{
	int error = session_topologies(command->arena, names, count);

	if (error)
		diagnose(command->diagnostics, SEVERITY_ERROR, nowhere,
		         "cannot find out which topologies are applied: %s", strerror(-error));
	return !error;
}

static const char *choose(struct command *command, const char **names, size_t count, int *status)
{
	*status = STATUS_DONE;
	if (count == 1)
		return names[0];
	if (!count) {
		command_say(command, "No topology is applied.");
		return NULL;
	}
	*status = STATUS_FAILED;
	diagnose(command->diagnostics, SEVERITY_ERROR, nowhere,
	         "several topologies are applied: which one?");
	for (size_t i = 0; i < count; i++)
		diagnostic_note(command->diagnostics, nowhere, "%s", names[i]);
	return NULL;
}

static bool is_among(const char *name, const char *const *names, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (!strcmp(names[i], name))
			return true;
	}
	return false;
}

/* The name of the topology that a file describes, if it is applied. */
static const char *choose_file(struct command *command, const char *file, const char **names,
                               size_t count, int *status)
{
	command_read_file(command, file);
	if (!command->want)
		return NULL;
	if (is_among(command->topology, names, count))
		return command->topology;
	*status = STATUS_DONE;
	command_say(command, "'%s' is not applied.", command->topology);
	return NULL;
}

static void say_unknown(struct command *command, const char *name, const char **names, size_t count)
{
	const char *near = nearest(name, names, count);

	diagnose(command->diagnostics, SEVERITY_ERROR, nowhere, "no topology '%s' is applied",
	         name);
	if (near)
		diagnostic_hint(command->diagnostics, "did you mean '%s'?", near);
}

const char *command_topology(struct command *command, const char *argument, int *status)
{
	size_t count;
	const char **names;

	*status = STATUS_FAILED;
	if (!command_topologies(command, &names, &count))
		return NULL;
	if (!argument)
		return choose(command, names, count, status);
	if (is_file(argument))
		return choose_file(command, argument, names, count, status);
	if (is_among(argument, names, count))
		return argument;
	say_unknown(command, argument, names, count);
	return NULL;
}

/* Which of the capabilities that topoc needs the process lacks; NULL: none. */
static const char *missing_capability(void)
{
	static const struct {
		unsigned bit;
		const char *text;
	} needed[] = {{12, "CAP_NET_ADMIN, to configure the network"},
	              {21, "CAP_SYS_ADMIN, to make and enter namespaces"}};
	unsigned long long effective = ~0ULL; /* where it cannot be read, the kernel will say */
	char line[256];
	FILE *file = fopen("/proc/self/status", "re");

	while (file && fgets(line, sizeof line, file)) {
		if (sscanf(line, "CapEff: %llx", &effective) == 1)
			break;
	}
	if (file)
		fclose(file);
	for (size_t i = 0; i < sizeof needed / sizeof *needed; i++) {
		if (!(effective >> needed[i].bit & 1))
			return needed[i].text;
	}
	return NULL;
}

/* Beside --json too, whose reader would not know why nothing comes. */
static void say_waiting(const char *holder)
{
	fprintf(stderr, "topoc: waiting for another run%s", *holder ? ": " : "");
	print_escaped(stderr, holder);
	fputs(" to end\n", stderr);
}

static void say_locked(struct command *command)
{
	char holder[LOCK_HOLDER_SIZE];

	diagnose(command->diagnostics, SEVERITY_ERROR, nowhere,
	         "another run has not ended in time: see --lock-timeout");
	lock_holder(holder);
	if (*holder)
		diagnostic_note(command->diagnostics, nowhere, "it is process %s", holder);
}

static bool cover_run(struct command *command)
{
	const char *step = "";
	int error = run_cover(&step);

	if (error)
		diagnose(command->diagnostics, SEVERITY_ERROR, nowhere, "cannot %s: %s", step,
		         strerror(-error));
	if (error == -EPERM)
		diagnostic_note(command->diagnostics, nowhere,
		                "namespaces of your own need one of mounts too: " OWN_NAMESPACES);
	if (error == -ENOSPC)
		diagnostic_hint(command->diagnostics,
		                "raise the limit: sysctl user.max_mnt_namespaces");
	return !error;
}

static bool can_trust(struct command *command, const char *topology)
{
	const char *problem = trust_problem(command->arena, topology);

	if (problem)
		diagnose(command->diagnostics, SEVERITY_ERROR, nowhere, "%s", problem);
	return !problem;
}

static bool take_lock(struct command *command, const char *topology, bool exclusive)
{
	const char *step = "", *who = arena_printf(command->arena, "topoc %s", topology);
	int error = exclusive ? run_directory_prepare(&step) : 0;
	long timeout = command->options->lock_timeout;

	if (error) {
		diagnose(command->diagnostics, SEVERITY_ERROR, nowhere, "cannot %s: %s", step,
		         strerror(-error));
		return false;
	}
	if (!run_directory_exists())
		return true;
	command->lock = lock_take(exclusive, who, timeout, timeout ? say_waiting : NULL);
	if (command->lock >= 0)
		return true;
	if (command->lock == -ETIMEDOUT)
		say_locked(command);
	else
		diagnose(command->diagnostics, SEVERITY_ERROR, nowhere,
		         "cannot lock /run/topoc/lock: %s", strerror(-command->lock));
	return false;
}

bool is_privileged(void)
{
	return !missing_capability();
}

bool command_privileged(struct command *command)
{
	const char *capability = missing_capability();

	if (!capability)
		return true;
	diagnose(command->diagnostics, SEVERITY_ERROR, nowhere, "this needs %s", capability);
	diagnostic_note(command->diagnostics, nowhere,
	                "run it as root, or in namespaces of your own: " OWN_NAMESPACES);
	return false;
}

static bool kernel_will_do(struct command *command)
{
	const char *missing = feature_missing();
	struct utsname kernel = {0};

	if (!missing)
		return true;
	uname(&kernel);
	diagnose(command->diagnostics, SEVERITY_ERROR, nowhere, "this kernel has no %s", missing);
	diagnostic_note(command->diagnostics, nowhere,
	                "topoc needs Linux " FEATURE_LINUX " or later that nothing (a "
	                "sandbox?) restricts, and this is %s",
	                kernel.release);
	return false;
}

static bool mounts_will_be_seen(struct command *command)
{
	if (!home_hides_mounts())
		return true;
	diagnose(command->diagnostics, SEVERITY_ERROR, nowhere,
	         "mounts made here would not be seen outside of this mount namespace");
	diagnostic_note(command->diagnostics, nowhere,
	                "run topoc outside of `ip netns exec`, `unshare -m` and services with "
	                "mounts of their own");
	diagnostic_note(command->diagnostics, nowhere,
	                "or in a network of its own too: " OWN_NAMESPACES);
	return false;
}

/* Neither a lab's own namespace nor another is to be taken for the host, in which labs are made. */
static bool is_in_host(struct command *command)
{
	const char *maker;
	int error = inventory_maker(command->arena, command->kernel.spaces[0].netlink, &maker);

	if (error)
		diagnose(command->diagnostics, SEVERITY_ERROR, nowhere,
		         "cannot read namespace '" HOST "': %s", strerror(-error));
	if (error || (!maker && !home_is_in_another_network()))
		return !error;
	if (maker)
		diagnose(command->diagnostics, SEVERITY_ERROR, nowhere,
		         "this network namespace is not the host's, but one of topology '%s'",
		         maker);
	else
		diagnose(command->diagnostics, SEVERITY_ERROR, nowhere,
		         "this network namespace is not the host's, whose /run is here");
	diagnostic_note(command->diagnostics, nowhere,
	                "run topoc outside of `topoc exec`, `ip netns exec` and `nsenter --net`");
	if (!maker)
		diagnostic_note(command->diagnostics, nowhere,
		                "or with mounts of its own too: " OWN_NAMESPACES);
	return false;
}

static bool open_kernel(struct command *command, const char *topology)
{
	int error = kernel_open(&command->kernel, command->arena, topology);

	command->kernel_is_open = !error;
	command->kernel.progress = &command->progress;
	if (error)
		diagnose(command->diagnostics, SEVERITY_ERROR, nowhere,
		         "cannot open a netlink socket: %s", strerror(-error));
	return !error;
}

bool command_open(struct command *command, const char *topology, bool exclusive)
{
	command->topology = topology;
	if (!command_privileged(command) || !kernel_will_do(command) || !cover_run(command) ||
	    !mounts_will_be_seen(command) || !open_kernel(command, topology) ||
	    !is_in_host(command) || !can_trust(command, topology) ||
	    !take_lock(command, topology, exclusive))
		return false;
	if (exclusive)
		interrupt_hold();
	return true;
}

bool command_open_applied(struct command *command, const char *topology)
{
	const char **names;
	size_t count;

	if (!command_open(command, topology, false) || !command_topologies(command, &names, &count))
		return false;
	if (is_among(topology, names, count))
		return true;
	say_unknown(command, topology, names, count);
	return false;
}

struct graph *command_applied(struct command *command, const struct state *state)
{
	struct diagnostics *ignored = diagnostics_new(command->arena, NULL);
	struct source source = {.path = state->file, .text = state->text};
	struct graph *applied;

	if (!state->text)
		return NULL;
	source.length = strlen(state->text);
	applied = topology_read(command->arena, &source, command->topology, ignored);
	return diagnostics_count(ignored, SEVERITY_ERROR) ? NULL : applied;
}

void command_tell_plan(struct command *command, const struct plan *plan)
{
	const struct state *state = &command->kernel.state;

	if (!command->facts)
		return;
	if (!command->file)
		command->file = state->file;
	json_put_plan(command->facts, plan, command->file, command_applied(command, state),
	              state->file);
}

void command_tell_reach(struct command *command, size_t most)
{
	const struct reach_matrix *table;
	size_t spaces = graph_count_kind(command->want, &namespace_kind);

	if (spaces > most) {
		command_say(command, "Reach: %zu namespaces, and %zu at most are worked out here.",
		            spaces, most);
		return;
	}
	table = reach_matrix_new(command->want);

	if (command->facts)
		json_put(command->facts, "reach", json_of_reach(table, command->file));
	else
		reach_print(table, &command->source, stdout);
}
