#include "../graph.h"
#include "../kinds.h"

static const struct field fields[] = {
        [NAMESPACE_FORWARDING] = {.key = "forwarding",
                                  .type = TYPE_BOOL,
                                  .synonyms = "ip_forward forward ip-forward router",
                                  .flags = FIELD_IGNORED,
                                  .doc = "whether it forwards IPv4 and IPv6 packets"},
        [NAMESPACE_NAMED] = {.key = "name",
                             .type = TYPE_BOOL,
                             .flags = FIELD_HIDDEN,
                             .fallback = "true",
                             .doc = "whether its name stands in /run/netns"},
};

/* `forwarding` is a short word for two sysctls. */
static void expand(struct graph *graph, struct object *object, struct diagnostics *diagnostics)
{
	static const char *const names[] = {"net/ipv4/ip_forward", "net/ipv6/conf/all/forwarding"};
	const struct value *forwarding = object_value(object, NAMESPACE_FORWARDING);

	if (!forwarding->presence)
		return;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		struct object *sysctl = graph_add(graph, &sysctl_kind, object, forwarding->span),
		              *other;
		struct value *value = object_set(graph->arena, sysctl, SYSCTL_VALUE);

		value->presence = GIVEN;
		value->span = forwarding->span;
		value->text = forwarding->number ? "1" : "0";
		other = graph_name(graph, sysctl, names[i]);
		if (!other)
			continue;
		diagnose(diagnostics, SEVERITY_ERROR, other->span, "'%s' is what `forwarding` sets",
		         object_title(graph->arena, other));
		diagnostic_note(diagnostics, forwarding->span, "forwarding stands here");
	}
}

/* Its devices are what it is for; addresses on lo will do. */
static void check(const struct graph *graph, const struct object *object,
                  struct diagnostics *diagnostics)
{
	const struct object *at = object->first_owned;

	while (at && (at->kind->class != &link_class || (at->kind->with_owner && !at->first_owned)))
		at = at->next_owned;
	if (at || object == graph->host || graph->damaged)
		return;
	diagnose(diagnostics, SEVERITY_WARNING, object->span, "nothing uses the namespace '%s'",
	         object->name);
	diagnostic_hint(diagnostics, "it has no devices");
}

const struct class namespace_class = {
        .name = "namespace",
};

const struct kind namespace_kind = {
        .name = "namespace",
        .key = "namespaces",
        .synonyms = "nodes hosts netns machines routers containers",
        .doc = "the network namespaces that topoc makes, by name",
        .class = &namespace_class,
        .place = PLACE_TOP,
        .shape = SHAPE_NAMES,
        .fields = fields,
        .field_count = sizeof fields / sizeof *fields,
        .expand = expand,
        .check = check,
};
