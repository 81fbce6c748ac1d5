#include "kind.h"

#include <string.h>

const struct kind *kind_named(const char *name)
{
	for (const struct kind *const *kind = kinds; *kind; kind++) {
		if (!strcmp((*kind)->name, name))
			return *kind;
	}
	return NULL;
}

const struct kind *kind_keyed(enum place place, const char *key)
{
	for (const struct kind *const *kind = kinds; *kind; kind++) {
		if ((*kind)->place == place && !strcmp((*kind)->key, key))
			return *kind;
	}
	return NULL;
}
