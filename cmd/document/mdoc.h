/* Text as the language of man pages has it: mdoc(7). */
#ifndef TOPOC_CMD_DOCUMENT_MDOC_H
#define TOPOC_CMD_DOCUMENT_MDOC_H

#include <stdio.h>

/*
 * Prints plain text, whose paragraphs an empty line parts; each sentence begins a line, and the last
 * line ends.
 */
void mdoc_text(FILE *out, const char *text);

/* The same of a phrase, which gets a full stop; as a sentence it begins with a capital as well. */
void mdoc_phrase(FILE *out, const char *phrase);
void mdoc_sentence(FILE *out, const char *phrase);

/* A blank and a text that is one argument of a macro. */
void mdoc_argument(FILE *out, const char *text);

/* A blank, and the macro of an option by its long name. */
void mdoc_option(FILE *out, const char *name);

/* A verb's arguments, as help has them ("NAMESPACE [COMMAND...]"), each behind a blank. */
void mdoc_arguments(FILE *out, const char *arguments);

#endif
