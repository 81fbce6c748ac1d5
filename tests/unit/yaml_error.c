/* What is no YAML, or none of topoc's, and what is said of it. */
#include "yaml_text.h"

Test(yaml_error, refuses_what_is_not_text)
{
	expect_refused(read_bytes("a: b\nc: \0d", 10), "t:2:4: error: a NUL byte", "\\x00", NULL);
	expect_refused(read_text("a: 'b\\0'\nc: \"b\\0d\""), "t:2:4: error: a NUL character", NULL);
	expect_refused(read_text("\xc3\xa9: \xff"), "t:1:4: error: byte 0xff is not UTF-8", "\\xff",
	               NULL);
	expect_refused(read_bytes("\xff\xfe"
	                          "a\0:\0",
	                          6),
	               "t:1:1: error: this is UTF-16", NULL);
	expect_refused(read_bytes("\xfe\xff\0a\0:", 6), "t:1:1: error: this is UTF-16", NULL);
	expect_refused(read_bytes("a\0:\0", 4), "t:1:1: error: this is UTF-16", NULL);
	expect_refused(read_bytes("\0a\0:", 4), "t:1:1: error: this is UTF-16", NULL);
	expect_refused(read_bytes("\0\0", 2), "t:1:1: error: a NUL byte", NULL);
	expect_refused(read_bytes("\xff\xfd", 2), "t:1:1: error: byte 0xff is not UTF-8",
	               "save the file as UTF-8", NULL);
	expect_refused(read_text("a: \xed\xa0\x80"), "t:1:4: error: byte 0xed", NULL);
	expect_refused(read_text("a: \xc0\x80"), "t:1:4: error: byte 0xc0", NULL);
	expect_refused(read_text("a: \xf4\x90\x80\x80"), "t:1:4: error: byte 0xf4", NULL);
	expect_refused(read_text("a: \xe2\x82"), "t:1:4: error: byte 0xe2", NULL);
	expect_refused(read_text("a: \x1b[0m"), "t:1:4: error: character U+001B", "\\x1b", NULL);
	expect_refused(read_text("a: b\xef\xbb\xbf"), "t:1:5: error: character U+FEFF", NULL);
}

/* More of them, as they are printed, are in tests/golden/diagnostic. */
Test(yaml_error, tells_syntax_errors)
{
	expect_refused(read_text("a:\n\tb: 1\n"), "t:2:1: error: a tab in the indentation",
	               "YAML indents with spaces", NULL);
	expect_refused(read_text("a:\n  b: 1\n\tc: 1\n"), "t:3:1: error: a tab in the indentation",
	               "YAML indents with spaces", NULL);
	expect_refused(read_text("- {to: ::/0, dev: a}\n"),
	               "t:1:8: error: inside {} and [] this must be quoted",
	               "^~~~ quote it: '::/0'", NULL);
	expect_refused(read_text("{via: fe80::, dev: a}\n"),
	               "t:1:7: error: inside {} and [] this must be quoted",
	               "^~~~~~ quote it: 'fe80::'", NULL);
	expect_refused(read_text("{left:eth0:{mtu: 9000}}\n"),
	               "t:1:11: error: a space is missing after this ':'", NULL);
	expect_refused(read_text("- left:eth0: {mtu: 9000}\n  right:eth0\n- x\n"),
	               "t:2:3: error: ':' is missing after this key",
	               "      |   ^~~~~~~~~~ write 'right:eth0:'\n", NULL);
	expect_refused(read_text("a: @b\n"), "t:1:4: error: a text cannot begin with '@'",
	               "quote it: '@b'", NULL);
	expect_refused(read_text("a: [b,\nc\n\n"), "t:1:4: error: this '[' is never closed",
	               "t:2:2: note: the file ends here", NULL);
	expect_refused(read_text("a: \"b"), "t:1:4: error: this quote is never closed",
	               "t:1:6: note: the file ends here", NULL);
	expect_refused(read_text("a: b: c\n"), "t:1:5: error: a second ':' in one line", NULL);
}

