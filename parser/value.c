#include "value.h"

#include "arena.h"
#include "kind.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct choice duration_units[] = {{"ms", 1}, {"s", 1000}, {"m", 60000}, {"h", 3600000}, {0}};

const struct choice bool_words[] = {{"true", true},
                                    {"false", false},
                                    {"yes", true},
                                    {"no", false},
                                    {"on", true},
                                    {"off", false},
                                    {0}};

enum { MOST_WORDS = 16 };

/* What the place where a value is being read has to say about it. */
struct reading {
	struct arena *arena;
	const struct field *field;
	const char *text;
	struct span span;
	struct diagnostics *diagnostics;
};

static bool refuse(const struct reading *reading, const char *hint)
{
	diagnose(reading->diagnostics, SEVERITY_ERROR, reading->span, "'%s' cannot be '%s'",
	         reading->field->key, reading->text);
	diagnostic_hint(reading->diagnostics, "%s", hint);
	return false;
}

static const struct choice *choice_of(const struct field *field, const char *word)
{
	for (const struct choice *choice = field->choices; choice && choice->word; choice++) {
		if (!strcmp(choice->word, word))
			return choice;
	}
	return NULL;
}

/* The word that was likely meant, or else all there are; "" where the field has none. */
static const char *offer_words(const struct reading *reading)
{
	const char *list[MOST_WORDS], *words = "", *near;
	struct arena *arena = reading->arena;
	const struct field *field = reading->field;
	size_t count = 0;

	for (const struct choice *choice = field->choices; choice && choice->word; choice++) {
		if (count < MOST_WORDS)
			list[count++] = choice->word;
	}
	near = nearest(reading->text, list, count);
	if (near)
		return arena_printf(arena, "did you mean '%s'?", near);

	for (const struct choice *choice = field->choices; choice && choice->word; choice++)
		words = arena_printf(arena, "%s%s%s", words, *words ? ", " : "one of ",
		                     choice->word);
	return words;
}

static bool read_bool(const struct reading *reading, struct value *value)
{
	for (const struct choice *choice = bool_words; choice->word; choice++) {
		const char *plain = choice->number ? "true" : "false";

		if (strcasecmp(reading->text, choice->word))
			continue;
		if (strcmp(reading->text, plain)) {
			diagnose(reading->diagnostics, SEVERITY_WARNING, reading->span,
			         "'%s' is read as %s", reading->text, plain);
			diagnostic_hint(reading->diagnostics, "write %s", plain);
		}
		value->number = choice->number;
		return true;
	}
	return refuse(reading, "true or false");
}

/* Digits only: no sign, no blank, no base but ten; `*end` is what follows. False without digits. */
static bool read_digits(const char *text, int64_t *number, const char **end)
{
	size_t digits = strspn(text, "0123456789");

	if (!digits || digits > MOST_DIGITS)
		return false;
	*number = strtoll(text, NULL, 10);
	*end = text + digits;
	return true;
}

static bool in_range(const struct reading *reading, int64_t number, struct value *value)
{
	const struct field *field = reading->field;

	if (number < field->min || number > field->max) {
		diagnose(reading->diagnostics, SEVERITY_ERROR, reading->span,
		         "%s must be from %s to %s", field->key,
		         value_print_bound(reading->arena, field, field->min),
		         value_print_bound(reading->arena, field, field->max));
		return false;
	}
	value->number = number;
	return true;
}

static bool read_number(const struct reading *reading, struct value *value)
{
	const struct choice *choice = choice_of(reading->field, reading->text);
	const char *end = "";
	int64_t number = 0;

	if (choice) {
		value->number = choice->number;
		return true;
	}
	if (!read_digits(reading->text, &number, &end) || *end) {
		const char *words = offer_words(reading);

		if (*words == 'd')
			return refuse(reading, words);
		return refuse(reading,
		              arena_printf(reading->arena, "a bare number from %s to %s%s%s",
		                           value_print_bound(reading->arena, reading->field,
		                                             reading->field->min),
		                           value_print_bound(reading->arena, reading->field,
		                                             reading->field->max),
		                           *words ? ", or " : "", words));
	}
	return in_range(reading, number, value);
}

static bool read_choice(const struct reading *reading, struct value *value)
{
	const struct choice *choice = choice_of(reading->field, reading->text);

	if (!choice)
		return refuse(reading, offer_words(reading));
	value->number = choice->number;
	return true;
}

