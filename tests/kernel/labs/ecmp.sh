# shellcheck shell=bash
for i in 1 2; do
    space "rack$i"
    space "leaf$i"
    space "spine$i"
    ip netns exec "leaf$i" sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1 \
        net.ipv4.fib_multipath_hash_policy=1
    ip netns exec "spine$i" sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
    cable "rack$i" eth0 "leaf$i" "rack$i"
    ip -n "rack$i" address add "10.$i.0.2/24" dev eth0
    ip -n "leaf$i" address add "10.$i.0.1/24" dev "rack$i"
    ip -n "rack$i" route add default via "10.$i.0.1"
done
for leaf in 1 2; do
    for spine in 1 2; do
        cable "leaf$leaf" "spine$spine" "spine$spine" "leaf$leaf"
        ip -n "leaf$leaf" address add "10.$leaf.$spine.0/31" dev "spine$spine"
        ip -n "spine$spine" address add "10.$leaf.$spine.1/31" dev "leaf$leaf"
        ip -n "spine$spine" route add "10.$leaf.0.0/16" via "10.$leaf.$spine.0"
    done
    ip -n "leaf$leaf" route add default nexthop via "10.$leaf.1.1" nexthop via "10.$leaf.2.1"
done
