#!/bin/bash
# Promise: apply of a changed file does the difference and nothing else; what can change in place does,
# what cannot is replaced and says why; what is taken out of the file goes back to its default; the
# state is in the end the one that the new file alone gives.
source "$(dirname "$0")/lib.sh"
remember

# Reads a file from standard input, applies it to nothing.
old() {
    topoc destroy --all >/dev/null 2>&1 || true
    cat >lab.yaml
    check "$1: before" run 0 topoc apply lab.yaml
}
# Reads the changed file; plan leaves what it prints in .out.
new() {
    cat >lab.yaml
    check "$1: plan" out_of_step lab.yaml
}
# The plan's last line.
counts() {
    out "^Plan: $1 to create, $2 to change, $3 to destroy\.$"
}
# Lines of the plan that do something, of any sort.
does() {
    lines "$1" '^ *([+~-]|-/\+) '
}
# Applies the changed file and compares with what it gives on its own.
applied() {
    run 0 topoc apply lab.yaml && in_step && dump --no-local --sysctls >after &&
        run 0 topoc destroy lab && run 0 topoc apply lab.yaml &&
        dump --no-local --sysctls >alone && same alone after
}

# 1. An address: routes of the device, topoc's and foreign ones, are not cut
file() {
    cat <<END
name: lab
namespaces:
  r1: {routes: [{to: 10.2.0.0/24, via: 10.0.0.9}, {to: 10.3.0.0/24, dev: e0}]}
veths:
  - r1:e0: {addresses: [$1]}
    r1:e1:
END
}
old 'address' < <(file 10.0.0.1/24)
ip -n r1 route add 10.77.0.0/16 via 10.0.0.8 proto bgp
ip -n r1 -t monitor route >events &
monitor=$!
sleep 0.3
new 'address' < <(file 10.0.0.2/24)
check 'address: the difference alone' does 2
check 'address: the old one' out '^ *- .*10\.0\.0\.1/24'
check 'address: the new one' out '^ *\+ .*10\.0\.0\.2/24'
check 'address: apply' run 0 topoc apply lab.yaml
check 'address: in step' in_step
sleep 0.3
kill "$monitor"
wait "$monitor" 2>/dev/null || true
check 'address: no route was cut' not grep 'Deleted 10\.\(2\|3\|77\)\.' events
check 'address: the foreign route is there' ip -n r1 route get 10.77.0.1
ip -n r1 route del 10.77.0.0/16
check 'address: as from the new file alone' applied

# 2. In place: old and new value
file() {
    cat <<END
name: lab
namespaces:
  r1: {${3-}}
bridges:
  r1:br0: {${2-}}
veths:
  - r1:e0: {$1}
    r1:e1: {bridge: br0}
END
}
old 'in place' < <(file 'mtu: 1400' 'ageing-time: 100s')
index=$(ip -n r1 -j link show e0 | jq '.[].ifindex')
new 'in place' < <(file 'mtu: 9000' 'ageing-time: 200s')
check 'in place: the difference alone' does 2
check 'in place: the count' counts 0 2 0
check 'in place: MTU' out '^ *~ .*1400.*9000|^ +mtu.*1400.*9000'
check 'in place: ageing-time' out '~ .*100s.*200s|ageing-time.*100s.*200s'
check 'in place: apply' run 0 topoc apply lab.yaml
is_in_place() { [[ $(ip -n r1 -j link show e0 | jq '.[].ifindex') == "$index" ]]; }
check 'in place: it is the same device' is_in_place
check 'in place: as from the new file alone' applied

# 3. Taken out: back to the default
old 'taken out' < <(file \
    "mtu: 1400, txqueuelen: 500, mac: '02:00:00:00:00:07', up: false" \
    'stp: true, priority: 100, forward-delay: 2s, hello-time: 1s, max-age: 10s, ageing-time: 10s, mcast-snooping: false' \
    'forwarding: true, sysctls: {net.ipv4.ip_default_ttl: 70, net.ipv4.conf.e0.rp_filter: 2}')
new 'taken out' < <(file '')
check 'taken out: no device is made or destroyed' not out '^ *(\+|-|-/\+) (veth|bridge)'
check 'taken out: apply' run 0 topoc apply lab.yaml
dump >state
check 'taken out: the device' grep -q 'r1: link e0 veth up mtu=1500 .* txqueuelen=1000' state
check 'taken out: the derived MAC' not grep -q 02:00:00:00:00:07 state
check 'taken out: the bridge' grep -q 'r1: link br0 bridge up .*stp=0 priority=32768 forward-delay=1500 hello-time=200 max-age=2000 ageing-time=30000 mcast-snooping=1' state
check 'taken out: the rest is as from the new file alone' applied

