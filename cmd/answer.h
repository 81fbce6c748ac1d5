/* The one object that --json prints (json.h says what is in it), gathered while a verb runs. */
#ifndef TOPOC_CMD_ANSWER_H
#define TOPOC_CMD_ANSWER_H

struct answer;
struct diagnostics;
struct json_t;

struct answer *answer_new(const char *verb);

void answer_add_diagnostics(struct answer *answer, const struct diagnostics *diagnostics);

/* Adds what is told of one topology; takes it over. */
void answer_add_topology(struct answer *answer, struct json_t *topology);

/*
 * Prints the object with that exit status and lets it go; after wrong usage it prints nothing.
 * Returns the status, or 1 where it could not be printed.
 */
int answer_end(struct answer *answer, int status);

#endif
