# shellcheck shell=bash
space a
space b
cable a e0 b e0
cable a f0 b f0
ip -n a address add 10.0.0.1/24 dev e0
ip -n a address add 10.0.0.11/24 dev e0
ip -n a address add 2001:db8::1/64 dev e0 nodad
ip -n b address add fe80::2/64 dev e0 nodad
ip -n a address add 10.0.4.1/24 dev f0
r4() { ip -n a route add "$@"; }
r6() { ip -n a -6 route add "$@"; }
r4 10.1.0.0/16 nexthop via 10.0.0.2 nexthop via 10.0.0.3 weight 5 nexthop via 10.0.4.9 dev f0 weight 256
r4 blackhole 10.2.0.0/16
r4 unreachable 10.3.0.0/16 metric 7
r4 prohibit 10.4.0.0/16 table 100
r4 throw 10.5.0.0/16 table 100
r4 10.6.0.1 via 10.0.0.2
r4 10.6.0.2/32 dev e0 scope link
r4 10.6.1.0/24 dev e0 scope global
r4 10.7.0.0/16 via 172.16.0.1 dev e0 onlink
r4 10.8.0.0/16 via 10.0.0.2 src 10.0.0.11 mtu 1300 metric 3
r4 10.8.0.0/16 via 10.0.0.3 metric 4
r4 10.8.0.0/16 via 10.0.0.2 table 253
r4 10.8.0.0/16 via 10.0.0.2 table 70000
r4 10.9.0.0/16 via inet6 fe80::2 dev e0
r4 10.21.0.0/16 dev f0
r4 10.20.0.0/16 via 10.21.0.1
r4 default via 10.0.0.2 table default
r6 2001:db8:1::/48 nexthop via 2001:db8::2 nexthop via 2001:db8::3 weight 5 nexthop via fe80::9 dev f0
r6 blackhole 2001:db8:2::/48
r6 unreachable 2001:db8:3::/48 metric 7
r6 prohibit 2001:db8:4::/48 table 100
r6 throw 2001:db8:5::/48 table 100
r6 2001:db8:6::1 via fe80::2 dev e0
r6 2001:db8:7::/48 dev e0 metric 5
r6 2001:db8:8::/48 via 2001:db8:aaaa::1 dev e0 onlink
r6 2001:db8:9::/48 via 2001:db8::2 src 2001:db8::1 mtu 1400
r6 fe80::5 dev f0 table 200
r6 default via fe80::2 dev e0
