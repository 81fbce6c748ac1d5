#define _GNU_SOURCE
#include "executor/nursery.h"
#include "own_run.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/vfs.h>
#include <unistd.h>

#define DIRECTORY "/run/lab"
#define NAMES     "/run/netns"

enum { MANY = 50, TEXT = 1 << 20 };

static void start(void)
{
	own_run(CLONE_NEWNET);
	cr_assert_eq(mkdir(DIRECTORY, 0755), 0);
	cr_assert_eq(mkdir(NAMES, 0755), 0);
}

TestSuite(nursery, .init = start);

static char *read_mounts(void)
{
	char *text = calloc(1, TEXT);
	FILE *file = fopen("/proc/self/mountinfo", "re");

	cr_assert_lt(fread(text, 1, TEXT, file), TEXT);
	fclose(file);
	return text;
}

static ino_t inode(const char *path)
{
	struct stat status;

	cr_assert_eq(stat(path, &status), 0, "%s: %s", path, strerror(errno));
	return status.st_ino;
}

static ino_t descriptor_inode(int descriptor)
{
	struct stat status;

	cr_assert_eq(fstat(descriptor, &status), 0);
	return status.st_ino;
}

/* Where a thread is. */
struct whereabouts {
	ino_t mounts, network, root;
	char working[4096];
	char *table;
};

static struct whereabouts look_around(void)
{
	struct whereabouts here = {
	        .mounts = inode("/proc/self/ns/mnt"),
	        .network = inode("/proc/thread-self/ns/net"),
	        .root = inode("/"),
	        .table = read_mounts(),
	};

	cr_assert_not_null(getcwd(here.working, sizeof(here.working)));
	return here;
}

static void assert_at(struct whereabouts *home)
{
	struct whereabouts here = look_around();

	cr_assert_eq(here.mounts, home->mounts);
	cr_assert_eq(here.network, home->network);
	cr_assert_eq(here.root, home->root);
	cr_assert_str_eq(here.working, home->working);
	cr_assert_str_eq(here.table, home->table);
	free(here.table);
	free(home->table);
}

static struct nursery *open_nursery(void)
{
	struct nursery *nursery = NULL;
	int error = nursery_open(&nursery);

	cr_assert_eq(error, 0, "%s", strerror(-error));
	return nursery;
}

static int add(struct nursery *nursery, const char *name)
{
	int descriptor = -1;
	int error = nursery_add(nursery, name, &descriptor);

	cr_assert_eq(error, 0, "%s: %s", name, strerror(-error));
	return descriptor;
}

static size_t count_entries(const char *directory)
{
	char command[256];
	size_t count = 0;
	FILE *list;

	snprintf(command, sizeof(command), "ls -A %s | wc -l", directory);
	list = popen(command, "re");
	cr_assert_eq(fscanf(list, "%zu", &count), 1);
	pclose(list);
	return count;
}

Test(nursery, goes_back_without_a_trace)
{
	struct whereabouts home;
	struct nursery *nursery;

	cr_assert_eq(chdir(DIRECTORY), 0);
	home = look_around();
	nursery = open_nursery();
	cr_assert_neq(inode("/proc/self/ns/mnt"), home.mounts);
	close(add(nursery, "a"));
	close(add(nursery, "b"));
	cr_assert_neq(inode("/proc/thread-self/ns/net"), home.network);
	nursery_close(nursery);
	cr_assert_eq(count_entries(DIRECTORY), 0);
	assert_at(&home);
	nursery_close(NULL);
}

/* Whoever builds in it reads and writes files as before. */
Test(nursery, hides_nothing)
{
	ino_t run = inode("/run");
	ino_t root = inode("/");
	struct nursery *nursery = open_nursery();

	cr_assert_eq(inode("/run"), run);
	cr_assert_eq(inode("/"), root);
	cr_assert_eq(chdir("/"), 0);
	cr_assert_eq(inode("."), root);
	cr_assert_eq(count_entries("/run"), 2);
	nursery_close(nursery);
}

Test(nursery, mounts_made_in_it_stay_there)
{
	struct whereabouts home = look_around();
	struct nursery *nursery = open_nursery();

	cr_assert_eq(mount("tmpfs", DIRECTORY, "tmpfs", 0, NULL), 0);
	nursery_close(nursery);
	assert_at(&home);
}

static void publish_many(const char *directory)
{
	struct nursery *nursery = open_nursery();
	ino_t mounts;

	for (int i = 0; i < MANY; i++) {
		char name[32];

		snprintf(name, sizeof(name), "node%d", i);
		close(add(nursery, name));
	}
	cr_assert_eq(nursery_publish(nursery, directory), 0);
	mounts = inode("/proc/self/ns/mnt");
	nursery_close(nursery);
	cr_assert_eq(inode("/proc/self/ns/mnt"), mounts);
}

