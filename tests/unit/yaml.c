#include "yaml_text.h"

/* The tree in one line: {key: value}, [item], text in quotes where it was. */
static void flatten(FILE *file, const struct node *node)
{
	if (node->type == NODE_SCALAR) {
		fprintf(file, node->quoted ? "'%s'" : "%s", node->text);
		return;
	}
	fputc(node->type == NODE_LIST ? '[' : '{', file);
	for (size_t i = 0; i < node->count; i++) {
		fputs(i ? ", " : "", file);
		if (node->entries[i].key) {
			flatten(file, node->entries[i].key);
			fputs(": ", file);
		}
		flatten(file, node->entries[i].value);
	}
	fputc(node->type == NODE_LIST ? ']' : '}', file);
}

static void expect_tree(const struct node *root, const char *expected)
{
	char *text;
	size_t length;
	FILE *file;

	if (!root) {
		text = printed();
		cr_expect_fail("not read:\n%s", text);
		free(text);
		arena_free(arena);
		return;
	}
	file = open_memstream(&text, &length);
	flatten(file, root);
	fclose(file);
	cr_expect_str_eq(text, expected, "got %s, expected %s", text, expected);
	free(text);
	arena_free(arena);
}

static void expect_span(const struct node *node, uint32_t line, uint32_t column, uint32_t length)
{
	cr_assert_not_null(node);
	cr_expect(node->span.line == line && node->span.column == column &&
	                  node->span.length == length,
	          "%u:%u+%u instead of %u:%u+%u", node->span.line, node->span.column,
	          node->span.length, line, column, length);
}

/* `count` times `part`, between `before` and `after`. */
static char *repeat(const char *before, const char *part, size_t count, const char *after)
{
	size_t size = strlen(part);
	char *text = malloc(strlen(before) + size * count + strlen(after) + 1);
	char *end = stpcpy(text, before);

	for (size_t i = 0; i < count; i++)
		end = stpcpy(end, part);
	stpcpy(end, after);
	return text;
}

Test(yaml, reads_collections)
{
	expect_tree(read_text("a: 1\nb:\n  - x\n  - {c: 'd', e: }\n  - []\n"),
	            "{a: 1, b: [x, {c: 'd', e: }, []]}");
	expect_tree(read_text("- [left:eth0, right:eth0]\n- left:eth0: \n  right:eth0:\n"),
	            "[[left:eth0, right:eth0], {left:eth0: , right:eth0: }]");
	expect_tree(read_text("{\"a\": [1, 2.50, true, null]}"), "{'a': [1, 2.50, true, null]}");
}

Test(yaml, keeps_scalars_as_text)
{
	expect_tree(read_text("[yes, 012, 1:30, 0x1F, ~, 2001:db8::1]"),
	            "[yes, 012, 1:30, 0x1F, ~, 2001:db8::1]");
	expect_tree(read_text("a: |\n  x\n  y\nb: p\n  q\n"), "{a: 'x\ny\n', b: p q}");
}

Test(yaml, refuses_a_document_that_says_nothing)
{
	const char *const texts[] = {"",      "\n\n",       "# only this\n",
	                             "---\n", "---\n...\n", "\xef\xbb\xbf"};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		expect_refused(read_text(texts[i]), "t:1:1: error: the file says nothing",
		               "write {} for a topology of nothing", NULL);
	expect_tree(read_text("# on purpose\n{}\n"), "{}");
	expect_tree(read_text("~\n"), "~");
	expect_tree(read_text("''\n"), "''");
}

Test(yaml, accepts_byte_order_mark_and_crlf)
{
	const struct node *root = read_text("\xef\xbb\xbf"
	                                    "a: b\r\nc:\r\n  - d\r\n");

	expect_span(node_get(root, "a"), 1, 4, 1);
	expect_span(root->entries[0].key, 1, 1, 1);
	expect_span(node_get(root, "c")->entries[0].value, 3, 5, 1);
	expect_tree(root, "{a: b, c: [d]}");
}

