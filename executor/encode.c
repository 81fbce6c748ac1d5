#include "wire.h"

#include "parser/arena.h"
#include "parser/kinds.h"

#include <assert.h>
#include <libmnl/libmnl.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <string.h>

enum { LARGEST = 16384, USUAL_PARTS = 32 };

/* A message while it is being written: appending never fails, and is checked once at the end. */
struct writer {
	const struct graph *graph, *other;
	unsigned when;
	uint64_t fields; /* of a change: which */
	struct nlmsghdr *header;
	bool full;
	struct message *message;
	struct part *parts;
	size_t part_count, part_capacity;
};

/* Where the fields stand that are being written: in the message, a peer's nest, or a list's row. */
struct frame {
	const struct object *object;
	const struct field *elements; /* of a row ... */
	const struct value *values;   /* ... and its values */
	size_t head;                  /* the offset of the fixed head in the message */
	struct nlattr *nests[WIRE_DEPTH];
	uint16_t path[WIRE_DEPTH];
	uint8_t family;
};

static const uint16_t no_path[WIRE_DEPTH];
static const struct layout nothing;

static void encode_frame(struct writer *writer, struct frame *frame, const struct layout *common,
                         const struct layout *own, unsigned when);

const struct codec *codec_of(const struct kind *kind)
{
	for (const struct codec *const *codec = codecs; *codec; codec++) {
		if ((*codec)->kind == kind)
			return *codec;
	}
	return NULL;
}

uint32_t topology_mark(const char *topology)
{
	uint32_t sum = 0x811c9dc5; /* FNV-1a, 32 bits */

	while (*topology)
		sum = (sum ^ (uint8_t)*topology++) * 0x01000193;
	return UINT32_C(0x74000000) | ((sum ^ sum >> 24) & 0xffffff);
}

static void put(struct writer *writer, uint16_t type, const void *data, size_t size)
{
	if (!mnl_attr_put_check(writer->header, LARGEST, type, size, data))
		writer->full = true;
}

static void put_u32(struct writer *writer, uint16_t type, uint32_t number)
{
	put(writer, type, &number, sizeof number);
}

static struct nlattr *nest_open(struct writer *writer, uint16_t type)
{
	struct nlattr *nest = mnl_attr_nest_start_check(writer->header, LARGEST, type);

	writer->full |= !nest;
	return nest;
}

static void nest_close(struct writer *writer, struct nlattr *nest)
{
	if (nest)
		mnl_attr_nest_end(writer->header, nest);
}

/* Room for a fixed head behind what is written so far; its offset. */
static size_t put_head(struct writer *writer, size_t size)
{
	size_t offset = writer->header->nlmsg_len, end = offset + NLMSG_ALIGN(size);

	if (end > LARGEST) {
		writer->full = true;
		return sizeof *writer->header;
	}
	memset((char *)writer->header + offset, 0, end - offset);
	writer->header->nlmsg_len = (uint32_t)end;
	return offset;
}

static uint32_t index_of(const struct writer *writer, const struct value *value)
{
	const struct object *device = NULL;

	if (!value->presence)
		return 0;
	device = graph_device(writer->graph, value->text);
	if (!device && writer->other)
		device = graph_device(writer->other, value->text);
	return device ? device->index : 0;
}

static void put_ip(struct writer *writer, const struct wire *wire, const struct frame *frame,
                   const struct field *field, const struct ip *ip)
{
	size_t size = ip->family == AF_INET6 ? 16 : 4;
	uint8_t via[sizeof(struct rtvia) + 16];

	/* The destination of a default route is left out. */
	if (wire->form == FORM_IP) {
		if (!(field->flags & FIELD_IDENTITY) || ip->length)
			put(writer, wire->at, ip->bytes, size);
		return;
	}
	if ((wire->form == FORM_GATEWAY) != (ip->family == frame->family))
		return;
	if (wire->form == FORM_GATEWAY) {
		put(writer, wire->at, ip->bytes, size);
		return;
	}
	memcpy(via, &(struct rtvia){.rtvia_family = ip->family}, sizeof(struct rtvia));
	memcpy(via + offsetof(struct rtvia, rtvia_addr), ip->bytes, size);
	put(writer, wire->at, via, offsetof(struct rtvia, rtvia_addr) + size);
}

