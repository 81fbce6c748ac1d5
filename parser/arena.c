#include "arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

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
#define GAP        alignof(max_align_t)
#define TEXT_ALIGN alignof(max_align_t)
#else
#define GAP                                   0
#define TEXT_ALIGN                            1
#define ASAN_POISON_MEMORY_REGION(at, size)   ((void)(at), (void)(size))
#define ASAN_UNPOISON_MEMORY_REGION(at, size) ((void)(at), (void)(size))
#endif

enum {
	CHUNK_SIZE = 64 * 1024,  /* at least; a multiple of any page's size */
	HUGE_SIZE = 2 << 20,     /* a huge page's */
	SINGLE_SIZE = 256 << 10, /* from here on a chunk for itself, so that it can be released */
	LEAST_RESERVE = 1 << 20,
	MOST_TEXTS = 256,
};

struct chunk {
	struct chunk *next;
	size_t used;
	size_t size;
	bool is_single; /* it is of one allocation */
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

/* To a multiple of a power of two. */
static size_t round_up(size_t size, size_t unit)
{
	return (size + unit - 1) & ~(unit - 1);
}

/*
 * Room for at least `size` bytes; NULL where there is no memory. Pages of the kernel's are zero as
 * they are. Huge ones have to be asked for before anything is written; since Linux 6.7 what fills
 * such pages is put where they can be used.
 */
static struct chunk *chunk_new(size_t size, bool is_huge)
{
	struct chunk *chunk;

	if (size > PTRDIFF_MAX - HUGE_SIZE)
		return NULL;
	size += sizeof(*chunk);
	if (is_huge)
		size = round_up(size, HUGE_SIZE);
	chunk = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (chunk == MAP_FAILED)
		return NULL;
	if (is_huge)
		madvise(chunk, size, MADV_HUGEPAGE);
	chunk->size = size - sizeof(*chunk);
	ASAN_POISON_MEMORY_REGION(chunk->data, chunk->size);
	return chunk;
}

/* How large the next chunk is: they grow with the arena, so that they are few. */
static size_t next_size(const struct arena *arena)
{
	size_t size = arena->size / 4;

	return round_up(size < CHUNK_SIZE ? CHUNK_SIZE : size, CHUNK_SIZE) - sizeof(struct chunk);
}

/* Makes it the chunk that is filled. */
static void add_chunk(struct arena *arena, struct chunk *chunk)
{
	chunk->next = arena->chunks;
	arena->chunks = chunk;
	arena->size += chunk->size;
}

static bool chunk_has(const struct chunk *chunk, size_t size, size_t align)
{
	return round_up(chunk->used, align) + size + GAP <= chunk->size;
}

/* What it has room for. */
static void *chunk_take(struct chunk *chunk, size_t size, size_t align)
{
	size_t at = round_up(chunk->used, align);
	void *memory = (char *)chunk->data + at;

	chunk->used = at + size + GAP;
	ASAN_UNPOISON_MEMORY_REGION(memory, size);
	return memory;
}

struct arena *arena_new(void)
{
	struct arena *arena = calloc(1, sizeof(*arena));
	struct chunk *chunk = arena ? chunk_new(next_size(arena), false) : NULL;

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
		munmap(chunk, sizeof(*chunk) + chunk->size);
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
		arena->reserve = chunk_new(2 * arena->size + LEAST_RESERVE, false);
	return arena->reserve != NULL;
}

bool arena_is_short(const struct arena *arena)
{
	return arena->is_short;
}

/* Memory that begins the reserve, where it is large enough. */
static void *take_reserve(struct arena *arena, size_t size)
{
	struct chunk *chunk = arena->reserve;

	if (!chunk || !chunk_has(chunk, size, 1))
		out_of_memory();
	arena->reserve = NULL;
	arena->is_short = true;
	add_chunk(arena, chunk);
	return chunk_take(chunk, size, 1);
}

/*
 * From a new chunk, which is one of its own for what is large: then the rest of the first stays in
 * use.
 */
static void *take_anew(struct arena *arena, size_t size)
{
	bool is_large = size > CHUNK_SIZE / 4;
	size_t room = is_large ? size + GAP : next_size(arena);
	struct chunk *chunk = chunk_new(room, room >= HUGE_SIZE / 2);

	if (!chunk)
		return take_reserve(arena, size);
	add_chunk(arena, chunk);
	chunk->is_single = is_large;
	if (is_large) {
		arena->chunks = chunk->next;
		chunk->next = arena->chunks->next;
		arena->chunks->next = chunk;
	}
	return chunk_take(chunk, size, 1);
}

static void *take(struct arena *arena, size_t size, size_t align)
{
	if (size > PTRDIFF_MAX / 2)
		out_of_memory();
	/* Once there is no memory left, all is in the reserve. */
	if ((size < SINGLE_SIZE || arena->is_short) && chunk_has(arena->chunks, size, align))
		return chunk_take(arena->chunks, size, align);
	return take_anew(arena, size);
}

void *arena_alloc(struct arena *arena, size_t size)
{
	return take(arena, size, alignof(uint64_t));
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

void arena_release(struct arena *arena, const void *memory)
{
	for (struct chunk **at = &arena->chunks; *at; at = &(*at)->next) {
		struct chunk *chunk = *at;

		if (chunk->data != memory || !chunk->is_single)
			continue;
		*at = chunk->next;
		arena->size -= chunk->size;
		chunk->next = NULL;
		free_chunks(chunk);
		return;
	}
}

char *arena_copy(struct arena *arena, const char *text, size_t length)
{
	char *copy;

	if (length == SIZE_MAX)
		out_of_memory();
	copy = take(arena, length + 1, TEXT_ALIGN);
	if (length)
		memcpy(copy, text, length);
	return copy;
}

char *arena_join(struct arena *arena, ...)
{
	size_t length = 0;
	va_list texts, again;
	char *joined, *end;

	va_start(texts, arena);
	va_copy(again, texts);
	for (const char *text; (text = va_arg(texts, const char *));)
		length += strlen(text);
	joined = end = take(arena, length + 1, TEXT_ALIGN);
	for (const char *text; (text = va_arg(again, const char *));)
		end = stpcpy(end, text);
	va_end(again);
	va_end(texts);
	return joined;
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
	text = take(arena, (size_t)length + 1, TEXT_ALIGN);
	if ((size_t)length < sizeof most)
		memcpy(text, most, (size_t)length);
	else
		vsnprintf(text, (size_t)length + 1, format, again);
	va_end(again);
	return text;
}
