#!/bin/bash
# Promise: what a hand has moved, renamed, taken away or put something else in the place of is shown by
# plan, and apply makes it as the file says, or says what is in the way; from the same state destroy
# alone removes all that is topoc's. What is foreign is left by either, also where it now has the name of
# something that was topoc's.
source "$(dirname "$0")/lib.sh"

echo 0 >/proc/sys/net/ipv6/conf/default/accept_dad # its end would be a change
ip netns add stranger
ip link add stranger type bridge
ip link add tail type veth peer name head
ip link set tail master stranger
for device in stranger tail head; do
    ip link set $device up
done
cat >other.yaml <<'END'
namespaces: [o1]
bridges: [obr]
veths: [{o1:o0: , oport: {bridge: obr}}]
END
run 0 topoc apply other.yaml

cat >lab.yaml <<'END'
name: lab
namespaces:
  r1: {routes: [{to: 10.2.0.0/24, via: 10.0.0.2}], sysctls: {net.ipv4.conf.eth0.rp_filter: 2}}
  r2: {forwarding: true}
  sw:
host:
  routes: [{to: 10.0.0.0/16, via: 192.0.2.2}]
bridges:
  tpcbr: {addresses: [192.0.2.1/25]}
  sw:br0:
veths:
  - r1:eth0: {addresses: [10.0.0.1/24]}
    r2:eth0: {addresses: [10.0.0.2/24, '2001:db8::2/64']}
  - r1:eth1: {addresses: [192.0.2.2/25]}
    tpc1: {bridge: tpcbr}
  - r2:eth2:
    sw:p2: {bridge: br0}
  - {tpc3: , tpc4: {bridge: tpcbr}}
END
everything >nothing

# Beside what the hand itself left there (`left`), nothing differs from the beginning; what is beyond
# the lab's namespaces a moment later, when the kernel has ended them.
nothing_left() {
    for _ in {1..50}; do
        everything >now
        LC_ALL=C comm -3 nothing now | sed 's/^\t//' | grep -Ev -e "$left" -e '^/run/topoc/lab: ' >differs || true
        [[ -s differs ]] || break
        sleep 0.1
    done
    head -n 20 differs
    [[ ! -s differs ]] && topoc list -q | same - <(echo other)
}

left='^$'
repaired() {
    out_of_step lab.yaml && says "$1" && run 0 topoc apply lab.yaml && in_step lab.yaml
}
# Until nothing has changed for a while: the kernel ends what was deleted when it gets round to it.
settle() {
    local same=0
    everything >before
    while ((same < 4)); do
        sleep 0.2
        everything >now
        if cmp -s before now; then same=$((same + 1)); else same=0; fi
        cp now before
    done
}
stopped() {
    run 1 topoc plan lab.yaml && err "^lab\.yaml:[0-9]+:[0-9]+: error: $1" || return
    settle
    cp now before
    run 1 topoc apply lab.yaml && everything >now && same before now
}
# hand NAME repaired|stopped PATTERN COMMAND [UNDO]: what becomes of COMMAND. `UNDO` takes away what it
# has left.
kept() { # what was foreign is still there for the command to end well
    check '... the foreign thing is still there' "$@"
}
hand() {
    check "apply" run 0 topoc apply lab.yaml
    eval "$4"
    check "$1: destroy" run 0 topoc destroy lab
    check '... all that is topoc'"'"'s' nothing_left
    eval "${5:-true}"
    run 0 topoc apply lab.yaml
    eval "$4"
    check "$1: plan and apply" "$2" "$3"
    check '... destroy' run 0 topoc destroy lab
    check '... all of it' nothing_left
    eval "${5:-true}"
}

# Devices
down() { # to rename a device that is up takes Linux 6.2
    if [[ $1 == host ]]; then ip link set "$2" down; else ip -n "$1" link set "$2" down; fi
}
hand 'a device moved to another namespace of the lab' repaired 'r2:eth0' 'ip -n r2 link set eth0 netns r1 name other'
hand 'a device moved to a foreign namespace' repaired 'r2:eth0' 'ip -n r2 link set eth0 netns stranger'
hand 'a device of the host moved to a namespace of the lab' repaired tpc1 'ip link set tpc1 netns r2'
hand 'a device of the host moved to a foreign namespace' repaired tpc1 'ip link set tpc1 netns stranger'
hand 'a cable between namespaces moved to the host' repaired r2:eth0 \
    'ip -n r1 link set eth0 down; ip -n r1 link set eth0 name moved1; ip -n r2 link set eth0 down; ip -n r2 link set eth0 name moved2
     exec 9</proc/self/ns/net; ip netns exec r1 ip link set moved1 netns $$; ip netns exec r2 ip link set moved2 netns $$'
left='^stranger: |^host: .*mark' # what has come to be somebody else's stays, and is named
both_moved='ip -n r1 link set eth0 netns stranger name s1; ip -n r2 link set eth0 netns stranger name s2'
hand 'both ends moved to a foreign namespace' repaired r2:eth0 "$both_moved" \
    'kept ip -n stranger link del s1; check "... and nothing else" nothing_left'
