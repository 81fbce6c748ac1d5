#!/bin/bash
# Promise: list says which topologies are applied and whether the kernel still is as it was applied,
# without privilege as well as it can be told; show has what is in the kernel, by namespace.
source "$(dirname "$0")/lib.sh"
cp "$root/topologies/left-right.yaml" .
cat >ring.yaml <<'END'
namespaces:
  r1: {forwarding: true, sysctls: {net.ipv4.ip_default_ttl: 33}}
  r2:
bridges:
  r2:br0: {stp: true, forward-delay: 2s}
veths:
  - r1:eth0: {addresses: [10.0.0.1/24, '2001:db8::1/64'], up: false}
    r2:eth0: {bridge: br0, mtu: 9000}
END
remember
umask 077 # what others may read is topoc's to say

# Every capability dropped, as any user is without them.
unprivileged() {
    setpriv --bounding-set=-all --inh-caps=-all "$@"
}

# row NAME STATE: what the last list says of a topology.
row() {
    out "^$1 +$2  +[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}Z  "
}

# Nothing
check 'list -q: nothing is applied' run 0 topoc list -q
check '... and it says nothing' silent_about .
for verb in list show; do
    check "$verb: nothing is applied" run 0 topoc "$verb"
    check '... and it says so, without headings' same .out - <<<'No topology is applied.'
done
check 'show of a file that is not applied' run 0 topoc show left-right.yaml
check '... says so' out "^'left-right' is not applied\.$"
check 'show of an unknown name' run 1 topoc show left-right
check 'list takes no argument' run 64 topoc list left-right
check 'all this changed nothing' clean

# One
topoc apply -q left-right.yaml
check 'list' run 0 topoc list
check '... in step' row left-right 'in step'
check '... counts a cable as one' out '  2 namespaces, 2 veths, 1 bridge, 2 addresses, 2 routes  '
check '... names the file' out "  $PWD/left-right\.yaml$"
check '... one line and its headings' lines 2 .
sed 's/FILE$/|/; s,/.*,|,; s/[^|]/ /g' .out | uniq >columns
check '... in columns' test "$(wc -l <columns)" = 1
check 'list -q, without privilege' run 0 unprivileged "$TOPOC" list -q
check '... has the name alone' same .out - <<<left-right
check 'without privilege' run 0 unprivileged "$TOPOC" list
check '... it is not known whether it is in step' row left-right '\?'
check '... but all else' out "2 namespaces.*  $PWD/left-right\.yaml$"
if unshare -U true 2>/dev/null; then
    check 'as another user' run 0 unshare -U "$TOPOC" list
    check '... likewise' row left-right '\?'
fi
check 'who is nobody may read what it takes' \
    test -z "$(find /run/topoc -maxdepth 3 ! -perm -004 ! -path /run/topoc/lock)"
check '... but not lock it' test "$(stat -c %a /run/topoc/lock)" = 600
check 'show without privilege' run 1 unprivileged "$TOPOC" show
check '... says which is missing' err 'CAP_NET_ADMIN'
sed -i 's/10\.0\.1\.1/10.0.1.7/' left-right.yaml
check 'an edit is no drift' run 0 topoc list
check '... in step' row left-right 'in step'
ip -n left link set left_inner mtu 1400
ip -n left route add 10.9.0.0/16 dev left_inner
ip -n left address add 10.0.1.99/24 dev left_inner
check 'what a hand has changed is' run 0 topoc list
check '... drifted' row left-right drifted

check 'show' run 0 topoc show
check '... tells what is shown' out "^left-right \(applied [0-9T:-]+Z from $PWD/left-right\.yaml\)$"
sed -nE '/^left$/,/^$/p' .out | sed -E 's/mac [0-9a-f:]+/mac MAC/' >left
check '... a namespace' same left - <<'END'
left
  lo up mtu 65536
  left_inner veth -- left_outer up mtu 1400 mac MAC
    10.0.1.1/24
    10.0.1.99/24 (foreign)
  route 10.0.0.0/24 dev left_inner
  route 10.9.0.0/16 dev left_inner proto boot (foreign)

