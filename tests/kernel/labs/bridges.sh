# shellcheck shell=bash
for name in fabric h1 h2 h3; do space "$name"; done
ip -n fabric link add root type bridge priority 4096 ageing_time 6000 mcast_snooping 0
ip -n fabric link add leaf1 type bridge forward_delay 400 hello_time 100 max_age 1000
ip -n fabric link add leaf2 address 02:00:00:00:02:00 txqueuelen 500 type bridge
ip link add tpcbr mtu 1400 type bridge
cable fabric r1 fabric u1
cable fabric r2 fabric u2
cable fabric p1 h1 eth0
cable fabric p2 h2 eth0
ip -n h2 link set dev eth0 address 02:00:00:00:00:02
ip link add tpc3 numtxqueues 2 numrxqueues 2 type veth peer name eth0 netns h3 numtxqueues 1 numrxqueues 1
ip link set dev tpc3 mtu 1400 up
ip -n h3 link set dev eth0 mtu 1400 txqueuelen 100 up
for pair in r1:root r2:root u1:leaf1 u2:leaf2 p1:leaf1 p2:leaf2; do
    ip -n fabric link set dev "${pair%:*}" master "${pair#*:}"
done
ip link set dev tpc3 master tpcbr
for bridge in root leaf1 leaf2; do ip -n fabric link set dev "$bridge" up; done
ip link set dev tpcbr up
ip -n fabric address add 192.0.2.254/24 dev leaf2
ip address add 198.51.100.1/24 dev tpcbr
ip -n h1 address add 192.0.2.1/24 dev eth0
ip -n h2 address add 192.0.2.2/24 dev eth0
ip -n h3 address add 198.51.100.3/24 dev eth0
