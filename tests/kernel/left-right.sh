#!/bin/bash
# Promise: topologies/left-right.yaml comes up whole, traffic flows as soon as apply returns, a second
# apply finds nothing to do, and destroy leaves nothing.
source "$(dirname "$0")/lib.sh"
cp "$root/topologies/left-right.yaml" .
remember

check 'check finds nothing wrong' run 0 topoc check left-right.yaml
check 'check changes nothing' clean
check 'plan of what is not there has changes' out_of_step left-right.yaml
for what in namespace veth bridge address route; do
    check "plan lists a $what" out "^ *\+ .*$what|^ *\+ .*(left|10\.0\.|br0)"
done
check 'plan counts' out '^Plan: [1-9][0-9]* to create, 0 to change, 0 to destroy\.$'
check 'plan changes nothing' clean

ping_at_once() {
    run 0 topoc apply left-right.yaml &&
        answered right 10.0.1.1 && answered left 10.0.0.1
}
check 'apply, and each pings the other at once' ping_at_once
first=$work/first
dump >"$first"

is() {
    grep -Eqx -e "$1" "$first" || { echo "no '$1' in"; grep "^${1%%:*}:" "$first"; return 1; }
}
names() {
    run 0 ip netns list && out '^left( |$)' && out '^right( |$)' && lines 2 .
}
check 'ip netns lists both namespaces' names
for side in left right; do
    check "lo of $side is up" is "$side: link lo - up .*"
    check "lo of $side has the kernel's own settings" run 0 ip netns exec "$side" grep -qx 1 \
        /proc/sys/net/ipv4/conf/lo/disable_policy
    check "$side's inner end" is "$side: link ${side}_inner veth up mtu=1500 .* link=host:${side}_outer .* queues=1/1"
    check "$side's outer end is a port" is "host: link ${side}_outer veth up mtu=1500 .* master=br0 link=$side:${side}_inner .*"
    check "ip netns exec enters $side" run 0 ip netns exec "$side" test -e "/sys/class/net/${side}_inner"
done
check 'br0 is in the host, and up' is 'host: link br0 bridge up .*'
check 'address of left' is 'left: address left_inner 10\.0\.1\.1/24 scope=global label=left_inner'
check 'address of right' is 'right: address right_inner 10\.0\.0\.1/24 scope=global label=right_inner'
check 'route of left' is 'left: route ipv4 table=main unicast 10\.0\.0\.0/24 dev=left_inner metric=0 scope=link'
check 'route of right' is 'right: route ipv4 table=main unicast 10\.0\.1\.0/24 dev=right_inner metric=0 scope=link'
objects() { (($(grep -Evc 'address .* (fe80|::1|127\.)|: (namespace|link lo )' "$first") == 9)); }
check 'and nothing else' objects

check 'plan has nothing to do' in_step left-right.yaml
check 'plan without a file, too' in_step
check 'a second apply has nothing to do' run 0 topoc apply left-right.yaml
check '... and says so' says 'No changes\.|[Nn]othing to do|in step'
check '... and does nothing' unchanged "$first"

ip -o monitor link >events &
monitor=$!
sleep 0.3
check 'destroy' run 0 topoc destroy left-right.yaml
sleep 0.3
kill "$monitor"
wait "$monitor" 2>/dev/null || true
# Of a bridge that is up, each port that leaves has all others looked at: of a thousand that takes seconds.
check '... the bridge goes down before its ports leave' grep -q br0: <(grep -Em 1 '^Deleted|br0: .* state DOWN' events)
check 'destroy leaves nothing' clean
check 'a second destroy succeeds' run 0 topoc destroy left-right.yaml
check 'destroy when nothing is applied says so' run 0 topoc destroy
check '... and changes nothing' clean

again() { run 0 topoc apply left-right.yaml && unchanged "$first"; }
check 'the same file gives the same state, MACs too' again

# Link-local IPv6 at once, across the bridge.
local_ping() {
    local address
    run 0 topoc destroy && run 0 topoc apply left-right.yaml || return 1
    address=$(ip -n right -j -6 address show dev right_inner scope link | jq -r '.[].addr_info[].local')
    answered left "$address%left_inner"
}
check 'link-local IPv6 is usable at once' local_ping
check 'destroy by name' run 0 topoc destroy left-right
check 'leaves nothing' clean
