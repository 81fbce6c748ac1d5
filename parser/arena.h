/* Memory that is freed all at once: one arena per compilation. */
#ifndef TOPOC_PARSER_ARENA_H
#define TOPOC_PARSER_ARENA_H

#include <stdarg.h>
#include <stddef.h>

struct arena;

struct arena *arena_new(void);
void arena_free(struct arena *arena);

/*
 * Zeroed memory, aligned for any type, that lives until arena_free(). Never NULL: a machine without
 * memory ends the program with a message and status 1. Everything is allocated before the kernel is
 * touched, so that this leaves nothing half done.
 */
void *arena_alloc(struct arena *arena, size_t size);

/* A copy of `array` with room for `capacity` elements, of which the first `count` are copied. */
void *arena_grow(struct arena *arena, const void *array, size_t count, size_t capacity,
                 size_t element_size);

/* A zero-terminated copy of `length` bytes. */
char *arena_copy(struct arena *arena, const char *text, size_t length);

/* printf into the arena. */
char *arena_printf(struct arena *arena, const char *format, ...)
        __attribute__((format(printf, 2, 3)));
char *arena_vprintf(struct arena *arena, const char *format, va_list arguments)
        __attribute__((format(printf, 2, 0)));

#endif
