#!/bin/bash
# Promise: something foreign where a file wants something of its own is an error at its place in the
# file that names it, before anything is changed; also where the lab is there already, and the file has
# one thing more. Nothing foreign is touched by that, nor by what is done once the way is free.
source "$(dirname "$0")/lib.sh"

# What is in the way of what: another topology's, a stranger's.
cat >other.yaml <<'END'
namespaces: [theirs]
bridges: [obr, theirs:br0]
veths: [{theirs:o0: , oport: {bridge: obr}}]
END
run 0 topoc apply other.yaml
ip netns add stranger
ip link add stranger type veth peer name estranged
everything >nothing

nothing_left() {
    everything >now && same nothing now
}

cat >base <<'END'
name: lab
namespaces:
  left: {routes: [{to: 10.1.0.0/24, via: 10.0.0.2}]}
  right: {forwarding: true}
host:
  routes: [{to: 10.0.0.0/16, via: 192.0.2.2}]
bridges:
  tpcbr: {addresses: [192.0.2.1/25]}
veths:
  - left:eth0: {addresses: [10.0.0.1/24]}
    right:eth0: {addresses: [10.0.0.2/24]}
  - left:eth1: {addresses: [192.0.2.2/25]}
    tpc0: {bridge: tpcbr}
END

# By plan and apply, at a place in the file, with everything as it was.
refused() {
    for verb in plan apply; do
        run 1 topoc "$verb" lab.yaml && err "^lab\.yaml:[0-9]+:[0-9]+: error: .*$1" || return
    done
    everything >now && same before now
}

# obstacle NAME PUT TAKE EDIT PATTERN: what the command PUT makes and TAKE removes is in the way of the
# file that the sed(1) script EDIT makes of `base`.
obstacle() {
    eval "$2"
    sed -E "$4" base >lab.yaml
    everything >before
    check "$state: $1 in the way" refused "$5"
    eval "$3"
}
others() {
    obstacle "$1" true true "$2" "$3"
}

space='s/^  right:.*/  new:\n&/'
is_there='is there already and is not topoc'
theirs="belongs to another topology, 'other'"
bridge='s/^  tpcbr:/  tpcnew:\n&/'
cable='s/^veths:/&\n  - right:eth5:\n    tpcnew:/'
route='s|^  routes: .*|  routes: [{to: 10.0.0.0/16, via: 192.0.2.2}, {to: 10.7.0.0/16, via: 192.0.2.2}]|'

anywhere() {
    obstacle 'a namespace' 'ip netns add new' 'ip netns del new' "$space" "namespace new $is_there"
    obstacle 'an empty file' '(umask 777 && : >/run/netns/new)' 'rm -f /run/netns/new' "$space" "namespace new $is_there"
    obstacle 'a file' 'echo text >/run/netns/new' 'rm /run/netns/new' "$space" "namespace new $is_there"
    obstacle 'a directory' 'mkdir /run/netns/new' 'rmdir /run/netns/new' "$space" "namespace new $is_there"
    obstacle 'a dangling link' 'ln -s /nowhere /run/netns/new' 'rm /run/netns/new' "$space" "namespace new $is_there"
    obstacle 'a link to a namespace' 'ln -s stranger /run/netns/new' 'rm /run/netns/new' "$space" "namespace new $is_there"
    obstacle "a link to another topology's" 'ln -s /run/topoc/lab/other/1/theirs /run/netns/new' 'rm /run/netns/new' \
        "$space" "namespace new $theirs"
    obstacle 'a bridge' 'ip link add tpcnew type bridge' 'ip link del tpcnew' "$bridge" "bridge tpcnew $is_there"
    obstacle 'a cable instead of a bridge' 'ip link add tpcnew type veth peer name other' 'ip link del tpcnew' "$bridge" \
        "veth tpcnew $is_there"
    if ip link add probe type ifb 2>/dev/null; then
        ip link del probe
        obstacle 'another kind of device' 'ip link add tpcnew type ifb' 'ip link del tpcnew' "$bridge" "device tpcnew $is_there"
    fi
    obstacle "what says that it is another topology's, and is not" \
        'ip link add tpcnew type bridge; ip link set tpcnew alias topoc:other' 'ip link del tpcnew' "$bridge" "bridge tpcnew $is_there"
    obstacle "what says that it is ours, and is not" \
        'ip link add tpcnew type bridge; ip link set tpcnew alias topoc:lab' 'ip link del tpcnew' "$bridge" "bridge tpcnew $is_there"
    obstacle 'a cable' 'ip link add tpcnew type veth peer name other' 'ip link del tpcnew' "$cable" "veth tpcnew $is_there"
    obstacle 'a port of a foreign bridge' 'ip link add other type bridge; ip link add tpcnew type veth peer name end
        ip link set tpcnew master other' 'ip link del tpcnew; ip link del other' "$cable" "veth tpcnew $is_there"

    others "another topology's namespace" 's/^  right:.*/  theirs:\n&/' "namespace theirs $theirs"
    others "another topology's bridge" 's/^  tpcbr:/  obr:\n&/' "bridge obr $theirs"
    others "another topology's cable" 's/^veths:/&\n  - right:eth5:\n    oport:/' "veth oport $theirs"

    # In the host a route, and an address on what is ours.
    obstacle 'a route' 'ip route add blackhole 10.7.0.0/16' 'ip route del 10.7.0.0/16' "$route" "route 10.7.0.0/16 in host $is_there"
    obstacle "a routing daemon's route" 'ip route add unreachable 10.7.0.0/16 proto bgp' 'ip route del 10.7.0.0/16' "$route" \
        "route 10.7.0.0/16 in host $is_there"
}

# In what is the lab's own.
in_the_lab() {
    obstacle 'a device in a namespace of ours' 'ip -n left link add mine type veth peer name yours' 'ip -n left link del mine' \
        's/^veths:/&\n  - left:mine:\n    right:mine:/' "veth left:mine $is_there"
    obstacle 'a bridge in a namespace of ours' 'ip -n left link add mine type bridge' 'ip -n left link del mine' \
        's/^veths:/&\n  - left:mine:\n    right:mine:/' "bridge left:mine $is_there"
    obstacle "a routing daemon's route in a namespace of ours" 'ip -n left route add 10.7.0.0/16 via 10.0.0.2 proto bgp' \
        'ip -n left route del 10.7.0.0/16' 's|via: 10.0.0.2}|&, {to: 10.7.0.0/16, via: 10.0.0.9}|' "route 10.7.0.0/16 in left $is_there"
    obstacle "an address on a bridge of ours in the host" 'ip address add 192.0.2.9/25 dev tpcbr label tpcbr:x' \
        'ip address del 192.0.2.9/25 dev tpcbr' 's|192.0.2.1/25|&, 192.0.2.9/25|' "address 192.0.2.9/25 on tpcbr $is_there"
}

state='no lab'
anywhere
check 'no trace of all that' nothing_left
state='a lab'
cp base lab.yaml
check 'the way is free: apply' run 0 topoc apply lab.yaml
anywhere
in_the_lab
cp base lab.yaml
check 'no harm was done to the lab' in_step lab
sed -E "$space; $bridge; $cable; $route" base | sed 's/    tpcnew:/    tpcport:/' >lab.yaml
check 'the way is free: apply of all that' run 0 topoc apply lab.yaml
check '... in step' in_step lab.yaml
check 'destroy' run 0 topoc destroy lab
check 'no trace of all that' nothing_left
