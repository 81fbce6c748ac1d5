/* The keys of the language, told from the tables that the parser reads them by. */
#ifndef TOPOC_CMD_LANGUAGE_H
#define TOPOC_CMD_LANGUAGE_H

#include <stdbool.h>

/* A key that may stand in a topology file. */
struct language_key {
	const char *key;
	const char *doc;      /* what it means */
	const char *type;     /* what may stand under it, in words */
	const char *fallback; /* what it is where it is left out; NULL: nothing */
	bool is_required;
	bool is_section; /* objects stand under it, or the one that has the key's name */
	bool is_inner;   /* a key of the list that was told last */
};

/* Those at the top of a file that are of no kind. */
enum { TOP_NAME, TOP_HOST, TOP_OTHERS };
extern const struct language_key language_top[];

/* Who is told of the language, in which form. Texts live as long as the call. */
struct language_teller {
	/* The keys that follow may stand here: "In a namespace". */
	void (*place)(void *context, const char *where);
	void (*key)(void *context, const struct language_key *key);
};

/* Tells of every key that a topology file may have. */
void language_tell(const struct language_teller *teller, void *context);

/* The same as text. */
void language_print(void);

#endif
