#define _GNU_SOURCE
#include "former.h"

#include "lab.h"
#include "parser/arena.h"
#include "parser/kinds.h"
#include "parser/sysctl.h"
#include "sysctl.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>

/* The directory of all devices' settings, and which of them a sysctl of all sets along. */
struct reach {
	const char *directory, *name;
};

static struct reach reach_of(const char *path)
{
	static const char *const trees[] = {"net/ipv4/conf/", "net/ipv6/conf/"};

	if (!strcmp(path, "net/ipv4/ip_forward"))
		return (struct reach){trees[0], "forwarding"};
	for (size_t i = 0; i < 2; i++) {
		size_t length = strlen(trees[i]);

		if (!strncmp(path, trees[i], length) && !strncmp(path + length, "all/", 4))
			return (struct reach){trees[i], path + length + 4};
	}
	return (struct reach){0};
}

static void note(struct kernel *kernel, const struct former *former)
{
	struct former *known = state_former(&kernel->state, former->space, former->name);

	if (!known) {
		state_note(kernel->arena, &kernel->state, former);
		kernel->has_new_formers = true;
		return;
	}
	/* What is set for itself is not what is set along with others. */
	if (former->cause && !known->cause)
		return;
	known->cause = former->cause;
	/* What it was at first stays; so does, until all is done, what it was set to. */
	if (strcmp(known->set, former->set))
		known->before = known->set;
	known->set = former->set;
}

/* NULL where there is none: a device may have gone. 0, or a negative errno. */
static int read_setting(const struct kernel *kernel, const char *name, const char **value)
{
	*value = sysctl_read(kernel->sysctls, kernel->arena, name);
	return *value || errno == ENOENT ? 0 : -errno;
}

/*
 * What every device's setting is now, where there is one, is noted with the value that it may
 * become; but not of devices of the topology, which go with it. 0, or a negative errno.
 */
static int note_followers(struct kernel *kernel, const struct graph *have,
                          const struct former *cause)
{
	struct reach reach = reach_of(cause->name);
	DIR *directory;
	int error = 0;

	if (!reach.name)
		return 0;
	directory = opendir(arena_printf(kernel->arena, "/proc/sys/%s", reach.directory));
	if (!directory)
		return -errno;
	for (struct dirent *entry; !error && (errno = 0, entry = readdir(directory));) {
		struct former former = {.space = HOST, .set = cause->set, .cause = cause->name};
		const struct object *device = graph_device(have, entry->d_name);

		if (!strcmp(entry->d_name, "all") || entry->d_name[0] == '.' ||
		    (device && !device->foreign))
			continue;
		former.name = arena_printf(kernel->arena, "%s%s/%s", reach.directory, entry->d_name,
		                           reach.name);
		error = read_setting(kernel, former.name, &former.value);
		if (former.value)
			note(kernel, &former);
	}
	if (!error)
		error = -errno;
	closedir(directory);
	return error;
}

/* A namespace that nobody sees yet is gone with this process, and so are its sysctls. */
static bool is_visible(const struct kernel *kernel, const struct object *sysctl)
{
	return object_is_host(object_namespace(sysctl)) || kernel_space(kernel, sysctl)->path;
}

int former_save(struct kernel *kernel)
{
	if (!kernel->has_new_formers)
		return 0;
	kernel->has_new_formers = false;
	return state_write(kernel->arena, kernel->topology, &kernel->state);
}

static bool is_reached(const struct former *former, const struct former *other)
{
	struct reach reach = reach_of(former->name);
	size_t length = reach.name ? strlen(reach.directory) : 0;
	const char *name = strrchr(other->name, '/');

	return reach.name && strcmp(former->name, other->name) != 0 &&
	       !strncmp(other->name, reach.directory, length) && !strcmp(name + 1, reach.name);
}

/* A sysctl of the namespace that the thread is in, and what it is to be. */
struct wish {
	const char *name, *value;
};

struct wishes {
	struct wish *list;
	size_t count;
};

/* Room for all that is noted of a namespace. */
static struct wishes wishes_for(const struct kernel *kernel, const char *space)
{
	size_t count = 0;

	for (const struct former *at = NULL; (at = state_formers(&kernel->state, space, at));)
		count++;
	return (struct wishes){arena_alloc(kernel->arena, count * sizeof(struct wish)), 0};
}

static void add_wish(struct wishes *wishes, const struct former *former, const char *value)
{
	if (value)
		wishes->list[wishes->count++] = (struct wish){former->name, value};
}

