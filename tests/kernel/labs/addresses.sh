# shellcheck shell=bash
space a
space b
queues='numtxqueues 1 numrxqueues 1'
# shellcheck disable=SC2086 # words
ip -n b link add e0 $queues type veth peer name e0 netns a $queues
ip -n a link set dev e0 up
cable a x0 a x1
a() { ip -n a address add "$@"; }
a 10.255.0.1/32 dev lo
a 10.0.0.1/24 dev e0
a 10.0.0.2/24 label e0:two dev e0
a 10.0.0.3/25 scope link dev e0
a 10.5.0.1 peer 10.5.0.2/32 dev e0
a 10.6.0.1 peer 10.6.1.0/24 label e0:peer dev e0
a 192.0.2.1/31 dev e0
a 10.7.0.1/32 scope host dev e0
a 2001:db8::1 peer 2001:db8::2/128 dev e0 nodad
a 2001:db8:1::1/127 dev e0 nodad
a 10.1.0.1/30 dev x0
a 10.1.0.2/30 dev x1
ip -n b address add 10.0.0.9/24 dev e0
ip -n a route add 10.9.0.0/24 via 10.5.0.2