/* What was written from `first` to `end` came from a value, or from the object itself. */
static void note_part(struct writer *writer, size_t first, size_t end, struct part part)
{
	if (first == end)
		return;
	if (writer->part_count == writer->part_capacity) {
		writer->part_capacity *= 2;
		writer->parts = arena_grow(writer->graph->arena, writer->parts, writer->part_count,
		                           writer->part_capacity, sizeof *writer->parts);
	}
	part.first = (uint32_t)first;
	part.end = (uint32_t)end;
	writer->parts[writer->part_count++] = part;
}

static void put_peer(struct writer *writer, const struct wire *wire, const struct value *value)
{
	const struct object *peer = graph_device(writer->graph, value->text);
	const struct codec *codec = peer ? codec_of(peer->kind) : NULL;
	size_t first = writer->header->nlmsg_len;
	struct nlattr *nest;
	struct frame frame = {.object = peer};

	if (!codec)
		return;
	nest = nest_open(writer, wire->at);
	frame.head = put_head(writer, codec->transport->common.head_size);
	encode_frame(writer, &frame, &codec->transport->common, &codec->own, AT_PEER);
	nest_close(writer, nest);
	note_part(writer, first, writer->header->nlmsg_len, (struct part){.object = peer});
}

static void put_rows(struct writer *writer, const struct wire *wire, const struct frame *outer,
                     const struct field *field, const struct value *value)
{
	struct nlattr *nest = nest_open(writer, wire->at);

	for (size_t row = 0; row < value->list.count; row++) {
		struct frame frame = {.object = outer->object, .elements = field->element};
		uint16_t size;

		frame.values = &value->list.values[row * field->element_count];
		frame.family = outer->family;
		frame.head = put_head(writer, wire->rows->head_size);
		encode_frame(writer, &frame, wire->rows, &nothing, writer->when);
		/* Every such head begins with its length (struct rtnexthop). */
		size = (uint16_t)(writer->header->nlmsg_len - frame.head);
		memcpy((char *)writer->header + frame.head, &size, sizeof size);
	}
	nest_close(writer, nest);
}

static void put_attribute(struct writer *writer, const struct wire *wire, const struct frame *frame,
                          const struct field *field, const struct value *value)
{
	uint32_t number = (uint32_t)value->number;

	switch ((enum form)wire->form) {
	case FORM_U8:
	case FORM_BOOL8:
		put(writer, wire->at, &(uint8_t){(uint8_t)number}, 1);
		break;
	case FORM_U16:
		put(writer, wire->at, &(uint16_t){(uint16_t)number}, 2);
		break;
	case FORM_U32:
	case FORM_BOOL32:
		put_u32(writer, wire->at, number);
		break;
	case FORM_CLOCK:
		put_u32(writer, wire->at, (uint32_t)(value->number / 10));
		break;
	case FORM_FLAG32:
		put_u32(writer, wire->at, number ? wire->mask : 0);
		break;
	case FORM_MAC:
		put(writer, wire->at, value->mac, sizeof value->mac);
		break;
	case FORM_TEXT:
		put(writer, wire->at, value->text, strlen(value->text) + 1);
		break;
	case FORM_INDEX:
		put_u32(writer, wire->at, index_of(writer, value));
		break;
	case FORM_IP:
	case FORM_GATEWAY:
	case FORM_VIA:
		put_ip(writer, wire, frame, field, &value->ip);
		break;
	case FORM_PEER:
		put_peer(writer, wire, value);
		break;
	case FORM_ROWS:
		put_rows(writer, wire, frame, field, value);
		break;
	default:
		break;
	}
}

static void put_in_head(struct writer *writer, const struct wire *wire, struct frame *frame,
                        const struct value *value)
{
	uint8_t *head = (uint8_t *)writer->header + frame->head, *at = head + wire->at;
	uint32_t word = 0;

	switch ((enum form)wire->form) {
	case FORM_HEAD_U8:
		*at = (uint8_t)value->number;
		break;
	case FORM_HEAD_LESS_ONE:
		*at = (uint8_t)(value->number - 1);
		break;
	case FORM_HEAD_FAMILY:
		*at = frame->family = value->ip.family;
		break;
	case FORM_HEAD_LENGTH:
		*at = value->ip.length;
		break;
	case FORM_HEAD_FLAG8:
		*at = (uint8_t)(value->number ? *at | wire->mask : *at);
		break;
	case FORM_HEAD_FLAG32:
		memcpy(&word, at, sizeof word);
		word |= value->number ? wire->mask : 0;
		memcpy(at, &word, sizeof word);
		if (wire->change_at)
			memcpy(head + wire->change_at, &wire->mask, sizeof wire->mask);
		break;
	case FORM_HEAD_INDEX:
		word = index_of(writer, value);
		memcpy(at, &word, sizeof word);
		break;
	default:
		break;
	}
}

