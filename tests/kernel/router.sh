#!/bin/bash
# Promise: traffic flows as soon as apply returns: through a router, over IPv4 and IPv6, after each change
# that apply makes, and where a spanning tree has to settle first.
source "$(dirname "$0")/lib.sh"
cp "$root/topologies/router.yaml" .
remember

at_once() {
    run 0 topoc apply router.yaml && answered west "$1" && answered west "$2" && answered east 10.0.1.1
}
check 'apply, and ping at once' at_once 10.0.2.1 2001:db8:2::1
sed -i 's/10\.0\.2\.1/10.0.2.9/; s/2001:db8:2::1/2001:db8:2::9/' router.yaml
check 'other addresses, and ping at once' at_once 10.0.2.9 2001:db8:2::9
check '... the old one is gone' not answered west 10.0.2.1
sed -i 's/router:eth2: {/&queues: 2, /' router.yaml
check 'a replaced cable, and ping at once' at_once 10.0.2.9 2001:db8:2::9
sed -i 's/east:eth0: {/&mtu: 1400, /; s/router:eth2: {/&mtu: 1400, /' router.yaml
check 'another MTU, and ping at once' at_once 10.0.2.9 2001:db8:2::9
ip -n east link set eth0 down
check 'a repaired link, and ping at once' at_once 10.0.2.9 2001:db8:2::9
ip netns del router
check 'a repaired namespace, and ping at once' at_once 10.0.2.9 2001:db8:2::9
sed -i 's/forwarding: true/forwarding: false/' router.yaml
check 'without forwarding: apply' run 0 topoc apply router.yaml
check '... nothing goes through' not answered west 10.0.2.9
check 'destroy' run 0 topoc destroy
check 'nothing is left' clean

cat >tree.yaml <<'END'
namespaces: [left, right, switch]
bridges:
  switch:br0: {stp: true, forward-delay: 2s}
veths:
  - left:eth0: {addresses: [10.0.0.1/24]}
    switch:p1: {bridge: br0}
  - right:eth0: {addresses: [10.0.0.2/24]}
    switch:p2: {bridge: br0}
END
check 'a bridge with a spanning tree: apply' run 0 topoc apply tree.yaml
check '... and ping at once' answered left 10.0.0.2
check 'destroy' run 0 topoc destroy
check 'apply --no-wait' run 0 topoc apply --no-wait tree.yaml
check '... does not wait' not answered left 10.0.0.2
check 'destroy' run 0 topoc destroy
check 'nothing is left' clean
