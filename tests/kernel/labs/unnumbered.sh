# shellcheck shell=bash
number=0
for name in ams fra par; do
    number=$((number + 1))
    space "$name"
    ip netns exec "$name" sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
    ip -n "$name" address add "10.255.0.$number/32" dev lo
    ip -n "$name" address add "2001:db8:ff::$number/128" dev lo nodad
done
for pair in 'ams fra' 'fra par'; do
    read -r a b <<<"$pair"
    cable "$a" "$b" "$b" "$a"
    ip -n "$a" address add fe80::1/64 dev "$b" nodad
    ip -n "$b" address add fe80::2/64 dev "$a" nodad
done
ip -n ams route add 10.255.0.0/24 via inet6 fe80::2 dev fra
ip -n ams route add 2001:db8:ff::/64 via fe80::2 dev fra
ip -n fra route add 10.255.0.1 via inet6 fe80::1 dev ams
ip -n fra route add 10.255.0.3 via inet6 fe80::2 dev par
ip -n fra route add 2001:db8:ff::1 via fe80::1 dev ams
ip -n fra route add 2001:db8:ff::3 via fe80::2 dev par
ip -n par route add 10.255.0.0/24 via inet6 fe80::1 dev fra
ip -n par route add 2001:db8:ff::/64 via fe80::1 dev fra
