#!/bin/bash
# Promise: for any two topologies A and B, the state after `apply A`, `apply B` is the state after
# `apply B` alone, and plan then says `No changes.`; an apply that fails leaves the state that was
# there; hardly ever does the plan have to be made a second time. COUNT pairs (25) from SEED on (1).
source "$(dirname "$0")/lib.sh"
: "${TOPOC_GENERATE:?is not set: run these scripts by tests/run or ctest}"
seed=${SEED:-1}
count=${COUNT:-25}
echo "SEED=$seed COUNT=$count"
mkdir pair
file=$PWD/pair/random.yaml
second_passes=0
applies=0
remember

# What keeps its history: link-local addresses that the kernel made once, whoever goes down later.
state() {
    dump --no-local --sysctls
}

apply() {
    cp "$1" "$file"
    applies=$((applies + 1))
    run "${2:-0}" topoc apply -v --no-wait "$file" || return
    if says 'second pass' >/dev/null; then
        second_passes=$((second_passes + 1))
        echo "        a second pass: $3"
    fi
}

broken() {
    echo "FAILED  seed $1: $2"
    echo "        once more: SEED=$1 COUNT=1 tests/run -R random-pairs"
    sed 's/^/        /' "$work/.said"
    sed 's/^/        A: /' a.yaml
    sed 's/^/        B: /' b.yaml
    [[ ! -e refused.yaml ]] || sed 's/^/        refused: /' refused.yaml
    fail "seed $1: $2"
}

# Runs the steps of a pair up to the first that fails, and says which one that was.
pair() {
    local here=$1
    try() {
        local what=$1
        shift
        "$@" >"$work/.said" 2>&1 || broken "$here" "$what"
    }
    "$TOPOC_GENERATE" "$here" >a.yaml
    "$TOPOC_GENERATE" $((here + 1)) >b.yaml
    rm -f refused.yaml

    try 'apply A' apply a.yaml 0 "seed $here, A"
    try 'A is in step' in_step "$file"
    if ((here % 5 == 0)); then
        "$TOPOC_GENERATE" $((here + 1)) --refuse >refused.yaml
        state >before
        try 'apply B with an error in the middle' apply refused.yaml 1 "seed $here, refused"
        try 'the place of the error' err "^$file:[0-9]+:[0-9]+: error: "
        state >after
        try 'is rolled back' same before after
        cp a.yaml "$file"
        try 'A is in step again' in_step "$file"
    fi
    try 'apply B' apply b.yaml 0 "seed $here, A to B"
    try 'B is in step' in_step "$file"
    state >changed
    try 'destroy' run 0 topoc destroy random
    try 'nothing is left' clean
    try 'apply B alone' apply b.yaml 0 "seed $here, B alone"
    try 'B alone is in step' in_step "$file"
    state >alone
    try 'the same as B alone' same alone changed
    try 'destroy' run 0 topoc destroy random
    try 'nothing is left' clean
}

for ((i = 0; i < count; i++)); do
    pair $((seed + i))
done
echo "ok      $count pairs, $applies applies, $second_passes with a second pass"
check 'a second pass in 5 % at most' test $((second_passes * 20)) -le "$applies"