static bool read_duration(const struct reading *reading, struct value *value)
{
	const char *end = "";
	int64_t number = 0;

	if (!read_digits(reading->text, &number, &end))
		return refuse(reading, "a duration, such as 15s or 500ms");
	if (!*end && number <= reading->field->max / 1000)
		return refuse(reading, arena_printf(reading->arena, "write %ss", reading->text));
	if (!*end)
		return refuse(reading, "a duration, such as 15s or 500ms");
	for (const struct choice *unit = duration_units; unit->word; unit++) {
		if (strcmp(end, unit->word))
			continue;
		if (number > INT64_MAX / unit->number)
			number = INT64_MAX / unit->number; /* out of any range */
		if (number * unit->number % DURATION_STEP)
			return refuse(reading, "a multiple of 100ms");
		return in_range(reading, number * unit->number, value);
	}
	return refuse(reading, "the units are ms, s, m and h");
}

static const char HEX_AND_COLON[] = "0123456789abcdefABCDEF:";

static bool read_mac(const struct reading *reading, struct value *value)
{
	unsigned bytes[6];
	int end = 0;

	if (strlen(reading->text) != 17 || strspn(reading->text, HEX_AND_COLON) != 17 ||
	    sscanf(reading->text, "%2x:%2x:%2x:%2x:%2x:%2x%n", &bytes[0], &bytes[1], &bytes[2],
	           &bytes[3], &bytes[4], &bytes[5], &end) != 6 ||
	    end != 17)
		return refuse(reading, "six bytes, such as 02:00:00:00:00:01");
	if (bytes[0] & 1)
		return refuse(reading, "a device's address is no multicast address");
	for (size_t i = 0; i < 6; i++)
		value->mac[i] = (uint8_t)bytes[i];
	if (!memcmp(value->mac, "\0\0\0\0\0\0", 6))
		return refuse(reading, "a device's address is not all zeros");
	return true;
}

/* An address, and the text of the prefix length behind it or NULL. */
static bool read_ip(const char *text, struct ip *ip, const char **length)
{
	char address[INET6_ADDRSTRLEN];
	const char *slash = strchr(text, '/');
	size_t size = slash ? (size_t)(slash - text) : strlen(text);

	if (size >= sizeof address)
		return false;
	memcpy(address, text, size);
	address[size] = '\0';
	*ip = (struct ip){.family = strchr(address, ':') ? AF_INET6 : AF_INET};
	ip->length = ip_full_length(ip);
	*length = slash ? slash + 1 : NULL;
	return inet_pton(ip->family, address, ip->bytes) == 1;
}

static bool read_address(const struct reading *reading, struct value *value)
{
	const char *length;
	struct ip ip;

	if (!read_ip(reading->text, &ip, &length))
		return refuse(reading, "an IPv4 or IPv6 address");
	if (length)
		return refuse(reading, arena_printf(reading->arena, "write %s",
		                                    ip_print(reading->arena, &ip, false)));
	value->ip = ip;
	return true;
}

static bool read_prefix(const struct reading *reading, struct value *value)
{
	const char *length, *end = "";
	int64_t bits = 0;
	struct ip ip;

	if (choice_of(reading->field, reading->text)) {
		value->ip = (struct ip){0};
		return true;
	}
	if (!read_ip(reading->text, &ip, &length))
		return refuse(reading,
		              reading->field->choices
		                      ? "a prefix, such as 10.0.0.0/24, an address, or default"
		                      : "an address with a prefix length, such as 10.0.0.1/24");
	if (length) {
		if (!read_digits(length, &bits, &end) || *end || bits > ip_full_length(&ip))
			return refuse(reading, ip.family == AF_INET
			                               ? "a prefix length from 0 to 32"
			                               : "a prefix length from 0 to 128");
		ip.length = (uint8_t)bits;
	}
	value->ip = ip;
	value->bare = !length;
	return true;
}

bool value_parse(struct arena *arena, const struct field *field, const char *text, struct span span,
                 struct diagnostics *diagnostics, struct value *value)
{
	static bool (*const readers[])(const struct reading *, struct value *) = {
	        [TYPE_BOOL] = read_bool,     [TYPE_NUMBER] = read_number,
	        [TYPE_CHOICE] = read_choice, [TYPE_DURATION] = read_duration,
	        [TYPE_MAC] = read_mac,       [TYPE_ADDRESS] = read_address,
	        [TYPE_PREFIX] = read_prefix,
	};
	struct reading reading = {arena, field, text, span, diagnostics};
	struct value read = {.presence = GIVEN, .span = span};

	if (field->type == TYPE_TEXT)
		read.text = arena_copy(arena, text, strlen(text));
	else if (!readers[field->type](&reading, &read))
		return false;
	*value = read;
	return true;
}

static const char *print_number(struct arena *arena, const struct field *field, int64_t number)
{
	for (const struct choice *choice = field->choices; choice && choice->word; choice++) {
		if (choice->number == number)
			return choice->word;
	}
	return arena_printf(arena, "%" PRId64, number);
}

static const char *print_duration(struct arena *arena, int64_t milliseconds)
{
	if (milliseconds % 1000)
		return arena_printf(arena, "%" PRId64 "ms", milliseconds);
	return arena_printf(arena, "%" PRId64 "s", milliseconds / 1000);
}

