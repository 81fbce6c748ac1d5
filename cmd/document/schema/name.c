/* Patterns of names: what parser/name.c and sysctl_path() refuse. */
#include "parser/arena.h"
#include "parser/kinds.h"
#include "parser/topology.h"
#include "schema.h"

/* The language counts bytes and a pattern characters, which are at most as many. */
#define NOT_IN_NAMES "\\x00-\\x20\\x7f/:"

static const char *interface(struct arena *arena)
{
	return arena_printf(arena, "[^" NOT_IN_NAMES "%%]{1,%d}", INTERFACE_NAME_MOST);
}

static const char *namespace(struct arena *arena)
{
	return arena_printf(arena, "[^" NOT_IN_NAMES "]{1,%d}", NAMESPACE_NAME_MOST);
}

const char *pattern_topology(struct arena *arena)
{
	return arena_printf(arena, "[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,%d}[A-Za-z0-9])?",
	                    TOPOLOGY_NAME_MOST - 2);
}

const char *pattern_device(struct arena *arena)
{
	return arena_printf(arena, "(?:%s:)?%s", namespace(arena), interface(arena));
}

static const char *declared_device(struct arena *arena)
{
	const char *reserved = "\\.|\\.\\.";

	for (const char *const *name = reserved_interfaces; *name; name++)
		reserved = arena_printf(arena, "%s|%s", reserved, *name);
	return arena_printf(arena, "(?:%s:)?(?!-|(?:%s)$)%s", namespace(arena), reserved,
	                    interface(arena));
}

const char *pattern_name(struct arena *arena, const struct kind *kind)
{
	if (kind->class == &namespace_class)
		return arena_printf(arena, "(?!-|(?:\\.|\\.\\.|" HOST "|[0-9]+)$)%s",
		                    namespace(arena));
	if (kind->class == &link_class)
		return declared_device(arena);
	/* The first separator counts, and the other one is a dot in an interface's name. */
	if (kind->class == &sysctl_class)
		return "net(?:(?:\\.[^.]+)+|(?:/[^/]+)+)";
	return ".*";
}
