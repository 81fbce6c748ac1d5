#include "attribute.h"
#include "wire.h"

#include "parser/arena.h"
#include "parser/kinds.h"
#include "parser/topology.h"

#include <libmnl/libmnl.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <string.h>

enum { TOP_ATTRIBUTES = 80 }; /* more than any class's numbers in use */

/* The attributes of a message or of a list's row, and the head before them. */
struct scene {
	struct arena *arena;
	const uint8_t *head;
	const struct nlattr *top[TOP_ATTRIBUTES];
	uint8_t family;
	struct object *object;
	const struct field *elements; /* of a row ... */
	struct value *values;         /* ... and its values */
};

static void decode_layout(struct scene *scene, const struct layout *layout);

static void collect(struct scene *scene, struct attributes attributes)
{
	const struct nlattr *attribute;

	while ((attribute = attributes_next(&attributes))) {
		if (mnl_attr_get_type(attribute) < TOP_ATTRIBUTES)
			scene->top[mnl_attr_get_type(attribute)] = attribute;
	}
}

static const struct nlattr *find(const struct scene *scene, const struct wire *wire)
{
	const struct nlattr *nest = wire->path[0] ? scene->top[wire->path[0]] : NULL;

	if (!wire->path[0])
		return wire->at < TOP_ATTRIBUTES ? scene->top[wire->at] : NULL;
	if (wire->path[1])
		nest = attributes_find(attributes_in(nest), wire->path[1]);
	return attributes_find(attributes_in(nest), wire->at);
}

static void read_ip(const struct field *field, const struct nlattr *attribute, uint8_t family,
                    size_t skip, struct value *value)
{
	size_t size = mnl_attr_get_payload_len(attribute);
	size_t wanted = family == AF_INET6 ? 16 : 4;

	if (size < skip + wanted)
		return;
	value->ip.family = family;
	memcpy(value->ip.bytes, (const char *)mnl_attr_get_payload(attribute) + skip, wanted);
	if (field->type == TYPE_ADDRESS)
		value->ip.length = ip_full_length(&value->ip);
	value->presence = GIVEN;
}

static void read_via(const struct field *field, const struct nlattr *attribute, struct value *value)
{
	uint16_t family;

	if (mnl_attr_get_payload_len(attribute) < sizeof family)
		return;
	memcpy(&family, mnl_attr_get_payload(attribute), sizeof family);
	read_ip(field, attribute, (uint8_t)family, sizeof family, value);
}

static void read_rows(const struct scene *outer, const struct wire *wire, const struct field *field,
                      const struct nlattr *nest, struct value *value)
{
	struct attributes rest = attributes_in(nest);
	size_t head = wire->rows->head_size, width = field->element_count;
	struct list list = {0};

	/* The smallest row is its head: room for as many as there can be. */
	list.values =
	        arena_alloc(outer->arena, (rest.left / head + 1) * width * sizeof *list.values);
	while (rest.left >= head) {
		struct scene scene = {.arena = outer->arena, .family = outer->family};
		uint16_t size; /* every such head begins with the row's (struct rtnexthop) */

		memcpy(&size, rest.at, sizeof size);
		if (size < head || size > rest.left)
			break;
		scene.head = (const uint8_t *)rest.at;
		scene.object = outer->object;
		scene.elements = field->element;
		scene.values = &list.values[list.count++ * width];
		collect(&scene, (struct attributes){rest.at + head, size - head});
		decode_layout(&scene, wire->rows);
		size = (uint16_t)NLMSG_ALIGN(size) < rest.left ? (uint16_t)NLMSG_ALIGN(size)
		                                               : (uint16_t)rest.left;
		rest.at += size;
		rest.left -= size;
	}
	*value = (struct value){.presence = GIVEN, .list = list};
}

static void read_text(const struct scene *scene, const struct nlattr *attribute,
                      struct value *value)
{
	const char *text = mnl_attr_get_payload(attribute);

	value->text =
	        arena_copy(scene->arena, text, strnlen(text, mnl_attr_get_payload_len(attribute)));
	value->presence = GIVEN;
}

static void read_number(const struct wire *wire, uint32_t number, struct value *value)
{
	value->presence = GIVEN;
	switch ((enum form)wire->form) {
	case FORM_BOOL8:
	case FORM_BOOL32:
		value->number = number != 0;
		break;
	case FORM_CLOCK:
		value->number = (int64_t)number * 10;
		break;
	case FORM_FLAG32:
		value->number = (number & wire->mask) != 0;
		break;
	default:
		value->number = number;
		break;
	}
}

