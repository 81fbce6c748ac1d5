#!/bin/bash
# Promise: what static reachability says of a namespace and an address is what a ping gets, for every
# example and for generated topologies; only where the host's own devices and routes have a say it
# may be `unknown`, and where several ways lead on, `partly`. COUNT topologies (12) from SEED on (1).
source "$(dirname "$0")/lib.sh"
: "${TOPOC_VERDICTS:?is not set: run these scripts by tests/run or ctest}"
: "${TOPOC_ROUTED:?is not set: run these scripts by tests/run or ctest}"
seed=${SEED:-1}
count=${COUNT:-12}
echo "SEED=$seed COUNT=$count"
remember
compared=0

# The verdicts (a file) that the pings (another) do not bear out.
differences() {
    awk 'NR == FNR { found[$1 " " $2] = $3; next }
        !($1 " " $2 in found) { print "not tried: " $0; next }
        $3 ~ /^(yes|no)$/ && $3 != found[$1 " " $2] { print }' "$2" "$1"
}

# The same as ping_all, one ping after the other, before which nobody knows his neighbours.
ping_each() {
    local line name
    while IFS= read -r line; do
        for name in /run/netns/*; do
            nsenter --net="$name" ip neigh flush all
        done
        ping_all <<<"$line"
    done
}

# Keeps of the verdicts in the file `different` those that pings by a command do not bear out.
try_again() {
    "$@" <different >again
    differences different again >different.still
    mv different.still different
}

# Compares a file that is applied with the kernel. Some things depend on what was sent before: who has
# been heard need not be asked, and a gateway that has not answered for 3 s is passed over. So what
# differs is tried again, from scratch and then for so long that the kernel gives up on gateways.
agrees() {
    "$TOPOC_VERDICTS" "$1" >verdicts 2>/dev/null || return
    [[ -s verdicts ]] || return
    ping_all <verdicts >pings
    differences verdicts pings >different
    if [[ -s different ]]; then
        try_again ping_each
    fi
    if [[ -s different ]]; then
        try_again ping_all 8
    fi
    sed 's/^/verdict: /' different
    [[ ! -s different ]]
}

count_pairs() {
    compared=$((compared + $(grep -Ec '^[^ ]+ [^ ]+ (yes|no) ' verdicts)))
}

known() {
    not grep -E '^[^ ]+ [^ ]+ unknown ' <(grep -v '^host ' verdicts)
}

for file in "$root"/topologies/*.yaml "$tests"/kernel/labs/*.yaml; do
    lab=$(basename "$file" .yaml)
    check "$lab: apply" run 0 topoc apply --no-wait "$file"
    check "$lab: the verdicts are true" agrees "$file"
    count_pairs
    check "$lab: destroy" run 0 topoc destroy
    check "$lab: nothing is left" clean
done

# The comparison can fail: a route that a hand has removed, and a verdict turned round.
check 'apply' run 0 topoc apply "$root/topologies/router.yaml"
ip -n west route del default
check 'a way that is gone shows' not agrees "$root/topologies/router.yaml"
check 'at its place' grep -q '^west 10.0.2.1 yes' different
run 0 topoc apply "$root/topologies/router.yaml"
check 'and no longer when it is back' agrees "$root/topologies/router.yaml"
sed -i '0,/ yes /s// no /' verdicts
check 'a wrong verdict shows' test "$(differences verdicts pings | wc -l)" -eq 1
check 'destroy' run 0 topoc destroy

# What is told of it
sed '/via: .*2\.254/d; /via: .*2::ff/d' "$root/topologies/router.yaml" >oneway.yaml
check 'who cannot be reached is no error' run 0 topoc check --reach oneway.yaml
check '... and has a reason with a place' out \
    '^west to east: east has no route back to 10\.0\.1\.0/24, .* \(oneway\.yaml:12:3\)$'
check '... and counts' out '^Reach: 3 yes, 2 no, 1 in part\.$'
check '--json' run 0 topoc check --reach --json oneway.yaml
check '... tells the same' jq -e '.topologies[0].reach | (.summary == {yes: 3, unknown: 0, partly: 1, no: 2})
    and (.pairs | length == 6) and (.pairs | map(select(.from == "west" and .to == "east")) ==
        [{from: "west", to: "east", ipv4: "no", ipv6: "no"}])
    and any(.failures[]; .from == ["west"] and .line == 12 and .verdict == "no")' .out
check 'without --reach it does not' run 0 topoc check --json oneway.yaml
check '... tell of it' jq -e '.topologies[0] | has("reach") | not' .out
check 'plan -v' run 0 topoc plan -v oneway.yaml
check '... tells it, too' out '^Reach: 3 yes, 2 no, 1 in part\.$'
check 'plan alone' run 0 topoc plan oneway.yaml
check '... does not' silent_about '^Reach:'

for ((i = seed; i < seed + count; i++)); do
    "$TOPOC_ROUTED" "$i" >routed.yaml
    if ! run 0 topoc apply --no-wait routed.yaml >said; then
        cat said routed.yaml
        fail "seed $i: apply"
    fi
    if ! agrees routed.yaml >said || ! known >>said; then
        cat said routed.yaml
        fail "seed $i: once more: SEED=$i COUNT=1 tests/run -R reach"
    fi
    count_pairs
    run 0 topoc destroy
done
check 'nothing is left' clean
echo "ok      $count topologies, $compared pairs compared"
check 'there were pairs to compare' test "$compared" -gt $((10 * count))
