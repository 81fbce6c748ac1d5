/* Which topoc this is. CMakeLists.txt defines what the libraries were when it was built. */
#include "version.h"

#include "executor/feature.h"
#include "parser/kind.h"
#include "parser/yaml/yaml.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/utsname.h>

/* JANSSON_VERSION_HEX from where on the library itself can be asked. */
#define JANSSON_2_13 0x020d00

static const char *jansson(void)
{
#if JANSSON_VERSION_HEX >= JANSSON_2_13
	return jansson_version_str();
#else
	return JANSSON_VERSION;
#endif
}

static void print_library(const char *before, const char *name, const char *version,
                          const char *built)
{
	printf("%s%s %s", before, name, version);
	if (strcmp(version, built))
		printf(" (built with %s)", built);
}

/* libmnl cannot be asked. */
static void print_libraries(void)
{
	print_library("libraries: ", "libyaml", yaml_version(), TOPOC_YAML_VERSION);
	print_library(", ", "libmnl", TOPOC_MNL_VERSION, TOPOC_MNL_VERSION);
	print_library(", ", "jansson", jansson(), JANSSON_VERSION);
	putchar('\n');
}

static void print_kinds(void)
{
	for (const struct kind *const *kind = kinds; *kind; kind++)
		printf("%s%s", kind == kinds ? "kinds: " : ", ", (*kind)->name);
	putchar('\n');
}

/* A static program has no interpreter, whose address getauxval(3) would tell. */
static void print_build(void)
{
	printf("build: %s, %s, %s%s\n", TOPOC_COMPILER,
	       *TOPOC_BUILD ? TOPOC_BUILD : "no build type",
	       getauxval(AT_BASE) ? "dynamic" : "static", TOPOC_SANITIZED ? ", sanitized" : "");
}

/* The kernel, and what it lacks of what topoc needs. */
static void print_system(void)
{
	const char *missing = feature_missing();
	struct utsname system;

	if (uname(&system))
		return;
	printf("system: %s %s %s", system.sysname, system.release, system.machine);
	if (missing)
		printf(", which has no %s", missing);
	putchar('\n');
}

void version_print(void)
{
	puts("topoc " TOPOC_VERSION);
	print_libraries();
	print_kinds();
	print_build();
	print_system();
}
