#!/bin/bash
# Promise: work longer than half a second shows one line on a terminal, written in place and taken away
# in the end; none with -q, none on a pipe, none for work that is done at once; -v says each step.
source "$(dirname "$0")/lib.sh"
script -qec true /dev/null </dev/null >/dev/null 2>&1 || skip 'there is no script(1), or no terminal'

# on_terminal COMMAND...: runs it with a terminal; what it wrote there is in .typed
on_terminal() {
    local command
    printf -v command '%q ' "$@"
    TERM=xterm script -qec "stty cols 60; $command" .typed </dev/null >/dev/null
}
erase=$'\r\e[K'

# The line of a progress, with a PATTERN; and whether the last thing on it is that it is taken away.
progresses() {
    grep -Eq -e "${erase//[/\\[}topoc: $1" .typed || { echo "no '$1' in"; cat -v .typed; return 1; }
}
# What the terminal shows in the end: of each line what was written after the last erasure.
shown_in_the_end() {
    sed 's/\r$//; s/.*\r\x1b\[K//' .typed | grep -v '^Script '
}
no_progress() {
    ! grep -q -F -e "$erase" .typed || { cat -v .typed; return 1; }
}

cat >small.yaml <<'END'
namespaces: [h1]
veths: [[h1:a, h1:b]]
END
# Ready when spanning tree is done, which takes twice its delay of 2 s.
cat >tree.yaml <<'END'
namespaces: [h1]
bridges: {h1:s1: {stp: true, forward-delay: 2s}}
veths:
  - h1:a: {bridge: s1}
    h1:b:
END
remember
check 'apply, at once' on_terminal "$TOPOC" apply small.yaml
applied_only() { [[ $(shown_in_the_end) == "Applied 'small': 2 created, 0 changed, 0 destroyed." ]]; }
check '... shows the summary' applied_only
on_terminal "$TOPOC" destroy small
check 'apply, long' on_terminal "$TOPOC" apply tree.yaml
check '... shows what it waits for' progresses 'waiting, [1-9]+ s at most: (veth|bridge) h1:[abs1]+'
tree_only() { [[ $(shown_in_the_end) == "Applied 'tree': 3 created, 0 changed, 0 destroyed." ]]; }
check '... and takes that away' tree_only
run 0 topoc destroy tree
interrupted() {
    local status=0
    on_terminal timeout --preserve-status -s INT 2 "$TOPOC" apply --color=never tree.yaml || status=$?
    ((status == 130)) || { echo "status $status"; cat -v .typed; return 1; }
}
check 'apply, interrupted while it waits' interrupted
check '... shows what it waits for' progresses 'waiting, '
interrupted_only() { [[ $(shown_in_the_end) == $'topoc: error: interrupted\ntopoc: note: '* ]]; }
check '... and takes that away' interrupted_only
check '... puts it back' clean
check 'apply -q, long' on_terminal "$TOPOC" apply -q tree.yaml
check '... shows none' no_progress
run 0 topoc destroy tree
check 'apply -v, long' on_terminal "$TOPOC" apply -v tree.yaml
check '... shows none' no_progress
check '... says each step' grep -q '^topoc: make bridge h1:s1' .typed
run 0 topoc destroy tree
check 'apply on a pipe, long' run 0 topoc apply tree.yaml
check '... shows none' same .err /dev/null
run 0 topoc destroy tree

# Many steps: where they take long, they are counted.
{
    echo 'namespaces:'
    for ((i = 0; i < 400; i++)); do
        echo "  n$i: {sysctls: {net.ipv4.ip_forward: 1}}"
    done
    echo 'veths:'
    for ((i = 0; i < 400; i++)); do
        echo "  - [n$i:right, n$(((i + 1) % 400)):left]"
    done
} >ring.yaml
start=${EPOCHREALTIME/./}
check 'apply of a large ring' on_terminal "$TOPOC" apply ring.yaml
took=$((${EPOCHREALTIME/./} - start))
if ((took > 1500000)); then
    check '... says how long it takes' progresses '[0-9]+ %, [0-9]+ s left: [a-z]+ n[0-9]+'
fi
ring_only() { [[ $(shown_in_the_end) == "Applied 'ring': 1200 created, 0 changed, 0 destroyed." ]]; }
check '... and takes that away' ring_only
fits() { ! tr '\r' '\n' <.typed | grep -Eq '^.\[Ktopoc: .{53,}'; }
check '... never wider than the terminal' fits
check 'destroy of a large ring' on_terminal "$TOPOC" destroy ring
destroyed_only() { [[ $(shown_in_the_end) == "Destroyed 'ring': "*" destroyed." ]]; }
check '... ends with the summary' destroyed_only
check 'nothing is left' clean