static void put_space(struct writer *writer, const struct wire *wire, const struct object *object)
{
	struct message *message = writer->message;

	put_u32(writer, wire->at, 0);
	message->patches[message->patch_count].offset = writer->header->nlmsg_len - 4;
	message->patches[message->patch_count++].space = object_namespace(object);
}

/* What is no field: the object itself. */
static void put_self(struct writer *writer, const struct wire *wire, const struct frame *frame)
{
	const struct object *object = frame->object;
	uint32_t index = wire->form == FORM_HEAD_OWNER ? object->owner->index : object->index;
	char label[80];

	switch ((enum form)wire->form) {
	case FORM_NAME:
		put(writer, wire->at, object->name, strlen(object->name) + 1);
		break;
	case FORM_KIND:
		if (!object->kind->with_owner)
			put(writer, wire->at, object->kind->name, strlen(object->kind->name) + 1);
		break;
	case FORM_MARK:
		put_u32(writer, wire->at, topology_mark(writer->graph->topology));
		break;
	case FORM_LABEL:
		snprintf(label, sizeof label, "topoc:%s", writer->graph->topology);
		put(writer, wire->at, label, strlen(label) + 1);
		break;
	case FORM_SPACE:
		put_space(writer, wire, object);
		break;
	case FORM_HEAD_SELF:
	case FORM_HEAD_OWNER:
		memcpy((char *)writer->header + frame->head + wire->at, &index, sizeof index);
		break;
	default:
		break;
	}
}

/* Closes the nests that the next attribute is not in, and opens those that it is in. */
static void enter_path(struct writer *writer, struct frame *frame, const uint16_t *path)
{
	size_t common = 0;

	while (common < WIRE_DEPTH && path[common] && path[common] == frame->path[common])
		common++;
	for (size_t i = WIRE_DEPTH; i-- > common;) {
		if (frame->path[i])
			nest_close(writer, frame->nests[i]);
		frame->path[i] = 0;
	}
	for (size_t i = common; i < WIRE_DEPTH && path[i]; i++) {
		frame->nests[i] = nest_open(writer, path[i]);
		frame->path[i] = path[i];
	}
}

static const struct field *field_of(const struct frame *frame, size_t index)
{
	return frame->elements ? &frame->elements[index] : kind_field(frame->object->kind, index);
}

static const struct value *value_of(const struct frame *frame, size_t index)
{
	return frame->elements ? &frame->values[index] : object_value(frame->object, index);
}

/*
 * What the kernel does anyway need not be said, and some kernels refuse to hear it (a bridge's
 * vlan-filtering where there is none). What depends on other devices (FIELD_FREE) is always said.
 */
static bool goes_without_saying(const struct field *field, const struct value *value)
{
	return !(field->flags & (FIELD_FREE | FIELD_ALWAYS)) && value_is_default(field, value);
}

/*
 * Where the kind is named its driver is asked to validate what there is for it, and some refuse
 * nothing at all (rtnl_newlink() in net/core/rtnetlink.c, ops->validate).
 */
static bool changes_own_field(const struct writer *writer, const struct kind *kind)
{
	return writer->fields >> kind->class->field_count;
}

static bool is_sent(const struct writer *writer, const struct frame *frame, const struct wire *wire,
                    unsigned when)
{
	const struct value *value;

	if (!(wire->when & when))
		return false;
	if (when == AT_CHANGE && wire->form == FORM_KIND)
		return changes_own_field(writer, frame->object->kind);
	if (wire->field == WIRE_NO_FIELD)
		return true;
	value = value_of(frame, wire->field);
	if (when == AT_CHANGE)
		return writer->fields >> wire->field & 1;
	if (value->presence == IMPLIED && when & AT_BIRTH)
		return wire->when & AT_BIRTH && !(field_of(frame, wire->field)->flags & FIELD_FREE);
	if (value->presence == ABSENT || frame->elements || !(when & (AT_CREATE | AT_PEER)))
		return value->presence != ABSENT;
	if (value->presence == IMPLIED)
		return field_of(frame, wire->field)->flags & FIELD_ALWAYS;
	return !goes_without_saying(field_of(frame, wire->field), value);
}

