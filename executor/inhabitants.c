/* The processes that are in namespaces to be removed. */
#define _GNU_SOURCE
#include "session.h"

#include "parser/arena.h"

#include <ctype.h>
#include <dirent.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A namespace that goes, and who is in it: "123 (sshd), 124 (sh)". */
struct habitat {
	const struct object *space;
	ino_t inode;
	const char *processes;
};

static int compare_habitats(const void *left, const void *right)
{
	const struct habitat *a = left, *b = right;

	return (a->inode > b->inode) - (a->inode < b->inode);
}

static struct habitat *find_habitats(const struct kernel *kernel, const struct plan *plan,
                                     size_t *count)
{
	struct habitat *list = arena_alloc(kernel->arena, (plan->have->count + 1) * sizeof *list);

	*count = 0;
	for (size_t i = 0; i < plan->have->count; i++) {
		const struct object *space = plan->have->objects[i];
		struct stat status;

		if (space->owner || space->foreign ||
		    plan_item(plan, space)->action != ACTION_DESTROY ||
		    fstat(kernel_space(kernel, space)->descriptor, &status))
			continue;
		list[(*count)++] = (struct habitat){space, status.st_ino, ""};
	}
	if (*count)
		qsort(list, *count, sizeof *list, compare_habitats);
	return list;
}

/* The process's command, as ps(1) knows it. */
static const char *command_of(struct arena *arena, const char *pid)
{
	char text[64] = "";
	FILE *file = fopen(arena_printf(arena, "/proc/%s/comm", pid), "re");

	if (file && !fgets(text, sizeof text, file))
		text[0] = '\0';
	if (file)
		fclose(file);
	return arena_printf(arena, "%.*s", (int)strcspn(text, "\n"), text);
}

static void add_process(struct arena *arena, struct habitat *habitats, size_t count,
                        const char *pid, bool end)
{
	struct habitat key, *found;
	struct stat status;

	/* Whoever asks is in the host, even where that is one of them. */
	if (atoi(pid) == getpid() || stat(arena_printf(arena, "/proc/%s/ns/net", pid), &status))
		return;
	key.inode = status.st_ino;
	found = bsearch(&key, habitats, count, sizeof key, compare_habitats);
	if (!found)
		return;
	found->processes = arena_printf(arena, "%s%s%s (%s)", found->processes,
	                                *found->processes ? ", " : "", pid, command_of(arena, pid));
	if (end)
		kill(atoi(pid), SIGKILL);
}

void session_inhabitants(const struct kernel *kernel, const struct plan *plan, bool end,
                         struct diagnostics *diagnostics)
{
	size_t count;
	struct habitat *habitats = find_habitats(kernel, plan, &count);
	DIR *directory = count ? opendir("/proc") : NULL;

	for (struct dirent *entry; directory && (entry = readdir(directory));) {
		if (isdigit((unsigned char)entry->d_name[0]))
			add_process(kernel->arena, habitats, count, entry->d_name, end);
	}
	if (directory)
		closedir(directory);
	for (size_t i = 0; i < count; i++) {
		if (!*habitats[i].processes)
			continue;
		diagnose(diagnostics, SEVERITY_WARNING, (struct span){0},
		         end ? "ended in namespace '%s': %s"
		             : "still in namespace '%s', which lives on with them: %s",
		         habitats[i].space->name, habitats[i].processes);
		if (!end)
			diagnostic_hint(diagnostics, "kill ends them, and so does destroy --kill "
			                             "while the topology is there");
	}
}
