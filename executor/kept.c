#include "kept.h"

#include <errno.h>
#include <linux/netlink.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_BYTES = 256 << 10 }; /* of one answer: some 2000 routes */

struct kept {
	struct kept *next;
	struct nlmsghdr *request;
	char *bytes; /* messages, each aligned */
	size_t length, capacity;
};

struct kept *kept_new(const struct nlmsghdr *request, struct kept *next)
{
	struct kept *kept = calloc(1, sizeof *kept);
	struct nlmsghdr *copy = malloc(request->nlmsg_len);

	if (!kept || !copy) {
		free(copy);
		free(kept);
		return NULL;
	}
	memcpy(copy, request, request->nlmsg_len);
	kept->request = copy;
	kept->next = next;
	return kept;
}

/* What is large is not kept: there may be many of its kind. */
static int enlarge(struct kept *kept, size_t length)
{
	size_t capacity = 2 * (kept->length + length);
	char *bytes;

	if (kept->length + length > MOST_BYTES)
		return -ENOMEM;
	if (kept->length + length <= kept->capacity)
		return 0;
	bytes = realloc(kept->bytes, capacity);
	if (!bytes)
		return -ENOMEM;
	kept->bytes = bytes;
	kept->capacity = capacity;
	return 0;
}

int kept_add(const struct nlmsghdr *message, void *context)
{
	struct kept *kept = context;
	int error = enlarge(kept, NLMSG_ALIGN(message->nlmsg_len));

	if (error)
		return error;
	memcpy(kept->bytes + kept->length, message, message->nlmsg_len);
	kept->length += NLMSG_ALIGN(message->nlmsg_len);
	return 0;
}

void kept_empty(void *context)
{
	struct kept *kept = context;

	kept->length = 0;
}

/* What stands in the header is the sender's: but for the type. */
static bool is_same(const struct nlmsghdr *a, const struct nlmsghdr *b)
{
	return a->nlmsg_type == b->nlmsg_type && a->nlmsg_len == b->nlmsg_len &&
	       !memcmp(a + 1, b + 1, a->nlmsg_len - sizeof *a);
}

struct kept *kept_take(struct kept **list, const struct nlmsghdr *request)
{
	for (; *list; list = &(*list)->next) {
		struct kept *kept = *list;

		if (!is_same(kept->request, request))
			continue;
		*list = kept->next;
		kept->next = NULL;
		return kept;
	}
	return NULL;
}

int kept_replay(const struct kept *kept, int (*each)(const struct nlmsghdr *message, void *context),
                void *context)
{
	int result = 0;

	for (size_t at = 0; at < kept->length && !result;) {
		const struct nlmsghdr *message = (const struct nlmsghdr *)(kept->bytes + at);

		result = each(message, context);
		at += NLMSG_ALIGN(message->nlmsg_len);
	}
	return result;
}

void kept_free(struct kept *kept)
{
	while (kept) {
		struct kept *next = kept->next;

		free(kept->request);
		free(kept->bytes);
		free(kept);
		kept = next;
	}
}
