#!/bin/bash
# Promise: destroy names the processes that are in a namespace it removes, those alone, and leaves them;
# --kill ends them.
source "$(dirname "$0")/lib.sh"

cat >lab.yaml <<'E2'
namespaces: [a, b]
veths:
  - [a:eth0, b:eth0]
E2
ip netns add foreign
apply() {
    run 0 topoc apply lab.yaml
}

# Starts a process in a namespace; it is `process`, and its parent waits for it when this one does.
inhabit() {
    ip netns exec "$1" sleep 1000 &
    process=$!
    until [[ $(<"/proc/$process/comm") == sleep ]]; do
        sleep 0.01
    done
    inhabitants+=("$process")
}
# Waits a while for a process to end.
ends() {
    local tries
    for ((tries = 0; tries < 100; tries++)); do
        [[ -e /proc/$1/exe ]] || return 0 # also where nobody has waited for it yet
        sleep 0.1
    done
    return 1
}
# shellcheck disable=SC2329 # a trap
leave() {
    kill "${inhabitants[@]}" 2>/dev/null || true
    finish
}
inhabitants=()
trap leave EXIT

check 'nobody is inside: apply' apply
inhabit foreign
bystander=$process
check '... destroy says nothing of one elsewhere' run 0 topoc destroy lab
check '... no warning' silent_about 'warning'

check 'two are inside: apply' apply
inhabit a
first=$process
inhabit a
second=$process
check '... destroy succeeds' run 0 topoc destroy lab
check '... names them' err "warning: still in namespace 'a', which lives on with them: $first \(sleep\), $second \(sleep\)"
check '... and nobody else' silent_about "namespace 'b'|[^0-9]$bystander "
check '... a hint' err 'destroy --kill'
check '... leaves them' kill -0 "$first" "$second"

check 'one is inside: apply' apply
inhabit b
third=$process
check '... destroy --kill succeeds' run 0 topoc destroy --kill lab
check '... names it' err "warning: ended in namespace 'b': $third \(sleep\)\$"
check '... it ends' ends "$third"
check '... nobody else has' kill -0 "$bystander" "$first" "$second"
check '... the namespaces have gone' test ! -e /run/netns/a -a ! -e /run/netns/b

check 'one is inside: apply' apply
inhabit a
check '... the warning is data, too' run 0 topoc destroy --json lab
# shellcheck disable=SC2016 # jq's
check '... with its severity' jq -e --arg text "$process (sleep)" \
    '.diagnostics[] | select(.severity == "warning") | .message | endswith($text)' .out
