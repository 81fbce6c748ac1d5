/* Any bytes at all: yaml_read() reads them or tells why not, and what it read can be walked. */
#include "parser/yaml/yaml.h"
#include "parser/arena.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect(bool truth)
{
	if (!truth)
		abort();
}

static void check_round_trip(const char *text)
{
	struct arena *arena = arena_new();
	struct source source = {.path = "-"};
	struct diagnostics *diagnostics = diagnostics_new(arena, &source);
	char *quoted;
	const struct node *node;
	FILE *file = open_memstream(&quoted, &source.length);

	yaml_print_quoted(file, text);
	fclose(file);
	source.text = quoted;
	node = yaml_read(arena, &source, diagnostics);
	expect(node && node->type == NODE_SCALAR && strcmp(node->text, text) == 0);
	free(quoted);
	arena_free(arena);
}

/* Its nodes; the depth of its collections is what recursion reaches. */
static size_t check_node(const struct node *node, unsigned depth)
{
	size_t nodes = 1;

	expect(depth <= 64 && (node->told || (node->span.line && node->span.column)));
	if (node->type == NODE_SCALAR) {
		expect(node->text != NULL);
		return nodes;
	}
	for (size_t i = 0; i < node->count; i++) {
		const struct entry *entry = &node->entries[i];

		expect((entry->key != NULL) == (node->type == NODE_MAPPING));
		if (entry->key)
			expect(entry->key->type == NODE_SCALAR);
		nodes += check_node(entry->value, depth + (entry->value->type != NODE_SCALAR));
	}
	return nodes;
}

static const struct node *first_scalar(const struct node *node)
{
	while (node && node->type != NODE_SCALAR)
		node = node->count ? node->entries[0].value : NULL;
	return node;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new();
	struct source source = {"fuzz.yaml", (const char *)data, size};
	struct diagnostics *diagnostics = diagnostics_new(arena, &source);
	const struct node *root = yaml_read(arena, &source, diagnostics);
	size_t length;
	char *output;
	FILE *file = open_memstream(&output, &length);

	diagnostics_print(diagnostics, file, false);
	fclose(file);
	for (size_t i = 0; i < length; i++)
		expect(output[i] == '\n' || (unsigned char)output[i] >= 0x20);
	free(output);
	expect(root || diagnostics_count(diagnostics, SEVERITY_ERROR));
	if (root) {
		expect(check_node(root, root->type != NODE_SCALAR) <= size + 1000001);
		if (first_scalar(root))
			check_round_trip(first_scalar(root)->text);
	}
	arena_free(arena);
	return 0;
}
