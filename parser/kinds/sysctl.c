#include "../sysctl.h"

#include "../arena.h"
#include "../graph.h"
#include "../kinds.h"
#include "../needs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct field fields[] = {
        [SYSCTL_VALUE] = {.key = "value",
                          .type = TYPE_TEXT,
                          .flags = FIELD_REQUIRED | FIELD_SHORTHAND,
                          .doc = "what it is set to"},
};

/* sysctl(8) takes a dot for a slash, and a slash inside a component for a dot. */
static char other_separator(char c)
{
	if (c == '.')
		return '/';
	if (c == '/')
		return '.';
	return c;
}

const char *sysctl_path(struct arena *arena, const char *name)
{
	char *path = arena_copy(arena, name, strlen(name));
	const char *first = strpbrk(name, "./");

	for (char *at = path; first && *first == '.' && *at; at++)
		*at = other_separator(*at);
	if (strncmp(path, "net/", 4) || strstr(path, "//") || strstr(path, "/../") ||
	    strstr(path, "/./") || path[strlen(path) - 1] == '/')
		return NULL;
	if (strlen(path) >= 3 && !strcmp(path + strlen(path) - 3, "/.."))
		return NULL;
	return path;
}

const char *sysctl_device(struct arena *arena, const char *path)
{
	static const char *const trees[] = {"net/ipv4/conf/", "net/ipv6/conf/", "net/ipv4/neigh/",
	                                    "net/ipv6/neigh/", "net/mpls/conf/"};

	for (size_t i = 0; i < sizeof trees / sizeof *trees; i++) {
		const char *rest = path + strlen(trees[i]), *end;

		if (strncmp(path, trees[i], strlen(trees[i])))
			continue;
		end = strchr(rest, '/');
		if (!end || !strncmp(rest, "all/", 4) || !strncmp(rest, "default/", 8))
			return NULL;
		return arena_copy(arena, rest, (size_t)(end - rest));
	}
	return NULL;
}

const char *sysctl_value(struct arena *arena, const char *value)
{
	static const char blanks[] = " \t\n";
	char *canonical = arena_alloc(arena, 2 * strlen(value) + 1), *end = canonical;

	for (size_t length; (length = strcspn(value += strspn(value, blanks), blanks));) {
		char *token = arena_copy(arena, value, length), *rest;
		long long number = strtoll(token, &rest, 0);

		if (token[0] == '0' && token[1] &&
		    !*rest) /* at most two digits for each of its own */
			token = arena_printf(arena, "%lld", number);
		end += sprintf(end, "%s%s", end == canonical ? "" : " ", token);
		value += length;
	}
	return canonical;
}

static const char IP_FORWARD[] = "net/ipv4/ip_forward";

static const char *identify(struct graph *graph, struct object *object,
                            struct diagnostics *diagnostics)
{
	struct value *value = object_set(graph->arena, object, SYSCTL_VALUE);
	const char *path = sysctl_path(graph->arena, object->name);

	value->text = sysctl_value(graph->arena, value->text);
	if (!path) {
		diagnose(diagnostics, SEVERITY_ERROR, object->span,
		         "'%s' is no sysctl of a network namespace", object->name);
		diagnostic_hint(diagnostics, "a name under net., such as net.ipv4.tcp_sack");
	}
	/* One variable under two names (net/ipv4/devinet.c, devinet_sysctl_forward()). */
	return path && !strcmp(path, "net/ipv4/conf/all/forwarding") ? IP_FORWARD : path;
}

/* The sysctl that sets this one along with all others of its kind, or NULL. */
static const char *all_of(struct arena *arena, const char *path)
{
	const char *name = strrchr(path, '/') + 1;

	if (!strncmp(path, "net/ipv4/conf/", 14) && !strcmp(name, "forwarding"))
		return IP_FORWARD;
	if (strncmp(path, "net/ipv6/conf/", 14))
		return NULL;
	return arena_printf(arena, "net/ipv6/conf/all/%s", name);
}

/* Lists it with what it sets: its device, if that is known, or the namespace as a whole. */
static void complete(struct graph *graph, struct object *object)
{
	const char *name = sysctl_device(graph->arena, object->name);
	struct object *target = object->owner;

	if (name)
		target = graph_device(graph, device_full_name(graph->arena, target, name));
	if (!target)
		return;
	object->next_setting = target->first_setting;
	target->first_setting = object;
}

/* A device's own setting is there when the device is, and comes after what sets all of them. */
static void needs(const struct graph *graph, const struct object *object, struct needs *list)
{
	const char *name = sysctl_device(graph->arena, object->name);
	const char *all = all_of(graph->arena, object->name);
	struct object *device = NULL, *other = NULL;

	if (all)
		other = graph_find(graph, arena_printf(graph->arena, "%s %s %s", sysctl_class.name,
		                                       object->owner->name, all));
	if (other && other != object)
		needs_add(list, other, MADE, MADE, BOND_NONE);
	if (!name)
		return;
	device = graph_device(graph, device_full_name(graph->arena, object->owner, name));
	if (device)
		needs_add(list, device, MADE, MADE, BOND_EXISTENCE);
}

static void check(const struct graph *graph, const struct object *object,
                  struct diagnostics *diagnostics)
{
	const char *name = sysctl_device(graph->arena, object->name);

	if (!name || object_is_host(object->owner) ||
	    graph_lacks(graph, &link_class, object->owner, name) ||
	    graph_device(graph, device_full_name(graph->arena, object->owner, name)))
		return;
	diagnose(diagnostics, SEVERITY_ERROR, object->span, "no interface '%s' in namespace '%s'",
	         name, object->owner->name);
}

/* As sysctl(8) writes it: net.ipv4.ip_forward, net.ipv4.conf.eth0/10.rp_filter. */
static const char *title(struct arena *arena, const struct object *object)
{
	char *name = arena_copy(arena, object->name, strlen(object->name));

	for (char *at = name; *at; at++)
		*at = other_separator(*at);
	return name;
}

const struct class sysctl_class = {
        .name = "sysctl",
        .fields = fields,
        .field_count = sizeof fields / sizeof *fields,
        .identify = identify,
        .title = title,
        .complete = complete,
        .needs = needs,
        .check = check,
};

const struct kind sysctl_kind = {
        .name = "sysctl",
        .key = "sysctls",
        .doc = "the namespace's settings below net., by name",
        .class = &sysctl_class,
        .place = PLACE_NAMESPACE,
        .shape = SHAPE_VALUES,
};
