#define _GNU_SOURCE
#include "kernel.h"

#include "parser/arena.h"
#include "sysctl.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

/*
 * Up to two descriptors a namespace; the limit's soft half is often 1024. Returns how many there
 * are.
 */
static int raise_limit(void)
{
	struct rlimit limit, soft;

	if (getrlimit(RLIMIT_NOFILE, &soft))
		return INT_MAX;
	limit = (struct rlimit){soft.rlim_max, soft.rlim_max};
	if (setrlimit(RLIMIT_NOFILE, &limit))
		limit = soft;
	return limit.rlim_cur < INT_MAX ? (int)limit.rlim_cur : INT_MAX;
}

int kernel_open(struct kernel *kernel, struct arena *arena, const char *topology)
{
	int descriptor = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
	uint32_t index;

	*kernel = (struct kernel){.arena = arena, .topology = topology};
	kernel->sockets.high = raise_limit() - SPARE_DESCRIPTORS;
	kernel->sysctls = sysctl_view_open(false);
	if (!kernel->sysctls) {
		close(descriptor);
		return -ENOMEM;
	}
	return descriptor < 0 ? -errno : kernel_add(kernel, HOST, NULL, descriptor, &index);
}

static int compare_descriptors(const void *a, const void *b)
{
	return *(const int *)a - *(const int *)b;
}

static void close_run(int first, int last)
{
	if (!syscall(__NR_close_range, (unsigned)first, (unsigned)last, 0U)) /* as in enter.c */
		return;
	for (int i = first; i <= last; i++) /* a filter of system calls may not know it */
		close(i);
}

/* Of thousands most are neighbours: those go in one call. */
static void close_all(int *descriptors, size_t count)
{
	size_t first = 0;

	qsort(descriptors, count, sizeof *descriptors, compare_descriptors);
	for (size_t i = 1; i <= count; i++) {
		if (i < count && descriptors[i] == descriptors[i - 1] + 1)
			continue;
		close_run(descriptors[first], descriptors[i - 1]);
		first = i;
	}
}

static void close_spaces(struct kernel *kernel, size_t kept)
{
	int *descriptors = malloc(2 * kernel->count * sizeof *descriptors);
	size_t count = 0;

	while (kernel->count > kept) {
		const struct space *space = &kernel->spaces[--kernel->count];

		if (!descriptors) {
			netlink_close(space->netlink);
			close(space->descriptor);
			continue;
		}
		descriptors[count++] = space->descriptor;
		descriptors[count] = netlink_abandon(space->netlink);
		count += descriptors[count] >= 0;
	}
	if (count)
		close_all(descriptors, count);
	free(descriptors);
}

int kernel_forget(struct kernel *kernel)
{
	struct netlink *fresh;
	int error = kernel_leave(kernel);

	close_spaces(kernel, 1);
	if (!error)
		error = netlink_open_below(&fresh, kernel->sockets.high);
	if (error)
		return error;
	netlink_close(kernel->spaces[0].netlink);
	netlink_share(fresh, &kernel->sockets, kernel->spaces[0].descriptor);
	kernel->spaces[0].netlink = fresh;
	return 0;
}

void kernel_close(struct kernel *kernel)
{
	close_spaces(kernel, 0);
	sysctl_view_close(kernel->sysctls);
}

int kernel_enter(const struct space *space)
{
	return setns(space->descriptor, CLONE_NEWNET) ? -errno : 0;
}

int kernel_leave(const struct kernel *kernel)
{
	return kernel_enter(&kernel->spaces[0]);
}

uint32_t kernel_adopt(struct kernel *kernel, struct space space)
{
	netlink_share(space.netlink, &kernel->sockets, space.descriptor);
	if (kernel->count == kernel->capacity) {
		kernel->capacity = kernel->capacity ? kernel->capacity * 2 : 16;
		kernel->spaces = arena_grow(kernel->arena, kernel->spaces, kernel->count,
		                            kernel->capacity, sizeof *kernel->spaces);
	}
	kernel->spaces[kernel->count++] = space;
	return (uint32_t)kernel->count;
}

int kernel_add(struct kernel *kernel, const char *name, const char *path, int descriptor,
               uint32_t *index)
{
	struct space space = {.name = name, .path = path, .descriptor = descriptor};
	int error = netlink_open_below(&space.netlink, kernel->sockets.high);

	if (error)
		close(descriptor);
	else
		*index = kernel_adopt(kernel, space);
	return error;
}

struct space *kernel_space(const struct kernel *kernel, const struct object *object)
{
	return &kernel->spaces[object_namespace(object)->index - 1];
}

const struct object *kernel_device(const struct object *space, uint32_t index)
{
	const struct object *at = space->first_device;

	while (at && at->index != index)
		at = at->next_device;
	return at;
}
