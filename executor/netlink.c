#define _GNU_SOURCE
#include "netlink.h"

#include "kept.h"
#include "socket.h"

#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/rtnetlink.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>

enum {
	INBOX_BYTES = 131072,
	DUMP_PARTS = 4,       /* the kernel builds a dump in pieces of at most 32768 bytes */
	REPLY_PARTS = 16,     /* an acknowledgement has no more than the kernel's words */
	SMALL_BYTES = 4096,   /* of messages that refusals may repeat */
	BATCH_BYTES = 131072, /* the default send buffer holds 212992 with its overhead */
	DUMP_RESTARTS = 100,  /* others may come and go all the time */
	UNANSWERED = 1,       /* the error of a message without a reply */
	MAX_ERRNO = 4095,
};

/*
 * What recvmmsg(2) returned: datagrams in parts of one size. It stands on the stack of who waits
 * for an answer: sockets are counted in thousands, waits one at a time.
 */
struct inbox {
	size_t count, part;
	int lengths[REPLY_PARTS];
	_Alignas(struct nlmsghdr) char bytes[INBOX_BYTES];
};

/* How far the messages of an answer have come. */
struct answer {
	const struct question *question;
	int stopped; /* what `each` returned, once it was not 0 */
	bool interrupted;
	bool done;
	int error; /* of the whole; meant when done */
};

static size_t aligned(size_t length)
{
	return (length + NLMSG_ALIGNTO - 1) & ~(size_t)(NLMSG_ALIGNTO - 1);
}

/* How many bytes came from the kernel: 0 of another process's. -EMSGSIZE: it was cut off. */
static int length_of(const struct mmsghdr *message)
{
	const struct sockaddr_nl *sender = message->msg_hdr.msg_name;

	if (message->msg_hdr.msg_namelen != sizeof *sender || sender->nl_pid != 0)
		return 0;
	return message->msg_hdr.msg_flags & MSG_TRUNC ? -EMSGSIZE : (int)message->msg_len;
}

/*
 * The next datagrams, `parts` at most. The kernel queues every answer before sendmsg(2) returns,
 * and the next piece of a dump when one is taken (net/netlink/af_netlink.c), so that nothing is
 * waited for: -ETIMEDOUT where an answer was lost. -ENOBUFS: some were lost, those queued before
 * are still there. -EMSGSIZE: one was cut off.
 */
static int receive(const struct netlink *netlink, size_t parts, struct inbox *inbox)
{
	struct mmsghdr messages[REPLY_PARTS] = {0};
	struct sockaddr_nl senders[REPLY_PARTS];
	struct iovec places[REPLY_PARTS];
	int count, error = 0;

	inbox->part = INBOX_BYTES / parts;
	inbox->count = 0;
	for (size_t i = 0; i < parts; i++) {
		places[i] = (struct iovec){inbox->bytes + i * inbox->part, inbox->part};
		messages[i].msg_hdr = (struct msghdr){.msg_name = &senders[i],
		                                      .msg_namelen = sizeof senders[i],
		                                      .msg_iov = &places[i],
		                                      .msg_iovlen = 1};
	}
	do
		count = recvmmsg(netlink->descriptor, messages, (unsigned)parts, MSG_DONTWAIT,
		                 NULL);
	while (count < 0 && errno == EINTR);
	if (count < 0)
		return errno == EAGAIN ? -ETIMEDOUT : -errno;
	for (; inbox->count < (size_t)count; inbox->count++) {
		int length = length_of(&messages[inbox->count]);

		inbox->lengths[inbox->count] = length < 0 ? 0 : length;
		error = length < 0 ? length : error;
	}
	return error;
}

/* A message to the kernel is taken whole or not at all. */
static int send_parts(const struct netlink *netlink, struct iovec *parts, size_t count)
{
	struct sockaddr_nl kernel = {.nl_family = AF_NETLINK};
	struct msghdr message = {
	        .msg_name = &kernel,
	        .msg_namelen = sizeof(kernel),
	        .msg_iov = parts,
	        .msg_iovlen = count,
	};

	while (sendmsg(netlink->descriptor, &message, 0) < 0) {
		if (errno != EINTR)
			return -errno;
	}
	return 0;
}

static const struct nlmsghdr *first_message(const struct inbox *inbox, size_t index, int *left)
{
	*left = inbox->lengths[index];
	return (const struct nlmsghdr *)(inbox->bytes + index * inbox->part);
}

static int refusal(const struct nlmsghdr *message)
{
	const struct nlmsgerr *body = mnl_nlmsg_get_payload(message);

	if (mnl_nlmsg_get_payload_len(message) < sizeof(*body))
		return -EBADMSG;
	return body->error > 0 || body->error < -MAX_ERRNO ? -EBADMSG : body->error;
}

