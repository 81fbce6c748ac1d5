#!/bin/bash
# Promise: a lab that topoc builds from a file is, object by object, the lab that the equivalent
# ip(8) script builds; and topoc's own reading of either is the file: labs/X.yaml beside labs/X.sh.
source "$(dirname "$0")/lib.sh"
labs=$tests/kernel/labs
remember

# For the scripts. A namespace with lo up; a cable with both ends up, one queue each as topoc has it.
space() {
    ip netns add "$1"
    ip -n "$1" link set dev lo up
    ip netns exec "$1" sysctl -qw net.ipv6.conf.all.accept_dad=0 net.ipv6.conf.default.accept_dad=0
}
in_space() {
    if [[ $1 == host ]]; then
        ip "${@:2}"
    else
        ip -n "$@"
    fi
}
cable() {
    if [[ $3 == host && $1 != host ]]; then
        cable "$3" "$4" "$1" "$2"
        return
    fi
    local into=()
    if [[ $3 != host ]]; then
        into=(netns "$3")
    fi
    in_space "$1" link add "$2" numtxqueues 1 numrxqueues 1 type veth \
        peer name "$4" ${into[@]+"${into[@]}"} numtxqueues 1 numrxqueues 1
    in_space "$1" link set dev "$2" up
    in_space "$3" link set dev "$4" up
}
export -f space in_space cable

# Sysctls that scripts may set; topoc sets others in its own namespaces (language.md).
sysctls() {
    dump --sysctls | grep -E 'sysctl net/(ipv4/ip_|ipv[46]/conf/[^/]*/(forwarding|rp_filter|accept_ra) )'
}

# Once the kernel has given every device whose carrier it sees its link-local address.
settled() {
    local name try
    for try in {1..50}; do
        for name in host $(ls /run/netns 2>/dev/null); do
            if [[ $name == host ]]; then ip -d -j address; else ip -n "$name" -d -j address; fi
        done | jq -es 'add | all(.[]; (.flags | index("LOWER_UP") and index("UP") | not)
            or .mtu < 1280 or any(.addr_info[]; .family == "inet6" and (.scope == "link" or .scope == "host")))' \
            >/dev/null && return
        sleep 0.1
    done
    echo "after $try tries: there are devices without a link-local address" >&2
}

build_by_script() {
    bash -euo pipefail "$labs/$1.sh" && settled && dump --no-mac >by-script && sysctls >by-script.sysctls
}

build_by_file() {
    run 0 topoc apply "$1" && dump --no-mac >by-file && sysctls >by-file.sysctls
}

forget() {
    topoc destroy --all >/dev/null 2>&1 || true
    ip -all netns del
    local device
    for device in /sys/class/net/*; do
        [[ $device == */lo ]] || ip link del "${device##*/}" 2>/dev/null || true
    done
    ip route flush table all type blackhole 2>/dev/null || true
    sysctl -qw net.ipv4.ip_forward=0 net.ipv6.conf.all.forwarding=0 net.ipv4.ip_default_ttl=64
}

for script in "$labs"/*.sh; do
    lab=$(basename "$script" .sh)
    file=$labs/$lab.yaml
    if [[ ! -e $file ]]; then
        file=$root/topologies/$lab.yaml
    fi
    check "$lab: by the script" build_by_script "$lab"
    check "$lab: read from the kernel it is the file" run 0 "$TOPOC_COMPARE" "$file"
    forget
    check "$lab: by the file" build_by_file "$file"
    check "$lab: the same links, addresses, routes" same by-script by-file
    check "$lab: the same sysctls" same by-script.sysctls by-file.sysctls
    check "$lab: topoc reads it as the file" in_step "$file"
    check "$lab: destroy" run 0 topoc destroy
    check "$lab: nothing is left" clean
    forget
done
