#include "netlink.h"

#include <err.h>
#include <errno.h>

static int keep(const struct nlattr *attribute, void *context)
{
	struct table *table = context;

	if (mnl_attr_get_type(attribute) < MOST_ATTRIBUTE)
		table->at[mnl_attr_get_type(attribute)] = attribute;
	return MNL_CB_OK;
}

struct table table_of(const struct nlmsghdr *message, size_t head)
{
	struct table table = {0};

	mnl_attr_parse(message, (unsigned)head, keep, &table);
	return table;
}

struct table table_in(const struct nlattr *nest)
{
	struct table table = {0};

	if (nest)
		mnl_attr_parse_nested(nest, keep, &table);
	return table;
}

bool netlink_dump(struct mnl_socket *socket, const struct netlink_dump *dump, mnl_cb_t each,
                  void *context)
{
	_Alignas(struct nlmsghdr) char buffer[65536];
	struct nlmsghdr *request = mnl_nlmsg_put_header(buffer);
	uint8_t *head = mnl_nlmsg_put_extra_header(request, dump->head_size);
	int result = MNL_CB_OK;

	request->nlmsg_type = dump->type;
	request->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	*head = dump->family;
	if (mnl_socket_sendto(socket, request, request->nlmsg_len) < 0)
		err(1, "send");
	while (result > MNL_CB_STOP) {
		ssize_t length = mnl_socket_recvfrom(socket, buffer, sizeof buffer);

		if (length < 0)
			err(1, "receive");
		result = mnl_cb_run(buffer, (size_t)length, 0, mnl_socket_get_portid(socket), each,
		                    context);
	}
	if (result < 0 && errno != EINTR && errno != EAFNOSUPPORT && errno != EOPNOTSUPP)
		err(1, "dump of type %d", dump->type);
	return result == MNL_CB_STOP || errno != EINTR;
}
