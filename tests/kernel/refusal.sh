#!/bin/bash
# Promise: what the kernel refuses is an error at the value that asked for it, with the kernel's own
# words, and nothing is left changed: each class of object, and each kind of device.
source "$(dirname "$0")/lib.sh"

# The text that the caret of the error of the last `run` points to.
pointed() {
    awk '/ error: / { bar = line = 0; error = 1 }
         error && /^ *[0-9]+ \| / && !line { bar = index($0, "|"); line = $0 }
         /^ *\| *\^/ && bar && !done {
             match($0, /\^~*/)
             print substr(line, RSTART, RLENGTH)
             done = 1
         }' "$work/.err"
}

# refused PLACE TEXT PATTERN COMMAND...: the command ends with status 1, and with one error, at
# PLACE (FILE:LINE:COLUMN), where TEXT stands, and whose message has the PATTERN.
refused() {
    local place=$1 text=$2 pattern=$3
    shift 3
    run 1 "$@" || return 1
    if (($(grep -c 'error: ' "$work/.err") != 1)); then
        echo 'not one error:'
        shown
    fi
    err "^${place//./\\.}: error: cannot $pattern\$" || return 1
    if [[ $(pointed) != "$text" ]]; then
        echo "the caret is at '$(pointed)', not at '$text':"
        shown
    fi
}

# file LINE...: the file of that many lines
file() {
    printf '%s\n' "$@" >lab.yaml
}

ip link add plain type veth peer name plain-peer
ip link set plain up
ip link property add dev plain altname taken 2>/dev/null || true
remember

# Namespaces
file 'namespaces:' '  left:' '  right:'
limit=$(</proc/sys/user/max_net_namespaces)
# In a user namespace of its own, where the test's namespace is the only one yet.
if ! grep -q 4294967295 /proc/self/uid_map && echo 2 2>/dev/null >/proc/sys/user/max_net_namespaces; then
    check 'a namespace past the limit' refused lab.yaml:3:3 right \
        'make namespace right: No space left on device' topoc apply lab.yaml
    check '... says which limit' err 'max_net_namespaces'
    check '... changes nothing' clean
    echo "$limit" >/proc/sys/user/max_net_namespaces
fi

# Devices
file 'bridges:' '  br0:' '  taken: {mtu: 1400}'
if ip link show taken >/dev/null 2>&1; then
    check 'a bridge with a name that is taken' refused lab.yaml:3:3 taken \
        'make bridge taken: File exists' topoc apply lab.yaml
    check '... says why' err 'alternative name'
    check '... changes nothing' clean
fi

file 'namespaces: [n]' 'veths:' '  - n:a:' '    taken:' '  - n:b:' '    b:'
if ip link show taken >/dev/null 2>&1; then
    check "a cable with a name that is taken at its other end" refused lab.yaml:4:5 taken \
        'make veth taken: File exists' topoc apply lab.yaml
    check '... says why' err 'alternative name'
    check '... changes nothing' clean
fi

file 'namespaces: [n]' 'veths:' '  - n:a:' '    a: {mtu: 1400, bridge: plain}'
check 'a port of what is no bridge' refused lab.yaml:4:28 plain \
    'set up veth a \(bridge plain\): Operation not supported' topoc apply lab.yaml
check '... says why' err 'takes no ports'
check '... changes nothing' clean

file 'namespaces: [n]' 'bridges:' '  n:s1: {stp: true,' '         vlan-filtering: true}'
if ! run 0 topoc apply lab.yaml >/dev/null; then
    check 'vlan-filtering where the kernel has none' refused lab.yaml:4:26 true \
        'make bridge n:s1 \(vlan-filtering true\): Operation not supported' topoc apply lab.yaml
    check '... is told by name' err 'CONFIG_BRIDGE_VLAN_FILTERING'
    check '... changes nothing' clean
    sed -i 's/true}/false}/' lab.yaml
    run 0 topoc apply lab.yaml
    dump >before
    sed -i 's/false}/true, priority: 1}/' lab.yaml
    sed -i 's/n:s1: /n:s1: {up: true}\n  n:s2: /' lab.yaml
    check 'the same on another bridge' refused lab.yaml:5:26 true \
        'make bridge n:s2 \(vlan-filtering true\): Operation not supported' topoc apply lab.yaml
    check '... changes nothing' unchanged before
