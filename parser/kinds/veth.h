/* Veths, one object an end: the fields that no other device has. */
#ifndef TOPOC_PARSER_KINDS_VETH_H
#define TOPOC_PARSER_KINDS_VETH_H

#include "../kinds.h"

enum veth_field { VETH_QUEUES = LINK_FIELDS, VETH_PEER };

extern const struct kind veth_kind;

#endif
