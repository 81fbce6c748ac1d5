#define _GNU_SOURCE
#include "limits.h"

#include "closed.h"
#include "kernel.h"
#include "parser/arena.h"
#include "parser/kinds.h"

#include <string.h>
#include <sys/socket.h>

/* What a plan needs, in numbers. */
enum need { OPEN_FILES, MOUNTS, NAMESPACES, NEIGHBOURS_IPV4, NEIGHBOURS_IPV6, MEMORY, NEEDS };

enum {
	MANY_NAMESPACES = 100,
	USUAL_NEIGHBOURS = 1024, /* net/ipv4/arp.c and net/ipv6/ndisc.c, gc_thresh3 */
	/* KiB of the kernel's memory (Slab and Percpu of /proc/meminfo), as measured on Linux 6.18 */
	NAMESPACE_MEMORY = 260,
	DEVICE_MEMORY = 60,
	MUCH_MEMORY = 64, /* MiB */
	KIB_PER_MIB = 1024,
};

struct limit {
	enum severity severity;
	size_t most;            /* that no system is short of: not to be read */
	const char *file, *key; /* where it stands: the number behind the key, or the first */
	size_t unit;            /* of what is needed, in what is read there */
	const char *used;       /* a file that has a line for each that there is already; or NULL */
	const char *need, *have;
	const char *remedy; /* before the number to raise it to; or NULL */
};

static const struct limit limits[] = {
        [OPEN_FILES] = {SEVERITY_ERROR, MANY_NAMESPACES + SPARE_DESCRIPTORS, "self/limits",
                        "Max open files", 1, NULL, "open files are needed", "are allowed",
                        "ulimit -n "},
        [MOUNTS] = {SEVERITY_ERROR, MANY_NAMESPACES, "sys/fs/mount-max", "", 1, "self/mountinfo",
                    "mounts are needed", "are allowed", "sudo sysctl fs.mount-max="},
        [NAMESPACES] = {SEVERITY_ERROR, MANY_NAMESPACES, "sys/user/max_net_namespaces", "", 1, NULL,
                        "network namespaces are needed", "are allowed",
                        "sudo sysctl user.max_net_namespaces="},
        [NEIGHBOURS_IPV4] = {SEVERITY_WARNING, USUAL_NEIGHBOURS,
                             "sys/net/ipv4/neigh/default/gc_thresh3", "", 1, NULL,
                             "devices have IPv4 addresses",
                             "neighbours are kept in all namespaces together",
                             "sudo sysctl net.ipv4.neigh.default.gc_thresh3="},
        [NEIGHBOURS_IPV6] = {SEVERITY_WARNING, USUAL_NEIGHBOURS,
                             "sys/net/ipv6/neigh/default/gc_thresh3", "", 1, NULL,
                             "devices have IPv6 addresses",
                             "neighbours are kept in all namespaces together",
                             "sudo sysctl net.ipv6.neigh.default.gc_thresh3="},
        [MEMORY] = {SEVERITY_WARNING, MUCH_MEMORY, "meminfo", "MemAvailable:", KIB_PER_MIB, NULL,
                    "MiB of memory are needed", "MiB are available", NULL},
};

/* Of what is alive at once: what is removed goes last. */
struct tally {
	size_t spaces, new_spaces, new_devices, devices_ipv4, devices_ipv6;
};

static bool has_address(const struct object *device, uint8_t family)
{
	const struct object *at = device->first_owned;

	while (at && !(at->kind == &address_kind &&
	               object_value(at, ADDRESS_ADDRESS)->ip.family == family))
		at = at->next_owned;
	return at;
}

static void tally_space(struct tally *tally, const struct item *item)
{
	bool is_new = item->action == ACTION_CREATE || item->action == ACTION_REPLACE;

	tally->spaces += is_new && item->have ? 2 : 1;
	tally->new_spaces += is_new;
}

static void tally_device(struct tally *tally, const struct item *item)
{
	if (!item->want || item->want->kind->with_owner)
		return;
	tally->new_devices += item->action == ACTION_CREATE || item->action == ACTION_REPLACE;
	tally->devices_ipv4 += has_address(item->want, AF_INET);
	tally->devices_ipv6 += has_address(item->want, AF_INET6);
}

static struct tally count(const struct plan *plan)
{
	struct tally tally = {0};

	for (size_t i = 0; i < plan->count; i++) {
		const struct item *item = &plan->items[i];
		const struct object *object = item->want ? item->want : item->have;

		if (object_is_host(object) || object->foreign)
			continue;
		if (object->kind == &namespace_kind)
			tally_space(&tally, item);
		else if (object->kind->class == &link_class)
			tally_device(&tally, item);
	}
	return tally;
}

/* SIZE_MAX where there is none. */
static size_t read_number(struct arena *arena, const char *proc, const struct limit *limit)
{
	CLOSED_FILE FILE *file = fopen(arena_printf(arena, "%s/%s", proc, limit->file), "re");
	size_t length = strlen(limit->key), number;
	char line[256];

	while (file && fgets(line, sizeof line, file)) {
		if (!strncmp(line, limit->key, length) &&
		    sscanf(line + length, "%zu", &number) == 1)
			return number / limit->unit;
	}
	return SIZE_MAX;
}

static size_t count_lines(struct arena *arena, const char *proc, const char *name)
{
	CLOSED_FILE FILE *file = fopen(arena_printf(arena, "%s/%s", proc, name), "re");
	size_t lines = 0;

	for (int c = 0; file && c != EOF; c = getc_unlocked(file))
		lines += c == '\n';
	return lines;
}

/* A power of two, and at least a quarter more: others need some, too. */
static size_t ample(size_t need)
{
	size_t number = 1;

	while (number < need + need / 4)
		number *= 2;
	return number;
}

static void check(const struct limit *limit, size_t need, struct arena *arena, const char *proc,
                  struct diagnostics *diagnostics)
{
	size_t have;

	if (need <= limit->most)
		return;
	have = read_number(arena, proc, limit);
	if (limit->used && have != SIZE_MAX)
		need += count_lines(arena, proc, limit->used);
	if (need <= have)
		return;
	diagnose(diagnostics, limit->severity, (struct span){0}, "%zu %s, and %zu %s", need,
	         limit->need, have, limit->have);
	if (limit->remedy)
		diagnostic_hint(diagnostics, "raise that: `%s%zu`", limit->remedy, ample(need));
}

void limits_check(const struct plan *plan, const char *proc, struct diagnostics *diagnostics)
{
	struct tally tally = count(plan);
	size_t needs[NEEDS] = {
	        [OPEN_FILES] = tally.new_spaces ? tally.spaces + SPARE_DESCRIPTORS : 0,
	        [MOUNTS] = tally.new_spaces + 1, /* and the tree that they are in */
	        [NAMESPACES] = tally.new_spaces ? tally.spaces : 0,
	        [NEIGHBOURS_IPV4] = tally.devices_ipv4,
	        [NEIGHBOURS_IPV6] = tally.devices_ipv6,
	        [MEMORY] =
	                (tally.new_spaces * NAMESPACE_MEMORY + tally.new_devices * DEVICE_MEMORY) /
	                KIB_PER_MIB,
	};

	if (!tally.new_spaces && !tally.new_devices)
		return;
	for (size_t i = 0; i < NEEDS; i++)
		check(&limits[i], needs[i], plan->arena, proc, diagnostics);
}
