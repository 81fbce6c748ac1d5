/*
 * topoc-ping PINGS FIRST COMMAND [ARGUMENT...]
 *
 * Runs a command, and as soon as it has ended sends one echo request for each line of PINGS, all
 * but at once: `NAMESPACE ADDRESS`, where "host" is the namespace it is in itself, and a link-local
 * address has %DEVICE behind it. Line FIRST (from 0, round and round) comes first. None is sent
 * twice. Prints those that were not answered in five seconds; status 1 if there are any, 2 if it
 * never came to that.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <netinet/ip_icmp.h>
#include <poll.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { STATUS_LOST = 1, STATUS_TROUBLE = 2, PATIENCE_MS = 5000, MOST_PINGS = 256 };

struct ping {
	char space[64], address[64], device[IF_NAMESIZE];
	int family;
	union {
		struct sockaddr any;
		struct sockaddr_in v4;
		struct sockaddr_in6 v6;
	} to;
	int socket;
	int error; /* of sending */
	bool answered;
};

/* Echo request and reply have one form in both families (RFC 792, RFC 4443). */
struct echo {
	uint8_t type, code;
	uint16_t checksum, id, sequence;
};

static int open_space(const char *path)
{
	int descriptor = open(path, O_RDONLY | O_CLOEXEC);

	if (descriptor < 0)
		err(STATUS_TROUBLE, "%s", path);
	return descriptor;
}

static bool parse(const char *line, struct ping *ping)
{
	char *device;

	*ping = (struct ping){.socket = -1, .family = AF_INET};
	if (sscanf(line, "%63s %63s", ping->space, ping->address) != 2)
		return false;
	device = strchr(ping->address, '%');
	if (device) {
		*device = '\0';
		snprintf(ping->device, sizeof ping->device, "%s", device + 1);
	}
	if (inet_pton(AF_INET, ping->address, &ping->to.v4.sin_addr) == 1) {
		ping->to.v4.sin_family = AF_INET;
		return true;
	}
	ping->family = ping->to.v6.sin6_family = AF_INET6;
	return inet_pton(AF_INET6, ping->address, &ping->to.v6.sin6_addr) == 1;
}

static size_t read_pings(const char *path, struct ping *pings)
{
	FILE *file = fopen(path, "re");
	char line[256];
	size_t count = 0;

	if (!file)
		err(STATUS_TROUBLE, "%s", path);
	while (fgets(line, sizeof line, file)) {
		if (count == MOST_PINGS || !parse(line, &pings[count++]))
			errx(STATUS_TROUBLE, "%s: no ping: %s", path, line);
	}
	fclose(file);
	return count;
}

static void run(char **command)
{
	pid_t child = fork();
	int status;

	if (!child) {
		execvp(*command, command);
		_exit(127);
	}
	if (child < 0 || waitpid(child, &status, 0) < 0)
		err(STATUS_TROUBLE, "%s", *command);
	if (status)
		errx(STATUS_TROUBLE, "%s ended with status %#x", *command, (unsigned)status);
}

static void enter(int home, const char *space)
{
	char path[128];
	int descriptor = home;

	snprintf(path, sizeof path, "/run/netns/%s", space);
	if (strcmp(space, "host") != 0)
		descriptor = open_space(path);
	if (setns(descriptor, CLONE_NEWNET))
		err(STATUS_TROUBLE, "setns to %s", space);
	if (descriptor != home)
		close(descriptor);
}

/* The Internet checksum of what has an even length (RFC 1071). The kernel adds ICMPv6's itself. */
static uint16_t checksum(const struct echo *echo)
{
	uint16_t words[sizeof *echo / 2];
	uint32_t sum = 0;

	memcpy(words, echo, sizeof words);
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		sum += words[i];
	sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)(UINT16_MAX - (sum + (sum >> 16)));
}

static void send_ping(struct ping *ping, uint16_t id)
{
	bool is_v4 = ping->family == AF_INET;
	struct echo echo = {.type = is_v4 ? ICMP_ECHO : ICMP6_ECHO_REQUEST, .id = htons(id)};
	socklen_t length = is_v4 ? sizeof ping->to.v4 : sizeof ping->to.v6;

	ping->socket = socket(ping->family, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK,
	                      is_v4 ? IPPROTO_ICMP : IPPROTO_ICMPV6);
	if (ping->socket < 0)
		err(STATUS_TROUBLE, "a raw socket in %s", ping->space);
	if (*ping->device)
		ping->to.v6.sin6_scope_id = if_nametoindex(ping->device);
	echo.checksum = checksum(&echo);
	if (sendto(ping->socket, &echo, sizeof echo, 0, &ping->to.any, length) < 0)
		ping->error = errno;
}

/* A raw IPv4 socket has the packet's header before what it is about; and all that comes. */
static void take_answers(struct ping *ping, uint16_t id)
{
	uint8_t reply = ping->family == AF_INET ? ICMP_ECHOREPLY : ICMP6_ECHO_REPLY;
	struct echo echo;
	char packet[2048];
	ssize_t length;

	while ((length = recv(ping->socket, packet, sizeof packet, 0)) > 0) {
		size_t skipped = 0;

		if (ping->family == AF_INET)
			skipped = (size_t)(packet[0] & 0xf) * 4;
		if ((size_t)length < skipped + sizeof echo)
			continue;
		memcpy(&echo, packet + skipped, sizeof echo);
		if (echo.type == reply && ntohs(echo.id) == id)
			ping->answered = true;
	}
}

static long now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (long)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* How many were not answered. */
static size_t await(struct ping *pings, size_t count)
{
	long deadline = now_ms() + PATIENCE_MS;

	for (;;) {
		struct pollfd wanted[MOST_PINGS];
		long left = deadline - now_ms();
		size_t missing = 0;

		for (size_t i = 0; i < count; i++) {
			bool waits = !pings[i].answered;

			wanted[i] = (struct pollfd){waits ? pings[i].socket : -1, POLLIN, 0};
			missing += waits;
		}
		if (!missing || left <= 0 || poll(wanted, count, (int)left) < 0)
			return missing;
		for (size_t i = 0; i < count; i++) {
			if (wanted[i].revents)
				take_answers(&pings[i], (uint16_t)(i + 1));
		}
	}
}

int main(int argc, char **argv)
{
	static struct ping pings[MOST_PINGS];
	int home = open_space("/proc/self/ns/net");
	size_t count, first;

	if (argc < 4)
		errx(STATUS_TROUBLE, "usage: topoc-ping PINGS FIRST COMMAND [ARGUMENT...]");
	count = read_pings(argv[1], pings);
	first = strtoul(argv[2], NULL, 10);
	run(argv + 3);
	for (size_t i = 0; i < count; i++) {
		size_t at = (first + i) % count;

		enter(home, pings[at].space);
		send_ping(&pings[at], (uint16_t)(at + 1));
	}
	if (!await(pings, count))
		return 0;
	for (size_t i = 0; i < count; i++) {
		const struct ping *ping = &pings[i];

		if (!ping->answered)
			printf("lost: from %s to %s%s%s%s%s\n", ping->space, ping->address,
			       *ping->device ? " on " : "", ping->device, ping->error ? ": " : "",
			       ping->error ? strerror(ping->error) : "");
	}
	return STATUS_LOST;
}