Test(yaml, knows_the_places)
{
	const struct node *root = read_text("key: value\n"
	                                    "\xc3\xa9\xc3\xa9: 'two words' # more\n"
	                                    "flow: {x: [1, 22]}\n"
	                                    "long: first  \n  second\n"
	                                    "block: >-  # folded\n  text\n"
	                                    "none:\n"
	                                    "list:\n  - - deep\n");

	expect_span(root, 1, 1, 1);
	expect_span(node_get(root, "key"), 1, 6, 5);
	expect_span(root->entries[1].key, 2, 1, 2);
	expect_span(node_get(root, "\xc3\xa9\xc3\xa9"), 2, 5, 11);
	expect_span(node_get(root, "flow"), 3, 8, 1);
	expect_span(node_get(node_get(root, "flow"), "x"), 3, 12, 1);
	expect_span(node_get(node_get(root, "flow"), "x")->entries[1].value, 3, 15, 2);
	expect_span(node_get(root, "long"), 4, 7, 5);
	expect_span(node_get(root, "block"), 6, 8, 12);
	expect_span(node_get(root, "none"), 8, 6, 1);
	expect_span(node_get(root, "list"), 10, 5, 1);
	arena_free(arena);
}

Test(yaml, places_leave_anchors_out)
{
	const struct node *root = read_text("a: &x value\n"
	                                    "b: &y  # why\n\n  'text'\n"
	                                    "c: &z {}\n"
	                                    "d: &w\n  k: v\n"
	                                    "e: *x\n"
	                                    "f: [&v 1, &u ]\n");

	expect_span(node_get(root, "a"), 1, 7, 5);
	expect_span(node_get(root, "b"), 4, 3, 6);
	expect_span(node_get(root, "c"), 5, 7, 1);
	expect_span(node_get(root, "d"), 7, 3, 1);
	expect_span(node_get(root, "e"), 1, 7, 5);
	expect_span(node_get(root, "f")->entries[0].value, 9, 8, 1);
	arena_free(arena);
}

Test(yaml, expands_aliases)
{
	expect_tree(read_text("a: &a [1, 2]\nb: [*a, *a]\n&k c: d\ne: {*k : f}\n"),
	            "{a: [1, 2], b: [[1, 2], [1, 2]], c: d, e: {c: f}}");
	expect_tree(read_text("- &a 1\n- *a\n- &a 2\n- *a\n"), "[1, 1, 2, 2]");
	expect_tree(read_text("[&a [&a 1, *a], *a]"), "[[1, 1], 1]");
}

