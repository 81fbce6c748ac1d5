# shellcheck shell=bash
for name in left router right; do space "$name"; done
ip netns exec router sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
cable left eth0 router eth1
cable right eth0 router eth2
ip -n left address add 10.0.1.1/24 dev eth0
ip -n left address add 2001:db8:1::1/64 dev eth0 nodad
ip -n router address add 10.0.1.254/24 dev eth1
ip -n router address add 2001:db8:1::ff/64 dev eth1 nodad
ip -n right address add 10.0.2.1/24 dev eth0
ip -n right address add 2001:db8:2::1/64 dev eth0 nodad
ip -n router address add 10.0.2.254/24 dev eth2
ip -n router address add 2001:db8:2::ff/64 dev eth2 nodad
ip -n left route add default via 10.0.1.254
ip -n left -6 route add default via 2001:db8:1::ff
ip -n right route add default via 10.0.2.254
ip -n right -6 route add default via 2001:db8:2::ff
