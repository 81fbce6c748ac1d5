/* Names: of topologies, namespaces, interfaces and sysctls. */
#include "parser/arena.h"
#include "parser/sysctl.h"
#include "parser/topology.h"

#include <criterion/criterion.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static struct arena *arena;

static void start(void)
{
	arena = arena_new();
}

static void end(void)
{
	arena_free(arena);
}

TestSuite(sysctl, .init = start, .fini = end);

static void expect_text(const char *got, const char *expected, const char *of)
{
	if (got && expected)
		cr_expect_str_eq(got, expected, "%s: got '%s', expected '%s'", of, got, expected);
	else
		cr_expect(!got && !expected, "%s: got '%s'", of, got ? got : "nothing");
}

Test(sysctl, path_and_device)
{
	static const struct {
		const char *name, *path, *device;
	} cases[] = {
	        {"net.ipv4.ip_forward", "net/ipv4/ip_forward", NULL},
	        {"net/ipv4/ip_forward", "net/ipv4/ip_forward", NULL},
	        {"net.ipv4.conf.eth0.rp_filter", "net/ipv4/conf/eth0/rp_filter", "eth0"},
	        {"net.ipv4.conf.eth0/10.rp_filter", "net/ipv4/conf/eth0.10/rp_filter", "eth0.10"},
	        {"net/ipv4/conf/eth0.10/rp_filter", "net/ipv4/conf/eth0.10/rp_filter", "eth0.10"},
	        {"net.ipv6.neigh.eth0.ucast_solicit", "net/ipv6/neigh/eth0/ucast_solicit", "eth0"},
	        {"net.mpls.conf.eth0.input", "net/mpls/conf/eth0/input", "eth0"},
	        {"net.ipv4.conf.all.rp_filter", "net/ipv4/conf/all/rp_filter", NULL},
	        {"net.ipv6.conf.default.mtu", "net/ipv6/conf/default/mtu", NULL},
	        {"net.ipv4.conf.all1.rp_filter", "net/ipv4/conf/all1/rp_filter", "all1"},
	        {"net.ipv4.conf.eth0", "net/ipv4/conf/eth0", NULL},
	        {"kernel.hostname", NULL, NULL},
	        {"network.x", NULL, NULL},
	        {"net", NULL, NULL},
	        {"net.", NULL, NULL},
	        {"", NULL, NULL},
	        {".net.ipv4", NULL, NULL},
	        {"net..ipv4", NULL, NULL},
	        {"net.ipv4.", NULL, NULL},
	        {"net/../kernel/hostname", NULL, NULL},
	        {"net.//.kernel.hostname", NULL, NULL},
	        {"net/ipv4/..", NULL, NULL},
	        {"net/./ipv4", NULL, NULL},
	        {"/net/ipv4/x", NULL, NULL},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		const char *path = sysctl_path(arena, cases[i].name);

		expect_text(path, cases[i].path, cases[i].name);
		if (path)
			expect_text(sysctl_device(arena, path), cases[i].device, cases[i].name);
	}
}

Test(sysctl, value)
{
	static const struct {
		const char *text, *canonical;
	} cases[] = {
	        {"1", "1"},
	        {"0", "0"},
	        {"  4096\t131072   6291456\n", "4096 131072 6291456"},
	        {"0x10", "16"},
	        {"020", "16"},
	        {"00", "0"},
	        {"08", "08"},
	        {"0x", "0x"},
	        {"-1", "-1"},
	        {"reno", "reno"},
	        {"0 0x7fffffff", "0 2147483647"},
	        {"8080,8081", "8080,8081"},
	        {"00000000-00000001", "00000000-00000001"},
	        {"", ""},
	        {" \n", ""},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		const char *once = sysctl_value(arena, cases[i].text);

		expect_text(once, cases[i].canonical, cases[i].text);
		expect_text(sysctl_value(arena, once), once, cases[i].text);
	}
}

