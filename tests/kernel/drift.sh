#!/bin/bash
# Promise: what a hand changes of anything the file declares is shown by plan and repaired by apply;
# what others add is noted and left alone, and is no change.
source "$(dirname "$0")/lib.sh"
cat >lab.yaml <<'END'
name: lab
namespaces:
  r1:
    forwarding: true
    sysctls:
      net.ipv4.ip_default_ttl: 70
      net.ipv4.conf.eth0.rp_filter: 2
    lo: {addresses: [10.255.0.1/32, 2001:db8:ffff::1/128]}
    routes:
      - {to: 10.2.0.0/24, via: 10.0.0.2}
      - {to: 10.3.0.0/24, dev: eth0, metric: 50}
      - {to: 10.4.0.0/24, nexthops: [{via: 10.0.0.2}, {via: 10.0.0.3, weight: 3}]}
      - {to: 10.66.0.0/16, type: blackhole}
      - {to: 10.5.0.0/24, via: 10.0.0.2, table: 100}
      - {to: '2001:db8:2::/64', via: '2001:db8::2'}
  r2:
  sw:
bridges:
  sw:br0: {ageing-time: 100s, priority: 4096}
  sw:br1:
  tpcbr:
veths:
  - r1:eth0: {addresses: [10.0.0.1/24, 10.0.0.11/24, '2001:db8::1/64'], mtu: 1400, mac: '02:00:00:00:00:01'}
    sw:p1: {bridge: br0, mtu: 1400}
  - r2:eth0: {addresses: [10.0.0.2/24, {address: 10.0.0.12, peer: 10.9.9.9/32, label: 'eth0:x'}], mtu: 1400}
    sw:p2: {bridge: br0, mtu: 1400}
  - r2:up0: {addresses: ['fe80::2/64']}
    tpc0: {addresses: [192.0.2.1/24], bridge: tpcbr}
END
remember
check 'apply' run 0 topoc apply lab.yaml
check 'in step' in_step
dump --no-local --sysctls >first

# drift NAME PATTERN COMMAND...: after COMMAND plan has changes, one that matches PATTERN among them,
# and apply brings back the very state.
shown_and_repaired() {
    local pattern=$1
    shift
    "$@" && out_of_step && out "$pattern" &&
        run 0 topoc apply lab.yaml && in_step && dump --no-local --sysctls >now && same first now
}
drift() {
    local name=$1 former=$failures
    shift
    check "$name" shown_and_repaired "$@"
    # What is left of a failure is not the next one's.
    if ((failures > former)); then
        topoc destroy lab >/dev/null 2>&1 || true
        topoc apply lab.yaml >/dev/null 2>&1 || true
        dump --no-local --sysctls >first
    fi
}

drift 'an address deleted' '10\.0\.0\.1/24' ip -n r1 address del 10.0.0.1/24 dev eth0
drift 'a second address deleted' '10\.0\.0\.11/24' ip -n r1 address del 10.0.0.11/24 dev eth0
drift 'an IPv6 address deleted' '2001:db8::1' ip -n r1 address del 2001:db8::1/64 dev eth0
drift 'a link-local address deleted' 'fe80::2' ip -n r2 address del fe80::2/64 dev up0
drift 'an address with peer deleted' '10\.0\.0\.12' ip -n r2 address del 10.0.0.12 peer 10.9.9.9/32 dev eth0
drift 'an address of lo deleted' '10\.255\.0\.1/32' ip -n r1 address del 10.255.0.1/32 dev lo
drift 'all addresses flushed' '10\.0\.0\.1/24' ip -n r1 address flush dev eth0
relabel() {
    ip -n r2 address del 10.0.0.12 peer 10.9.9.9/32 dev eth0 &&
        ip -n r2 address add 10.0.0.12 peer 10.9.9.9/32 dev eth0 label eth0:y
}
drift 'a label changed' 'eth0:x' relabel
drift 'a link down' 'r1:eth0|eth0' ip -n r1 link set eth0 down
drift 'a link without IPv6 down' 'r2:eth0|eth0' ip -n r2 link set eth0 down
drift 'lo down' 'lo' ip -n r1 link set lo down
bounce() { ip -n r1 link set eth0 down && ip -n r1 link set eth0 up; }
drift 'a link down and up: what it lost' '10\.2\.0\.0/24' bounce
drift 'MTU' '1400' ip -n r1 link set eth0 mtu 1300
drift 'MTU under 1280' '1400' ip -n r1 link set eth0 mtu 1000
drift 'MTU that the file leaves out' '1500' ip -n r2 link set up0 mtu 1450
drift 'MAC' '02:00:00:00:00:01' ip -n r1 link set eth0 address 02:00:00:00:00:99
drift 'a derived MAC' 'up0' ip -n r2 link set up0 address 02:00:00:00:00:98
drift 'txqueuelen' 'txqueuelen' ip -n r2 link set up0 txqueuelen 77
drift 'a port moved' 'br0' ip -n sw link set p1 master br1
drift 'a port taken out' 'br0' ip -n sw link set p1 nomaster
drift 'a port of the host taken out' 'tpcbr' ip link set tpc0 nomaster
ip -n sw link add stray address 02:00:00:00:00:55 type bridge
dump --no-local --sysctls >first
drift 'a port moved to a foreign bridge' 'br0' ip -n sw link set p1 master stray
ip -n sw link del stray
dump --no-local --sysctls >first
drift 'a route deleted' '10\.2\.0\.0/24' ip -n r1 route del 10.2.0.0/24
drift 'a device route deleted' '10\.3\.0\.0/24' ip -n r1 route del 10.3.0.0/24
drift 'a multipath route deleted' '10\.4\.0\.0/24' ip -n r1 route del 10.4.0.0/24
drift 'a blackhole route deleted' '10\.66\.0\.0/16' ip -n r1 route del blackhole 10.66.0.0/16
drift 'a route of another table deleted' '10\.5\.0\.0/24' ip -n r1 route del 10.5.0.0/24 table 100
drift 'an IPv6 route deleted' '2001:db8:2::/64' ip -n r1 -6 route del 2001:db8:2::/64
reweight() { ip -n r1 route replace 10.4.0.0/24 proto 116 nexthop via 10.0.0.2 nexthop via 10.0.0.3 weight 9; }
drift "a next hop's weight" '10\.4\.0\.0/24' reweight
regate() { ip -n r1 route replace 10.2.0.0/24 proto 116 via 10.0.0.3; }
drift "a route's gateway" '10\.2\.0\.0/24' regate
drift 'a bridge attribute' 'ageing' ip -n sw link set br0 type bridge ageing_time 20000
drift 'a bridge attribute that the file leaves out' 'mcast-snooping' \
    ip -n sw link set br0 type bridge mcast_snooping 0