static void assert_namespace(const char *path)
{
	int descriptor = open(path, O_RDONLY | O_CLOEXEC);
	struct statfs system;

	cr_assert_geq(descriptor, 0, "%s: %s", path, strerror(errno));
	cr_assert_eq(fstatfs(descriptor, &system), 0);
	cr_assert_eq(system.f_type, NSFS_MAGIC);
	cr_assert_eq(setns(descriptor, CLONE_NEWNET), 0);
	cr_assert_eq(inode("/proc/thread-self/ns/net"), descriptor_inode(descriptor));
	close(descriptor);
}

static void assert_many(void)
{
	int home = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);

	cr_assert_eq(count_entries(DIRECTORY), MANY);
	for (int i = 0; i < MANY; i++) {
		char path[64];

		snprintf(path, sizeof(path), DIRECTORY "/node%d", i);
		assert_namespace(path);
	}
	cr_assert_eq(setns(home, CLONE_NEWNET), 0);
	close(home);
}

Test(nursery, published_whole)
{
	ino_t network = inode("/proc/thread-self/ns/net");
	struct stat status;

	publish_many(DIRECTORY);
	cr_assert_eq(inode("/proc/thread-self/ns/net"), network);
	assert_many();
	cr_assert_eq(stat(DIRECTORY, &status), 0);
	cr_assert_eq(status.st_mode & 07777, 0755);
}

Test(nursery, published_in_a_directory_named_from_the_working_one)
{
	cr_assert_eq(chdir("/run"), 0);
	publish_many("lab");
	assert_many();
}

Test(nursery, descriptors_name_what_is_published)
{
	struct nursery *nursery = open_nursery();
	int a = add(nursery, "a");
	int b = add(nursery, "b");

	cr_assert(fcntl(a, F_GETFD) & FD_CLOEXEC);
	cr_assert_eq(inode("/proc/thread-self/ns/net"), descriptor_inode(b));
	cr_assert_eq(nursery_publish(nursery, DIRECTORY), 0);
	nursery_close(nursery);
	cr_assert_eq(inode(DIRECTORY "/a"), descriptor_inode(a));
	cr_assert_eq(inode(DIRECTORY "/b"), descriptor_inode(b));
	close(a);
	close(b);
}

Test(nursery, found_by_ip_netns)
{
	char command[] = "ip netns exec x true && ip -n x link show lo >/dev/null && "
	                 "ip netns list | grep -qx x";

	cr_assert_eq(symlink(DIRECTORY "/node7", NAMES "/x"), 0);
	publish_many(DIRECTORY);
	cr_assert_eq(system(command), 0);
}

Test(nursery, gone_with_one_unmount)
{
	char *before = read_mounts();
	char *after;

	publish_many(DIRECTORY);
	cr_assert_eq(umount2(DIRECTORY, MNT_DETACH), 0);
	after = read_mounts();
	cr_assert_str_eq(after, before);
	free(before);
	free(after);
}

/* Coming back must not lead out of a root that is not the mounts' own. */
Test(nursery, in_a_changed_root)
{
	struct whereabouts home;
	struct nursery *nursery;

	cr_assert_eq(mkdir("/run/jail", 0755), 0);
	cr_assert_eq(mount("tmpfs", "/run/jail", "tmpfs", 0, NULL), 0);
	cr_assert_eq(mkdir("/run/jail/proc", 0755) | mkdir("/run/jail/lab", 0755), 0);
	cr_assert_eq(mount("/proc", "/run/jail/proc", NULL, MS_BIND | MS_REC, NULL), 0);
	cr_assert_eq(chroot("/run/jail") | chdir("/lab"), 0);
	home = look_around();
	nursery = open_nursery();
	close(add(nursery, "a"));
	nursery_close(nursery);
	assert_at(&home);
	nursery = open_nursery();
	close(add(nursery, "a"));
	cr_assert_eq(nursery_publish(nursery, "/lab"), 0);
	nursery_close(nursery);
	assert_namespace("/lab/a");
}

/* Two trees, one beside the other, as a topology that grew has. */
Test(nursery, a_second_one)
{
	struct nursery *nursery;

	cr_assert_eq(mkdir("/run/more", 0755), 0);
	publish_many(DIRECTORY);
	nursery = open_nursery();
	close(add(nursery, "node0"));
	cr_assert_eq(nursery_publish(nursery, "/run/more"), 0);
	nursery_close(nursery);
	assert_many();
	assert_namespace("/run/more/node0");
}

/* A namespace of mounts that nobody holds any more is nobody's master. */
static void publish_where(unsigned long propagation)
{
	int master = open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC);

	cr_assert_eq(unshare(CLONE_NEWNS), 0);
	cr_assert_eq(mount(NULL, "/", NULL, MS_REC | propagation, NULL), 0);
	publish_many(DIRECTORY);
	assert_many();
	close(master);
}

Test(nursery, mounts_private)
{
	publish_where(MS_PRIVATE);
}

