# shellcheck shell=bash
for name in west router east; do space "$name"; done
ip netns exec router sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
cable west eth0 router eth1
cable east eth0 router eth2
ip -n west address add 10.0.1.1/24 dev eth0
ip -n west address add 2001:db8:1::1/64 dev eth0 nodad
ip -n router address add 10.0.1.254/24 dev eth1
ip -n router address add 2001:db8:1::ff/64 dev eth1 nodad
ip -n east address add 10.0.2.1/24 dev eth0
ip -n east address add 2001:db8:2::1/64 dev eth0 nodad
ip -n router address add 10.0.2.254/24 dev eth2
ip -n router address add 2001:db8:2::ff/64 dev eth2 nodad
ip -n west route add default via 10.0.1.254
ip -n west -6 route add default via 2001:db8:1::ff
ip -n east route add default via 10.0.2.254
ip -n east -6 route add default via 2001:db8:2::ff
