#!/bin/bash
# Promise: every file in topologies/ says on top what it shows and what to type; typed, that works. It
# has no warning, comes up whole, everybody in it reaches whom he is to reach, as `check --reach` says,
# and nothing is left of it. All of them can be applied side by side.
source "$(dirname "$0")/lib.sh"
remember
cp "$root"/topologies/*.yaml .
mkdir bin
ln -s "$TOPOC" bin/topoc
PATH=$PWD/bin:$PATH

# How many pings there are from each namespace to the addresses of the others, and which of them, as
# SOURCE>ADDRESS, must not be answered: all others must.
declare -A expected=(
    [campus]='80'
    [dual-stack]='24 v4>*:* v6>*.*'
    [ecmp]='60'
    [left-right]='2'
    [pair]='2'
    [ring]='24'
    [router]='16'
    [switch]='56'
    [tcp-proxy]='12 client>10.0.2.* server>10.0.1.* proxy>10.0.3.*'
    [unnumbered]='12'
)

# Who pings whom: `SOURCE ADDRESS OWNER`, link-local addresses aside.
questions() {
    {
        ip -o address show scope global
        ip -all netns exec ip -o address show scope global
    } | awk 'BEGIN { name = "host" }
        $1 == "netns:" { name = $2; next }
        NF { sub("/.*", "", $4); owners[$4] = name; spaces[name] }
        END {
            for (address in owners) for (name in spaces) if (name != owners[address])
                print name, address, owners[address]
        }' | LC_ALL=C sort
}

# The answers to the questions of an example, as its line above has them.
wanted() {
    local source address pattern answer exceptions
    read -ra exceptions <<<"${expected[$1]#* }"
    while read -r source address _; do
        answer=yes
        for pattern in "${exceptions[@]}"; do
            # shellcheck disable=SC2053 # it is a pattern
            [[ "$source>$address" != $pattern ]] || answer=no
        done
        echo "$source $address $answer"
    done <"$1.questions"
}

pings_are_right() {
    ping_all <"$1.questions" | LC_ALL=C sort >"$1.pings"
    diff <(wanted "$1" | LC_ALL=C sort) "$1.pings"
}

# Pairs as `check --reach` judges them, by families: `FROM TO FAMILY yes|partly`.
said_of_pairs() {
    jq -r '.topologies[0].reach.pairs[] | {from, to} + ({ipv4, ipv6} | to_entries[]) |
        select(.value == "yes" or .value == "partly" or .value == "unknown") |
        "\(.from) \(.to) \(.key) \(.value)"' | LC_ALL=C sort
}

# The same from the pings: `yes` is every address, `partly` some.
pinged_pairs() {
    paste -d ' ' "$1.questions" <(cut -d ' ' -f 3 "$1.pings") |
        awk '{ pair = $1 " " $3 " " ($2 ~ /:/ ? "ipv6" : "ipv4"); all[pair]++; yes[pair] += $4 == "yes" }
            END { for (pair in all) if (yes[pair]) print pair, yes[pair] < all[pair] ? "partly" : "yes" }' |
        LC_ALL=C sort
}

reach_is_right() {
    run 0 topoc check --reach --json "$1.yaml" && diff <(said_of_pairs <.out) <(pinged_pairs "$1")
}

silently_checked() {
    run 0 topoc check --strict "$1.yaml" && test ! -s .out && test ! -s .err
}

# What the comment on top says to type. What is put in the background is a server: it is waited for.
typed() {
    sed -n 's/^#     //p' "$1.yaml" >"$1.typed"
    if [[ $(head -n 1 "$1.typed") != "topoc apply $1.yaml" && $1 != left-right ]]; then
        return 1
    fi
    # shellcheck disable=SC2016 # expanded by the inner shell
    timeout 60 bash -c '
        trap "kill \$(jobs -p) 2>/dev/null" EXIT
        while IFS= read -r line; do
            eval "$line" || { echo "this failed: $line"; exit 1; }
            served "$line" || { echo "this does not listen: $line"; exit 1; }
        done <"$1"' typed "$1.typed" >shown 2>&1 || { cat shown; return 1; }
}

# What an example shows besides that its namespaces reach each other, where it does.

received() {
    ip -n "$1" -j -s link show "$2" | jq '.[0].stats64.rx.packets'
}

# How many more packets each spine has had from leaf1 once 100 flows were sent, the lesser number.
lesser_share() {
    local before1 before2 share1 share2
    before1=$(received spine1 leaf1)
    before2=$(received spine2 leaf1)
    eval "$(grep /dev/udp/ ecmp.typed)"
    share1=$(($(received spine1 leaf1) - before1))
    share2=$(($(received spine2 leaf1) - before2))
    echo $((share1 < share2 ? share1 : share2))
}

shows_ecmp() {
    test "$(lesser_share)" -gt 20 &&
        ip netns exec leaf1 sysctl -qw net.ipv4.fib_multipath_hash_policy=0 &&
        test "$(lesser_share)" -lt 20
}

shows_tcp-proxy() {
    grep -q '^hello from the server$' shown
}

for file in *.yaml; do
    example=${file%.yaml}
    check "$example: a line on top says what it shows" grep -Eq "^1:# $example\.yaml: ." <(grep -n '' "$file")
    check "$example: what to expect of it stands here" test -n "${expected[$example]-}"
    if [[ -z ${expected[$example]-} ]]; then
        continue
    fi
    check "$example: check --strict has nothing to say" silently_checked "$example"
    check "$example: apply" run 0 topoc apply "$file"
    check "$example: a second apply is empty" in_step "$file"
    questions >"$example.questions"
    check "$example: as many pings as there should be" \
        test "$(wc -l <"$example.questions")" -eq "${expected[$example]%% *}"
    check "$example: who is to be answered is, and nobody else" pings_are_right "$example"
    check "$example: check --reach says the same" reach_is_right "$example"
    check "$example: what it says to type works" typed "$example"
    if declare -F "shows_$example" >/dev/null; then
        check "$example: ... and shows it" "shows_$example"
    fi
    check "$example: destroy" run 0 topoc destroy
    check "$example: nothing is left" clean
done

# Here one ping from each namespace will do.
for example in "${!expected[@]}"; do
    check "side by side: apply $example" run 0 topoc apply "$example.yaml"
done
for example in "${!expected[@]}"; do
    awk '!asked[$1]++' "$example.questions" >one-each
    mv one-each "$example.questions"
    check "side by side: $example is whole" in_step "$example.yaml"
    check "side by side: $example works" pings_are_right "$example"
done
for example in "${!expected[@]}"; do
    check "side by side: destroy $example" run 0 topoc destroy "$example"
done
check 'nothing is left' clean
