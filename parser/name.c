/* The rules for names. */
#include "topology.h"

#include <string.h>

const char *const reserved_interfaces[] = {"lo", "all", "default", NULL};

static bool is_alphanumeric(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

bool topology_name_valid(const char *name)
{
	size_t length = strlen(name);

	if (!length || length > TOPOLOGY_NAME_MOST || !is_alphanumeric(name[0]) ||
	    !is_alphanumeric(name[length - 1]))
		return false;
	for (const char *at = name; *at; at++) {
		if (!is_alphanumeric(*at) && !strchr("_.-", *at))
			return false;
	}
	return true;
}

static bool has_blank_or_control(const char *name)
{
	for (const unsigned char *at = (const unsigned char *)name; *at; at++) {
		if (*at <= ' ' || *at == 0x7f)
			return true;
	}
	return false;
}

static const char *common_error(const char *name, size_t most)
{
	if (!*name)
		return "a name is missing";
	if (strlen(name) > most)
		return most == INTERFACE_NAME_MOST ? "an interface's name has at most 15 bytes"
		                                   : "a namespace's name has at most 255 bytes";
	if (!strcmp(name, ".") || !strcmp(name, ".."))
		return "a name cannot be . or ..";
	if (*name == '-')
		return "a name cannot begin with -";
	if (strpbrk(name, "/:"))
		return "a name cannot have / or : in it";
	if (has_blank_or_control(name))
		return "a name cannot have blanks or control characters in it";
	return NULL;
}

const char *namespace_name_error(const char *name)
{
	if (*name && strspn(name, "0123456789") == strlen(name))
		return "a namespace's name cannot be digits only: ip netns reads a process id";
	if (!strcmp(name, HOST))
		return "'host' is the namespace that topoc runs in";
	return common_error(name, NAMESPACE_NAME_MOST);
}

const char *interface_name_error(const char *name)
{
	for (const char *const *reserved = reserved_interfaces; *reserved; reserved++) {
		if (!strcmp(name, *reserved))
			return "the kernel uses this name itself";
	}
	if (strchr(name, '%'))
		return "a name cannot have % in it";
	/* lib/ctype.c: Latin-1's blank that does not break, a byte of some UTF-8 characters. */
	if (strchr(name, 0xa0))
		return "the kernel takes a byte of it (0xa0) for a blank";
	return common_error(name, INTERFACE_NAME_MOST);
}
