#define _GNU_SOURCE
#include "clue.h"

#include "parser/kinds.h"

#include <errno.h>
#include <string.h>

/* Of any object. */
static const struct clue general[] = {
        {EPERM, NULL, WIRE_NO_FIELD, "this needs more rights over the namespace than topoc has"},
        {ENOMEM, NULL, WIRE_NO_FIELD, "the kernel is short of memory"},
        {ENOBUFS, NULL, WIRE_NO_FIELD, "the kernel is short of memory"},
        {EMFILE, NULL, WIRE_NO_FIELD, "raise the limit of open files: ulimit -n"},
        {0},
};

/* Of objects that netlink does not carry. */
static const struct clue namespaces[] = {
        {ENOSPC, NULL, WIRE_NO_FIELD, "raise the limit: sysctl user.max_net_namespaces"},
        {EEXIST, NULL, WIRE_NO_FIELD, "there is one of that name: ip netns list"},
        {0},
};

static const struct clue sysctls[] = {
        {EINVAL, NULL, SYSCTL_VALUE, "the kernel takes no such value"},
        {ERANGE, NULL, SYSCTL_VALUE, "the kernel takes no such value"},
        {EACCES, NULL, WIRE_NO_FIELD, "it cannot be written here"},
        {EPERM, NULL, WIRE_NO_FIELD, "it cannot be written here"},
        {0},
};

static const struct {
	const struct class *class;
	const struct clue *clues;
} others[] = {
        {&namespace_class, namespaces},
        {&sysctl_class, sysctls},
};

static bool fits(const struct clue *clue, const struct object *object,
                 const struct message *message, int error, const char *words)
{
	if (clue->error != -error || (clue->words && !strcasestr(words, clue->words)))
		return false;
	if (clue->field == WIRE_NO_FIELD)
		return true;
	if (object_value(object, clue->field)->presence != GIVEN)
		return false;
	return message ? message_has(message, object, clue->field) : !codec_of(object->kind);
}

static const struct clue *find_in(const struct clue *clues, const struct object *object,
                                  const struct message *message, int error, const char *words)
{
	for (; clues && clues->error; clues++) {
		if (fits(clues, object, message, error, words))
			return clues;
	}
	return NULL;
}

const struct clue *clue_find(const struct object *object, const struct message *message, int error,
                             const char *words)
{
	const struct codec *codec = codec_of(object->kind);
	const struct clue *found = NULL;

	if (codec)
		found = find_in(codec->clues, object, message, error, words);
	if (codec && !found)
		found = find_in(codec->transport->clues, object, message, error, words);
	for (size_t i = 0; i < sizeof others / sizeof *others && !found; i++) {
		if (object->kind->class == others[i].class)
			found = find_in(others[i].clues, object, message, error, words);
	}
	return found ? found : find_in(general, object, message, error, words);
}
