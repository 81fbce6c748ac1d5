# shellcheck shell=bash
for i in 1 2 3 4; do
    space "r$i"
    ip netns exec "r$i" sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
done
for pair in '1 2' '2 3' '3 4' '4 1'; do
    read -r a b <<<"$pair"
    cable "r$a" "r$b" "r$b" "r$a"
    ip -n "r$a" address add "10.0.$a$b.$a/24" dev "r$b"
    ip -n "r$b" address add "10.0.$a$b.$b/24" dev "r$a"
done
ip -n r1 route add 10.0.23.0/24 via 10.0.12.2
ip -n r1 route add 10.0.34.0/24 via 10.0.41.4
ip -n r2 route add 10.0.34.0/24 via 10.0.23.3
ip -n r2 route add 10.0.41.0/24 via 10.0.12.1
ip -n r3 route add 10.0.41.0/24 via 10.0.34.4
ip -n r3 route add 10.0.12.0/24 via 10.0.23.2
ip -n r4 route add 10.0.12.0/24 via 10.0.41.1
ip -n r4 route add 10.0.23.0/24 via 10.0.34.3
