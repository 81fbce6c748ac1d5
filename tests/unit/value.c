#include "parser/value.h"
#include "parser/arena.h"
#include "parser/kind.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static const struct choice anywhere[] = {{"default", 0}, {0}};
static const struct choice tables[] = {{"main", 254}, {"local", 255}, {0}};
static const struct choice types[] = {{"unicast", 1}, {"blackhole", 6}, {0}};

static const struct field flag = {.key = "up", .type = TYPE_BOOL};
static const struct field mtu = {.key = "mtu", .type = TYPE_NUMBER, .min = 68, .max = 65535};
static const struct field table = {
        .key = "table", .type = TYPE_NUMBER, .min = 1, .max = UINT32_MAX, .choices = tables};
static const struct field type = {.key = "type", .type = TYPE_CHOICE, .choices = types};
static const struct field delay = {
        .key = "delay", .type = TYPE_DURATION, .min = 100, .max = 7200000};
static const struct field mac = {.key = "mac", .type = TYPE_MAC};
static const struct field via = {.key = "via", .type = TYPE_ADDRESS};
static const struct field address = {.key = "address", .type = TYPE_PREFIX};
static const struct field to = {.key = "to", .type = TYPE_PREFIX, .choices = anywhere};
static const struct field label = {.key = "label", .type = TYPE_TEXT};
static const struct field either = {.key = "mtu", .type = TYPE_NUMBER, .flags = FIELD_FREE};

static const struct field hop[] = {
        {.key = "via", .type = TYPE_ADDRESS},
        {.key = "dev", .type = TYPE_DEVICE, .flags = FIELD_FREE},
};
static const struct field hops = {
        .key = "nexthops", .type = TYPE_LIST, .element = hop, .element_count = COUNT(hop)};

static struct arena *arena;
static struct diagnostics *list;

static void start(void)
{
	arena = arena_new();
	list = diagnostics_new(arena, NULL);
}

static void end(void)
{
	arena_free(arena);
}

TestSuite(value, .init = start, .fini = end);
TestSuite(ip, .init = start, .fini = end);

static bool parse(const struct field *field, const char *text, struct value *value)
{
	return value_parse(arena, field, text, (struct span){0}, list, value);
}

static struct value value_of(const struct field *field, const char *text)
{
	struct value value = {0};

	cr_assert(parse(field, text, &value), "%s: %s", field->key, text);
	return value;
}

/* What has been appended to the list, "topoc: " and the last newline left out. */
static const char *said(void)
{
	char *text;
	const char *copy;
	size_t length;
	FILE *file = open_memstream(&text, &length);

	diagnostics_print(list, file, false);
	fclose(file);
	copy = length > 7 ? arena_copy(arena, text + 7, length - 8) : "";
	free(text);
	list = diagnostics_new(arena, NULL);
	return copy;
}

Test(value, reads_and_prints)
{
	static const struct {
		const struct field *field;
		const char *text, *printed;
	} cases[] = {
	        {&flag, "true", "true"},
	        {&flag, "false", "false"},
	        {&mtu, "68", "68"},
	        {&mtu, "65535", "65535"},
	        {&mtu, "0100", "100"},
	        {&mtu, "000000000001500", "1500"},
	        {&table, "main", "main"},
	        {&table, "254", "main"},
	        {&table, "100", "100"},
	        {&table, "4294967295", "4294967295"},
	        {&type, "blackhole", "blackhole"},
	        {&delay, "100ms", "100ms"},
	        {&delay, "1500ms", "1500ms"},
	        {&delay, "2000ms", "2s"},
	        {&delay, "15s", "15s"},
	        {&delay, "2m", "120s"},
	        {&delay, "2h", "7200s"},
	        {&mac, "02:00:00:00:00:01", "02:00:00:00:00:01"},
	        {&mac, "AA:bB:Cc:0D:0e:ff", "aa:bb:cc:0d:0e:ff"},
	        {&via, "10.0.0.1", "10.0.0.1"},
	        {&via, "2001:0DB8:0:0::0001", "2001:db8::1"},
	        {&via, "::ffff:10.0.0.1", "::ffff:10.0.0.1"},
	        {&address, "10.0.0.1/24", "10.0.0.1/24"},
	        {&address, "10.0.0.1", "10.0.0.1/32"},
	        {&address, "10.0.0.1/032", "10.0.0.1/32"},
	        {&address, "2001:db8::1/64", "2001:db8::1/64"},
	        {&address, "2001:db8::1", "2001:db8::1/128"},
	        {&to, "0.0.0.0/0", "0.0.0.0/0"},
	        {&to, "::/0", "::/0"},
	        {&label, "eth0:1", "eth0:1"},
	        {&label, "", ""},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct field *field = cases[i].field;
		struct value read = value_of(field, cases[i].text);
		const char *printed = value_print(arena, field, &read);
		struct value again = value_of(field, printed);

		cr_expect_eq(read.presence, GIVEN);
		cr_expect_str_eq(printed, cases[i].printed, "'%s' is printed as '%s'",
		                 cases[i].text, printed);
		cr_expect_eq(value_compare(field, &read, &again), 0, "%s", printed);
		cr_expect_str_empty(said());
	}
}

