/*
 * A graph of objects: what a topology file says must exist, or what the kernel has. Parser and
 * executor both make one, in one canonical form, so that a plan is a function of two graphs.
 */
#ifndef TOPOC_PARSER_GRAPH_H
#define TOPOC_PARSER_GRAPH_H

#include "kind.h"

#define HOST "host" /* the name of the namespace that topoc itself runs in */

struct object {
	const struct kind *kind;
	struct object *owner; /* a device's namespace, an address's device; NULL for a namespace */
	const char *name;     /* within the owner */
	const char *path;     /* its identity in the whole graph: "address left:eth0 10.0.0.1/24" */
	const char *maker;    /* of what is foreign: the topology that it belongs to; or NULL */
	struct span span;
	uint32_t order;     /* of appearance, and in a complete graph its index */
	uint32_t index;     /* a device's interface index in the kernel; 0: not known */
	uint32_t elsewhere; /* of a device whose other end is in another namespace: which, from 1 */
	uint32_t other;     /* that of the other end, or of the device beneath; 0: not known */
	bool foreign;       /* in the kernel, and not this topology's */
	bool garbled;       /* a key of it is unknown */
	bool named;         /* a device that another object refers to */
	bool adoptable;     /* foreign, but only as a hand would leave what the file declares */
	struct object *first_owned, *last_owned, *next_owned;
	struct object *first_setting; /* the sysctls of a device or namespace */
	union {
		struct { /* of a namespace */
			/* Its devices, of which there are few where routes are many. */
			struct object *first_device, *last_device;
			struct addressing *addressing; /* in a complete graph: addressing.h */
		};
		struct {                                       /* of a device */
			struct object *first_port, *next_port; /* by their FIELD_MASTER */
			struct object *next_device;
		};
		struct object *next_setting; /* of a sysctl */
	};
	const struct value *values[]; /* of each of the kind's fields; see object_set() */
};

/* What a file names and could not be read: what misses it is not to blame. */
struct lost {
	const struct class *class;
	const struct object *space; /* NULL: any */
	const char *name;           /* NULL: any */
};

struct graph {
	struct arena *arena;
	const char *topology; /* its name */
	bool observed; /* what the kernel has: what it does not tell stays ABSENT if FIELD_FREE */
	struct object *host;
	struct object **objects;
	size_t count, capacity;
	struct slot *table; /* by path: graph.c */
	size_t table_size;
	struct lost *lost;
	size_t lost_count, lost_capacity;
	struct segments *segments; /* of a graph that is being checked: segment.h */
	bool damaged; /* something in the file could not be read, be it a whole object or a value */
};

/* A graph that holds nothing but the host's namespace. */
struct graph *graph_new(struct arena *arena, const char *topology);

/* The same, complete: what is wanted when everything is to go. */
struct graph *graph_empty(struct arena *arena, const char *topology);

/* Adds an object without a name and with every value ABSENT. */
struct object *graph_add(struct graph *graph, const struct kind *kind, struct object *owner,
                         struct span span);

/*
 * Gives an object its name, and so its path. Where another object has that path the new one is
 * taken out of the graph again and the other one returned; otherwise NULL.
 */
struct object *graph_name(struct graph *graph, struct object *object, const char *name);

/* Notes that an object could not be read; where its namespace or name is not known, with NULL. */
void graph_lose(struct graph *graph, const struct class *class, const struct object *space,
                const char *name);

/*
 * Whether an object that could not be read may be of that class, namespace and name (NULL: any);
 * the name may be what it began with.
 */
bool graph_lacks(const struct graph *graph, const struct class *class, const struct object *space,
                 const char *name);

/* Takes out all but the first `count` objects, which must own nothing of what goes. */
void graph_truncate(struct graph *graph, size_t count);

/*
 * Puts the objects into the order that `model` has theirs in; those it lacks come last. For printing:
 * what needs what, and who is reached how, goes by the order in which a graph was completed.
 */
void graph_arrange(struct graph *graph, const struct graph *model);

/* The object of that path, or of a device's full name, or of a namespace's name; or NULL. */
struct object *graph_find(const struct graph *graph, const char *path);
struct object *graph_device(const struct graph *graph, const char *full_name);
struct object *graph_namespace(const struct graph *graph, const char *name);

/* How many objects of a kind there are besides the host; a cable counts as one. */
size_t graph_count_kind(const struct graph *graph, const struct kind *kind);

/*
 * Brings the whole graph into canonical form: defaults for what is ABSENT, then what the kinds and
 * classes work out. To be called once, when every object has its name.
 */
void graph_complete(struct graph *graph);

/* The other end of a cable in a complete graph, or NULL. */
struct object *object_peer(const struct graph *graph, const struct object *object);

/* The namespace an object is in; of a namespace itself. */
struct object *object_namespace(const struct object *object);

/* A device's name as users write it: `left:eth0`, and alone in the host. */
const char *device_full_name(struct arena *arena, const struct object *space, const char *name);

/* An object's name as users write it: `left:eth0`, `2001:db8::1/64`. */
const char *object_title(struct arena *arena, const struct object *object);

/* What a message calls it: "route 10.0.0.0/24 in left", "veth left:eth0", "namespace left". */
const char *object_print(struct arena *arena, const struct object *object);

static inline const struct value *object_value(const struct object *object, size_t field)
{
	return object->values[field];
}

static inline bool object_has(const struct object *object, size_t field)
{
	return object->values[field]->presence != ABSENT;
}

/*
 * The same to write to: until then an object has what is shared by all that say nothing. What
 * object_value() returned before is not changed.
 */
struct value *object_set(struct arena *arena, struct object *object, size_t field);

/* Makes it ABSENT. */
void object_unset(struct object *object, size_t field);

/* Gives it all the values of another of its kind. */
void object_copy_values(struct arena *arena, struct object *object, const struct object *from);

bool object_is_host(const struct object *object);

#endif