Test(yaml, merges)
{
	const char *base = "x-a: &a {p: 1, q: 2}\nx-b: &b {q: 3, r: 4}\n";
	const struct {
		const char *text, *expected;
	} cases[] = {
	        {"m: {<<: *a}", "{p: 1, q: 2}"},
	        {"m: {<<: *a, p: 9}", "{q: 2, p: 9}"},
	        {"m: {p: 9, <<: *a}", "{p: 9, q: 2}"},
	        {"m: {k: 0, <<: [*a, *b], z: 1}", "{k: 0, p: 1, q: 2, r: 4, z: 1}"},
	        {"m: {<<: [*b, *a]}", "{q: 3, r: 4, p: 1}"},
	        {"m: {<<: {p: 7}, o: 1}", "{p: 7, o: 1}"},
	        {"m: {<<: {<<: *a, q: 8}}", "{p: 1, q: 8}"},
	        {"m: {<<: []}", "{}"},
	        {"m: {'<<': *a}", "{'<<': {p: 1, q: 2}}"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *text = repeat(base, cases[i].text, 1, "\n");
		const struct node *root = read_text(text);

		expect_tree(root ? node_get(root, "m") : NULL, cases[i].expected);
		free(text);
	}
}

Test(yaml, merged_nodes_keep_their_place)
{
	const struct node *root = read_text("a: &a {p: 1}\nm:\n  <<: *a\n");
	const struct node *merged = node_get(root, "m");

	expect_span(merged, 3, 3, 1);
	expect_span(merged->entries[0].key, 1, 8, 1);
	arena_free(arena);
}

Test(yaml, refuses_wrong_merges)
{
	expect_refused(read_text("m: {<<: 1}"), "t:1:5: error: '<<' takes a mapping", NULL);
	expect_refused(read_text("m: {<<: }"), "t:1:5: error: '<<' takes", NULL);
	expect_refused(read_text("a: &a {}\nm: {<<: [*a, [*a]]}"), "t:2:5: error: '<<' takes",
	               NULL);
	expect_refused(read_text("a: &a {}\nm: {<<: *a, <<: *a}"),
	               "t:2:13: error: duplicate key '<<'", "merge a list",
	               "t:2:5: note: first here", NULL);
}

Test(yaml, refuses_duplicate_keys_and_tells_all)
{
	expect_refused(read_text("a: 1\nb: {c: 1, c: 2}\na: 3\n'a': 4\n"),
	               "t:2:11: error: duplicate key 'c'", "t:2:5: note: first here",
	               "t:3:1: error: duplicate key 'a'\n", "t:1:1: note: first here",
	               "t:4:1: error: duplicate key 'a'\n", NULL);
}

Test(yaml, refuses_what_the_language_refuses)
{
	expect_refused(read_text("a: !!int 1\nb: &x !y 2\nc: ! z\nd: !q {}\n"),
	               "t:1:4: error: tags are not supported\n    1 | a: !!int 1\n"
	               "      |    ^~~~~\n",
	               "t:2:7: error: tags", "t:3:4: error: tags", "t:4:4: error: tags", NULL);
	expect_refused(read_text("a: 1\n---\nb: 2\n"), "t:2:1: error: a second document", NULL);
	expect_refused(read_text("---\n---\n"), "t:2:1: error: a second document", NULL);
	expect_refused(read_text("[a]: b\n"), "t:1:1: error: a list cannot be a key", NULL);
	expect_refused(read_text("{{a: b}: c}\n"), "t:1:2: error: a mapping cannot be a key", NULL);
	expect_refused(read_text("? - a\n: b\n"), "error: a list cannot be a key", NULL);
	expect_refused(read_text("a: *b\n"), "t:1:4: error: no anchor '&b' stands before this",
	               "^~\n", NULL);
}

Test(yaml, refuses_cyclic_aliases)
{
	expect_refused(read_text("&a [*a]"),
	               "t:1:5: error: alias '*a' is part of what it stands for",
	               "t:1:1: note: the anchor is here", NULL);
	expect_refused(read_text("a: &a\n  b: {c: *a}\n"), "t:2:10: error: alias '*a' is part",
	               NULL);
	expect_refused(read_text("a: &a {<<: *a}\n"), "t:1:12: error: alias '*a' is part", NULL);
}

Test(yaml, refuses_alias_bombs)
{
	char text[4096], *end = text;
	const struct node *root;

	end += sprintf(end, "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
	for (int i = 1; i < 40; i++) {
		end += sprintf(end, "a%d: &a%d [", i, i);
		for (int j = 0; j < 10; j++)
			end += sprintf(end, "*a%d%s", i - 1, j < 9 ? "," : "]\n");
	}
	root = read_text(text);
	expect_refused(root, "error: aliases add more than 1000000 nodes", NULL);
}

Test(yaml, counts_expansion_of_merges)
{
	char *base = repeat("a: &a\n", "  - 1\n", 1000, "b: &b {k: *a}\n");
	char *text = repeat(base, "- {<<: *b}\n", 0, "c:\n");
	char *bomb = repeat(text, "  - {<<: [*b, *b]}\n", 600, "");
	char *fine = repeat(text, "  - {<<: [*b, *b]}\n", 400, "");

	expect_refused(read_text(bomb), "error: aliases add more than", NULL);
	cr_expect_not_null(read_text(fine));
	arena_free(arena);
	free(base);
	free(text);
	free(bomb);
	free(fine);
}

Test(yaml, caps_nesting)
{
	char *flow = repeat("", "[", 100000, "");
	char *block = repeat("", "- ", 100000, "");
	char *fits = repeat("", "[", 64, "");
	char *closed = repeat(fits, "]", 64, "");
	char *one_more = repeat("[", closed, 1, "]");

	expect_refused(read_text(flow), "t:1:65: error: nested more than 64 deep", NULL);
	expect_refused(read_text(block), "t:1:129: error: nested more than 64 deep", NULL);
	cr_expect_not_null(read_text(closed));
	arena_free(arena);
	expect_refused(read_text(one_more), "t:1:65: error: nested more than 64 deep", NULL);
	free(flow);
	free(block);
	free(fits);
	free(closed);
	free(one_more);
}

Test(yaml, caps_the_nesting_of_aliases)
{
	static char text[65536];
	char *end = text + sprintf(text, "- &a0 x\n");

	for (int i = 1; i <= 200; i++)
		end += sprintf(end, "- &a%d [*a%d]\n", i, i - 1);
	expect_refused(read_text(text), "error: nested more than 64 deep", NULL);
}

/*
 * Fewer under valgrind, which takes fifty times as long and looks at code, not at how much there
 * is.
 */
enum { MANY = TOPOC_MEMCHECK ? 20000 : 1000000 };

Test(yaml, reads_a_million_keys, .timeout = 600)
{
	enum { KEYS = MANY };
	char message[64];
	char *text = malloc(16UL * KEYS), *end = text;
	const struct node *root;

	for (int i = 0; i < KEYS; i++)
		end += sprintf(end, "k%d: %d\n", i, i);
	root = read_text(text);
	cr_assert_not_null(root);
	cr_expect_eq(root->count, KEYS);
	arena_free(arena);

	sprintf(end, "k999: again\n");
	snprintf(message, sizeof message, "t:%d:1: error: duplicate key 'k999'", KEYS + 1);
	expect_refused(read_text(text), message, "t:1000:1: note: first here", NULL);
	free(text);
}

Test(yaml, reads_many_anchors, .timeout = 600)
{
	enum { ANCHORS = MANY / 10 };
	char *text = malloc(32UL * ANCHORS), *end = text;

	for (int i = 0; i < ANCHORS; i++)
		end += sprintf(end, "- &a%d x\n- *a%d\n", i, i / 2);
	cr_expect_not_null(read_text(text));
	arena_free(arena);
	free(text);
}

Test(yaml, get_and_is_empty)
{
	const struct node *root = read_text("a: \nb: ~\nc: null\nd: {}\ne: []\nf: ''\ng: x\n");

	cr_assert_not_null(root);
	for (size_t i = 0; i < 5; i++)
		cr_expect(node_is_empty(root->entries[i].value), "%s", root->entries[i].key->text);
	cr_expect_not(node_is_empty(node_get(root, "f")));
	cr_expect_not(node_is_empty(node_get(root, "g")));
	cr_expect_not(node_is_empty(root));
	cr_expect_null(node_get(root, "h"));
	cr_expect_null(node_get(node_get(root, "g"), "h"));
	cr_expect_null(node_get(node_get(root, "e"), "h"));
	arena_free(arena);
}

static void expect_round_trip(const char *text)
{
	char *quoted;
	size_t length;
	FILE *file = open_memstream(&quoted, &length);
	const struct node *root;

	fputs("k: ", file);
	yaml_print_quoted(file, text);
	fclose(file);
	root = read_text(quoted);
	cr_assert_not_null(root, "%s", quoted);
	cr_expect_str_eq(node_get(root, "k")->text, text, "%s", quoted);
	arena_free(arena);
	free(quoted);
}

Test(yaml, quotes_so_that_it_reads_back)
{
	char character[] = "x?y";

	for (int i = 1; i < 0x80; i++) {
		character[1] = (char)i;
		expect_round_trip(character);
	}
	expect_round_trip("");
	expect_round_trip(" two  blanks # no comment ");
	expect_round_trip("\xc3\xa9 \xe4\xbd\xa0 \xf0\x9f\x98\x80");
	expect_round_trip("\xc2\x80 \xc2\x85 \xc2\xa0 \xe2\x80\xa8 \xe2\x80\xae \xef\xbb\xbf "
	                  "\xef\xbf\xbe \xf4\x8f\xbf\xbf \xee\x80\x80");
}
