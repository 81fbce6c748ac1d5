#!/bin/bash
# Promise: what is there is what the file says, also where the kernel has a mind of its own: bridges that
# follow their ports or the root of a spanning tree, sysctls that set others, edits that leave nothing of
# a kind; and a killed run loses nothing that there was before topoc.
source "$(dirname "$0")/lib.sh"
remember

# in_one_go NAME: apply of standard input succeeds, and plan is then empty.
in_one_go() {
    cat >lab.yaml
    check "$1: apply" run 0 topoc apply lab.yaml
    check '... in step' in_step lab.yaml
}
gone() {
    check 'destroy' run 0 topoc destroy
    check 'nothing is left' clean
}

in_one_go 'a bridge with an MTU of its own' <<'END'
namespaces: [a]
bridges: {a:br0: {mtu: 1300}, a:br1: {mtu: 9000}}
veths: [{a:e0: {bridge: br0}, a:e1: {bridge: br1}}]
END
gone

in_one_go 'two bridges in one spanning tree' <<'END'
namespaces: [a]
bridges:
  a:br0: {stp: true, priority: 0, hello-time: 1s, forward-delay: 2s, max-age: 6s, ageing-time: 100s}
  a:br1: {stp: true, forward-delay: 4s}
veths: [{a:e0: {bridge: br0}, a:e1: {bridge: br1}}]
END
check 'another apply' run 0 topoc apply lab.yaml
in_one_go '... and one that leaves it' <<'END'
namespaces: [a]
bridges:
  a:br0: {stp: true, priority: 0, hello-time: 1s, forward-delay: 2s, max-age: 6s, ageing-time: 100s}
  a:br1:
veths: [{a:e0: {bridge: br0}, a:e1: {bridge: br1}}]
END
ip -n a link set e1 nomaster
ip -n a link set e1 master br1
check '... whose timers are its own' in_step lab.yaml
gone

in_one_go 'IPv6, and a hardware address' <<'END'
namespaces: [a]
veths: [{a:e0: {mac: '02:00:00:00:00:01'}, tpc0: {mac: '02:00:00:00:00:02'}}]
END
in_one_go '... another, and too small for IPv6' <<'END'
namespaces: [a]
veths: [{a:e0: {mac: '02:00:00:00:00:03', mtu: 1200}, tpc0: {mac: '02:00:00:00:00:04', mtu: 1200}}]
END
in_one_go '... and back' <<'END'
namespaces: [a]
veths: [{a:e0: {mac: '02:00:00:00:00:01'}, tpc0: {mac: '02:00:00:00:00:02'}}]
END
gone

in_one_go 'a spanning tree' <<'END'
namespaces: [a]
bridges: {a:br0: {stp: true, forward-delay: 2s}}
END
in_one_go '... off, with a delay that it does not take' <<'END'
namespaces: [a]
bridges: {a:br0: {forward-delay: 1s}}
END
in_one_go '... and on again' <<'END'
namespaces: [a]
bridges: {a:br0: {stp: true, forward-delay: 4s}}
END
gone

in_one_go 'forwarding' <<'END'
namespaces: {a: {forwarding: true}}
END
in_one_go 'the same by another name' <<'END'
namespaces: {a: {sysctls: {net.ipv4.conf.all.forwarding: 1}}}
END
check '... is on' ip netns exec a grep -q 1 /proc/sys/net/ipv4/ip_forward
in_one_go 'a default beside it' <<'END'
namespaces: {a: {sysctls: {net.ipv4.conf.default.forwarding: 0, net.ipv4.ip_forward: 1}}}
END
gone

in_one_go 'a gateway that is an IPv6 peer' <<'END'
namespaces: {a: {}, b: {routes: [{to: 'fd00:9::/48', via: 'fd00:1::2', dev: e0}]}}
veths: [{b:e0: {addresses: [{address: 'fd00:1::1', peer: 'fd00:1::2/128'}]}, a:e0: }]
END
in_one_go 'two IPv6 addresses' <<'END'
namespaces: [a, b]
veths: [{b:e0: {addresses: ['fd00:1::1/64']}, a:e0: {addresses: ['fd00:1::2/64']}}]
END
in_one_go '... swapped, and one a gateway' <<'END'
namespaces: {a: {routes: [{to: '::/0', via: 'fd00:1::2'}]}, b: }
veths: [{b:e0: {addresses: ['fd00:1::2/64']}, a:e0: {addresses: ['fd00:1::1/64']}}]
END
gone

