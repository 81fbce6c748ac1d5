/* A kind that topoc does not have: what it takes to add one. README.md goes through it. */
#ifndef TOPOC_TESTS_MACVLAN_H
#define TOPOC_TESTS_MACVLAN_H

#include "parser/kinds.h"

enum macvlan_field { MACVLAN_LINK = LINK_FIELDS, MACVLAN_MODE };

extern const struct kind macvlan_kind;

#endif
