# shellcheck shell=bash
space a
space b
sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1 net.ipv4.ip_default_ttl=70
ip netns exec a sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1 \
    net.ipv4.conf.all.rp_filter=0 net.ipv4.ip_local_port_range='2000 3000'
cable host tpc0 a eth0.10
cable a eth1 b eth1
cable host tpc1 host tpc2
ip -n b link set dev eth1 mtu 9000
sysctl -qw net.ipv4.conf.tpc0.rp_filter=2
ip netns exec a sysctl -qw net/ipv4/conf/eth0.10/rp_filter=1 net.ipv6.conf.eth1.accept_ra=0
ip address add 10.0.0.1/24 dev tpc0
ip address add 2001:db8::1/64 dev tpc0 nodad
ip -n a address add 10.0.0.2/24 dev eth0.10
ip -n a address add 2001:db8::2/64 dev eth0.10 nodad
ip -n a address add 10.0.1.1/24 dev eth1
ip -n b address add 10.0.1.2/24 dev eth1
ip route add 10.10.0.0/16 via 10.0.0.2
ip route add 10.11.0.0/16 dev tpc0 metric 50
ip route add blackhole 10.12.0.0/16
ip -6 route add 2001:db8:10::/48 via 2001:db8::2
ip -n a route add default via 10.0.0.1