END
check '... the host first' out '^host$'
check '... and what is there' out '^  left_outer veth -- left:left_inner up mtu 1500 mac [0-9a-f:]{17} bridge br0$'
ip link add stranger type bridge
check 'show by name' run 0 topoc show left-right
check '... has nothing of the host that is not the topology'\''s' silent_about stranger
check 'show by file' run 0 topoc show ./left-right.yaml
check '... is the same' out '^left-right '
check 'a name that is nearly right' run 1 topoc show left-rigth
check '... is offered' err "did you mean 'left-right'\?"
check 'no colour in a pipe' silent_about $'\e'
check '--color=always' run 0 topoc show --color=always
check '... is' out $'^\e\[1mleft\e\[0m$'
ip link del stranger
ip link del br0
check 'what is missing is drift' run 0 topoc list
check '... drifted' row left-right drifted
ip link add br0 type bridge
check 'what is in the way is drift' run 0 topoc list
check '... drifted' row left-right drifted
ip link del br0

# Two
topoc apply -q ring.yaml
check 'several: show' run 1 topoc show
check '... lists them' err 'note: ring$'
check 'show by name' run 0 topoc show ring
check '... a device that is down, its addresses' out '^  eth0 veth -- r2:eth0 down mtu [0-9]+ mac'
check '... by the file, the name' out '^    2001:db8::1/64$'
check '... what was set of a bridge, and nothing else' out '^  br0 bridge up mtu 9000 mac [0-9a-f:]+ stp true forward-delay 2s$'
check '... sysctls' out '^  sysctl net\.ipv4\.ip_default_ttl = 33$'
check '... no host where there is nothing' not grep -q '^host$' .out
check 'list' run 0 topoc list
check '... the one' row left-right drifted
check '... the other' row ring 'in step'
check '... in alphabetical order' test "$(awk '{ print $1 }' .out | paste -sd ' ')" = 'NAME left-right ring'

# The lock is shared
exec 9<>/run/topoc/lock
flock -s 9
check 'beside a reader' run 0 topoc list --lock-timeout 0s
flock -x 9
check 'beside a run' run 1 topoc list --lock-timeout 100ms
check '... it is not known' row ring '\?'
check '... and why' err 'another run'
check 'show beside a run' run 1 topoc show ring --lock-timeout 100ms
exec 9>&-

# One that goes while list waits is not in it. It is removed by hand, as a run would that has the lock.
removed_meanwhile() {
    exec 9<>/run/topoc/lock
    flock -x 9
    topoc list "$@" >waited.out 2>waited.err 9>&- &
    until grep -qs waiting waited.err; do
        kill -0 $! || return
        sleep 0.01
    done
    umount -l /run/topoc/lab/gone/[0-9]*
    rm -r /run/topoc/lab/gone /run/netns/g1
    exec 9>&-
    wait $!
}
echo 'namespaces: [g1]' >gone.yaml
run 0 topoc apply gone.yaml
check 'one goes while list waits' removed_meanwhile
check '... the others are there' test "$(awk '{ print $1 }' waited.out | paste -sd ' ')" = 'NAME left-right ring'
run 0 topoc apply gone.yaml
check '... with --json' removed_meanwhile --json
check '... likewise' test "$(jq -r '.topologies[].name' waited.out | paste -sd ' ')" = 'left-right ring'

# What a killed run and a lost state leave
killed() {
    strace -f -qq -o trace -e inject=symlink:signal=SIGKILL:when=1 "$TOPOC" apply ring.yaml
}
sed -i 's/r2:$/r2:\n  r3:/' ring.yaml
check 'killed in the middle' run 137 killed
check 'list' run 0 topoc list
check '... it is unfinished' row ring unfinished
check '... also without privilege' run 0 unprivileged "$TOPOC" list
check '... it is unfinished' row ring unfinished
check 'show' run 0 topoc show ring
check '... says so' out '^ring \(unfinished, begun '
rm /run/topoc/lab/ring/state
check 'its state is lost: list' run 0 topoc list
check '... nothing is known' out '^ring +\?  +\?  +\?  +\?$'
check 'show' run 0 topoc show ring
check '... says so' out '^ring \(its state is lost\)$'
check '... and has what there is' out '^r1$'
check 'destroy' run 0 topoc destroy --all
check 'nothing is left' clean
