#!/bin/bash
# Promise: a change is known to the neighbours when apply returns. They have learnt where an address is;
# when it has another hardware address then, or is another device's, the first ping is answered still, and
# what somebody has set stays.
source "$(dirname "$0")/lib.sh"
remember

# lab MAC OF-B OF-C: three on a switch, and one that knows them by a route only; the host on another
lab() {
    cat >lab.yaml <<END_OF_FILE
namespaces:
  a:
  b: {routes: [{to: 10.9.0.1, dev: e0}]}
  c:
  d: {routes: [{to: 10.0.0.0/24, dev: e0}]}
  f:
bridges:
  f:br0:
  nbbr0: {addresses: [10.1.0.1/24, 'fd01::1/64']}
veths:
  - a:e0: {addresses: [10.0.0.1/24, 'fd00::1/64']}
    f:a: {bridge: br0}
  - b:e0: {addresses: [10.0.0.$2/24, 'fd00::$2/64'], mac: '$1'}
    f:b: {bridge: br0}
  - c:e0: {addresses: [10.0.0.$3/24, 'fd00::$3/64']}
    f:c: {bridge: br0}
  - d:e0: {addresses: [10.9.0.1/32]}
    f:d: {bridge: br0}
  - b:e1: {addresses: [10.1.0.2/24, 'fd01::2/64'], mac: '${1%:*}:03'}
    nbp0: {bridge: nbbr0}
END_OF_FILE
    check "$4" run 0 topoc apply lab.yaml
}
pinged() {
    local from=$1 address
    shift
    for address in "$@"; do
        check "... $address is answered in $from" answered "$from" "$address"
    done
}
in_host() {
    local address
    for address in "$@"; do
        check "... $address is answered in the host" ping -n -c 1 -W 1 "$address"
    done
}

lab 02:00:00:00:01:02 2 3 'apply'
pinged a 10.0.0.2 fd00::2 10.0.0.3 fd00::3
pinged c 10.0.0.2 fd00::2
pinged d 10.0.0.2
in_host 10.1.0.2 fd01::2
ip -n a neigh replace 10.0.0.77 dev e0 lladdr 02:00:00:00:00:77 nud permanent
lab 02:00:00:00:02:02 2 3 'other hardware addresses'
pinged a 10.0.0.2 fd00::2
pinged c 10.0.0.2 fd00::2
pinged d 10.0.0.2
in_host 10.1.0.2 fd01::2
check '... what was set stays' test -n "$(ip -n a neigh show to 10.0.0.77 nud permanent)"
check '... what was right stays' test -n "$(ip -n a neigh show to 10.0.0.3)"
lab 02:00:00:00:02:02 3 2 'addresses change places'
pinged a 10.0.0.2 fd00::2 10.0.0.3 fd00::3
check '... destroy' run 0 topoc destroy
check '... nothing is left' clean