fi
run 0 topoc destroy

file 'namespaces: [n]' 'bridges: [s1]' 'veths:' '  - n:a:' '    a: {bridge: s1}'
run 0 topoc apply lab.yaml
dump >before
sed -i 's/bridge: s1/bridge: plain/' lab.yaml
check 'a change to what is no bridge' refused lab.yaml:5:17 plain \
    'change bridge of veth a to plain: Operation not supported' topoc apply lab.yaml
check '... changes nothing' unchanged before
run 0 topoc destroy

# A bridge of the host that somebody else has filled: 1023 ports, and one of a cable that is not.
ip link add full type bridge
{
    for ((i = 0; i < 512; i++)); do
        echo "link add full$i group 5 master full type veth peer name port$i"
    done
    for ((i = 0; i < 511; i++)); do
        echo "link set port$i master full"
    done
} | ip -batch -
remember
file 'namespaces: [n]' 'veths:' '  - n:a:' '    a: {bridge: full}'
check 'a port too many' refused lab.yaml:4:17 full \
    'set up veth a \(bridge full\): Exchange full' topoc apply lab.yaml
check '... says how many there can be' err '1023'
check '... changes nothing' clean
ip link del group 5
ip link del full
remember

# With a kind that tests/macvlan adds.
macvlan() {
    "$TOPOC_MACVLAN" "$@"
}
if ip link add link plain name probe type macvlan 2>/dev/null; then
    ip link del probe
    file 'namespaces: [n]' 'veths: [[n:a, n:b]]' 'macvlans:' '  n:m1: {link: a, mode: bridge}'
    run 0 macvlan apply lab.yaml
    dump >before
    sed -i 's/mode: bridge/mode: passthru/' lab.yaml
    check 'a mode that cannot change' refused lab.yaml:4:25 passthru \
        'change mode of macvlan n:m1 to passthru: Invalid argument' macvlan apply lab.yaml
    check '... changes nothing' unchanged before
    run 0 macvlan destroy
fi

# Addresses. The kernel says why since some Linux between 6.1 and 6.12.
no_ipv6='Permission denied'
if linux_since 6.12; then
    no_ipv6+=': .*IPv6 is disabled on this device'
fi
file 'namespaces:' '  n:' '    sysctls: {net.ipv6.conf.all.disable_ipv6: 1}' 'veths:' \
    '  - n:a: {addresses: [10.0.0.1/24, "2001:db8::1/64"]}' '    n:b:'
check 'an IPv6 address without IPv6' refused lab.yaml:5:36 '"2001:db8::1/64"' \
    "make address 2001:db8::1/64 on n:a: $no_ipv6" \
    topoc apply lab.yaml
check '... says where to look' err 'disable_ipv6'
check '... changes nothing' clean
file 'namespaces:' '  n:' '    sysctls: {net.ipv6.conf.lo.disable_ipv6: 1}' \
    '    lo: {addresses: [{address: "2001:db8::1/128"}]}'
check 'an IPv6 address on lo' refused lab.yaml:4:32 '"2001:db8::1/128"' \
    "make address 2001:db8::1/128 on n:lo: $no_ipv6" \
    topoc apply lab.yaml
check '... changes nothing' clean

# Routes: ROUTE, COLUMN, TEXT, and of the message what is behind the namespace
while IFS='|' read -r route column text words; do
    file 'namespaces:' '  n:' '    routes:' "      - $route" \
        'veths:' '  - n:a: {addresses: [10.0.0.1/24, "fd00::1/64"]}' '    n:b:'
    check "route $route" refused "lab.yaml:4:$column" "$text" "make route [^ ]* in n$words" topoc apply lab.yaml
    check '... changes nothing' clean
