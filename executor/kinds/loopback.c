#include "link.h"

#include "parser/kinds.h"

extern const struct codec loopback_codec;

const struct codec loopback_codec = {.kind = &loopback_kind, .transport = &link_transport};
