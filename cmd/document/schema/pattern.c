/* Patterns of values. */
#include "parser/arena.h"
#include "schema.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

/* `text` as one more alternative. */
static const char *either(struct arena *arena, const char *alternatives, const char *text)
{
	return arena_printf(arena, "%s%s%s", alternatives, *alternatives ? "|" : "", text);
}

/* A digit from `low` to `high` in front of `rest`. */
static const char *digit(struct arena *arena, int64_t low, int64_t high, const char *rest)
{
	if (low == high)
		return arena_printf(arena, "%" PRId64 "%s", low, rest);
	return arena_printf(arena, "[%" PRId64 "-%" PRId64 "]%s", low, high, rest);
}

/* As many digits as come behind the one that counts `unit`. */
static const char *any_digits(struct arena *arena, int64_t unit)
{
	int count = 0;

	for (; unit > 1; unit /= 10)
		count++;
	return count > 1 ? arena_printf(arena, "[0-9]{%d}", count) : count ? "[0-9]" : "";
}

/* Numbers whose first digit, which may be 0, counts `unit`: by that digit, those of all ends last. */
static const char *numbers(struct arena *arena, int64_t low, int64_t high, int64_t unit)
{
	int64_t first = low / unit, last = high / unit;
	bool from_zero = low % unit == 0, to_nine = high % unit == unit - 1;
	const char *all = "";

	if (first == last && !(from_zero && to_nine))
		return digit(arena, first, first,
		             numbers(arena, low % unit, high % unit, unit / 10));
	if (!from_zero) {
		all = digit(arena, first, first, numbers(arena, low % unit, unit - 1, unit / 10));
		first++;
	}
	if (!to_nine) {
		all = either(arena, all,
		             digit(arena, last, last, numbers(arena, 0, high % unit, unit / 10)));
		last--;
	}
	if (first <= last)
		all = either(arena, all, digit(arena, first, last, any_digits(arena, unit)));
	return strchr(all, '|') ? arena_printf(arena, "(?:%s)", all) : all;
}

/* Numbers without leading zeros: those of one digit, those of two ... */
static const char *range(struct arena *arena, int64_t low, int64_t high)
{
	const char *all = "";

	for (int64_t unit = 1; unit == 1 || unit <= high; unit *= 10) {
		int64_t least = unit == 1 ? 0 : unit, most = unit * 10 - 1;

		least = low > least ? low : least;
		most = high < most ? high : most;
		if (least <= most)
			all = either(arena, all, numbers(arena, least, most, unit));
	}
	return arena_printf(arena, "(?:%s)", all);
}

const char *pattern_range(struct arena *arena, int64_t low, int64_t high)
{
	return arena_printf(arena, "0*%s", range(arena, low, high));
}

/* A unit that is no multiple of the step takes numbers that end in the step's zeros. */
const char *pattern_duration(struct arena *arena, const struct field *field)
{
	const char *all = "";

	for (const struct choice *unit = duration_units; unit->word; unit++) {
		bool whole = unit->number % DURATION_STEP == 0;
		int64_t grain = whole ? unit->number : DURATION_STEP;
		int64_t low = (field->min + grain - 1) / grain, high = field->max / grain;
		const char *numbers;

		if (low > high)
			continue;
		numbers = pattern_range(arena, low, high);
		for (int64_t step = unit->number; step < grain; step *= 10)
			numbers = arena_printf(arena, "%s0", numbers);
		if (!whole && !low)
			numbers = arena_printf(arena, "(?:0+|%s)", numbers);
		all = either(arena, all, arena_printf(arena, "%s%s", numbers, unit->word));
	}
	return arena_printf(arena, "(?:%s)", all);
}

const char *pattern_bool(struct arena *arena)
{
	const char *all = "";

	for (const struct choice *choice = bool_words; choice->word; choice++) {
		const char *word = "";

		for (const char *at = choice->word; *at; at++)
			word = arena_printf(arena, "%s[%c%c]", word, toupper(*at), *at);
		all = either(arena, all, word);
	}
	return arena_printf(arena, "(?:%s)", all);
}

/* Neither multicast nor all zeros. */
const char *pattern_mac(void)
{
	return "(?!(?:00:){5}00)[0-9A-Fa-f][02468ACEace](?::[0-9A-Fa-f]{2}){5}";
}

#define WORD "[0-9A-Fa-f]{1,4}"

/* inet_pton(3). Of an IPv6 address, `::` stands for one group at least of eight. */
static const char *pattern_ip(struct arena *arena, bool ipv6)
{
	const char *byte =
	        pattern_range(arena, 0, 255) + strlen("0*"); /* leading zeros are refused */
	const char *ipv4 = arena_printf(arena, "(?:%s\\.){3}%s", byte, byte);
	const char *all = "";

	if (!ipv6)
		return ipv4;
	for (int front = 0; front <= 7; front++) {
		const char *head = front ? arena_printf(arena, "(?:" WORD ":){%d}", front) : ":";

		if (front < 7)
			all = either(arena, all,
			             arena_printf(arena, "%s(?::" WORD "){1,%d}", head, 7 - front));
		all = either(arena, all, arena_printf(arena, "%s:", head));
		if (front < 6)
			all = either(arena, all,
			             arena_printf(arena, "%s:(?:" WORD ":){0,%d}%s", head,
			                          5 - front, ipv4));
	}
	return arena_printf(arena, "(?:%s|(?:" WORD ":){7}" WORD "|(?:" WORD ":){6}%s)", all, ipv4);
}

const char *pattern_address(struct arena *arena)
{
	return arena_printf(arena, "(?:%s|%s)", pattern_ip(arena, false), pattern_ip(arena, true));
}

const char *pattern_prefix(struct arena *arena)
{
	return arena_printf(arena, "(?:%s/%s|%s/%s)", pattern_ip(arena, false),
	                    pattern_range(arena, 0, 32), pattern_ip(arena, true),
	                    pattern_range(arena, 0, 128));
}
