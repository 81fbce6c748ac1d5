#!/bin/bash
# Promise: what is not topoc's is left as it is, to the last attribute, by everything that topoc does,
# wherever it is; save what hangs on something that topoc removes, and that the plan names first.
#
# What is foreign here has names that begin with f, and addresses in 198.18.0.0/15 or 2001:db8:f::/48;
# what is the lab's in the host has names that begin with tpc.
source "$(dirname "$0")/lib.sh"

# Of `everything` what is not the lab's own. Of the host's sysctls the lab sets one.
foreign() {
    everything --sysctls | grep -Ev '/tpc[a-z0-9]*/|^host: .*/ip_default_ttl|^/run/netns/(r1|r2|sw|new): |^/run/topoc/lab(/lab(/.*)?)?: |^mount [^ ]* [^ ]* /run/topoc/lab/lab/' |
        awk '
            { alien = /"(ifname|dev|master|link)":"f|198\.1[89]\.|2001:db8:f:/ && !/"protocol":"kernel"/ }
            /^(r1|r2|sw|new): / && (!alien || / sysctl /) { next }
            /"tpc[a-z0-9]*"/ && !alien { next }
            { print }'
}

untouched() {
    foreign >now && same "$1" now
}

# How a plan names what a line of `foreign` is about. Of what it knows nothing of (rules, neighbours,
# sysctls), it is what they are part of.
named_as() {
    local space=${1%%: *} name
    name=$([[ $space == host ]] || echo "$space:")
    if [[ $1 == *': sysctl '* ]]; then
        sed -E 's|.*/(conf\|neigh)/([^/]*)/.*|\2|' <<<"$1"
        return
    fi
    jq -r --arg space "$space" --arg name "$name" '
        if .mtu then "\($name)\(.ifname)"
        elif .prefixlen and (.ifname[:1] == "f") then "\($name)\(.ifname)"
        elif .prefixlen then "lost: address \(.local)/\(.prefixlen) on \($name)\(.ifname)"
        elif .type then "lost: route \(if .dst == "default" then "0.0.0.0/0" else .dst end)"
        elif .lladdr then "\($name)\(.dev)"
        else "namespace \($space)" end' <<<"${1#*: }"
}

# Whether all that is lost between two of `foreign` was named in a plan; and nothing is new but ports
# without a bridge.
all_named() {
    local line name
    LC_ALL=C comm -23 before after >lost
    LC_ALL=C comm -13 before after >new
    [[ -s lost ]] || { echo 'nothing is lost'; return 1; }
    while IFS= read -r line; do
        name=$(named_as "$line")
        grep -Eq -e "(^|[ :(])${name//./\\.}([ :)]|$)" named || { echo "$name is not named: $line"; cat named; return 1; }
    done <lost
    while IFS= read -r line; do
        name=$(jq -r .ifname <<<"${line#*: }")
        grep -q "^foreign: .* $name .*(will be no port of " named || { echo "is new: $line"; return 1; }
    done <new
}

nothing_left() {
    everything --sysctls >now && same nothing now
}

# Foreign things in one namespace, with names and addresses made of a letter and a number.
settle() {
    local letter=$1 number=$2
    shift 2
    "$@" ip -batch - <<END
link add f${letter}br type bridge
link add f${letter}p mtu 1400 type veth peer name f${letter}q
link set f${letter}p master f${letter}br
link set f${letter}br up
link set f${letter}p up
link set f${letter}q up alias topoc:lab
address add 198.18.$number.1/24 dev f${letter}q
address add 2001:db8:f:$number::1/64 dev f${letter}q nodad
route add 198.19.$number.0/25 via 198.18.$number.2
route add 198.19.$number.128/25 proto bgp dev f${letter}q metric 7
route add blackhole 2001:db8:f:${number}00::/64
route add default via 198.18.$number.2 table 7
rule add from 198.18.$number.0/24 table 7
neighbour add 198.18.$number.3 lladdr 02:00:00:00:00:03 dev f${letter}q nud permanent
neighbour add proxy 198.18.$number.4 dev f${letter}q
END
}

quick() { # without duplicate address detection, whose end would be a change
    "$@" sh -c 'echo 0 >/proc/sys/net/ipv6/conf/default/accept_dad'
}

# A world before the lab: in the host, in a namespace, in /run/netns, and another topology's.
quick env
settle h 0 env
ip route add blackhole 198.19.116.0/24 proto 116
ip link add fleft type veth peer name fright
ip netns add fns
quick ip netns exec fns
settle n 1 ip netns exec fns
ip netns exec fns sh -c 'echo 1 >/proc/sys/net/ipv4/ip_forward; echo 77 >/proc/sys/net/ipv4/ip_default_ttl'
mkdir /run/netns/fdirectory
(umask 777 && : >/run/netns/fempty)
echo text >/run/netns/ffile
ln -s fns /run/netns/flink
ln -s /nowhere /run/netns/fdangling
cat >other.yaml <<'END'
namespaces: {o1: {forwarding: true}}
host: {routes: [{to: 203.0.113.0/24, via: 192.0.2.130}]}
bridges: {obr: {addresses: [192.0.2.129/25]}}
veths: [{o1:o0: {addresses: [192.0.2.130/25]}, oport: {bridge: obr}}]
END
run 0 topoc apply other.yaml
everything --sysctls >nothing

cat >lab.yaml <<'END'
name: lab
namespaces:
  r1: {forwarding: true, routes: [{to: 10.2.0.0/24, via: 10.0.0.2}]}
  r2: {forwarding: true, lo: {addresses: [10.255.0.2/32]}}
  sw:
host:
  sysctls: {net.ipv4.ip_default_ttl: 70}
  routes: [{to: 10.0.0.0/16, via: 192.0.2.2}]
bridges:
  tpcbr: {addresses: [192.0.2.1/25]}
  sw:br0:
veths:
  - r1:eth0: {addresses: [10.0.0.1/24, '2001:db8::1/64']}
    sw:p1: {bridge: br0}
  - r2:eth0: {addresses: [10.0.0.2/24, '2001:db8::2/64']}
    sw:p2: {bridge: br0}
  - r1:eth1: {addresses: [192.0.2.2/25]}
    tpc1: {bridge: tpcbr}
END
foreign >before
check 'apply' run 0 topoc apply lab.yaml
check '... leaves what is foreign' untouched before
check 'plan' in_step lab.yaml
check '... leaves it' untouched before
check 'destroy' run 0 topoc destroy lab
check '... leaves it' untouched before
check '... and nothing is left' nothing_left
check 'apply' run 0 topoc apply lab.yaml

# Others settle in what is the lab's, and beside it.
quick ip netns exec r1
quick ip netns exec sw
settle a 2 ip netns exec r1
settle b 3 ip netns exec sw
ip -n r1 address add 198.18.4.1/24 dev eth0
ip -n r1 address add 198.18.4.2/32 dev lo
ip -n r1 address add 2001:db8:f:4::1/64 dev eth0 nodad
ip -n r1 route add 198.19.4.0/24 via 10.0.0.2 proto bgp
ip -n r1 route add 198.19.5.0/24 via 198.18.4.9
ip -n r1 route add 198.19.6.0/24 nexthop via 10.0.0.2 nexthop via 198.18.4.9
ip -n r1 route add 2001:db8:f:5::/64 via 2001:db8::2
ip -n r1 neighbour add 198.18.4.7 lladdr 02:00:00:00:00:07 dev eth0 nud permanent
ip link add fr2h type veth peer name fr2 netns r2
ip link set fleft master tpcbr up
ip link set fright up
ip -n sw link add fport master br0 up type veth peer name fpeer
ip -n sw link set fpeer up
ip address add 198.18.5.1/24 dev tpcbr
ip route add 198.19.7.0/24 via 198.18.5.2
ip route add 198.19.8.0/24 dev tpcbr proto bgp
ip route add 198.19.9.0/24 nexthop dev fhq nexthop via 192.0.2.2 dev tpcbr
# Linux has it in a module that some leave out.
ip -n r1 link add link eth1 name fmac1 type macvlan 2>/dev/null || true
ip link add link tpcbr name fmac type macvlan 2>/dev/null || true
sleep 1
foreign >before
check 'what others add is no change' in_step lab.yaml
check '... apply' run 0 topoc apply lab.yaml
check '... leaves it' untouched before

cp lab.yaml first.yaml
cat >lab.yaml <<'END'
name: lab
namespaces:
  r1: {routes: [{to: 10.3.0.0/24, via: 10.0.0.2}], sysctls: {net.ipv4.conf.eth1.rp_filter: 2}}
  r2: {lo: {addresses: [10.255.0.3/32]}}
  sw:
  new:
host:
  routes: [{to: 10.0.0.0/15, via: 192.0.2.2}]
bridges:
  tpcbr: {addresses: [192.0.2.1/25, 192.0.2.3/25], priority: 4096}
  sw:br0: {ageing-time: 100s}
  new:br0:
veths:
  - r1:eth0: {addresses: [10.0.0.1/24, 10.0.0.5/24, '2001:db8::1/64'], mtu: 1400}
    sw:p1: {bridge: br0, mtu: 1400}
  - new:eth0: {addresses: [10.0.0.2/24, '2001:db8::2/64']}
    sw:p2: {bridge: br0}
  - r1:eth1: {addresses: [192.0.2.2/25]}
    tpc1: {bridge: tpcbr}
  - new:eth1:
    tpc2: {bridge: tpcbr, addresses: [192.0.2.129/25]}
END
check 'a change in place' run 0 topoc apply lab.yaml
check '... leaves what is foreign' untouched before
check '... in step' in_step lab.yaml
check 'a change back' run 0 topoc apply --moved first.yaml
check '... leaves it' untouched before

# What hangs on something that is removed: the plan names it, and nothing else is lost.
takes_what_it_named() {
    LC_ALL=C sort -o before before
    topoc "$@" || return
    # What was in a namespace goes a moment after it.
    for _ in {1..50}; do
        foreign | LC_ALL=C sort >after
        all_named >told && return
        sleep 0.1
    done
    cat told
    return 1
}
sed 's/r1:eth[01]: {/&queues: 2, /' first.yaml >queues.yaml
foreign >before
check 'a device that is replaced: plan' run 0 topoc plan queues.yaml
cp .out named
check '... apply takes what it named' takes_what_it_named apply --moved queues.yaml
check '... in step' in_step queues.yaml

sed -E '/^  tpcbr:/d; /^  routes:/d; s/(tpc1:) .*/\1/; s/r1:eth1:.*/r1:eth1:/' first.yaml >without.yaml
foreign >before
check 'a bridge of the host that is removed: plan' run 0 topoc plan without.yaml
cp .out named
check '... apply takes what it named' takes_what_it_named apply --moved without.yaml
check '... a port of it among that' grep -q '^foreign: veth fleft .*(will be no port of bridge tpcbr)$' named
check '... in step' in_step without.yaml

foreign >before
check 'destroy: plan' run 0 topoc plan --destroy lab
cp .out named
check '... destroy takes what it named' takes_what_it_named destroy lab
ours_is_gone() {
    not grep -E '"tpc|/conf/tpc|^/run/netns/(r1|r2|sw|new):|/run/topoc/lab/lab' <(everything --sysctls)
}
check '... and all of the lab' ours_is_gone
check '... the other topology is in step' in_step other