/* What the topology sets for itself is not set along: it gets back what it had. */
static int write_alone(struct kernel *kernel, const struct former *former, const char *value)
{
	struct wishes live = wishes_for(kernel, former->space);
	int error = 0;

	for (const struct former *at = NULL;
	     !error && (at = state_formers(&kernel->state, former->space, at));) {
		const char *own;

		if (at->cause || !is_reached(former, at))
			continue;
		error = read_setting(kernel, at->name, &own);
		add_wish(&live, at, own);
	}
	if (!error)
		error = sysctl_write(kernel->sysctls, former->name, value);
	for (size_t i = 0; i < live.count && !error; i++)
		error = sysctl_write(kernel->sysctls, live.list[i].name, live.list[i].value);
	return error;
}

int former_replace(struct kernel *kernel, const struct object *sysctl, const char *value,
                   const char **form)
{
	struct former former = {
	        .space = object_namespace(sysctl)->name, .name = sysctl->name, .set = value};
	int error = 0;

	former.value = sysctl_read(kernel->sysctls, kernel->arena, sysctl->name);
	if (!former.value)
		return -errno;
	note(kernel, &former);
	if (is_visible(kernel, sysctl))
		error = former_save(kernel);
	if (!error)
		error = write_alone(kernel, &former, value);
	if (error)
		return error;
	*form = sysctl_read(kernel->sysctls, kernel->arena, sysctl->name);
	return *form && strcmp(*form, value) ? -EILSEQ : 0;
}

bool former_is_live(const struct former *former, const char *live)
{
	return !strcmp(live, former->set) || (former->before && !strcmp(live, former->before));
}

static bool is_followed_by(const struct former *former, const struct former *other)
{
	return other->cause && !strcmp(other->cause, former->name);
}

/* Of the devices' settings, those that are still as the sysctl had left them, and what they were. */
static int find_untouched(const struct kernel *kernel, const struct former *former,
                          struct wishes *untouched)
{
	int error = 0;

	*untouched = wishes_for(kernel, former->space);
	for (const struct former *at = NULL;
	     !error && (at = state_formers(&kernel->state, former->space, at));) {
		const char *live;

		if (!is_followed_by(former, at))
			continue;
		error = read_setting(kernel, at->name, &live);
		add_wish(untouched, at, live && former_is_live(at, live) ? at->value : NULL);
	}
	return error;
}

int former_restore(struct kernel *kernel, const struct object *sysctl)
{
	const struct former *former =
	        state_former(&kernel->state, object_namespace(sysctl)->name, sysctl->name);
	struct wishes untouched;
	int error;

	if (!former)
		return 0;
	error = find_untouched(kernel, former, &untouched);
	if (!error)
		error = write_alone(kernel, former, former->value);
	for (size_t i = 0; i < untouched.count && !error; i++) {
		error = sysctl_write(kernel->sysctls, untouched.list[i].name,
		                     untouched.list[i].value);
		if (error == -ENOENT) /* a device may have gone meanwhile */
			error = 0;
	}
	return error;
}

static bool is_host_sysctl(const struct object *object)
{
	return object->kind == &sysctl_kind && object_is_host(object_namespace(object));
}

static bool concerns_host(const struct kernel *kernel, const struct graph *want)
{
	if (state_formers(&kernel->state, HOST, NULL))
		return true;
	for (size_t i = 0; i < want->count; i++) {
		if (is_host_sysctl(want->objects[i]))
			return true;
	}
	return false;
}

/* A state that is damaged notes nothing. */
int former_read_others(struct kernel *kernel, const struct graph *want)
{
	const char **topologies;
	size_t count;
	int error;

	if (!concerns_host(kernel, want))
		return 0;
	error = lab_list(kernel->arena, &topologies, &count);
	kernel->others = arena_alloc(kernel->arena, (count + 1) * sizeof *kernel->others);
	for (size_t i = 0; i < count && !error; i++) {
		if (!strcmp(topologies[i], kernel->topology))
			continue;
		error = state_read(kernel->arena, topologies[i],
		                   &kernel->others[kernel->other_count++]);
		error = error == -EBADMSG ? 0 : error;
	}
	return error;
}

/* What another topology has noted of a sysctl of the host; `*theirs` is that topology's state. */
static const struct former *noted_by_another(const struct kernel *kernel, const char *name,
                                             const struct state **theirs)
{
	for (size_t i = 0; i < kernel->other_count; i++) {
		const struct former *former = state_former(&kernel->others[i], HOST, name);

		*theirs = &kernel->others[i];
		if (former && !former->cause)
			return former;
	}
	return NULL;
}