hand 'both ends in the host moved to one' repaired tpc3 \
    'ip link set tpc3 netns stranger; ip link set tpc4 netns stranger' 'kept ip -n stranger link del tpc4'
left='^$'
run 0 topoc apply lab.yaml
eval "$both_moved"
for verb in 'plan lab.yaml' 'apply lab.yaml' list 'destroy lab'; do
    # shellcheck disable=SC2086 # words
    check "$verb: names both" run 0 topoc $verb
    check '... whose they are, and where' err "warning: 'stranger:s1' has the mark of 'lab' and stays: 'stranger' is not topoc's$"
    check '... and how to remove them' err 'note: where somebody has moved it there: ip -n stranger link del s2$'
done
check '... not of another topology' run 0 topoc plan other.yaml
check '... which says nothing' silent_about stranger
ip -n stranger link del s1
check '... what goes with its other end' run 0 topoc apply lab.yaml
ip -n r2 link set eth0 netns stranger
check '... is not named' out_of_step lab.yaml
check '... but planned' silent_about stranger:eth0
# A namespace with a name here may be the host of another /run, with a lab of the same name in it.
beside_nested() {
    # shellcheck disable=SC2016 # expanded by the inner shell
    nsenter --net=/run/netns/stranger unshare -m bash -euc '
        mount -t tmpfs tmpfs /run
        outside=(nsenter --target "$2" --net --mount "$0")
        "$0" apply -q "$1"
        "${outside[@]}" apply "$1"
        "${outside[@]}" destroy lab
        "$0" plan --detailed-exitcode "$1"
        "$0" destroy lab' "$TOPOC" "$PWD/lab.yaml" $$
}
check 'a lab of the same name in a foreign namespace is left' run 0 beside_nested
hand 'a bridge of the host renamed' repaired tpcbr 'down host tpcbr; ip link set tpcbr name renamed'
hand 'a port of the host renamed' repaired tpc1 'down host tpc1; ip link set tpc1 name renamed'
hand 'a device renamed' repaired r2:eth0 'down r2 eth0; ip -n r2 link set eth0 name renamed'
hand 'a port put into a foreign bridge' repaired tpc1 'ip link set tpc1 master stranger'
hand 'a port taken out' repaired tpc1 'ip link set tpc1 nomaster'
hand 'a cable deleted' repaired r1:eth0 'ip -n r1 link del eth0'
hand 'a bridge deleted' repaired tpcbr 'ip link del tpcbr'
hand 'two devices with each other'"'"'s names' repaired tpc3 'down host tpc3; down host tpc4
    ip link set tpc3 name x; ip link set tpc4 name tpc3; ip link set x name tpc4'
left='^host: .*(tpc|192\.0\.2\.|10\.0\.)'
hand 'a foreign bridge with the name of one of ours' stopped 'bridge tpcbr is there already and is not topoc' \
    'ip link del tpcbr; ip link add tpcbr type bridge' 'kept ip link del tpcbr'
hand 'a foreign device with the name of one of ours' stopped 'veth tpc1 is there already and is not topoc' \
    'ip link del tpc1; ip link add tpc1 type veth peer name tpc9' 'kept ip link del tpc1'
hand 'a device whose mark somebody took away' stopped 'bridge tpcbr is there already and is not topoc' \
    'ip link set tpcbr group default alias ""' 'kept ip link del tpcbr'
left='^$'
hand 'a foreign device in a namespace of ours' stopped 'bridge r2:eth0 is there already and is not topoc' \
    'ip -n r2 link del eth0; ip -n r2 link add eth0 type bridge'

# Namespaces
hand 'a namespace deleted' repaired 'namespace r2' 'ip netns del r2'
hand 'its name removed' repaired 'namespace r2' 'rm /run/netns/r2'
hand 'its file unmounted' repaired 'namespace r2' 'umount /run/netns/r2'
hand 'its name changed' repaired 'namespace r2' 'mv /run/netns/r2 /run/netns/renamed'
hand 'its name and that of another exchanged' repaired 'namespace r' \
    'mv /run/netns/r2 /run/netns/x; mv /run/netns/r1 /run/netns/r2; mv /run/netns/x /run/netns/r1'
left='^/run/netns/r2: |^r2: |^mount .* /run/netns/r2 '
hand 'a foreign namespace of its name' stopped 'namespace r2 is there already and is not topoc' \
    'ip netns del r2; ip netns add r2' 'kept ip netns del r2'
hand 'a foreign link of its name' stopped 'namespace r2 is there already and is not topoc' \
    'ln -sfn stranger /run/netns/r2' 'kept rm /run/netns/r2'
left='^$'
hand 'a foreign namespace mounted on its file' stopped 'namespace r2 is there already and is not topoc' \
    'mount --bind /run/netns/stranger /run/netns/r2'
hand "another topology's mounted on its file" stopped "namespace r2 belongs to another topology, 'other'" \
    'umount /run/netns/r2; mount --bind /run/netns/o1 /run/netns/r2'
