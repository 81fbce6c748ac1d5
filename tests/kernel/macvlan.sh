#!/bin/bash
# Promise: a kind is two tables. macvlan, which tests/macvlan adds to the program by two of them and no
# other edit, is parsed, planned, applied, changed in place, read, repaired and destroyed as if it had
# always been there.
source "$(dirname "$0")/lib.sh"
without=$TOPOC
TOPOC=${TOPOC_MACVLAN:?is not set: run these scripts by tests/run or ctest}
ip link add probe type veth peer name probe1
ip link add link probe name probe2 type macvlan || skip 'this kernel has no macvlan'
ip link del probe

file() {
    cat <<END
name: lab
namespaces:
  left: {routes: [{to: 10.9.0.0/24, via: 10.0.0.9}]}
  right:
veths:
  - left:left_inner: {addresses: [192.0.2.1/24]}
    right:right_inner:
macvlans:
  left:mv0: {link: left_inner, $1addresses: [10.0.0.1/24]}
END
}
file 'mode: bridge, ' >lab.yaml
remember
check 'check' run 0 topoc check lab.yaml
file 'mode: brigde, ' >wrong.yaml
# What hangs on a circle, or it on something, is not part of it.
cat >circle.yaml <<'END'
namespaces: [n]
macvlans:
  n:mv3: {link: mv0, mode: bridge, addresses: [10.0.0.1/24]}
  n:mv0: {link: mv1, mode: bridge}
  n:mv1: {mode: bridge, link: mv2, addresses: [10.0.1.1/24]}
  n:mv2: {link: mv0, mode: bridge}
END
check 'three on each other' run 1 topoc plan circle.yaml
check '... each by which value, and no others' same - <(sed -E '/^ /d' .err) <<'END'
circle.yaml:4:3: error: macvlan n:mv0 needs itself, in a circle
circle.yaml:4:17: note: macvlan n:mv0 needs macvlan n:mv1
circle.yaml:5:31: note: macvlan n:mv1 needs macvlan n:mv2
circle.yaml:6:17: note: macvlan n:mv2 needs macvlan n:mv0
END
check 'a wrong mode' run 1 topoc check wrong.yaml
check '... at its place' err '^wrong\.yaml:9:[0-9]+: error: '
check '... with the nearest' err 'bridge'
file 'mod: bridge, ' >wrong.yaml
check 'a wrong key' run 1 topoc check wrong.yaml
check '... with the nearest' err "'?mode'?"
sed 's/link: left_inner/link: left_iner/' lab.yaml >wrong.yaml
check 'a wrong device below' run 1 topoc check wrong.yaml
check '... with the nearest' err 'left_inner'

check 'help' run 0 topoc help language
check '... has its key' out '^  macvlans +devices with'
check '... and its fields' out '^  mode +private, vepa, bridge, passthru '
check '... each with its line' silent_about '\(null\)'

check 'plan' out_of_step lab.yaml
check '... names it' out '\+ .*mv0'
check 'apply' run 0 topoc apply lab.yaml
check '... show' run 0 topoc show
check '... has it' out '^  mv0 macvlan up mtu 1500 mac [0-9a-f:]{17} link left_inner mode bridge$'
check '... and --json' run 0 topoc show --json
check '... with what its table says' jq -e '.. | objects | select(.kind == "macvlan") | .name == "left:mv0" and
    .line == 9 and .attributes.link == "left:left_inner" and .attributes.mode == "bridge"' .out
check '... list counts it' run 0 topoc list
check '... by its name' out ', 1 macvlan  '
dump >first
check 'it is there' grep -q 'left: link mv0 macvlan up mtu=1500 .* link=left:left_inner .* mode=bridge' first
check 'with its address' grep -q 'left: address mv0 10.0.0.1/24' first
check 'in step' in_step lab.yaml
check 'the program without it has no such key' run 1 "$without" check lab.yaml

index=$(ip -n left -j link show mv0 | jq '.[].ifindex') || fail 'there is no macvlan to go on with'
file 'mode: private, ' >lab.yaml
check 'another mode: plan' out_of_step lab.yaml
check '... old and new' out '~ .*bridge.*private|mode.*bridge.*private'
check '... that alone' out '^Plan: 0 to create, 1 to change, 0 to destroy\.$'
check 'another mode: apply' run 0 topoc apply lab.yaml
check '... in step' in_step lab.yaml
in_place() { [[ $(ip -n left -j -d link show mv0 | jq -r '.[] | "\(.ifindex) \(.linkinfo.info_data.mode)"') == "$index private" ]]; }
check '... of the same device' in_place
file '' >lab.yaml
check 'without a mode: the default' run 0 topoc apply lab.yaml
check '... in step' in_step lab.yaml
file 'mode: bridge, ' >lab.yaml
check 'back to the first' run 0 topoc apply lab.yaml
check '... which is there' unchanged first

drift() {
    local name=$1
    shift
    check "$name: by hand" "$@"
    check '... is shown' out_of_step lab.yaml
    check '... repaired' run 0 topoc apply lab.yaml
    check '... and in step' in_step lab.yaml
}
drift 'mode' ip -n left link set mv0 type macvlan mode vepa
check 'as before' unchanged first
drift 'deleted' ip -n left link del mv0
check 'as before' unchanged first
drift 'down' ip -n left link set mv0 down
drift 'the device below deleted' ip -n left link del left_inner
check 'as before' unchanged first

sed -i '/^macvlans/,$d; s/routes: .*/routes: []}/' lab.yaml
check 'taken out: plan' out_of_step lab.yaml
check '... names it' out '- .*mv0'
check 'taken out: apply' run 0 topoc apply lab.yaml
check '... it is gone' not ip -n left link show mv0
file 'mode: bridge, ' >lab.yaml
check 'and there again' run 0 topoc apply lab.yaml
check 'as before' unchanged first
check 'destroy' run 0 topoc destroy lab
check 'nothing is left' clean

# MTUs that hang on the device beneath and on ports, wherever those stand in the file; and on a device
# of the host that is not in it.
cat >jumbo.yaml <<'END'
bridges: [n:br0]
macvlans:
  n:mv0: {link: a, bridge: br0}
  n:mv1: {link: b, addresses: ['2001:db8::1/64']}
  below0: {link: below, addresses: ['2001:db8:1::1/64']}
namespaces: [n]
veths:
  - n:a: {mtu: 9000}
    n:b: {mtu: 9000}
END
mtu_is() { test "$(ip ${3:+-n "$3"} -j link show "$1" | jq '.[].mtu')" -eq "$2"; }
ip link add below mtu 1400 type bridge
ip link set below up
check 'jumbo frames beneath: apply' run 0 topoc apply jumbo.yaml
check '... in step' in_step jumbo.yaml
check '... the MTU is that beneath' mtu_is mv0 9000 n
check '... also that of the bridge' mtu_is br0 9000 n
check '... and in the host' mtu_is below0 1400
sed -i 's/9000/8000/' jumbo.yaml
check 'less beneath: apply' run 0 topoc apply jumbo.yaml
check '... in step' in_step jumbo.yaml
check '... the MTU is that beneath' mtu_is mv0 8000 n
check '... also that of the bridge' mtu_is br0 8000 n
sed -i 's/8000/9000/; s/{link: b,/& mtu: 1400,/' jumbo.yaml
check 'more beneath, and one of its own: apply' run 0 topoc apply jumbo.yaml
check '... in step' in_step jumbo.yaml
check '... as it should be' mtu_is mv0 9000 n
check '... each' mtu_is mv1 1400 n
check 'destroy' run 0 topoc destroy
ip link del below
check 'nothing is left' clean
