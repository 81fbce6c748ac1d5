#include "diagnostic.h"

#include <string.h>

enum { LONGEST = 255 }; /* a namespace's name; nothing longer was a slip of the finger */

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/*
 * The number of insertions, removals, replacements and swaps of neighbours that make one word of
 * the other, or any number past `limit` as soon as it is known to be more than that. The table is
 * kept as its last three rows, of which row 0 is the one being filled.
 */
static size_t distance(const char *a, size_t a_length, const char *b, size_t b_length, size_t limit)
{
	size_t cells[3][LONGEST + 1];
	size_t *row = cells[0], *above = cells[1], *second = cells[2];

	for (size_t j = 0; j <= b_length; j++)
		row[j] = j;
	for (size_t i = 1; i <= a_length; i++) {
		size_t *oldest = second;
		size_t smallest = i;

		second = above;
		above = row;
		row = oldest;
		row[0] = i;
		for (size_t j = 1; j <= b_length; j++) {
			row[j] = least(above[j - 1] + (a[i - 1] != b[j - 1]),
			               1 + least(above[j], row[j - 1]));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				row[j] = least(row[j], second[j - 2] + 1);
			smallest = least(smallest, row[j]);
		}
		/* A swap reaches back two rows, so one more step may be saved. */
		if (smallest > limit + 1)
			return smallest;
	}
	return row[b_length];
}

const char *nearest(const char *word, const char *const *candidates, size_t count)
{
	size_t length = strnlen(word, LONGEST + 1);
	size_t limit = length < 6 ? 1 : length / 3;
	const char *found = NULL;

	if (length > LONGEST)
		return NULL;
	for (size_t i = 0; i < count; i++) {
		size_t other = strnlen(candidates[i], LONGEST + 1);
		size_t steps;

		if (other > LONGEST || other > length + limit || length > other + limit)
			continue;
		steps = distance(word, length, candidates[i], other, limit);
		if (steps > limit)
			continue;
		found = candidates[i];
		if (steps == 0)
			break;
		limit = steps - 1; /* only a nearer one will do from here on */
	}
	return found;
}
