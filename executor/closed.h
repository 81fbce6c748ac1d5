/* Variables that let go of what they hold when they go out of scope. */
#ifndef TOPOC_EXECUTOR_CLOSED_H
#define TOPOC_EXECUTOR_CLOSED_H

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define CLOSED      __attribute__((cleanup(close_descriptor))) /* a descriptor, or negative */
#define CLOSED_FILE __attribute__((cleanup(close_file)))       /* a FILE, or NULL */
#define FREED       __attribute__((cleanup(free_text)))

static inline void close_descriptor(const int *descriptor)
{
	int error = errno;

	if (*descriptor >= 0)
		close(*descriptor);
	errno = error; /* what the caller is about to tell */
}

static inline void close_file(FILE **file)
{
	if (*file)
		fclose(*file);
}

static inline void free_text(char **text)
{
	free(*text);
}

#endif