static bool is_head(const struct wire *wire)
{
	return (wire->form >= FORM_HEAD_U8 && wire->form <= FORM_HEAD_INDEX) ||
	       wire->form >= FORM_HEAD_SELF;
}

static void encode_wire(struct writer *writer, struct frame *frame, const struct wire *wire)
{
	struct part part = {.object = frame->object};
	size_t first;

	if (!is_head(wire))
		enter_path(writer, frame, wire->path);
	if (wire->field == WIRE_NO_FIELD) {
		put_self(writer, wire, frame);
		return;
	}
	part.field = field_of(frame, wire->field);
	part.value = value_of(frame, wire->field);
	if (is_head(wire)) {
		first = frame->head + wire->at;
		put_in_head(writer, wire, frame, part.value);
		note_part(writer, first, first + 1, part);
	} else {
		first = writer->header->nlmsg_len;
		put_attribute(writer, wire, frame, part.field, part.value);
		note_part(writer, first, writer->header->nlmsg_len, part);
	}
}

static void encode_layout(struct writer *writer, struct frame *frame, const struct layout *layout,
                          unsigned when, bool nested)
{
	for (size_t i = 0; i < layout->count && !writer->full; i++) {
		const struct wire *wire = &layout->wires[i];

		if ((wire->path[0] != 0) == nested && is_sent(writer, frame, wire, when))
			encode_wire(writer, frame, wire);
	}
}

/* What is nested comes last, so that the class and the kind share their nest (IFLA_LINKINFO). */
static void encode_frame(struct writer *writer, struct frame *frame, const struct layout *common,
                         const struct layout *own, unsigned when)
{
	encode_layout(writer, frame, common, when, false);
	encode_layout(writer, frame, own, when, false);
	encode_layout(writer, frame, common, when, true);
	encode_layout(writer, frame, own, when, true);
	enter_path(writer, frame, no_path);
}

static void encode_flags(struct nlmsghdr *header, const struct transport *transport, unsigned when)
{
	header->nlmsg_type = when == AT_DELETE ? transport->kill : transport->make;
	if (when == AT_CREATE)
		header->nlmsg_flags = transport->make_flags;
	else if (when == AT_CHANGE)
		header->nlmsg_flags = transport->change_flags;
}

struct message encode(const struct graph *graph, const struct graph *other,
                      const struct object *object, unsigned when, uint64_t fields)
{
	const struct codec *codec = codec_of(object->kind);
	_Alignas(struct nlmsghdr) char buffer[LARGEST];
	struct part parts[USUAL_PARTS];
	struct message message = {0};
	struct writer writer = {.graph = graph,
	                        .other = other,
	                        .fields = fields,
	                        .parts = parts,
	                        .part_capacity = USUAL_PARTS};
	struct frame frame = {.object = object};

	assert(codec);
	writer.header = mnl_nlmsg_put_header(buffer);
	writer.message = &message;
	encode_flags(writer.header, codec->transport, when);
	/* Where a change is the whole message again, it is written as at creation. */
	writer.when = when == AT_CHANGE && codec->transport->whole ? AT_CREATE : when;
	frame.head = put_head(&writer, codec->transport->common.head_size);
	encode_frame(&writer, &frame, &codec->transport->common, &codec->own, writer.when);
	if (writer.full)
		return message;
	message.header = arena_alloc(graph->arena, writer.header->nlmsg_len);
	memcpy(message.header, writer.header, writer.header->nlmsg_len);
	message.parts = arena_grow(graph->arena, writer.parts, writer.part_count, writer.part_count,
	                           sizeof *writer.parts);
	message.part_count = writer.part_count;
	return message;
}

const struct part *message_part(const struct message *message, uint32_t offset)
{
	for (size_t i = 0; i < message->part_count; i++) {
		const struct part *part = &message->parts[i];

		if (part->first <= offset && offset < part->end)
			return part;
	}
	return NULL;
}

bool message_has(const struct message *message, const struct object *object, size_t field)
{
	for (size_t i = 0; i < message->part_count; i++) {
		if (message->parts[i].object == object &&
		    message->parts[i].field == kind_field(object->kind, field))
			return true;
	}
	return false;
}