bool value_is_default(const struct field *field, const struct value *value)
{
	struct value fallback = {0};

	return field->fallback &&
	       value_parse(NULL, field, field->fallback, value->span, NULL, &fallback) &&
	       !value_compare(field, value, &fallback);
}

bool value_is_news(const struct field *field, const struct value *value)
{
	bool leads = field->type == TYPE_DEVICE || field->type == TYPE_ADDRESS ||
	             field->type == TYPE_LIST || field->flags & FIELD_REQUIRED;

	return value->presence == GIVEN &&
	       (leads || (field->fallback && !(field->flags & FIELD_FREE) &&
	                  !value_is_default(field, value)));
}

/* Of an element what it means, implied or not: no defaults. */
static const char *print_list(struct arena *arena, const struct field *field,
                              const struct list *list)
{
	const char *text = "";

	for (size_t row = 0; row < list->count; row++) {
		const char *element = "";

		for (size_t i = 0; i < field->element_count; i++) {
			const struct value *value = &list->values[row * field->element_count + i];

			if (value->presence && !(field->element[i].flags & FIELD_HIDDEN) &&
			    !value_is_default(&field->element[i], value))
				element =
				        arena_printf(arena, "%s%s%s %s", element,
				                     *element ? " " : "", field->element[i].key,
				                     value_print(arena, &field->element[i], value));
		}
		text = arena_printf(arena, "%s%s%s", text, row ? ", " : "", element);
	}
	return arena_printf(arena, "[%s]", text);
}

const char *value_print_bound(struct arena *arena, const struct field *field, int64_t number)
{
	struct field plain = *field;

	plain.choices = NULL;
	return value_print(arena, &plain, &(struct value){.number = number});
}

const char *value_print(struct arena *arena, const struct field *field, const struct value *value)
{
	switch (field->type) {
	case TYPE_BOOL:
		return value->number ? "true" : "false";
	case TYPE_NUMBER:
	case TYPE_CHOICE:
		return print_number(arena, field, value->number);
	case TYPE_DURATION:
		return print_duration(arena, value->number);
	case TYPE_MAC:
		return arena_printf(arena, "%02x:%02x:%02x:%02x:%02x:%02x", value->mac[0],
		                    value->mac[1], value->mac[2], value->mac[3], value->mac[4],
		                    value->mac[5]);
	case TYPE_ADDRESS:
		return ip_print(arena, &value->ip, false);
	case TYPE_PREFIX:
		return ip_print(arena, &value->ip, true);
	case TYPE_DEVICE:
	case TYPE_TEXT:
		return value->text;
	case TYPE_LIST:
		return print_list(arena, field, &value->list);
	}
	return "?";
}

static int compare_numbers(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

static int compare_rows(const struct field *field, const struct value *a, const struct value *b)
{
	int order = 0;

	for (size_t i = 0; i < field->element_count && !order; i++)
		order = value_compare(&field->element[i], &a[i], &b[i]);
	return order;
}

static int compare_lists(const struct field *field, const struct list *a, const struct list *b)
{
	int order = compare_numbers((int64_t)a->count, (int64_t)b->count);

	for (size_t i = 0; i < a->count && !order; i++)
		order = compare_rows(field, &a->values[i * field->element_count],
		                     &b->values[i * field->element_count]);
	return order;
}

int value_compare(const struct field *field, const struct value *a, const struct value *b)
{
	if (!a->presence || !b->presence)
		return field->flags & FIELD_FREE ? 0 : !!a->presence - !!b->presence;
	switch (field->type) {
	case TYPE_BOOL:
	case TYPE_NUMBER:
	case TYPE_CHOICE:
	case TYPE_DURATION:
		return compare_numbers(a->number, b->number);
	case TYPE_MAC:
		return memcmp(a->mac, b->mac, sizeof a->mac);
	case TYPE_ADDRESS:
	case TYPE_PREFIX:
		return memcmp(&a->ip, &b->ip, sizeof a->ip);
	case TYPE_DEVICE:
	case TYPE_TEXT:
		return strcmp(a->text, b->text);
	case TYPE_LIST:
		return compare_lists(field, &a->list, &b->list);
	}
	return 0;
}

/* Insertion sort: a set of next hops is short, and its rows have a length known only here. */
void list_sort(const struct field *field, struct list *list)
{
	size_t width = field->element_count;

	for (size_t end = 1; end < list->count; end++) {
		for (size_t row = end; row; row--) {
			struct value *here = &list->values[row * width], *before = here - width;

			if (compare_rows(field, before, here) <= 0)
				break;
			for (size_t i = 0; i < width; i++) {
				struct value swap = here[i];

				here[i] = before[i];
				before[i] = swap;
			}
		}
	}
}