# 4. Sysctls of the host get back what was there
echo 65 >/proc/sys/net/ipv4/ip_default_ttl
file() {
    cat <<END
name: lab
host: {$1}
namespaces: [r1]
veths: [{r1:e0: , tpc0: }]
END
}
old 'host' < <(file 'forwarding: true, sysctls: {net.ipv4.ip_default_ttl: 70}')
check 'host: ip_default_ttl is set' grep -qx 70 /proc/sys/net/ipv4/ip_default_ttl
check 'host: forwarding is set' grep -qx 1 /proc/sys/net/ipv4/ip_forward
new 'host' < <(file '')
check 'host: apply' run 0 topoc apply lab.yaml
check 'host: ip_default_ttl as before' grep -qx 65 /proc/sys/net/ipv4/ip_default_ttl
check 'host: forwarding as before' grep -qx 0 /proc/sys/net/ipv4/ip_forward
old 'host' < <(file 'forwarding: true, sysctls: {net.ipv4.ip_default_ttl: 70}')
check 'host: destroy' run 0 topoc destroy
check 'host: ip_default_ttl as before' grep -qx 65 /proc/sys/net/ipv4/ip_default_ttl
check 'host: forwarding as before' grep -qx 0 /proc/sys/net/ipv4/ip_forward
old 'host' < <(file 'forwarding: true, sysctls: {net.ipv4.ip_default_ttl: 70}')
echo 80 >/proc/sys/net/ipv4/ip_default_ttl
check 'host: destroy' run 0 topoc destroy
check 'host: a value that is not ours any more stays' grep -qx 80 /proc/sys/net/ipv4/ip_default_ttl
echo 64 >/proc/sys/net/ipv4/ip_default_ttl

# 5. Replaced: the reason, and what goes with it
file() {
    cat <<END
name: lab
namespaces:
  r1: {routes: [{to: 10.2.0.0/24, via: 10.0.0.9}, {to: 10.3.0.0/24, type: blackhole}]}
  r2:
veths:
  - r1:e0: {addresses: [10.0.0.1/24], queues: $1}
    r2:e1:
  - r1:f0:
    r2:f1:
END
}
old 'replaced' < <(file 1)
ip -n r1 route add 10.77.0.0/16 via 10.0.0.8 proto bgp
new 'replaced' < <(file 4)
check 'replaced: the device' out '^ *-/\+ .*e0'
check 'replaced: the reason' out '^ *-/\+ .*queues|queues.*1.*4'
check 'replaced: its address goes with it' out '^ *-/\+ .*10\.0\.0\.1/24.*goes with'
check 'replaced: its route goes with it' out '^ *-/\+ .*10\.2\.0\.0/24.*goes with'
check 'replaced: the foreign route is named' says '10\.77\.0\.0/16'
check 'replaced: the blackhole stays' not out '^ *[-+~/]+ .*10\.3\.0\.0/24'
check 'replaced: the other cable stays' not out '^ *[-+~/]+ .*f[01]'
check 'replaced: as from the new file alone' applied

# 6. More and less
file() {
    cat <<END
name: lab
namespaces:
  r1:
    routes:
      - {to: 10.2.0.0/24, via: 10.0.0.9}
$1
$2
bridges:
  r1:br0:
veths:
  - r1:e0: {addresses: [10.0.0.1/24]}
    r1:e1: {bridge: br0}
$3
END
}
more=('      - {to: 10.3.0.0/24, via: 10.0.0.9, metric: 5}' '  r2: {routes: [{to: 10.0.0.0/8, dev: g1}]}'
    $'  - r1:g0: {bridge: br0}\n    r2:g1: {addresses: [10.0.0.2/24]}')
old 'more' < <(file '' '' '')
new 'more' < <(file "${more[@]}")
check 'more: only makes' not out '^ *(-|~|-/\+) '
check 'more: nothing that is there' not out '^ *\+ .*(e0|e1|\+ bridge|10\.0\.0\.1/24|10\.2\.0\.0)'
check 'more: as from the new file alone' applied
new 'less' < <(file '' '' '')
check 'less: only destroys' not out '^ *(\+|~|-/\+) '
# What goes may lead to what stays: only its own name counts, where it is, and a cable's other end.
check 'less: nothing that stays' not out \
    '^ *- ([a-z]+ [^ ]*|address .* on r1:|.* -- r1:)(e0|e1|br0$|10\.0\.0\.1/24|10\.2\.0\.0)'
check 'less: as from the new file alone' applied