Test(value, refuses)
{
	static const struct {
		const struct field *field;
		const char *text, *message;
	} cases[] = {
	        {&flag, "maybe", "'up' cannot be 'maybe'; true or false"},
	        {&flag, "1", "'up' cannot be '1'; true or false"},
	        {&mtu, "", "'mtu' cannot be ''; a bare number from 68 to 65535"},
	        {&mtu, "67", "mtu must be from 68 to 65535"},
	        {&mtu, "65536", "mtu must be from 68 to 65535"},
	        {&mtu, "-1500", "'mtu' cannot be '-1500'; a bare number from 68 to 65535"},
	        {&mtu, "+1500", "'mtu' cannot be '+1500'; a bare number from 68 to 65535"},
	        {&mtu, " 1500", "'mtu' cannot be ' 1500'; a bare number from 68 to 65535"},
	        {&mtu, "1500b", "'mtu' cannot be '1500b'; a bare number from 68 to 65535"},
	        {&mtu, "0x5dc", "'mtu' cannot be '0x5dc'; a bare number from 68 to 65535"},
	        {&table, "mane",
	         "'table' cannot be 'mane'; a bare number from 1 to 4294967295, or one of main, "
	         "local"},
	        {&table, "0", "table must be from 1 to 4294967295"},
	        {&table, "4294967296", "table must be from 1 to 4294967295"},
	        {&type, "6", "'type' cannot be '6'; one of unicast, blackhole"},
	        {&delay, "10", "'delay' cannot be '10'; write 10s"},
	        {&delay, "s", "'delay' cannot be 's'; a duration, such as 15s or 500ms"},
	        {&delay, "1.5s", "'delay' cannot be '1.5s'; the units are ms, s, m and h"},
	        {&delay, "2 s", "'delay' cannot be '2 s'; the units are ms, s, m and h"},
	        {&delay, "150ms", "'delay' cannot be '150ms'; a multiple of 100ms"},
	        {&delay, "0s", "delay must be from 100ms to 7200s"},
	        {&delay, "3h", "delay must be from 100ms to 7200s"},
	        {&delay, "999999999999999h", "delay must be from 100ms to 7200s"},
	        {&mac, "02:00:00:00:00",
	         "'mac' cannot be '02:00:00:00:00'; six bytes, such as 02:00:00:00:00:01"},
	        {&mac, "02-00-00-00-00-01",
	         "'mac' cannot be '02-00-00-00-00-01'; six bytes, such as 02:00:00:00:00:01"},
	        {&mac, "02:00:00:00:00:0g",
	         "'mac' cannot be '02:00:00:00:00:0g'; six bytes, such as 02:00:00:00:00:01"},
	        {&mac, "01:00:5e:00:00:01",
	         "'mac' cannot be '01:00:5e:00:00:01'; a device's address is no multicast "
	         "address"},
	        {&mac, "00:00:00:00:00:00",
	         "'mac' cannot be '00:00:00:00:00:00'; a device's address is not all zeros"},
	        {&via, "10.0.0", "'via' cannot be '10.0.0'; an IPv4 or IPv6 address"},
	        {&via, "010.0.0.1", "'via' cannot be '010.0.0.1'; an IPv4 or IPv6 address"},
	        {&via, "fe80::1%eth0", "'via' cannot be 'fe80::1%eth0'; an IPv4 or IPv6 address"},
	        {&via, "10.0.0.1/24", "'via' cannot be '10.0.0.1/24'; write 10.0.0.1"},
	        {&address, "default",
	         "'address' cannot be 'default'; an address with a prefix length, such as "
	         "10.0.0.1/24"},
	        {&address, "10.0.0.1/33",
	         "'address' cannot be '10.0.0.1/33'; a prefix length from 0 to 32"},
	        {&address, "10.0.0.1/",
	         "'address' cannot be '10.0.0.1/'; a prefix length from 0 to 32"},
	        {&address, "10.0.0.1/255.255.255.0",
	         "'address' cannot be '10.0.0.1/255.255.255.0'; a prefix length from 0 to 32"},
	        {&address, "2001:db8::1/129",
	         "'address' cannot be '2001:db8::1/129'; a prefix length from 0 to 128"},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct value value = {.number = 42}, before = value;

		cr_expect_not(parse(cases[i].field, cases[i].text, &value), "%s", cases[i].text);
		cr_expect_arr_eq(&value, &before, sizeof value, "%s: touched", cases[i].text);
		cr_expect_str_eq(said(), arena_printf(arena, "error: %s", cases[i].message));
	}
}

