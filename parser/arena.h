/* Memory that is freed all at once: one arena per compilation. */
#ifndef TOPOC_PARSER_ARENA_H
#define TOPOC_PARSER_ARENA_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

struct arena;

struct arena *arena_new(void);
void arena_free(struct arena *arena);

/*
 * Zeroed memory, aligned for pointers and 64-bit numbers, that lives until arena_free(). Never NULL:
 * a machine without memory ends the program with a message and status 1, save where there is a
 * reserve.
 */
void *arena_alloc(struct arena *arena, size_t size);

/*
 * Sets memory aside for when the machine has none left: twice what the arena has given until now,
 * so that whoever is half way can read, plan and put back what was done. False where there is none
 * to set aside.
 */
bool arena_reserve(struct arena *arena);

/* Whether the reserve is in use: time to put back what was begun, and to end. */
bool arena_is_short(const struct arena *arena);

/* A copy of `array` with room for `capacity` elements, of which the first `count` are copied. */
void *arena_grow(struct arena *arena, const void *array, size_t count, size_t capacity,
                 size_t element_size);

/*
 * Frees such memory where it is large, as that of arrays which have grown is; little stays until
 * the end.
 */
void arena_release(struct arena *arena, const void *memory);

/* A zero-terminated copy of `length` bytes. */
char *arena_copy(struct arena *arena, const char *text, size_t length);

/* The texts, up to a NULL, one behind the other. */
char *arena_join(struct arena *arena, ...) __attribute__((sentinel));

/* printf into the arena. */
char *arena_printf(struct arena *arena, const char *format, ...)
        __attribute__((format(printf, 2, 3)));
char *arena_vprintf(struct arena *arena, const char *format, va_list arguments)
        __attribute__((format(printf, 2, 0)));

#endif
