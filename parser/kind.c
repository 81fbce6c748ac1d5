#include "kind.h"

#include <string.h>

size_t kind_field_count(const struct kind *kind)
{
	return kind->class->field_count + kind->field_count;
}

const struct field *kind_field(const struct kind *kind, size_t index)
{
	size_t common = kind->class->field_count;

	if (index >= common)
		return &kind->fields[index - common];
	if (kind->overrides && kind->overrides[index])
		return kind->overrides[index];
	return &kind->class->fields[index];
}

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