Test(value, says_what_it_reads_other_words_as)
{
	static const struct {
		const char *text, *message;
	} cases[] = {
	        {"yes", "warning: 'yes' is read as true; write true"},
	        {"ON", "warning: 'ON' is read as true; write true"},
	        {"True", "warning: 'True' is read as true; write true"},
	        {"no", "warning: 'no' is read as false; write false"},
	        {"Off", "warning: 'Off' is read as false; write false"},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		value_of(&flag, cases[i].text);
		cr_expect_str_eq(said(), cases[i].message);
	}
}

Test(value, knows_how_a_prefix_was_written)
{
	cr_expect_not(value_of(&to, "10.0.0.1/32").bare);
	cr_expect(value_of(&to, "10.0.0.1").bare);
	cr_expect_eq(value_of(&to, "default").ip.family, 0);
	cr_expect_eq(value_of(&to, "::/0").ip.family, AF_INET6);
}

Test(value, compares)
{
	/* In ascending order; equal ones only with themselves. */
	static const struct {
		const struct field *field;
		const char *less, *more;
	} cases[] = {
	        {&flag, "false", "true"},
	        {&mtu, "999", "1000"},
	        {&table, "main", "local"},
	        {&delay, "1s", "1100ms"},
	        {&mac, "02:00:00:00:00:ff", "02:00:00:00:01:00"},
	        {&via, "10.0.0.1", "10.0.0.2"},
	        {&via, "10.0.0.1", "::1"},
	        {&address, "10.0.0.1/24", "10.0.0.1/25"},
	        {&label, "a", "ab"},
	};
	struct value absent = {0}, one = value_of(&mtu, "100"), two = value_of(&mtu, "200");

	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct field *field = cases[i].field;
		struct value a = value_of(field, cases[i].less), b = value_of(field, cases[i].more);

		cr_expect_lt(value_compare(field, &a, &b), 0, "%s %s", cases[i].less,
		             cases[i].more);
		cr_expect_gt(value_compare(field, &b, &a), 0, "%s %s", cases[i].more,
		             cases[i].less);
		cr_expect_eq(value_compare(field, &a, &a), 0, "%s", cases[i].less);
	}
	cr_expect_lt(value_compare(&mtu, &absent, &one), 0);
	cr_expect_gt(value_compare(&mtu, &one, &absent), 0);
	cr_expect_eq(value_compare(&mtu, &absent, &absent), 0);
	cr_expect_eq(value_compare(&either, &absent, &one), 0);
	cr_expect_neq(value_compare(&either, &one, &two), 0);
	one.presence = IMPLIED;
	cr_expect_eq(value_compare(&mtu, &one, &(struct value){.presence = GIVEN, .number = 100}),
	             0, "given or implied, it is the same value");
}

static struct value hops_of(const char *const *vias, size_t count)
{
	struct value value = {.presence = GIVEN, .list = {.count = count}};

	value.list.values = arena_alloc(arena, (count + 1) * COUNT(hop) * sizeof(struct value));
	for (size_t i = 0; i < count; i++)
		value.list.values[i * COUNT(hop)] = value_of(&via, vias[i]);
	list_sort(&hops, &value.list);
	return value;
}