static void read_attribute(const struct scene *scene, const struct wire *wire,
                           const struct field *field, const struct nlattr *attribute,
                           struct value *value)
{
	switch ((enum form)wire->form) {
	case FORM_MAC:
		if (mnl_attr_get_payload_len(attribute) != sizeof value->mac)
			return;
		memcpy(value->mac, mnl_attr_get_payload(attribute), sizeof value->mac);
		value->presence = GIVEN;
		break;
	case FORM_TEXT:
		read_text(scene, attribute, value);
		break;
	case FORM_IP:
	case FORM_GATEWAY:
		read_ip(field, attribute, scene->family, 0, value);
		break;
	case FORM_VIA:
		read_via(field, attribute, value);
		break;
	case FORM_ROWS:
		read_rows(scene, wire, field, attribute, value);
		break;
	default:
		read_number(wire, attribute_number(attribute), value);
		break;
	}
}

static void read_head(struct scene *scene, const struct wire *wire, struct value *value)
{
	const uint8_t *at = scene->head + wire->at;
	uint32_t word;

	switch ((enum form)wire->form) {
	case FORM_HEAD_FAMILY:
		value->presence = GIVEN;
		value->ip.family = scene->family = *at;
		return;
	case FORM_HEAD_LENGTH:
		value->ip.length = *at < 128 ? *at : 128;
		return;
	case FORM_HEAD_U8:
		value->number = *at;
		break;
	case FORM_HEAD_LESS_ONE:
		value->number = *at + 1;
		break;
	case FORM_HEAD_FLAG8:
		value->number = (*at & wire->mask) != 0;
		break;
	case FORM_HEAD_FLAG32:
		memcpy(&word, at, sizeof word);
		value->number = (word & wire->mask) != 0;
		break;
	case FORM_HEAD_INDEX:
		memcpy(&word, at, sizeof word);
		value->number = word;
		break;
	default:
		return;
	}
	value->presence = GIVEN;
}

static void decode_layout(struct scene *scene, const struct layout *layout)
{
	for (size_t i = 0; i < layout->count; i++) {
		const struct wire *wire = &layout->wires[i];
		const struct nlattr *attribute;
		const struct field *field;
		struct value *value;

		if (!(wire->when & AT_READ))
			continue;
		field = scene->elements ? &scene->elements[wire->field]
		                        : kind_field(scene->object->kind, wire->field);
		attribute = wire->form < FORM_HEAD_U8 ? find(scene, wire) : NULL;
		if (!attribute && wire->form < FORM_HEAD_U8)
			continue;
		value = scene->elements ? &scene->values[wire->field]
		                        : object_set(scene->arena, scene->object, wire->field);
		if (attribute)
			read_attribute(scene, wire, field, attribute, value);
		else
			read_head(scene, wire, value);
	}
}

void decode(struct arena *arena, const struct nlmsghdr *message, struct object *object)
{
	const struct codec *codec = codec_of(object->kind);
	size_t head = NLMSG_ALIGN(codec->transport->common.head_size);
	struct scene scene = {.arena = arena, .object = object};

	if (mnl_nlmsg_get_payload_len(message) < head)
		return;
	scene.head = mnl_nlmsg_get_payload(message);
	scene.family = *scene.head; /* the first byte of every class's head */
	collect(&scene, attributes_of(message, head));
	decode_layout(&scene, &codec->transport->common);
	decode_layout(&scene, &codec->own);
	if (codec->transport->normalize)
		codec->transport->normalize(arena, object);
	if (codec->settle)
		codec->settle(
		        attributes_find(attributes_in(scene.top[IFLA_LINKINFO]), IFLA_INFO_DATA),
		        object);
}

bool link_is_of(const struct nlmsghdr *message, const char *topology)
{
	struct attributes attributes = attributes_of(message, sizeof(struct ifinfomsg));
	const struct nlattr *group = attributes_find(attributes, IFLA_GROUP);
	const char *label = attribute_text(attributes_find(attributes, IFLA_IFALIAS));

	if (!group || attribute_number(group) != topology_mark(topology))
		return false;
	return !label || strncmp(label, "topoc:", 6) || !strcmp(label + 6, topology);
}

const char *topology_of_link(const struct nlmsghdr *message)
{
	struct attributes attributes = attributes_of(message, sizeof(struct ifinfomsg));
	const char *label = attribute_text(attributes_find(attributes, IFLA_IFALIAS));
	uint32_t group = attribute_number(attributes_find(attributes, IFLA_GROUP));

	if (!label || strncmp(label, "topoc:", 6) != 0 || !topology_name_valid(label + 6) ||
	    group != topology_mark(label + 6))
		return NULL;
	return label + 6;
}