drift 'stp' 'stp' ip -n sw link set br1 type bridge stp_state 1
sysctl() {
    nsenter --net="/run/netns/$1" sh -c "echo '$3' >/proc/sys/net/$2"
}
drift 'a sysctl' 'ip_default_ttl' sysctl r1 ipv4/ip_default_ttl 64
drift "a device's sysctl" 'rp_filter' sysctl r1 ipv4/conf/eth0/rp_filter 0
drift 'forwarding' 'forward' sysctl r1 ipv4/ip_forward 0
drift 'forwarding of IPv6' 'forward' sysctl r1 ipv6/conf/all/forwarding 0
drift 'a cable deleted' 'r1:eth0|eth0' ip -n r1 link del eth0
drift 'a cable to the host deleted' 'tpc0' ip link del tpc0
drift 'a bridge deleted' 'br0' ip -n sw link del br0
drift 'a bridge of the host deleted' 'tpcbr' ip link del tpcbr
rename() { # of a device that is up: since Linux 6.2
    linux_since 6.2 || ip -n "$1" link set "$2" down
    ip -n "$1" link set "$2" name "$3"
}
drift 'a device renamed' 'eth0' rename r2 eth0 other
drift 'a device moved to another namespace' 'up0' ip -n r2 link set up0 netns r1
drift 'a namespace deleted' 'r2' ip netns del r2
all() { ip -all netns del && ip link del tpcbr; }
drift 'everything deleted' 'r1' all
several() {
    ip -n r1 link set eth0 down && ip -n r2 address flush dev eth0 &&
        ip -n sw link del br0 && ip link set tpc0 mtu 1300
}
drift 'several things at once' 'br0' several

# foreign NAME PATTERN COMMAND...: after COMMAND plan has no changes but a note that matches PATTERN,
# and apply changes nothing.
noted_and_left() {
    local pattern=$1
    shift
    "$@" && dump >before && in_step && says 'foreign' && says "$pattern" &&
        run 0 topoc apply lab.yaml && unchanged before
}
foreign() {
    local name=$1
    shift
    check "foreign: $name" noted_and_left "$@"
}
foreign 'a route of a routing daemon' '^foreign: route 10\.77\.0\.0/16 in r1 via 10\.0\.0\.2 dev r1:eth0 proto bgp$' \
    ip -n r1 route add 10.77.0.0/16 via 10.0.0.2 proto bgp
foreign 'an IPv6 route of a routing daemon' '2001:db8:77::/64' \
    ip -n r1 -6 route add 2001:db8:77::/64 via 2001:db8::2 proto bgp
foreign 'the same prefix, another metric' '10\.2\.0\.0/24' \
    ip -n r1 route add 10.2.0.0/24 via 10.0.0.3 metric 20 proto ospf
foreign 'an address' '10\.0\.0\.99/24' ip -n r1 address add 10.0.0.99/24 dev eth0
foreign 'an IPv6 address' '2001:db8::99' ip -n r1 address add 2001:db8::99/64 dev eth0 nodad
foreign 'a cable' '^foreign: veth r1:x[01] .* -- r1:x[01] ' ip -n r1 link add x0 type veth peer name x1
foreign 'a bridge' 'xbr' ip -n sw link add xbr type bridge

# One of topoc's routes that another has taken over is not quietly taken back, and not lost.
check 'foreign: takes a route over' ip -n r1 route replace 10.2.0.0/24 proto static via 10.0.0.3
check '... plan says so' not run 0 topoc plan --detailed-exitcode lab.yaml
check '... and which one' says '10\.2\.0\.0/24'
check '... until it is gone' ip -n r1 route del 10.2.0.0/24 proto static
check '... then apply makes it again' run 0 topoc apply lab.yaml
check '... and is in step' in_step

before_edit() { grep -c '10\.77\.\|2001:db8:77\|metric=20\|\.99/24\|::99/64\|link x[01b]' <<<"$(dump)"; }
count=$(before_edit)
sed -i 's/10\.255\.0\.1/10.255.0.2/; s/, priority: 4096//' lab.yaml
check 'an edit' run 0 topoc apply lab.yaml
kept() { (($(before_edit) == count)); }
check '... leaves what is foreign' kept
check '... and is in step' in_step
check 'destroy' run 0 topoc destroy lab
check 'nothing is left' clean