done <<'END'
{to: 10.1.0.0/16, via: "fe80::1", dev: lo}|48|lo| \(dev n:lo\): Invalid argument: Egress device can not be loopback.*
{to: "fd01::/64", via: "::", dev: a, onlink: true}|32|"::"| \(via ::\): Invalid argument: Invalid gateway address
{to: 10.1.0.0/16, via: 224.0.0.1, dev: a, onlink: true}|32|224.0.0.1| \(via 224.0.0.1\): Invalid argument: Nexthop has invalid gateway
{to: 10.1.0.0/16, nexthops: [{via: 10.0.0.9, dev: a}, {via: 224.0.0.1, dev: a}], onlink: true}|38|{| \(nexthops .*\): Invalid argument: Nexthop has invalid gateway
END
# What check knows of them, the kernel is not asked.
while IFS='|' read -r route column; do
    file 'namespaces:' '  n:' '    routes:' "      - $route" \
        'veths:' '  - n:a: {addresses: [10.0.0.1/24, "fd00::1/64"]}' '    n:b:'
    check "route $route" run 1 topoc check lab.yaml
    check '... at its place' err "^lab\.yaml:4:$column: error: "
done <<'END'
{to: 10.1.0.0/16, via: 10.0.0.255}|32
{to: 10.1.0.0/16, via: 10.0.0.9, dev: b}|32
{to: 10.1.0.0/16, via: 10.0.0.9, scope: host}|49
{to: 10.1.0.0/16, dev: a, onlink: true}|43
{to: 10.1.0.0/16, nexthops: [{via: 10.0.0.9}, {via: 10.0.0.255}]}|61
END
file 'host:' '  routes:' '    - {to: 10.1.0.0/16, dev: plain, src: 10.9.9.9}'
check 'a source that the host has not' refused lab.yaml:3:42 10.9.9.9 \
    'make route 10.1.0.0/16 in host \(src 10.9.9.9\): Invalid argument: Invalid prefsrc address' topoc apply lab.yaml
check '... changes nothing' clean

# Sysctls
file 'namespaces:' '  n:' '    sysctls:' '      net.ipv4.ip_default_ttl: 64' '      net.ipv4.ip_local_port_range: "40000 30000"'
check 'a value that a sysctl does not take' refused lab.yaml:5:37 '"40000 30000"' \
    "set sysctl net.ipv4.ip_local_port_range in n to '40000 30000': Invalid argument" topoc apply lab.yaml
check '... changes nothing' clean
file 'host:' '  sysctls:' '    net.ipv4.ip_default_ttl: 0'
check 'in the host' refused lab.yaml:3:30 0 \
    "set sysctl net.ipv4.ip_default_ttl in host to '0': Invalid argument" topoc apply lab.yaml
check '... changes nothing' clean

# What the kernel does with IPv6 addresses in a work queue is not undone half way.
file 'host: {forwarding: true}' 'bridges: [s1]' 'veths:' '  - a: {bridge: s1}' '    b:'
run 0 topoc apply lab.yaml
dump >before
anycast() {
    ip -6 route show table local type anycast dev s1
}
anycast >anycast.before
file 'host: {routes: [{to: 10.1.0.0/16, dev: plain, src: 10.9.9.9}]}' 'bridges:' \
    "  s1: {addresses: [$(printf "'fd00:%x::1/64'," {1..20})]}" 'veths:' '  - a: {bridge: s1}' '    b:'
refused_each_time() {
    for _ in {1..20}; do
        refused lab.yaml:1:52 10.9.9.9 'make route 10.1.0.0/16 in host \(src 10.9.9.9\): .*' topoc apply lab.yaml || return
    done
}
check 'new addresses, and forwarding taken away' refused_each_time
check '... changes nothing' unchanged before
is_in_no_group() {
    anycast >now && same anycast.before now
}
check '... and is in no group' is_in_no_group
run 0 topoc destroy

# A file that is not ASCII has its columns in characters.
file 'x-ä: {ö: [ü, "日本語"]}' 'host:' '  sysctls: {"net.ipv4.ip_default_ttl": "0"} # 日本語'
check 'columns count characters' refused lab.yaml:3:40 '"0"' \
    "set sysctl net.ipv4.ip_default_ttl in host to '0': Invalid argument" topoc apply lab.yaml

# A terminal's control characters are escaped.
file 'host:' '  sysctls:' '    net.ipv4.ip_default_ttl: "\e[31m"'
check 'control characters' run 1 topoc apply lab.yaml
check '... never reach the terminal' not grep -q $'\e' .err
check 'and nothing is changed' clean
