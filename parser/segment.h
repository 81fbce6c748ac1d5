/* Layer-2 segments of a graph, for its checks: which devices hear each other's frames. */
#ifndef TOPOC_PARSER_SEGMENT_H
#define TOPOC_PARSER_SEGMENT_H

#include "graph.h"

struct segment {
	size_t number;                 /* from 0, in the order of their first devices */
	const struct object **devices; /* of class link, in the order of the graph, a bridge itself
	                                  and its ports among them */
	size_t count;
	bool open; /* it reaches a device of the host that the file does not declare */
};

struct segments;

/*
 * The segments of a complete graph, in its arena. A device is joined to its peer, to the device
 * whose port it is and to the one beneath it, across namespaces; a loopback, and a device that is
 * not to be up, is alone. Takes near-linear time.
 */
struct segments *segments_find(const struct graph *graph);

/* The segment that an object of that graph is on; NULL for what is no device. */
const struct segment *segment_of(const struct segments *segments, const struct object *device);

size_t segments_count(const struct segments *segments);
const struct segment *segments_at(const struct segments *segments, size_t number);

#endif