Test(value, compares_lists_as_sets)
{
	struct value a = hops_of((const char *[]){"10.0.0.3", "10.0.0.1", "10.0.0.2"}, 3);
	struct value b = hops_of((const char *[]){"10.0.0.2", "10.0.0.3", "10.0.0.1"}, 3);
	struct value c = hops_of((const char *[]){"10.0.0.1", "10.0.0.2"}, 2);
	struct value d = hops_of((const char *[]){"10.0.0.1", "10.0.0.9"}, 2);
	struct value none = hops_of(NULL, 0);

	cr_expect_str_eq(value_print(arena, &hops, &a),
	                 "[via 10.0.0.1, via 10.0.0.2, via 10.0.0.3]");
	cr_expect_str_eq(value_print(arena, &hops, &none), "[]");
	cr_expect_eq(value_compare(&hops, &a, &b), 0);
	cr_expect_gt(value_compare(&hops, &a, &d), 0, "the longer one is the greater");
	cr_expect_lt(value_compare(&hops, &c, &d), 0);
	c.list.values[1] = (struct value){.presence = GIVEN, .text = "eth0"};
	d = hops_of((const char *[]){"10.0.0.1", "10.0.0.2"}, 2);
	cr_expect_eq(value_compare(&hops, &c, &d), 0, "FIELD_FREE holds for elements too");
	d.list.values[1] = (struct value){.presence = GIVEN, .text = "eth1"};
	cr_expect_lt(value_compare(&hops, &c, &d), 0);
}

static struct ip ip_of(const char *text)
{
	return value_of(&to, text).ip;
}

Test(ip, covers_and_network)
{
	static const struct {
		const char *prefix, *network, *inside, *outside;
	} cases[] = {
	        {"10.0.0.1/24", "10.0.0.0/24", "10.0.0.255", "10.0.1.0"},
	        {"10.0.0.129/25", "10.0.0.128/25", "10.0.0.128", "10.0.0.127"},
	        {"10.255.0.1/9", "10.128.0.0/9", "10.128.0.0", "10.127.255.255"},
	        {"10.0.0.1/32", "10.0.0.1/32", "10.0.0.1", "10.0.0.0"},
	        {"10.0.0.1/0", "0.0.0.0/0", "255.255.255.255", "::"},
	        {"2001:db8::ffff/64", "2001:db8::/64", "2001:db8::1", "2001:db8:0:1::"},
	        {"2001:db8::ff/121", "2001:db8::80/121", "2001:db8::80", "2001:db8::7f"},
	        {"2001:db8::1/128", "2001:db8::1/128", "2001:db8::1", "2001:db8::"},
	        {"::1/0", "::/0", "ffff::", "0.0.0.0"},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct ip prefix = ip_of(cases[i].prefix), network = ip_network(&prefix);
		struct ip expected = ip_of(cases[i].network);
		struct ip inside = ip_of(cases[i].inside), outside = ip_of(cases[i].outside);

		cr_expect(ip_equal(&network, &expected), "%s", cases[i].prefix);
		cr_expect(ip_covers(&prefix, &inside), "%s", cases[i].prefix);
		cr_expect(ip_covers(&network, &prefix), "%s", cases[i].prefix);
		cr_expect_not(ip_covers(&prefix, &outside), "%s", cases[i].prefix);
		cr_expect_eq(ip_full_length(&prefix), prefix.family == AF_INET ? 32 : 128);
	}
}

Test(ip, tells_apart)
{
	static const struct {
		const char *text;
		bool link_local;
	} cases[] = {{"fe80::1", true},
	             {"febf::1", true},
	             {"fec0::1", false},
	             {"fe7f::1", false},
	             {"169.254.0.1", false}};
	struct ip one = ip_of("10.0.0.1/24"), same = ip_of("10.0.0.1/24");
	struct ip longer = ip_of("10.0.0.1/25"), any4 = ip_of("0.0.0.0/0"), any6 = ip_of("::/0");

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct ip ip = ip_of(cases[i].text);

		cr_expect_eq(ip_is_link_local(&ip), cases[i].link_local, "%s", cases[i].text);
	}
	cr_expect(ip_equal(&one, &same));
	cr_expect_not(ip_equal(&one, &longer));
	cr_expect_not(ip_equal(&any4, &any6));
	cr_expect_str_eq(ip_print(arena, &one, true), "10.0.0.1/24");
	cr_expect_str_eq(ip_print(arena, &one, false), "10.0.0.1");
}
