#!/bin/bash
# Promise: one at a time. Runs at once, of one topology and of several, some of them killed, wait for each
# other and say for whom, end with a status that makes sense, and leave what the next one completes; and
# neither they nor who makes, enters and removes namespaces and devices beside them disturb each other.
# SEED says which runs, DURATION for how many seconds (twice 10).
source "$(dirname "$0")/lib.sh"
seed=${SEED:-$((RANDOM * 32768 + RANDOM))}
duration=${DURATION:-10}
remember

echo 'namespaces: [quick]' >quick.yaml
check 'apply of another' run 0 topoc apply quick.yaml
# begin_slow DELAY: a run that waits for spanning tree twice that long, and has the lock.
begin_slow() {
    cat >slow.yaml <<END_OF_FILE
namespaces: [slow]
bridges: {slow:br0: {stp: true, forward-delay: $1}}
veths: [{slow:a: {bridge: br0}, slow:b: }]
END_OF_FILE
    "$TOPOC" apply slow.yaml >slow.out 2>&1 &
    slow=$!
    until grep -qs "^$slow topoc slow\$" /run/topoc/lock; do
        kill -0 "$slow" || fail 'it did not take the lock'
        sleep 0.01
    done
}
kill_slow() {
    { kill -KILL "$slow" && wait "$slow"; } 2>/dev/null || true
}
begin_slow 30s
for verb in 'apply quick.yaml' 'destroy quick' 'plan quick.yaml' list 'show quick'; do
    # shellcheck disable=SC2086 # words
    check "while a run goes on: $verb, without patience" run 1 topoc $verb --lock-timeout 0s
    check '... says why' err '^(topoc: )?error: another run has not ended in time: see --lock-timeout$'
    check '... and who goes on' err "^(topoc: )?note: it is process $slow topoc slow\$"
    check '... and waits for nobody' silent_about waiting
done
check '... apply, with little' run 1 topoc apply quick.yaml --lock-timeout 100ms
check '... says for whom it waits' err "^topoc: waiting for another run: $slow topoc slow to end\$"
check '... and that it gave up' err 'another run has not ended in time'
kill_slow
check 'destroy of what a killed run left, at once' run 0 topoc destroy slow --lock-timeout 0s
begin_slow 2s
check 'plan, with patience' in_step quick.yaml
check '... says for whom it waited' err "^topoc: waiting for another run: $slow topoc slow to end\$"
check '... and what it waited for is done' wait "$slow"
run 0 topoc destroy slow
begin_slow 30s
(
    until grep -q waiting .err; do
        sleep 0.01
    done
    kill -KILL "$slow"
) &
check 'beside a run that is killed' run 0 topoc apply quick.yaml
check '... waits for it' err "^topoc: waiting for another run: $slow topoc slow to end\$"
kill_slow
check '... the killed one does not hold the lock' run 0 topoc apply slow.yaml --no-wait --lock-timeout 0s
check 'destroy' run 0 topoc destroy --all
check 'nothing is left' clean

# What nobody has anything in yet, one finds empty while another is about to fill it.
# shellcheck disable=SC2329 # by check
beside_destroys() {
    local apply
    strace -qq -o trace -e 'inject=?mkdir,mkdirat:delay_exit=100000' \
        "$TOPOC" apply quick.yaml &
    apply=$!
    while kill -0 "$apply" 2>/dev/null; do
        topoc destroy --lock-timeout 0s >/dev/null 2>&1 || true
    done
    wait "$apply"
}
check 'apply, slowly, while nothing is destroyed' beside_destroys
topoc destroy --all >/dev/null
check 'nothing is left' clean

# Many at once. A file is one of two forms, replaced whole, so that applies find something to change.
for name in one two three four; do
    mkdir $name
    for form in a b; do
        cat >"$name/$form" <<END_OF_FILE
name: $name
namespaces:
  $name-x:
    routes: [{to: 10.99.0.0/16, via: 10.9.0.2}]
  $name-y:
    forwarding: true
bridges:
  cc-$name: {mtu: $([[ $form == a ]] && echo 1400 || echo 1500)}
  $name-y:br0: {addresses: [10.8.0.1/24]}
veths:
  - $name-x:up: {addresses: [10.9.0.1/24, 'fd09::1/64']}
    $name-y:up: {addresses: [10.9.0.2/24, 'fd09::2/64']}
  - $name-x:out: {mtu: 1400}
    cc${name}p: {bridge: cc-$name, mtu: 1400}
$([[ $form == a ]] || printf '  - %s: {bridge: br0}\n    %s:\n' "$name-y:more" "$name-x:more")
END_OF_FILE
    done
    cp $name/a $name.yaml
done
sed 's/^name: .*/name: rival/; s/cc-one/cc-rival/; s/cconep/ccrivalp/' one/a >rival.yaml # its namespaces are one's