bool former_is_shared(const struct kernel *kernel, const struct former *former)
{
	const struct state *theirs;

	return !strcmp(former->space, HOST) && noted_by_another(kernel, former->name, &theirs);
}

/*
 * A device's settings are there when it is. Those of a namespace that is to be made are among those
 * of this one: what the kernel has for each namespace it has here too.
 */
static bool is_missing(const struct kernel *kernel, const struct object *sysctl,
                       const struct graph *have)
{
	const struct object *space = graph_find(have, sysctl->owner->path);

	if (graph_find(have, sysctl->path) || sysctl_device(kernel->arena, sysctl->name) ||
	    (space && space->foreign))
		return false;
	return space || !sysctl_read(kernel->sysctls, kernel->arena, sysctl->name);
}

static void check_sharing(const struct kernel *kernel, const struct object *sysctl,
                          struct diagnostics *diagnostics)
{
	const struct value *value = object_value(sysctl, SYSCTL_VALUE);
	const struct state *theirs;
	const struct former *other = noted_by_another(kernel, sysctl->name, &theirs);

	if (other && strcmp(other->set, value->text))
		diagnose(diagnostics, SEVERITY_ERROR, value->span,
		         "another topology has set the host's %s to %s", sysctl->name, other->set);
}

void former_check(const struct kernel *kernel, const struct graph *want, const struct graph *have,
                  struct diagnostics *diagnostics)
{
	for (size_t i = 0; i < want->count; i++) {
		const struct object *object = want->objects[i];

		if (object->kind != &sysctl_kind)
			continue;
		if (is_missing(kernel, object, have))
			diagnose(diagnostics, SEVERITY_ERROR, object->span,
			         "namespace '%s' has no sysctl '%s'", object->owner->name,
			         object_title(kernel->arena, object));
		else if (is_host_sysctl(object))
			check_sharing(kernel, object, diagnostics);
	}
}

/* Takes over what another topology has noted: whoever goes last puts it back. */
static bool share_note(struct kernel *kernel, const char *name)
{
	const struct state *theirs;
	const struct former *former = noted_by_another(kernel, name, &theirs);

	if (!former)
		return false;
	note(kernel, former);
	for (const struct former *at = NULL; (at = state_formers(theirs, HOST, at));) {
		if (is_followed_by(former, at))
			note(kernel, at);
	}
	return true;
}

int former_note(struct kernel *kernel, const struct graph *want, const struct graph *have)
{
	int error = 0;

	for (size_t i = 0; i < want->count && !error; i++) {
		const struct object *object = want->objects[i], *live;
		bool in_host = is_host_sysctl(object);
		struct former former;

		if (object->kind != &sysctl_kind)
			continue;
		live = graph_find(have, object->path);
		if (!live || (in_host && share_note(kernel, object->name)))
			continue;
		former = (struct former){.space = object_namespace(object)->name,
		                         .name = object->name,
		                         .value = object_value(live, SYSCTL_VALUE)->text,
		                         .set = object_value(object, SYSCTL_VALUE)->text};
		note(kernel, &former);
		if (in_host && strcmp(former.value, former.set) != 0)
			error = note_followers(kernel, have, &former);
	}
	return error;
}

/*
 * Learns what has become of a device's setting that was noted along with one of all. 0: nothing, the
 * kernel has not set it along; 1; or a negative errno.
 */
static int was_set_along(const struct kernel *kernel, struct former *former)
{
	const char *live;
	int error = read_setting(kernel, former->name, &live);

	if (!live || !strcmp(live, former->value))
		return error;
	former->set = live;
	return 1;
}

bool former_is_set_by(const struct former *former, const struct graph *want, const char *name)
{
	char path[1024];

	if (!want || !name)
		return false;
	snprintf(path, sizeof path, "%s %s %s", sysctl_class.name, former->space, name);
	return graph_find(want, path) != NULL;
}

int former_drop(struct kernel *kernel, const struct graph *want)
{
	struct state *state = &kernel->state;
	struct former *kept = arena_alloc(kernel->arena, (state->former_count + 1) * sizeof *kept);
	size_t count = 0;

	for (size_t i = 0; i < state->former_count; i++) {
		struct former *former = &kept[count];
		int keep = 1;

		*former = state->formers[i];
		if (!former_is_set_by(former, want, former->name) &&
		    !former_is_set_by(former, want, former->cause))
			continue;
		if (former->cause)
			keep = was_set_along(kernel, former);
		if (keep < 0)
			return keep;
		former->before = NULL;
		count += (size_t)keep;
	}
	state->formers = kept;
	state_keep(kernel->arena, state, count);
	return 0;
}