Test(name, topology)
{
	static const char *const good[] = {"a", "A1", "left-right", "x_y.z", "0"};
	static const char *const bad[] = {"",    "-a",       "a-",    ".a",  "a.",
	                                  "_a",  "a_",       "a b",   "a/b", "a:b",
	                                  "a\n", "\xc3\xa9", "a\xc3", "..",  "a--"};
	char name[66];

	for (size_t i = 0; i < COUNT(good); i++)
		cr_expect(topology_name_valid(good[i]), "%s", good[i]);
	for (size_t i = 0; i < COUNT(bad); i++)
		cr_expect_not(topology_name_valid(bad[i]), "%s", bad[i]);
	memset(name, 'a', sizeof name);
	name[64] = '\0';
	cr_expect(topology_name_valid(name));
	memcpy(name + 64, "a", 2);
	cr_expect_not(topology_name_valid(name));
}

static const char blanks[] = "a name cannot have blanks or control characters in it";
static const char separators[] = "a name cannot have / or : in it";
static const char dots[] = "a name cannot be . or ..";
static const char dash[] = "a name cannot begin with -";
static const char missing[] = "a name is missing";

Test(name, namespace)
{
	static const char digits[] =
	        "a namespace's name cannot be digits only: ip netns reads a process id";
	static const struct {
		const char *name, *error;
	} cases[] = {
	        {"left", NULL},
	        {"h1", NULL},
	        {"1h", NULL},
	        {"...", NULL},
	        {"lo", NULL},
	        {"default", NULL},
	        {"a-very-very-very-very-long-name", NULL},
	        {"\xc3\xa9", NULL},
	        {"host", "'host' is the namespace that topoc runs in"},
	        {"12", digits},
	        {"0", digits},
	        {"", missing},
	        {".", dots},
	        {"..", dots},
	        {"-a", dash},
	        {"a/b", separators},
	        {"a:b", separators},
	        {"a b", blanks},
	        {"a\tb", blanks},
	        {"a\x7f", blanks},
	};
	char name[257];

	for (size_t i = 0; i < COUNT(cases); i++)
		expect_text(namespace_name_error(cases[i].name), cases[i].error, cases[i].name);
	memset(name, 'a', sizeof name);
	name[255] = '\0';
	expect_text(namespace_name_error(name), NULL, name);
	memcpy(name + 255, "a", 2);
	expect_text(namespace_name_error(name), "a namespace's name has at most 255 bytes", name);
}

Test(name, interface)
{
	static const char kernels[] = "the kernel uses this name itself";
	static const char long_one[] = "an interface's name has at most 15 bytes";
	static const struct {
		const char *name, *error;
	} cases[] = {
	        {"eth0", NULL},
	        {"eth0.10", NULL},
	        {"123", NULL},
	        {"host", NULL},
	        {"lo0", NULL},
	        {"fifteen-bytes-x", NULL},
	        {"sixteen-bytes-xx", long_one},
	        {"\xe5\xa5\xbd\xe5\xa5\xbd\xe5\xa5\xbd\xe5\xa5\xbd\xe5\xa5\xbd", NULL},
	        {"\xe5\xa5\xbd\xe5\xa5\xbd\xe5\xa5\xbd\xe5\xa5\xbd\xe5\xa5\xbdx", long_one},
	        {"lo", kernels},
	        {"all", kernels},
	        {"default", kernels},
	        {"eth%d", "a name cannot have % in it"},
	        {"\xc3\xa0", "the kernel takes a byte of it (0xa0) for a blank"},
	        {"", missing},
	        {".", dots},
	        {"..", dots},
	        {"-a", dash},
	        {"a/b", separators},
	        {"a:b", separators},
	        {"a b", blanks},
	        {"a\n", blanks},
	};

	for (size_t i = 0; i < COUNT(cases); i++)
		expect_text(interface_name_error(cases[i].name), cases[i].error, cases[i].name);
}