static int keep_attribute(const struct nlattr *attribute, void *context)
{
	struct reply *reply = context;
	size_t length = mnl_attr_get_payload_len(attribute);
	const char *text = mnl_attr_get_payload(attribute);

	switch (mnl_attr_get_type(attribute)) {
	case NLMSGERR_ATTR_MSG:
		length = strnlen(text, length);
		if (length >= sizeof(reply->text))
			length = sizeof(reply->text) - 1;
		memcpy(reply->text, text, length);
		reply->text[length] = '\0';
		break;
	case NLMSGERR_ATTR_OFFS:
		if (length == sizeof(reply->offset))
			reply->offset = mnl_attr_get_u32(attribute);
		break;
	}
	return MNL_CB_OK;
}

/* Attributes follow the refused message, of which only the header is there where that is capped. */
static struct reply parse_reply(const struct nlmsghdr *message)
{
	const struct nlmsgerr *body = mnl_nlmsg_get_payload(message);
	struct reply reply = {.error = refusal(message)};
	size_t length = mnl_nlmsg_get_payload_len(message);
	size_t offset = sizeof(*body);

	if (length < sizeof(*body) || !(message->nlmsg_flags & NLM_F_ACK_TLVS))
		return reply;
	if (!(message->nlmsg_flags & NLM_F_CAPPED)) {
		if (body->msg.nlmsg_len < sizeof(body->msg) || body->msg.nlmsg_len > length)
			return reply;
		offset += aligned(body->msg.nlmsg_len - sizeof(body->msg));
	}
	if (offset < length)
		mnl_attr_parse(message, (unsigned int)offset, keep_attribute, &reply);
	return reply;
}

/* Returns how many of the messages from number `first` on were answered for the first time. */
static size_t take_replies(const struct inbox *inbox, size_t index, uint32_t first, size_t count,
                           struct reply *replies)
{
	const struct nlmsghdr *message;
	size_t answered = 0;
	int left;

	for (message = first_message(inbox, index, &left); mnl_nlmsg_ok(message, left);
	     message = mnl_nlmsg_next(message, &left)) {
		uint32_t place = message->nlmsg_seq - first;

		if (message->nlmsg_type != NLMSG_ERROR || place >= count ||
		    replies[place].error != UNANSWERED)
			continue;
		replies[place] = parse_reply(message);
		answered++;
	}
	return answered;
}

/*
 * After a loss whatever is still queued is taken, so that as little as possible is unknown and
 * nothing is left for the next caller.
 */
static int await_replies(const struct netlink *netlink, uint32_t first, size_t count,
                         struct reply *replies)
{
	struct inbox inbox;
	size_t missing = count;
	int lost = 0;

	while (missing) {
		int error = receive(netlink, REPLY_PARTS, &inbox);

		for (size_t i = 0; i < inbox.count; i++)
			missing -= take_replies(&inbox, i, first, count, replies);
		if (error == -ENOBUFS || error == -EMSGSIZE)
			lost = error;
		else if (error)
			return lost ? lost : error;
	}
	return 0;
}

/* How many messages go into the next sendmsg(2): at least one, however long. */
static size_t batch_length(struct nlmsghdr *const *messages, size_t count)
{
	size_t length = 1;
	size_t bytes = aligned(messages[0]->nlmsg_len);

	if (count > NETLINK_BATCH)
		count = NETLINK_BATCH;
	while (length < count) {
		bytes += aligned(messages[length]->nlmsg_len);
		if (bytes > BATCH_BYTES)
			break;
		length++;
	}
	return length;
}

/* Numbers a message, and appends it and what it lacks to a multiple of four bytes. */
static size_t put_message(struct netlink *netlink, struct nlmsghdr *message, struct iovec *parts,
                          size_t used)
{
	static const char padding[NLMSG_ALIGNTO];
	uint32_t length = message->nlmsg_len;

	message->nlmsg_seq = ++netlink->sequence;
	message->nlmsg_flags |= NLM_F_REQUEST;
	parts[used++] = (struct iovec){message, length};
	if (aligned(length) != length)
		parts[used++] = (struct iovec){(void *)padding, aligned(length) - length};
	return used;
}

static int send_batch(struct netlink *netlink, struct nlmsghdr *const *messages, size_t count,
                      struct reply *replies)
{
	struct iovec parts[2 * NETLINK_BATCH];
	uint32_t first = netlink->sequence + 1;
	size_t used = 0, bytes = 0;
	int error = 0;

	for (size_t i = 0; i < count; i++) {
		messages[i]->nlmsg_flags |= NLM_F_ACK;
		used = put_message(netlink, messages[i], parts, used);
		bytes += messages[i]->nlmsg_len;
	}
	if (bytes > SMALL_BYTES)
		error = socket_cap(netlink);
	if (!error)
		error = send_parts(netlink, parts, used);
	return error ? error : await_replies(netlink, first, count, replies);
}

int netlink_send(struct netlink *netlink, struct nlmsghdr *const *messages, size_t count,
                 struct reply *replies)
{
	int error = socket_reopen(netlink);
	size_t batch;

	for (size_t i = 0; i < count; i++)
		replies[i] = (struct reply){.error = UNANSWERED};
	for (size_t sent = 0; sent < count && !error; sent += batch) {
		batch = batch_length(messages + sent, count - sent);
		error = send_batch(netlink, messages + sent, batch, replies + sent);
	}
	return error;
}

