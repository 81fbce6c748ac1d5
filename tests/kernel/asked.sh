#!/bin/bash
# Promise: what a run asks the kernel goes by what there is, and what a change asks besides by what
# changes: one that touches two namespaces of forty asks about as much as a plan.
source "$(dirname "$0")/lib.sh"
remember
spaces=40

# ring LAST-ADDRESS MTU: each with a cable to the next
ring() {
    local i next
    echo 'veths:'
    for ((i = 0; i < spaces; i++)); do
        next=$(((i + 1) % spaces))
        echo "  - n$i:e1: {addresses: [10.0.$i.1/24], mtu: $(((i == 0) ? $2 : 1500))}"
        echo "    n$next:e0: {addresses: [10.0.$i.$(((i == 0) ? $1 : 2))/24], mtu: $(((i == 0) ? $2 : 1500))}"
    done
    echo 'namespaces:'
    for ((i = 0; i < spaces; i++)); do
        echo "  n$i: {routes: [{to: 0.0.0.0/0, via: 10.0.$i.$(((i == 0) ? $1 : 2))}]}"
    done
}
# Leaves in `trace` a line for each message that the run sends.
asked() {
    run 0 strace -qq -o trace -e trace=sendmsg "$TOPOC" "$@"
}
# changes NAME: what the changed file asks more than a plan that finds nothing to do
changes() {
    check "$1: apply" asked apply lab.yaml
    more=$(($(wc -l <trace) - planned))
    check "... asks $more times more than a plan, for two namespaces" test "$more" -lt "$spaces"
    check '... and nothing is left to do' in_step lab.yaml
}

ring 2 1500 >lab.yaml
check 'apply' run 0 topoc apply lab.yaml
check 'plan' asked plan lab.yaml
planned=$(wc -l <trace)
check "... asks $planned times, three a namespace and a few" test "$planned" -lt $((3 * spaces + 20))
ring 3 1500 >lab.yaml
changes 'one address of forty'
ring 3 1400 >lab.yaml
changes 'the MTU of a cable'
check 'destroy' run 0 topoc destroy lab
check '... nothing is left' clean
