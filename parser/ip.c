#include "arena.h"
#include "value.h"

#include <arpa/inet.h>
#include <string.h>

uint8_t ip_full_length(const struct ip *ip)
{
	return ip->family == AF_INET6 ? 128 : 32;
}

static bool bits_equal(const uint8_t *a, const uint8_t *b, unsigned bits)
{
	unsigned bytes = bits / 8;

	if (memcmp(a, b, bytes))
		return false;
	return !(bits % 8) || !((a[bytes] ^ b[bytes]) >> (8 - bits % 8));
}

bool ip_covers(const struct ip *prefix, const struct ip *address)
{
	return prefix->family == address->family &&
	       bits_equal(prefix->bytes, address->bytes, prefix->length);
}

struct ip ip_network(const struct ip *ip)
{
	struct ip network = {.family = ip->family, .length = ip->length};
	unsigned bytes = ip->length / 8;

	memcpy(network.bytes, ip->bytes, bytes);
	if (ip->length % 8)
		network.bytes[bytes] = (uint8_t)(ip->bytes[bytes] & (0xff << (8 - ip->length % 8)));
	return network;
}

struct ip ip_last(const struct ip *ip)
{
	struct ip last = ip_network(ip);

	for (unsigned bit = ip->length; bit < ip_full_length(ip); bit++)
		last.bytes[bit / 8] |= (uint8_t)(0x80 >> bit % 8);
	return last;
}

bool ip_equal(const struct ip *a, const struct ip *b)
{
	return a->family == b->family && a->length == b->length &&
	       !memcmp(a->bytes, b->bytes, sizeof a->bytes);
}

bool ip_is_link_local(const struct ip *ip)
{
	return ip->family == AF_INET6 && ip->bytes[0] == 0xfe && (ip->bytes[1] & 0xc0) == 0x80;
}

static bool is_unspecified(const struct ip *ip)
{
	static const uint8_t none[16];

	return !memcmp(ip->bytes, none, sizeof none);
}

/* Behind what stands there already; where that ends. inet_ntop(3) and printf(3) take far longer. */
static char *print_number(char *end, unsigned number)
{
	if (number >= 10)
		end = print_number(end, number / 10);
	*end = (char)('0' + number % 10);
	return end + 1;
}

static char *print_ipv4(char *end, const uint8_t bytes[4])
{
	for (size_t i = 0; i < 4; i++) {
		if (i)
			*end++ = '.';
		end = print_number(end, bytes[i]);
	}
	return end;
}

const char *ip_print(struct arena *arena, const struct ip *ip, bool prefix)
{
	char text[INET6_ADDRSTRLEN + sizeof "/128"], *end = text;

	if (prefix && !ip->length && is_unspecified(ip))
		return ip->family == AF_INET6 ? "::/0" : "0.0.0.0/0";
	if (ip->family == AF_INET)
		end = print_ipv4(text, ip->bytes);
	else if (inet_ntop(ip->family, ip->bytes, text, sizeof text))
		end += strlen(text);
	else
		return "?";
	if (prefix) {
		*end++ = '/';
		end = print_number(end, ip->length);
	}
	return arena_copy(arena, text, (size_t)(end - text));
}
