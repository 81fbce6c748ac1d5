/*
 * bench-yaml-events FILE...: reads each file by libyaml's bare event loop, and does nothing with what
 * it says. What topoc's front end costs is measured beside it.
 */
#include <stdbool.h>
#include <stdio.h>
#include <yaml.h>

/* False where it is no YAML. */
static bool run(FILE *file)
{
	yaml_parser_t parser;
	bool good = yaml_parser_initialize(&parser);
	bool more = good;

	if (!good)
		return false;
	yaml_parser_set_input_file(&parser, file);
	while (more) {
		yaml_event_t event;

		good = yaml_parser_parse(&parser, &event);
		more = good && event.type != YAML_STREAM_END_EVENT;
		if (good)
			yaml_event_delete(&event);
	}
	yaml_parser_delete(&parser);
	return good;
}

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		FILE *file = fopen(argv[i], "re");
		bool good = file && run(file);

		if (file)
			(void)fclose(file);
		if (!good) {
			(void)fprintf(stderr, "bench-yaml-events: '%s' cannot be read\n", argv[i]);
			return 1;
		}
	}
	return 0;
}
