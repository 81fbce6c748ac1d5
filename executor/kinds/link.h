/* What all kinds of device have on the wire, and how their own tables (wire.h) are written. */
#ifndef TOPOC_EXECUTOR_KINDS_LINK_H
#define TOPOC_EXECUTOR_KINDS_LINK_H

#include "../wire.h"

#include <linux/if_link.h>

extern const struct transport link_transport;

#define LAYOUT(wires)                                       \
	{                                                   \
		(wires), sizeof(wires) / sizeof *(wires), 0 \
	}

/* The path of what a kind of device has of its own. */
#define INFO_DATA                             \
	{                                     \
		IFLA_LINKINFO, IFLA_INFO_DATA \
	}

#endif
