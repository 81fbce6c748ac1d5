#include "../graph.h"
#include "../kinds.h"

static void complete(struct graph *graph, struct object *object)
{
	struct value *mtu = object_value(object, LINK_MTU);

	(void)graph;
	if (mtu->presence == IMPLIED)
		mtu->number = LOOPBACK_MTU;
}

const struct kind loopback_kind = {
        .name = "lo",
        .key = "lo",
        .doc = "the loopback's own attributes",
        .class = &link_class,
        .place = PLACE_NAMESPACE,
        .shape = SHAPE_SELF,
        .with_owner = true,
        .complete = complete,
};