# 7. Ports, gateways, next hops, labels
file() {
    cat <<END
name: lab
namespaces:
  r1: {routes: [{to: 10.2.0.0/24, $1}, {to: '2001:db8:2::/64', $2}]}
bridges: {r1:br0: , r1:br1: }
veths:
  - r1:e0: {addresses: [{address: 10.0.0.1/24, label: 'e0:$4'}, '2001:db8::1/64']}
    r1:e1: {bridge: $3}
END
}
old 'edges' < <(file 'via: 10.0.0.8' "via: '2001:db8::8'" br0 a)
new 'edges' < <(file 'via: 10.0.0.9' "via: '2001:db8::9'" br1 a)
check 'edges: the port' out '~ .*br0.*br1|bridge.*br0.*br1'
check 'edges: the gateway' out '10\.0\.0\.8.*10\.0\.0\.9|10\.2\.0\.0/24'
check 'edges: no device is made or destroyed' not out '^ *(\+|-|-/\+) .*(veth|bridge)'
check 'edges: as from the new file alone' applied
new 'multipath' < <(file 'nexthops: [{via: 10.0.0.8}, {via: 10.0.0.9, weight: 2}]' \
    "nexthops: [{via: '2001:db8::8'}, {via: '2001:db8::9', weight: 2}]" br1 a)
check 'multipath: as from the new file alone' applied
new 'weights' < <(file 'nexthops: [{via: 10.0.0.8, weight: 7}, {via: 10.0.0.9}]' \
    "nexthops: [{via: '2001:db8::8', weight: 7}, {via: '2001:db8::9'}]" br1 a)
check 'weights: as from the new file alone' applied
new 'to a blackhole' < <(file 'type: blackhole' 'type: unreachable' br1 a)
check 'to a blackhole: as from the new file alone' applied
new 'label' < <(file 'type: blackhole' 'type: unreachable' br1 b)
check 'label: as from the new file alone' applied

# 8. Down, up, small MTU: what they take with them comes back
file() {
    cat <<END
name: lab
namespaces:
  r1: {routes: [$2]}
veths:
  - r1:e0: {addresses: [10.0.0.1/24$3], $1}
    r1:e1:
END
}
v4='{to: 10.2.0.0/24, via: 10.0.0.9}' v6="{to: '2001:db8:2::/64', via: '2001:db8::9'}"
old 'states' < <(file 'mtu: 1500' "$v4, $v6" ", '2001:db8::1/64'")
new 'down' < <(file 'up: false' '' ", '2001:db8::1/64'")
check 'down: as from the new file alone' applied
new 'up' < <(file 'mtu: 1500' "$v4, $v6" ", '2001:db8::1/64'")
check 'up: as from the new file alone' applied
new 'small' < <(file 'mtu: 1000' "$v4" '')
check 'small: as from the new file alone' applied
new 'large' < <(file 'mtu: 1500' "$v4, $v6" ", '2001:db8::1/64'")
check 'large: as from the new file alone' applied
new 'MAC' < <(file "mac: '02:00:00:00:00:42'" "$v4, $v6" ", '2001:db8::1/64'")
check 'MAC: apply' run 0 topoc apply lab.yaml
local_address() {
    ip -n r1 -6 -o address show dev e0 scope link >.out && out 'fe80::ff:fe00:42/64' && lines 1 .
}
check 'MAC: the link-local address follows' local_address
check 'MAC: as from the new file alone' applied
new 'order of addresses' < <(file "mac: '02:00:00:00:00:42'" "$v4" ", 10.0.0.2/24, 10.0.0.3/24")
check 'order: as from the new file alone' applied
sed -i 's/10.0.0.1.24, 10.0.0.2.24, 10.0.0.3/10.0.0.3\/24, 10.0.0.2\/24, 10.0.0.1/' lab.yaml
check 'other order of addresses: as from the new file alone' applied

# 9. A name for another thing
cat >lab.yaml <<'END'
name: lab
namespaces: [r1, r2]
bridges: {r1:x: }
veths: [{r1:e0: , r2:e0: }, {r1:f0: , r1:g0: {bridge: x}}]
END
check 'names: another kind, another peer: before' run 0 topoc destroy
check 'names: apply' run 0 topoc apply lab.yaml
cat >lab.yaml <<'END'
name: lab
namespaces: [r1, r2]
bridges: {r1:e0: }
veths: [{r1:x: , r2:e0: }, {r1:g0: , r1:f0: {bridge: e0}}]
END
check 'names: as from the new file alone' applied
check 'destroy' run 0 topoc destroy
check 'nothing is left' clean
