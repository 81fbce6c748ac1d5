# shellcheck shell=bash
for name in h1 h2 r; do space "$name"; done
ip netns exec r sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
cable h1 eth0 r eth1
cable h2 eth0 r eth2
ip -n r address add 10.255.0.1/32 dev lo
ip -n r address add 2001:db8:ff::1/128 dev lo
ip -n h1 address add 10.0.1.1/24 dev eth0
ip -n h1 address add 2001:db8:1::1/64 dev eth0 nodad
ip -n r address add 10.0.1.254/24 dev eth1
ip -n r address add 2001:db8:1::ff/64 dev eth1 nodad
ip -n r address add fe80::1/64 dev eth1 nodad
ip -n h2 address add 2001:db8:2::2/64 dev eth0 nodad
ip -n h2 address add 10.0.2.2/24 dev eth0
ip -n h2 address add 2001:db8:2::3/64 dev eth0 nodad
ip -n h2 address add 2001:db8:2::4/128 dev eth0 nodad
ip -n r address add 10.0.2.254/24 dev eth2
ip -n r address add 2001:db8:2::ff/64 dev eth2 nodad
ip -n h1 route add default via 10.0.1.254
ip -n h1 -6 route add default via 2001:db8:1::ff
ip -n h2 route add default via 10.0.2.254 metric 10
ip -n h2 -6 route add default via 2001:db8:2::ff metric 10
