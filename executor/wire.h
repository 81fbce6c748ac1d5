/*
 * Where an object's fields stand on the wire: one table a kind (in kinds/; the list is kinds.c), and
 * from it one encoder and one decoder for all (rtnetlink(7), <linux/if_link.h>,
 * <linux/rtnetlink.h>).
 */
#ifndef TOPOC_EXECUTOR_WIRE_H
#define TOPOC_EXECUTOR_WIRE_H

#include "parser/graph.h"

#include <linux/netlink.h>

struct clue;

/*
 * How a value is written; numbers in the machine's byte order (what the kernel has as __be16, or
 * splits into an attribute a family, needs a form). HEAD: into the fixed head of the message or
 * nest, at an offset. A new form is a value here, and a case in encode.c and decode.c.
 */
enum form {
	FORM_U8,
	FORM_U16,
	FORM_U32,
	FORM_BOOL8,
	FORM_BOOL32,
	FORM_CLOCK, /* a duration in hundredths of a second (USER_HZ), 32 bits */
	FORM_MAC,
	FORM_TEXT,
	FORM_INDEX,   /* a device's interface index; 0 where there is none */
	FORM_END,     /* the index of the other end, in whatever namespace that is */
	FORM_IP,      /* an address's bytes; the message's head tells the family */
	FORM_GATEWAY, /* the same, where the family is the route's */
	FORM_VIA,     /* struct rtvia, where it is another */
	FORM_FLAG32,  /* a bit of a 32-bit attribute */
	FORM_PEER,    /* a nest with the message of the other end */
	FORM_ROWS,    /* the elements of a list, each with a head of its own */
	FORM_HEAD_U8,
	FORM_HEAD_LESS_ONE, /* 8 bits, one less than the number */
	FORM_HEAD_FLAG8,
	FORM_HEAD_FLAG32,
	FORM_HEAD_FAMILY,
	FORM_HEAD_LENGTH, /* of the prefix */
	FORM_HEAD_INDEX,
	/* Not of a field, but of the object itself: */
	FORM_NAME,
	FORM_KIND,
	FORM_MARK,  /* the topology's link group */
	FORM_LABEL, /* the topology's name, for whoever looks */
	FORM_SPACE, /* a descriptor of the namespace, known when the message is sent */
	FORM_HEAD_SELF,
	FORM_HEAD_OWNER,
};

/* The messages that a field stands in. */
enum when {
	AT_CREATE = 1 << 0,
	AT_PEER = 1 << 1,   /* in the message that creates the other end */
	AT_BIRTH = 1 << 2,  /* in the message that brings up a device just made */
	AT_CHANGE = 1 << 3, /* in one that changes it in place, where this field has changed */
	AT_DELETE = 1 << 4,
	AT_READ = 1 << 5, /* in what the kernel tells */
};

enum { WIRE_NO_FIELD = UINT8_MAX, WIRE_DEPTH = 2 };

struct wire {
	uint8_t field;             /* or WIRE_NO_FIELD */
	uint8_t form;              /* enum form */
	uint16_t at;               /* the attribute's number, or an offset into the head */
	uint16_t path[WIRE_DEPTH]; /* the nests it is in, from the outside; 0: none */
	uint16_t when;             /* enum when, any of them */
	uint16_t change_at; /* HEAD_FLAG32: the offset of the mask of what changes; 0: none */
	uint32_t mask;      /* of flags */
	const struct layout *rows; /* of FORM_ROWS */
};

/* A fixed head and the fields behind and in it. */
struct layout {
	const struct wire *wires;
	size_t count;
	size_t head_size;
};

/* The message types of a class, and what is particular about reading it. */
struct transport {
	uint16_t make, kill; /* RTM_NEW..., RTM_DEL... */
	uint16_t make_flags, change_flags;
	bool whole; /* a change is the whole message again (NLM_F_REPLACE) */
	struct layout common;
	/* What the kernel leaves out or adds. */
	void (*normalize)(struct arena *arena, struct object *object);
	const struct clue *clues; /* NULL: none */
};

struct codec {
	const struct kind *kind;
	const struct transport *transport;
	struct layout own;        /* of the fields that the class does not have */
	const struct clue *clues; /* before the class's; NULL: none */
	/* Takes out of what was decoded what the device shows and was not told. */
	void (*settle)(const struct nlattr *data, struct object *object);
	bool (*port_ready)(const struct nlattr *port); /* whether a port of it passes traffic */
	long (*delay)(const struct object *object);    /* how long ports may take, milliseconds */
};

/* A codec for every kind that netlink carries, ended by NULL. The list is executor/kinds.c. */
extern const struct codec *const codecs[];

/* NULL: netlink does not carry it. */
const struct codec *codec_of(const struct kind *kind);

/* A piece of a message, from offset `first` to before `end`, and the value that it came from. */
struct part {
	uint32_t first, end;
	const struct object *object;
	const struct field *field; /* NULL: the object itself */
	const struct value *value;
};

/* A message, and where a namespace's descriptor is to be put into it when it is sent. */
struct message {
	struct nlmsghdr *header;  /* NULL where it would have been too large */
	const struct part *parts; /* what is inside another stands before it */
	size_t part_count;
	size_t patch_count;
	struct {
		uint32_t offset;
		const struct object *space;
	} patches[2];
};

/*
 * Encodes a message to make (AT_CREATE), bring up (AT_BIRTH; with AT_CHANGE what came with its
 * owner), change (AT_CHANGE: only the fields in the mask `fields`) or remove (AT_DELETE) an object
 * of `graph`. References are looked up in `graph`, then in `other` (may be NULL).
 */
struct message encode(const struct graph *graph, const struct graph *other,
                      const struct object *object, unsigned when, uint64_t fields);

/* The innermost part that the offset lies in, from the start of the message; NULL: none. */
const struct part *message_part(const struct message *message, uint32_t offset);

/* Whether a field of the object itself, no peer's, stands in the message. */
bool message_has(const struct message *message, const struct object *object, size_t field);

/*
 * Decodes a message into an object's values. References are left as numbers (index_resolve() in
 * observe.c makes names of them).
 */
void decode(struct arena *arena, const struct nlmsghdr *message, struct object *object);

/* Whether it is a topology's: IFLA_GROUP is the mark; the label tells two with one hash apart. */
bool link_is_of(const struct nlmsghdr *message, const char *topology);

/* Whose device a message tells of, by mark and label: a topology's name, or NULL. */
const char *topology_of_link(const struct nlmsghdr *message);

/* IFLA_GROUP of a topology's devices: 0x74 in the highest byte, then a hash of its name. */
uint32_t topology_mark(const char *topology);

#endif
