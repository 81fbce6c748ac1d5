#!/bin/bash
# Promise: topoc refuses to work where the host would not see its mounts, or where it would take a lab's
# namespace for the host, and says why, before anything is touched; and works where all is its own.
source "$(dirname "$0")/lib.sh"

# As on a machine: process 1 lives in the network and among the mounts of the host. $1: how the mounts
# of /run are passed on there.
if [[ ${1-} != inside ]]; then
    unshare -nm --fork --pid --mount-proc true 2>/dev/null || skip 'no process namespace with a /proc of its own here'
    for propagation in private shared; do
        check "on a machine whose mounts are $propagation" true
        unshare -nm --fork --pid --mount-proc bash "$0" inside $propagation || failures=$((failures + 1))
    done
    exit
fi
propagation=$2
mount -t tmpfs -o mode=755 tmpfs /run
mount "--make-$propagation" /run
mount -t sysfs sysfs /sys 2>/dev/null || true

cat >lab.yaml <<'END'
namespaces: [r1, r2]
bridges: [tpcbr]
veths: [{r1:eth0: {addresses: [10.0.0.1/24]}, r2:eth0: {addresses: [10.0.0.2/24]}}, {r1:eth1: , tpc1: {bridge: tpcbr}}]
END
sed 's/^namespaces: .*/name: new\nnamespaces: [n1]/; s/^veths: .*//; s/tpcbr/tpcnew/' lab.yaml >new.yaml

refused() { # WHY COMMAND...: each verb, run by COMMAND
    local why=$1 verb
    shift
    everything >before
    for verb in 'plan new.yaml' 'apply new.yaml' 'apply lab.yaml' 'plan lab.yaml' 'destroy lab.yaml'; do
        # shellcheck disable=SC2086 # words
        if [[ $verb != *' lab.yaml' || -d /run/topoc/lab/lab ]]; then
            run 1 "$@" "$TOPOC" $verb && err "error: $why" || return
        fi
    done
    everything >now && same before now
}
hidden='mounts made here would not be seen outside of this mount namespace$'
elsewhere="this network namespace is not the host's, whose /run is here$"
inner="this network namespace is not the host's, but one of topology 'lab'$"
works() {
    run 0 "$@" "$TOPOC" apply new.yaml && in_step new.yaml && answered n1 127.0.0.1 && run 0 "$@" "$TOPOC" destroy new
}
mounts_aside() {
    ip netns add stranger # makes /run/netns a shared mount
    check "$1: mounts that are private" refused "$hidden" unshare -m
    check '... that only listen' refused "$hidden" unshare -m --propagation slave
    check '... that share with nobody' refused "$hidden" unshare -m \
        sh -c 'mount --make-rshared / && exec "$@"' sh
    check '... behind ip netns exec' refused "$hidden" ip netns exec stranger
    check 'in a foreign network' refused "$elsewhere" nsenter --net=/run/netns/stranger
    ip netns del stranger
}
in_its_own() {
    everything >before
    # shellcheck disable=SC2016 # expanded by the inner shell
    "$@" sh -c 'mount -t tmpfs tmpfs /run && "$0" apply lab.yaml && "$0" plan --detailed-exitcode lab.yaml &&
        ip netns exec r1 ping -c 1 -W 1 10.0.0.2 && "$0" destroy' "$TOPOC" || return
    everything >now && same before now
}

check 'with all of its own, in a user namespace' run 0 in_its_own unshare -Urnm
check '... as root' run 0 in_its_own unshare -nm
check '... as a container has it' run 0 in_its_own unshare -nm --propagation slave --fork --pid --mount-proc
mounts_aside 'before anything was applied'
check 'in a network of its own: mounts that are private' refused "$hidden" unshare -nm
check '... that are shared' refused "($hidden|$elsewhere)" unshare -nm --propagation unchanged
check '... no others' refused "$elsewhere" unshare -n
check 'where it lives: apply' run 0 topoc apply lab.yaml
mounts_aside 'where a lab is'
check 'in a namespace of the lab' refused "$inner" nsenter --net=/run/netns/r1
check '... behind ip netns exec' refused "$hidden" ip netns exec r1
check '... behind topoc exec' refused "$hidden" "$TOPOC" exec r1
check 'in a mount namespace that shares with the host' works unshare -m --propagation unchanged
check 'with all of its own, in a user namespace' run 0 in_its_own unshare -Urnm
check '... as root' run 0 in_its_own unshare -nm
check '... as a container has it' run 0 in_its_own unshare -nm --propagation slave --fork --pid --mount-proc
check '... from within the lab' run 0 in_its_own ip netns exec r1 unshare -nm
check 'where it lives: in step' in_step lab.yaml
check '... destroy' run 0 topoc destroy lab