/* The end of a dump carries what became of it: an int. */
static int final_error(const struct nlmsghdr *message)
{
	int error = 0;

	if (mnl_nlmsg_get_payload_len(message) >= sizeof(error))
		memcpy(&error, mnl_nlmsg_get_payload(message), sizeof(error));
	return error < 0 && error >= -MAX_ERRNO ? error : 0;
}

static void take_message(const struct nlmsghdr *message, struct answer *answer)
{
	const struct question *question = answer->question;

	if (message->nlmsg_flags & NLM_F_DUMP_INTR)
		answer->interrupted = true;
	switch (message->nlmsg_type) {
	case NLMSG_NOOP:
		break;
	case NLMSG_ERROR:
		answer->done = true;
		answer->error = refusal(message);
		break;
	case NLMSG_DONE:
		answer->done = true;
		answer->error = final_error(message);
		break;
	default:
		if (question->each && !answer->stopped && !answer->interrupted)
			answer->stopped = question->each(message, question->context);
		break;
	}
}

/* Returns how many of the answers, from that to number `first` on, have come to their end. */
static size_t take_messages(const struct inbox *inbox, size_t index, uint32_t first,
                            struct answer *answers, size_t count)
{
	const struct nlmsghdr *message;
	size_t ended = 0;
	int left;

	for (message = first_message(inbox, index, &left); mnl_nlmsg_ok(message, left);
	     message = mnl_nlmsg_next(message, &left)) {
		uint32_t place = message->nlmsg_seq - first;

		if (place >= count || answers[place].done)
			continue;
		take_message(message, &answers[place]);
		ended += answers[place].done;
	}
	return ended;
}

/*
 * To the end of the answers even when nobody listens any more: a socket has room for one dump at a
 * time, and a new one would be refused with -EBUSY.
 */
static int await_answers(const struct netlink *netlink, uint32_t first, struct answer *answers,
                         size_t count)
{
	struct inbox inbox;
	size_t missing = count;
	int lost = 0;

	while (missing) {
		int error = receive(netlink, DUMP_PARTS, &inbox);

		for (size_t i = 0; i < inbox.count; i++)
			missing -= take_messages(&inbox, i, first, answers, count);
		if (error == -ENOBUFS || error == -EMSGSIZE)
			lost = error;
		else if (error)
			return lost ? lost : error;
	}
	return lost;
}

/* `error`: of the socket. */
static int outcome(const struct answer *answer, int error)
{
	if (answer->stopped)
		return answer->stopped;
	if (error || answer->error)
		return error ? error : answer->error;
	return answer->interrupted ? -EINTR : 0;
}

int netlink_ask(struct netlink *netlink, const struct question *questions, size_t count)
{
	struct answer answers[NETLINK_QUESTIONS] = {0};
	struct iovec parts[2 * NETLINK_QUESTIONS];
	int error = socket_reopen(netlink), result = 0;
	uint32_t first = netlink->sequence + 1;
	size_t used = 0;

	for (size_t i = 0; i < count; i++) {
		answers[i].question = &questions[i];
		used = put_message(netlink, questions[i].request, parts, used);
	}
	if (!error)
		error = send_parts(netlink, parts, used);
	if (!error)
		error = await_answers(netlink, first, answers, count);
	for (size_t i = count; i-- > 0 && !result;)
		result = outcome(&answers[i], error);
	return result;
}

static int dump_live(struct netlink *netlink, struct nlmsghdr *request,
                     int (*each)(const struct nlmsghdr *message, void *context),
                     void (*restart)(void *context), void *context)
{
	const struct question question = {request, each, context};
	int error = netlink_be_strict(netlink);

	if (error)
		return error;
	request->nlmsg_flags = NLM_F_DUMP;
	for (int restarts = 0;; restarts++) {
		error = netlink_ask(netlink, &question, 1);
		if (error != -EINTR || restarts == DUMP_RESTARTS)
			return error;
		if (restart)
			restart(context);
	}
}

int netlink_dump(struct netlink *netlink, struct nlmsghdr *request,
                 int (*each)(const struct nlmsghdr *message, void *context),
                 void (*restart)(void *context), void *context)
{
	struct kept *kept = kept_take(&netlink->kept, request);
	int result;

	if (!kept)
		return dump_live(netlink, request, each, restart, context);
	result = kept_replay(kept, each, context);
	kept_free(kept);
	return result;
}

void netlink_dump_ahead(struct netlink *netlink, struct nlmsghdr *request)
{
	struct kept *kept = kept_new(request, netlink->kept);

	if (!kept)
		return;
	netlink->kept = kept;
	if (dump_live(netlink, request, kept_add, kept_empty, kept))
		kept_free(kept_take(&netlink->kept, request));
}

void netlink_forget(struct netlink *netlink)
{
	kept_free(netlink->kept);
	netlink->kept = NULL;
}

/* The acknowledgement comes last, so that it ends every answer, empty or not. */
int netlink_get(struct netlink *netlink, struct nlmsghdr *request,
                int (*each)(const struct nlmsghdr *message, void *context), void *context)
{
	const struct question question = {request, each, context};

	request->nlmsg_flags = NLM_F_ACK;
	return netlink_ask(netlink, &question, 1);
}
