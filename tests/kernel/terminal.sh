#!/bin/bash
# Promise: what others have named so that a terminal would obey is never printed as it is, and --json
# stays JSON: devices, namespaces, topologies, processes, what stands in a state file.
source "$(dirname "$0")/lib.sh"
remember
escape=$'\e[2J'
bytes=$'\e]0;x\a\x9b\xff'
cat >lab.yaml <<'END'
namespaces: {left: {sysctls: {net.ipv4.tcp_sack: 0}}, right: }
veths:
  - left:eth0: {addresses: [10.0.0.1/24]}
    right:eth0: {addresses: [10.0.0.2/24]}
END
check 'apply' run 0 topoc apply lab.yaml

# plain STATUSES VERB...: what it prints, in a terminal's eyes: letters, lines, nothing else.
plain() {
    local statuses=$1 status=0
    shift
    "$TOPOC" "$@" >.out 2>.err </dev/null || status=$?
    [[ " $statuses " == *" $status "* ]] || { echo "exit status $status, not one of $statuses"; shown; return; }
    if cat .out .err | LC_ALL=C tr -d '\n' | LC_ALL=C grep -qa '[[:cntrl:]]' ||
        ! cat .out .err | iconv -f UTF-8 -t UTF-8 >/dev/null; then
        echo "control characters in"
        cat -v .out .err
        return 1
    fi
    [[ " $* " != *' --json '* ]] || jq -e .topoc .out >/dev/null
}
everywhere() {
    local verb
    for verb in 'plan lab.yaml' 'plan' 'plan -v lab' 'list' 'list -q' 'show' 'show lab' 'plan --destroy lab' 'apply lab.yaml' \
        'check lab.yaml'; do
        # shellcheck disable=SC2086 # words
        check "$1: $verb" plain '0 1' $verb --color=never
        if [[ $verb != 'list -q' ]]; then
            # shellcheck disable=SC2086
            check "$1: $verb --json" plain '0 1' $verb --json
        fi
    done
    check "$1: exec" plain 125 exec lfet true
    check "$1: exec" plain 125 exec "n$escape." true
}

ip -n left link add "b$escape" type bridge
ip -n left link set "b$escape" alias "topoc:$escape"
ip link add "h$bytes" type bridge
ip link set "h$bytes" alias "topoc:$escape"
check 'there are such devices' test -e "/sys/class/net/h$bytes"
everywhere 'devices'
check 'plan' run 0 topoc plan
check '... shows it escaped' out '^foreign: bridge left:b\\x1b\[2J'
ip link del "h$bytes"

touch "/run/netns/n$escape" "/run/netns/n$bytes"
mkdir "/run/topoc/lab/t$escape" "/run/topoc/lab/$bytes"
everywhere 'namespaces and topologies'
check 'exec' run 125 topoc exec "n[2J" true
check '... shows it escaped' err "did you mean 'n\\\\x1b\[2J'\?"
for verb in show plan destroy; do
    check "$verb: a topology" plain '0 1' "$verb" "t$escape"
    check "$verb: a topology, --json" plain '0 1' "$verb" --json "$bytes"
done
rm "/run/netns/n$escape" "/run/netns/n$bytes"
rmdir "/run/topoc/lab/t$escape" "/run/topoc/lab/$bytes" 2>/dev/null || true

# A state file.
state=/run/topoc/lab/lab/state
cp "$state" state.before
sed -i 's/^since: .*/since: "\\e[2J\\a"/; s/^file: .*/file: "\/\\e[2J\\x9b\/x.yaml"/' "$state"
check 'there is such a state' grep -q '\\e\[2J' "$state"
everywhere 'a state'
check 'show' run 0 topoc show
check '... shows it escaped' out '^lab \(applied \\x1b\[2J\\x07 from /\\x1b\[2J'
cp state.before "$state"
sed -i 's/^  former: .*/  former: "1\\e[2J"/; s/^  name: .*/  name: "net\/\\e[2J"/' "$state"
everywhere 'former values'
printf 'done: true\nfile: "\e[2J"\n' >"$state"
everywhere 'a state that is no YAML'
cp state.before "$state"

# Who waits for whom, and who is in a namespace.
printf '1 \e[2J\a' >/run/topoc/lock
while_locked() (
    exec 9</run/topoc/lock
    flock 9
    plain 1 plan --lock-timeout=100ms lab
)
check 'the holder of the lock' while_locked
ip netns exec left bash -c 'printf "\e[2J" >/proc/$$/comm; echo >named; read -r <pipe' &
mkfifo pipe
for ((i = 0; i < 100; i++)); do [[ -e named ]] || sleep 0.1; done
check 'processes: destroy' plain 0 destroy lab
check '... shows it escaped' err 'still in namespace .left., which lives on with them: [0-9]+ \(\\x1b\[2J\)'
echo >pipe
wait
check 'nothing is left' clean
