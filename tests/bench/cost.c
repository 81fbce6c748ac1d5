/*
 * bench-cost FILE COMMAND...: runs a command and writes to FILE what it and its children cost:
 * seconds of wall, user and system time, peak memory in KiB, status. By a program of its own, since
 * a process inherits the peak of the one that starts it (fs/exec.c, setmax_mm_hiwater_rss()).
 */
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double since(const struct timespec *start)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)(now.tv_sec - start->tv_sec) + 1e-9 * (double)(now.tv_nsec - start->tv_nsec);
}

static double seconds(struct timeval time)
{
	return (double)time.tv_sec + 1e-6 * (double)time.tv_usec;
}

int main(int count, char **arguments)
{
	struct timespec start;
	struct rusage usage;
	int status = 0;
	double wall;
	pid_t child;
	FILE *file;

	if (count < 3)
		return 64;
	clock_gettime(CLOCK_MONOTONIC, &start);
	child = fork();
	if (!child) {
		execvp(arguments[2], arguments + 2);
		_exit(127);
	}
	if (child < 0 || wait4(child, &status, 0, &usage) != child)
		return 1;
	wall = since(&start);
	file = fopen(arguments[1], "w");
	if (!file)
		return 1;
	fprintf(file, "%f %f %f %ld\n", wall, seconds(usage.ru_utime), seconds(usage.ru_stime),
	        usage.ru_maxrss);
	fclose(file);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
