#!/bin/bash
# Promise: udev's own reading of the installed rules finds every device of topoc in the host's
# namespace, from its first event, and no other; then it leaves name and address alone.
source "$(dirname "$0")/../kernel/lib.sh"
type -P udevadm >/dev/null || skip 'udevadm is not here'

mkdir -p /run/udev/rules.d /run/systemd/network
cp "$root/cmd/system/70-topoc.rules" /run/udev/rules.d
cp "$root"/cmd/system/00-topoc.{link,network} /run/systemd/network

cat >lab.yaml <<'END'
namespaces: [inner]
bridges: {br0: }
veths:
  - eth7: {bridge: br0}
    inner:eth0:
END
marked() {
    grep -Exq '19[0-9]{8}' "/sys/class/net/$1/netdev_group"
}
check 'a lab' run 0 topoc apply lab.yaml

asked() {
    run 0 udevadm test --action="$2" "/sys/class/net/$1"
}
for device in br0 eth7; do
    check "$device has its group" marked "$device"
    for action in add change move; do
        check "$device, $action" asked "$device" "$action"
        check '... NetworkManager keeps off' out '^NM_UNMANAGED=1$'
        check '... systemd-networkd keeps off' out '^ID_NET_MANAGED_BY=topoc$'
        check '... udev has no plan for it' out '^ID_NET_LINK_FILE=/run/systemd/network/00-topoc\.link$'
        check '... it keeps its name' out "^ID_NET_NAME=$device\$"
    done
done
check 'the lab is what the file says' in_step lab.yaml

# The pattern of groups, at its edges and between them.
pattern=$(sed -n 's/^ATTR{netdev_group}=="\([^"]*\)".*/\1/p' "$root/cmd/system/70-topoc.rules")
shopt -s extglob
ours() {
    # shellcheck disable=SC2053 # a pattern
    [[ $1 == @($pattern) ]]
}
first=$((0x74000000)) last=$((0x74ffffff))
right() {
    local number
    for ((number = first; number <= last; number += 997)); do
        ours "$number" || { echo "$number is not in it"; return 1; }
    done
    for number in "$first" "$last" "$(cat /sys/class/net/br0/netdev_group)"; do
        ours "$number" || { echo "$number is not in it"; return 1; }
    done
    for number in 0 1 $((first - 1)) $((last + 1)) $((0x7fffffff)) -1 194615705 19461570560; do
        ! ours "$number" || { echo "$number is in it"; return 1; }
    done
}
check 'groups from 0x74000000 to 0x74ffffff are topoc'\''s, and no others' right

ip link add other type bridge
for group in 0 7 $((first - 1)) $((last + 1)); do
    ip link set other group "$group"
    check "another's device in group $group" asked other add
    check '... is not touched' lines 0 '^(NM_UNMANAGED|ID_NET_MANAGED_BY)=|00-topoc'
done