/* Their places are right behind characters of many bytes, a byte order mark, and CR LF. */
Test(yaml_error, places_of_syntax_errors)
{
	expect_refused(read_text("\xef\xbb\xbf\xc3\xa9: {\"\xc3\xbc\": [\xf0\x9f\x98\x80, ::1]}\n"),
	               "t:1:14: error: inside {} and [] this must be quoted", NULL);
	expect_refused(read_text("a:\r\n  \xe4\xbd\xa0: 1\r\n \xe4\xbd\xa0: 2\r\n"),
	               "t:3:2: error: this line is indented by 1, those above by 0 or 2", NULL);
	expect_refused(read_text("\xef\xbb\xbf"
	                         "a: \xc3\xa9\r\n  b: c\r\n"),
	               "t:2:3: error: this line is indented by 2, but what is above has its value",
	               NULL);
}

Test(yaml_error, offers_near_anchors)
{
	expect_refused(read_text("a: &edge 1\nb: *edeg\n"), "t:2:4: error: no anchor '&edeg'",
	               "did you mean '*edge'?", NULL);
	expect_refused(read_text("a: &edge {b: 1}\nc: {<<: edge}\n"),
	               "t:2:5: error: '<<' takes a mapping or a list", "did you mean '*edge'?",
	               NULL);
}

/* Each word of libyaml's that is not answered in words of our own ends up here. */
Test(yaml_error, says_no_word_of_libyaml)
{
	const char *const texts[] = {
	        "a: &",
	        "a: !<",
	        "a: !x!y z",
	        "%A",
	        "%YAML 1",
	        "%YAML 1.1\n%YAML 1.1\n---",
	        "%TAG",
	        "%TAG ! b\n%TAG ! c\n---",
	        "%YAML 1.99999999999\n---",
	        "%YAML 9.1\n---",
	        "%TAG a b\n---",
	        "%TAG !a b\n---",
	        "a: |x",
	        "a: |0",
	        "a: |1x",
	        "a: >\n\t b",
	        "a: b\n\t c: d",
	        "\"\\q\"",
	        "\"\\xq\"",
	        "\"\\ud83d\"",
	        "\"",
	        "\"\n--- a",
	        "? - a\n ? b",
	        "a: ? b",
	        "a: - b",
	        "a: b: c",
	        "[",
	        "{",
	        "[a",
	        "{a",
	        "{a:",
	        "[a b: c: d",
	        "[,",
	        "{,",
	        "{]",
	        "[}",
	        "]",
	        "}",
	        "a: ]",
	        "- a\nb",
	        "a: b\n- c",
	        "a: [b] c",
	        "a: 'b' c",
	        "- a\n b: c",
	        "*a b",
	        "&a &b c",
	        "!<%zz> a",
	        "!%ff a",
	        "a: !<x",
	        "- - a\n -b",
	        "a\nb: c",
	        "[a]: b\n c",
	        "--- |\n a\n... b",
	        "a: *",
	        "@",
	        "`",
	        "%a\n",
	        "[a, ::1]",
	        "[a:, b]",
	        "{a: b: c}",

	        "{a: 'b'c}",
	        "{a: b\n: c}",
	        "--- a: b",
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		const struct node *root = read_text(texts[i]);
		char *output = printed();

		cr_expect_null(root, "%s", texts[i]);
		cr_expect_null(strstr(output, "did not find"), "%s:\n%s", texts[i], output);
		cr_expect_null(strstr(output, "found "), "%s:\n%s", texts[i], output);
		cr_expect_null(strstr(output, "find expected"), "%s:\n%s", texts[i], output);
		cr_expect_null(strstr(output, "not allowed"), "%s:\n%s", texts[i], output);
		cr_expect_null(strstr(output, "while "), "%s:\n%s", texts[i], output);
		free(output);
		arena_free(arena);
	}
}