in_one_go 'IPv6 off' <<'END'
namespaces: {a: {sysctls: {net.ipv6.conf.e0.disable_ipv6: 1}}}
veths: [[a:e0, a:e1]]
END
in_one_go 'IPv6 on again, with an address' <<'END'
namespaces: [a]
veths: [{a:e0: {addresses: ['2001:db8::1/64']}, a:e1: }]
END
in_one_go 'no namespace any more' <<'END'
bridges: [tpcbr]
END
check '... it is gone' test ! -e /run/netns/a
gone

cat >twice.yaml <<'END'
namespaces: [a, b]
veths:
  - {a:e0: {addresses: [10.0.0.1/24]}, b:e0: }
  - {a:e0: {addresses: [10.0.1.1/24]}, b:e1: }
END
check 'an end used twice: check' run 1 topoc check twice.yaml
check '... at its place' err '^twice\.yaml:4:6: error: '

cat >lab.yaml <<'END'
namespaces: {a: {sysctls: {net.ipv4.ip_local_reserved_ports: '8080,8081'}}}
END
check 'a value in a form that is not the kernel'"'"'s: apply' run 1 topoc apply lab.yaml
check '... offers the kernel'"'"'s' err '8080-8081'
check '... changes nothing' clean

ttl=/proc/sys/net/ipv4/ip_default_ttl
former=$(cat $ttl)
in_one_go 'a sysctl of the host' <<'END'
host: {sysctls: {net.ipv4.ip_default_ttl: 70}}
namespaces: [a]
END
cat >other.yaml <<'END'
host: {sysctls: {net.ipv4.ip_default_ttl: 71}}
END
check 'another topology wants another value' run 1 topoc apply other.yaml
check '... is told so' err 'another topology'
cat >lab.yaml <<'END'
host: {sysctls: {net.ipv4.ip_default_ttl: 71}}
namespaces: [a, b]
END
check 'killed in the middle of a change' run 137 \
    strace -f -qq -o trace -e inject=symlink:signal=SIGKILL:when=1 "$TOPOC" apply lab.yaml
check '... destroy' run 0 topoc destroy
check '... the host has its own value back' test "$(cat $ttl)" = "$former"
check '... nothing is left' clean

# What is noted of the host's settings is not forgotten because one cannot be read in the end.
echo 'host: {forwarding: true}' >lab.yaml
strace -f -qq -o trace -e trace=openat "$TOPOC" apply -q lab.yaml
last=$(grep -n '/lo/forwarding", O_RDONLY' <(grep openat trace) | tail -1 | cut -d: -f1)
run 0 topoc destroy
check 'a setting that cannot be read' run 1 \
    strace -f -qq -o trace -e "inject=openat:error=EBUSY:when=$last" "$TOPOC" apply lab.yaml
check '... is told' err 'Device or resource busy'
check '... nothing is left' clean

# What is closed when topoc begins is not what it opens first.
cp "$root/topologies/router.yaml" .
remember
silently() { topoc apply router.yaml >&- 2>&-; }
full() { topoc show >/dev/full; }
unread() { topoc apply -v router.yaml 2>&1 >/dev/null | true; }
check 'apply without a standard output' run 0 silently
check '... writes into no file of its own' not grep -q Applied /run/topoc/lock
check '... and is in step' in_step router.yaml
check 'a full standard output' run 1 full
check '... is told' err '^topoc: error: standard output cannot be written$'
check 'destroy' run 0 topoc destroy router
check 'a reader that goes' run 0 unread
check '... ends no apply half way' in_step router.yaml
check 'destroy' run 0 topoc destroy router
ip netns add router
check 'a namespace in the way, which was to have sysctls' run 1 topoc apply router.yaml
check '... is told as such' err '^router.yaml:10:3: error: namespace router is there already and is not topoc'
ip netns del router
sed 's/^namespaces:/name: other\n&/' router.yaml >other.yaml
check 'apply' run 0 topoc apply router.yaml
check 'another topology with its names' run 1 topoc apply other.yaml
check '... is told whose they are' err "error: namespace router belongs to another topology, 'router'$"
check 'destroy' run 0 topoc destroy router
check 'nothing is left' clean
