/* UTF-8, decoded without regard to the locale, which may be C. */
#ifndef TOPOC_PARSER_UTF8_H
#define TOPOC_PARSER_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The bytes that the first character of `text` takes, with its code in *code; 0, with *code
 * untouched, where there is none: no text, an overlong form, a surrogate, past U+10FFFF.
 */
size_t utf8_decode(const char *text, size_t length, uint32_t *code);

/*
 * Whether a terminal shows the character as what it is; not: control, format and direction
 * characters, and blanks other than the space.
 */
bool utf8_is_printable(uint32_t code);

/* The columns a terminal gives to a printable character: 0, 1 or 2. */
unsigned utf8_width(uint32_t code);

/*
 * The bytes of the line break at the start of `text`, or 0. What YAML 1.1 counts as a line ends in
 * one: LF, CR, CR LF, U+0085, U+2028, U+2029.
 */
size_t utf8_line_break(const char *text, size_t length);

/* The bytes of a byte order mark at the start of `text`: 3 or 0. */
size_t utf8_bom(const char *text, size_t length);

#endif