# one_run WORKER: something at random, of the topologies in `names`. What it may be refused for: it was told not to wait, comes too
# early or too late, or finds the rival's namespaces.
one_run() {
    local verbs=(apply apply apply plan destroy destroy show list)
    local name=${names[RANDOM % ${#names[@]}]} verb=${verbs[RANDOM % ${#verbs[@]}]}
    local words=("$verb") killer='' excuse='no excuse' status=0 said="said.$1"
    case $verb in
        apply) words+=("$name.yaml" --no-wait) ;;
        plan | destroy) if ((RANDOM % 2)); then words+=("$name"); else words+=("$name.yaml"); fi ;;
        show) words+=("$name") ;;
    esac
    if [[ $verb != apply ]]; then
        excuse+="|no topology '$name' is applied"
    fi
    if [[ $name == one || $name == rival ]]; then
        excuse+='|belongs to another topology'
    fi
    if [[ $verb == destroy ]] && ((RANDOM % 10 == 0)); then
        words=(destroy --all)
    fi
    if ((RANDOM % 3 == 0)); then
        words+=(--lock-timeout "$((RANDOM % 2 * RANDOM % 100))ms")
        excuse+='|another run has not ended in time'
    fi
    if ((RANDOM % 3 == 0)); then
        printf -v killer 'timeout -s KILL 0.%03d' $((1 + RANDOM % 60))
    fi
    if [[ $name != rival ]] && ((RANDOM % 3 == 0)); then
        cp "$name/$( ((RANDOM % 2)) && echo a || echo b)" "$name.$1"
        mv "$name.$1" "$name.yaml"
    fi
    # shellcheck disable=SC2086 # words
    $killer "$TOPOC" "${words[@]}" >"$said.out" 2>"$said" || status=$?
    echo "$verb $status" >>"ends.$1"
    case $status in
        0) ! grep -v '^topoc: waiting for another run' "$said" ;;
        1) grep -q 'error: ' "$said" && ! grep 'error: ' "$said" | grep -vqE "$excuse" ;;
        137) [[ -n $killer ]] ;;
        *) false ;;
    esac || {
        echo "worker $1: topoc ${words[*]}: status $status"
        cat "$said"
    } >>wrong
}

# In one process, until the end.
work() {
    trap - ERR EXIT
    RANDOM=$((seed + $1))
    until [[ -e stop ]]; do
        one_run "$1"
    done
}
repeat() {
    trap - ERR EXIT
    until [[ -e stop ]]; do
        "$@" >"said.$*" 2>&1 || {
            echo "$*:"
            cat "said.$*"
        } >>disturbed
        echo "$1" >>"rounds.$*"
    done
}

# Who else is there.
namespaces() {
    ip netns add "$1" && ip netns exec "$1" true && ip -n "$1" link set lo up && ip netns del "$1"
}
devices() {
    ip link add "$1" type veth peer name "$1p" && ip link add "$1b" type bridge &&
        ip link set "$1p" master "$1b" && ip link set "$1" up && ip link del "$1" && ip link del "$1b"
}
readings() {
    ip netns list && ls /run/netns && ip link show && cat /proc/self/mountinfo
}

# No run waits longer than a minute.
watch_over() {
    trap - ERR EXIT
    while ((SECONDS < late)); do
        if [[ -e ended ]]; then
            return
        fi
        sleep 0.5
    done
    { cat /run/topoc/lock /proc/locks && pgrep -a topoc; } >hung
    kill -KILL "$@"
}

# tally FILE...: how many there are of each line.
tally() {
    cat "$@" | sort | uniq -c | awk '{ printf "%s%d %s", (NR > 1 ? ", " : ""), $1, substr($0, 9) }'
}

# crowd NAME...: sixteen at once, of these topologies.
crowd() {
    local names=("$@") crowd=() watchdog i late=$((SECONDS + duration + 120))
    rm -f stop ended ends.* rounds.*
    for ((i = 0; i < 16; i++)); do
        work "$i" 2>/dev/null & # which would tell who was killed
        crowd+=($!)
    done
    for i in 1 2 3 4; do
        repeat namespaces "ccring$i" &
        crowd+=($!)
    done
    for i in 1 2; do
        repeat devices "ccd$i" &
        crowd+=($!)
    done
    repeat readings &
    crowd+=($!)
    watch_over "${crowd[@]}" &
    watchdog=$!
    sleep "$duration"
    touch stop
    wait "${crowd[@]}" || true
    touch ended
    wait "$watchdog"
    echo "seed $seed, of $*: $(tally ends.*)"
    echo "beside them: $(tally rounds.*)"
    check 'all runs end' same /dev/null hung
    check '... with what makes sense' same /dev/null wrong
    check '... and disturb nobody' same /dev/null disturbed
}

# The rival may have been there last.
converge() {
    local name
    check 'destroy of the rival' run 0 topoc destroy rival.yaml --lock-timeout 0s
    for name in "$@"; do
        check "$name: apply, at once" run 0 topoc apply "$name.yaml" --lock-timeout 0s
        check '... is in step' in_step "$name.yaml"
    done
    for name in "$@"; do
        check "$name: destroy" run 0 topoc destroy "$name" --lock-timeout 0s
    done
    check 'nothing is left' clean
}

: >wrong
: >disturbed
: >hung
crowd one
converge one
crowd one one one two two three four rival
converge one two three four
