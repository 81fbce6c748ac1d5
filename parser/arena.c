#include "arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define POISONS 1
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define POISONS 1
#endif

/* Under AddressSanitizer a gap behind each allocation finds what runs over its end. */
#ifdef POISONS
#include <sanitizer/asan_interface.h>
#define GAP alignof(max_align_t)
#else
#define GAP                                   0
#define ASAN_POISON_MEMORY_REGION(at, size)   ((void)(at), (void)(size))
#define ASAN_UNPOISON_MEMORY_REGION(at, size) ((void)(at), (void)(size))
#endif

enum { CHUNK_SIZE = 64 * 1024, LEAST_RESERVE = 1 << 20, MOST_TEXTS = 256 };

struct chunk {
	struct chunk *next;
	size_t used;
	size_t size;
	max_align_t data[];
};

struct arena {
	struct chunk *chunks;  /* the first is the one that is filled */
	struct chunk *reserve; /* or NULL */
	size_t size;           /* of all chunks */
	bool is_short;         /* the reserve is in use */
};

static _Noreturn void out_of_memory(void)
{
	fputs("topoc: error: out of memory\n", stderr);
	exit(1);
}

/* NULL where there is no memory. */
static struct chunk *chunk_new(size_t size)
{
	struct chunk *chunk = NULL;

	if (size <= PTRDIFF_MAX - sizeof(*chunk))
		chunk = calloc(1, sizeof(*chunk) + size);
	if (!chunk)
		return NULL;
	chunk->size = size;
	ASAN_POISON_MEMORY_REGION(chunk->data, size);
	return chunk;
}

/* Makes it the chunk that is filled. */
static void add_chunk(struct arena *arena, struct chunk *chunk)
{
	chunk->next = arena->chunks;
	arena->chunks = chunk;
	arena->size += chunk->size;
}

static void *chunk_take(struct chunk *chunk, size_t size, size_t padded)
{
	void *memory = (char *)chunk->data + chunk->used;

	chunk->used += padded;
	ASAN_UNPOISON_MEMORY_REGION(memory, size);
	return memory;
}

struct arena *arena_new(void)
{
	struct arena *arena = calloc(1, sizeof(*arena));
	struct chunk *chunk = arena ? chunk_new(CHUNK_SIZE) : NULL;

	if (!chunk)
		out_of_memory();
	add_chunk(arena, chunk);
	return arena;
}

static void free_chunks(struct chunk *chunk)
{
	while (chunk) {
		struct chunk *next = chunk->next;

		ASAN_UNPOISON_MEMORY_REGION(chunk->data, chunk->size);
		free(chunk);
		chunk = next;
	}
}

void arena_free(struct arena *arena)
{
	if (!arena)
		return;
	free_chunks(arena->chunks);
	free_chunks(arena->reserve);
	free(arena);
}

bool arena_reserve(struct arena *arena)
{
	if (!arena->reserve && !arena->is_short)
		arena->reserve = chunk_new(2 * arena->size + LEAST_RESERVE);
	return arena->reserve != NULL;
}

bool arena_is_short(const struct arena *arena)
{
	return arena->is_short;
}

/* Memory that begins the reserve, where it is large enough. */
static void *take_reserve(struct arena *arena, size_t size, size_t padded)
{
	struct chunk *chunk = arena->reserve;

	if (!chunk || padded > chunk->size)
		out_of_memory();
	arena->reserve = NULL;
	arena->is_short = true;
	add_chunk(arena, chunk);
	return chunk_take(chunk, size, padded);
}

void *arena_alloc(struct arena *arena, size_t size)
{
	const size_t align = alignof(max_align_t);
	struct chunk *chunk = arena->chunks;
	size_t padded;

	if (size > PTRDIFF_MAX - 2 * align)
		out_of_memory();
	padded = (size + align - 1) / align * align + GAP;
	if (padded <= chunk->size - chunk->used)
		return chunk_take(chunk, size, padded);
	if (padded > CHUNK_SIZE / 4) {
		/* One of its own, behind the first, whose rest stays in use. */
		struct chunk *large = chunk_new(padded);

		if (!large)
			return take_reserve(arena, size, padded);
		large->next = chunk->next;
		chunk->next = large;
		arena->size += padded;
		return chunk_take(large, size, padded);
	}
	chunk = chunk_new(CHUNK_SIZE);
	if (!chunk)
		return take_reserve(arena, size, padded);
	add_chunk(arena, chunk);
	return chunk_take(chunk, size, padded);
}

void *arena_grow(struct arena *arena, const void *array, size_t count, size_t capacity,
                 size_t element_size)
{
	size_t size;
	void *copy;

	if (__builtin_mul_overflow(capacity, element_size, &size))
		out_of_memory();
	copy = arena_alloc(arena, size);
	if (count)
		memcpy(copy, array, count * element_size);
	return copy;
}

char *arena_copy(struct arena *arena, const char *text, size_t length)
{
	char *copy;

	if (length == SIZE_MAX)
		out_of_memory();
	copy = arena_alloc(arena, length + 1);
	if (length)
		memcpy(copy, text, length);
	return copy;
}

char *arena_printf(struct arena *arena, const char *format, ...)
{
	va_list arguments;
	char *text;

	va_start(arguments, format);
	text = arena_vprintf(arena, format, arguments);
	va_end(arguments);
	return text;
}

char *arena_vprintf(struct arena *arena, const char *format, va_list arguments)
{
	char most[MOST_TEXTS]; /* so that they need not be printed twice */
	va_list again;
	char *text;
	int length;

	va_copy(again, arguments);
	length = vsnprintf(most, sizeof most, format, arguments);
	if (length < 0) /* past INT_MAX bytes; or a wide character, which nothing here prints */
		out_of_memory();
	text = arena_alloc(arena, (size_t)length + 1);
	if ((size_t)length < sizeof most)
		memcpy(text, most, (size_t)length);
	else
		vsnprintf(text, (size_t)length + 1, format, again);
	va_end(again);
	return text;
}