Test(nursery, mounts_slave)
{
	publish_where(MS_SLAVE);
}

Test(nursery, mounts_shared)
{
	publish_where(MS_SHARED);
}

/* Runs `body` in a child, whose mounts are a slave's of the caller's as they are now. */
static pid_t start_slave(int ready, int go, void (*body)(void))
{
	pid_t child = fork();
	char byte = 0;

	if (child)
		return child;
	if (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_SLAVE, NULL) ||
	    write(ready, &byte, 1) != 1 || read(go, &byte, 1) != 1)
		_exit(1);
	body();
	_exit(0);
}

static void exit_unless_there(void)
{
	struct statfs system;

	if (statfs(DIRECTORY "/node7", &system) || system.f_type != NSFS_MAGIC)
		_exit(2);
}

Test(nursery, seen_by_services_that_were_there_before)
{
	int ready[2], go[2];
	char byte = 0;
	pid_t child;

	cr_assert_eq(pipe2(ready, O_CLOEXEC) | pipe2(go, O_CLOEXEC), 0);
	child = start_slave(ready[1], go[0], exit_unless_there);
	cr_assert_eq(read(ready[0], &byte, 1), 1);
	publish_many(DIRECTORY);
	cr_assert_eq(write(go[1], &byte, 1), 1);
	cr_assert_eq(status_of(child), 0);
}

/* Builds a namespace that holds one end of a veth pair, says so, and waits to be killed. */
static void build_and_wait(int ready)
{
	struct nursery *nursery = NULL;
	int descriptor;
	char byte = 0;

	if (nursery_open(&nursery) || nursery_add(nursery, "a", &descriptor) ||
	    nursery_add(nursery, "b", &descriptor) || write(ready, &byte, 1) != 1)
		_exit(1);
	for (;;)
		pause();
}

static int wait_for_link(bool there)
{
	for (int i = 0; i < 500; i++) {
		if (!system("ip link show outer >/dev/null 2>&1") == there)
			return 0;
		usleep(20000);
	}
	return -ETIMEDOUT;
}

Test(nursery, killed_before_it_is_published)
{
	char *before = read_mounts();
	char command[128];
	int ready[2];
	char byte, *after;
	pid_t child;

	cr_assert_eq(pipe2(ready, O_CLOEXEC), 0);
	child = fork();
	if (child == 0)
		build_and_wait(ready[1]);
	cr_assert_eq(read(ready[0], &byte, 1), 1);
	snprintf(command, sizeof(command),
	         "ip link add outer type veth peer name inner netns %d 2>/dev/null", (int)child);
	if (system(command))
		cr_skip_test("no veth here");
	cr_assert_eq(wait_for_link(true), 0);
	cr_assert_eq(count_entries(DIRECTORY), 0);
	kill(child, SIGKILL);
	cr_assert_eq(waitpid(child, NULL, 0), child);
	cr_assert_eq(wait_for_link(false), 0);
	after = read_mounts();
	cr_assert_str_eq(after, before);
	cr_assert_eq(count_entries(DIRECTORY), 0);
	free(before);
	free(after);
}

Test(nursery, names)
{
	static const char *const bad[] = {"", ".", "..", "a/b", "/a"};
	struct nursery *nursery = open_nursery();
	ino_t network = inode("/proc/thread-self/ns/net");
	int descriptor = -1;

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		cr_assert_eq(nursery_add(nursery, bad[i], &descriptor), -EINVAL, "%s", bad[i]);
	cr_assert_eq(inode("/proc/thread-self/ns/net"), network);
	close(add(nursery, "a"));
	network = inode("/proc/thread-self/ns/net");
	cr_assert_eq(nursery_add(nursery, "a", &descriptor), -EEXIST);
	cr_assert_eq(inode("/proc/thread-self/ns/net"), network);
	cr_assert_eq(descriptor, -1);
	nursery_close(nursery);
}

Test(nursery, nowhere_to_publish)
{
	struct whereabouts home = look_around();
	struct nursery *nursery = open_nursery();
	int descriptor;

	close(add(nursery, "a"));
	cr_assert_eq(nursery_publish(nursery, "/run/missing"), -ENOENT);
	cr_assert_eq(inode("/proc/self/ns/mnt"), home.mounts);
	cr_assert_eq(nursery_publish(nursery, DIRECTORY), -EINVAL);
	cr_assert_eq(nursery_add(nursery, "b", &descriptor), -EINVAL);
	nursery_close(nursery);
	assert_at(&home);
}

Test(nursery, not_through_a_symbolic_link)
{
	struct nursery *nursery = open_nursery();

	cr_assert_eq(symlink(DIRECTORY, "/run/link"), 0);
	close(add(nursery, "a"));
	cr_assert_lt(nursery_publish(nursery, "/run/link"), 0);
	cr_assert_eq(count_entries(DIRECTORY), 0);
	nursery_close(nursery);
}
