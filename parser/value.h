/*
 * Values: what a user writes behind a key, and the same as the kernel has it, in one form. What may
 * be written is said by a field (kind.h); an object has one value for each (graph.h).
 */
#ifndef TOPOC_PARSER_VALUE_H
#define TOPOC_PARSER_VALUE_H

#include "diagnostic.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct field;
struct object;

enum type {
	TYPE_BOOL,
	TYPE_NUMBER,   /* a bare number, or one of the field's choices */
	TYPE_CHOICE,   /* one of the field's choices only */
	TYPE_DURATION, /* a number with a unit, in milliseconds */
	TYPE_MAC,
	TYPE_ADDRESS, /* an IP address without a prefix */
	TYPE_PREFIX,  /* an IP address with a prefix; where the field's choices allow, `default` */
	TYPE_DEVICE,  /* a device of the same namespace, by its full name */
	TYPE_TEXT,
	TYPE_LIST, /* elements with fields of their own; a set */
};

/* Whether a value is there: the only "unset". IMPLIED is a default, or worked out from others. */
enum presence { ABSENT, IMPLIED, GIVEN };

/* An IP address or prefix. Bytes behind the address are zero, so that two are equal byte by byte.
 */
struct ip {
	uint8_t family; /* AF_INET, AF_INET6, or 0: not known yet (`default`) */
	uint8_t length; /* of the prefix, in bits */
	uint8_t bytes[16];
};

/* The elements of a TYPE_LIST: `count` rows of as many values as the field has element fields. */
struct list {
	size_t count;
	struct value *values;
};

struct value {
	uint8_t presence; /* enum presence */
	bool bare;        /* of a PREFIX: written without its length */
	bool broken;      /* ABSENT, because what is written cannot be read */
	bool shared; /* what many objects have that say nothing of it: none of them may write to it */
	struct span span;
	union {
		int64_t number; /* BOOL, NUMBER, CHOICE, DURATION */
		struct {
			const char *text;      /* TEXT, DEVICE */
			struct object *target; /* of a DEVICE in a complete graph, or NULL where
			                          that does not have it */
		};
		struct ip ip; /* ADDRESS, PREFIX */
		uint8_t mac[6];
		struct list list;
	};
};

/*
 * Reads `text` as the field's type into `*value`, which becomes GIVEN with that span. Where it is
 * no such value an error is appended and false returned, with `*value` untouched. TYPE_DEVICE and
 * TYPE_LIST, which need more than the text, are read elsewhere.
 */
bool value_parse(struct arena *arena, const struct field *field, const char *text, struct span span,
                 struct diagnostics *diagnostics, struct value *value);

/* Whether a value is what the field has where nothing is written. */
bool value_is_default(const struct field *field, const struct value *value);

/*
 * Whether a value that nobody wrote, but the kernel told, is worth telling: it is no default, or
 * leads to something else.
 */
bool value_is_news(const struct field *field, const struct value *value);

/* A bound of a field: a number also where there is a word for it. */
const char *value_print_bound(struct arena *arena, const struct field *field, int64_t number);

/* The value in the language's own spelling. */
const char *value_print(struct arena *arena, const struct field *field, const struct value *value);

/*
 * Orders two values of one field: negative, 0 (equal) or positive, as memcmp does. An absent one
 * comes first, and of a FIELD_FREE equals any other. Lists are sets: their elements must have been
 * sorted by list_sort().
 */
int value_compare(const struct field *field, const struct value *a, const struct value *b);

void list_sort(const struct field *field, struct list *list);

/* The prefix length that covers a whole address of the family: 32 or 128. */
uint8_t ip_full_length(const struct ip *ip);

/* Whether `address` lies in `prefix`; false where the families differ. */
bool ip_covers(const struct ip *prefix, const struct ip *address);

/* The network that an address with a prefix is in: the same with its host bits zero. */
struct ip ip_network(const struct ip *ip);

/* The last address of that network, its broadcast address in IPv4. */
struct ip ip_last(const struct ip *ip);

bool ip_equal(const struct ip *a, const struct ip *b);
bool ip_is_link_local(const struct ip *ip);

/* "10.0.0.1", and with `prefix` "10.0.0.0/24"; a prefix of length 0 is "default". */
const char *ip_print(struct arena *arena, const struct ip *ip, bool prefix);

#endif
