#!/bin/bash
# Promise: a topology with so many namespaces that threads make them, and with a bridge that waits for its
# hosts, comes up as a small one does: all or nothing, the same by one processor as by several.
source "$(dirname "$0")/lib.sh"
remember

# A ring, and a bridge with a port for each namespace of it.
count=60
{
    echo 'namespaces:'
    for ((i = 0; i < count; i++)); do echo "  n$i:"; done
    echo '  hub:'
    echo 'bridges:'
    echo '  hub:br0: {addresses: [10.255.0.254/24]}'
    echo 'veths:'
    for ((i = 0; i < count; i++)); do
        echo "  - {n$i:e1: {addresses: [10.0.$i.1/24]}, n$(((i + 1) % count)):e0: {addresses: [10.0.$i.2/24]}}"
        echo "  - {n$i:up: {addresses: [10.255.0.$i/24, 'fd00::$i/64']}, hub:p$i: {bridge: hub:br0}}"
    done
} | sed 's/10\.255\.0\.0\//10.255.0.100\//' >lab.yaml

reaches() { run 0 topoc exec "$1" ping -c 1 -W 2 "$2"; }
check 'all come up' run 0 topoc apply lab.yaml
check '... and pass traffic at once: over the bridge' reaches n1 10.255.0.59
check '... with IPv6' reaches n59 fd00::1
check '... to the bridge itself' reaches n30 10.255.0.254
check '... along the ring' reaches n59 10.0.59.2
check '... as the file says' in_step lab.yaml
# Of ports of a large bridge, addresses that the kernel gives are not waited for.
dump --no-local >several
check 'they go' run 0 topoc destroy lab.yaml
check '... without a trace' clean
check 'by one processor' run 0 taskset -c 0 "$TOPOC" apply lab.yaml
check '... the same comes up' same several <(dump --no-local)
check '... as the file says' in_step lab.yaml
run 0 topoc destroy lab.yaml

# In a user namespace of its own, where nobody else's count.
limit=$(</proc/sys/user/max_net_namespaces)
if ! grep -q 4294967295 /proc/self/uid_map && echo 2 2>/dev/null >/proc/sys/user/max_net_namespaces; then
    until unshare -n true 2>/dev/null; do sleep 0.1; done # the kernel has let go of the others
    echo 50 >/proc/sys/user/max_net_namespaces
    check 'more than the kernel allows' run 1 topoc apply lab.yaml
    check '... are refused where the file asks for them' err '^lab\.yaml:[0-9]+:3: error: cannot make namespace [a-z0-9]+: No space left'
    check '... and none is left' clean
    echo "$limit" >/proc/sys/user/max_net_namespaces
fi

# Ended at any moment, by any signal.
ended() {
    local status=0
    timeout --foreground -s "$1" "$2" "$TOPOC" apply -q lab.yaml >.out 2>.err || status=$?
    echo "$status"
}
for delay in 0.0{1..9..2} 0.1{0..8..4} 0.2; do
    check "interrupted after $delay s: something or nothing" grep -Exq '0|124|130' <(ended INT "$delay")
    run 0 topoc list
    if grep -q '^lab' .out; then
        check '... something: the whole' in_step lab.yaml
        run 0 topoc destroy lab.yaml
    fi
    check '... nothing is left of it' clean
done
for delay in 0.0{1..9..2} 0.1{0..8..4} 0.2; do
    ended KILL "$delay" >killed
    check "killed after $delay s: another apply mends it" run 0 topoc apply lab.yaml
    check '... to what the file says' in_step lab.yaml
    check '... all of it' same several <(dump --no-local)
    check '... and it goes' run 0 topoc destroy lab.yaml
    check '... without a trace' clean
done
