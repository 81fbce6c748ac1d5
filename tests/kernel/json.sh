#!/bin/bash
# Promise: with --json a verb prints one object and nothing else, whatever becomes of it, with the exit
# status that it has without; what is in it is what people are told, at the same places (cmd/json.h).
source "$(dirname "$0")/lib.sh"
cp "$root/topologies/left-right.yaml" "$root/topologies/router.yaml" .
sed 's/dev: left_inner/dev: left_iner/' left-right.yaml >typo.yaml
remember

# json STATUS VERB...: one object, in ASCII without control characters, that knows the exit status and
# all errors; standard error is empty.
json() {
    local status=$1
    shift
    run "$status" topoc "$@" --json
    [[ ! -s .err ]] || { echo 'something on standard error:'; shown; }
    if LC_ALL=C grep -q '[^ -~]' .out; then
        echo 'not printable ASCII:'
        shown
    fi
    jq -s -e --argjson status "$status" --arg verb "$1" '
        length == 1 and (.[0] | keys_unsorted == ["topoc", "verb", "status", "errors", "warnings",
            "diagnostics", "topologies"]
        and .verb == $verb and .status == $status
        and .errors == ([.diagnostics[] | select(.severity == "error")] | length)
        and (.status == 1) == (.errors > 0))' .out >/dev/null || { echo 'no such object:'; shown; }
}

# holds FILTER: whether that is true of the object.
holds() {
    jq -e "def one: .topologies[0]; def all_objects: [.. | objects | select(.kind)]; $1" .out >/dev/null ||
        { echo "not so: $1"; shown; }
}

# as_text STATUS VERB...: the diagnostics have the places and texts of those that are printed without
# --json, of which the exit status is the same.
as_text() {
    local status=$1
    shift
    run "$status" topoc "$@"
    sed -nE 's/^(topoc: )?(([^ :]+:[0-9]+:[0-9]+: )?(error|warning|note): .*)/\2/p' .err >told
    json "$status" "$@"
    jq -r '.diagnostics[] | ., (.notes[] | .severity = "note") |
        (if .line then "\(.file):\(.line):\(.column): " else "" end) + "\(.severity): \(.message)" +
        (if .hint and (.line | not) then "; \(.hint)" else "" end)' .out >listed
    same told listed
}

# Usage is answered before there is anything to tell
check 'wrong usage' run 64 topoc apply --json
check '... prints no object' test ! -s .out
check 'exec does not have it' run 64 topoc exec --json left

# Nothing is applied
for verb in plan destroy list show; do
    check "$verb: nothing is applied" json 0 "$verb"
    check '... is an empty list' holds '.topologies == []'
done
check 'destroy --all: nothing is applied' json 0 destroy --all
check 'destroy of a file that is not applied' json 0 destroy left-right.yaml
check '... changes nothing' holds 'one.name == "left-right" and one.outcome == "unchanged"'
check 'an unknown name' as_text 1 show nosuch

# check
check 'check' json 0 check router.yaml
check '... names the file' holds "one.name == \"router\" and one.file == \"$PWD/router.yaml\""
check '... counts a cable as one' holds 'one.counts | map_values(select(. > 0)) ==
    {namespace: 3, veth: 2, address: 8, route: 4, sysctl: 2}'
check '... and says which kinds there are none of' holds 'one.counts.bridge == 0'
check '... tells of every object where it is declared' holds 'all_objects | length > 20 and
    all(.name == "host" or (.file and .line > 0 and .column > 0))'
line=$(sed -n '/router:eth1/=' router.yaml)
check '... at its line' holds "all_objects[] | select(.name == \"router:eth1\") | .line == $line"
check '... with the other end' holds 'all_objects[] | select(.name == "router:eth1") | .peer == "west:eth0"'
check '... as a tree' holds 'one.objects[] | select(.name == "west").objects[] |
    select(.name == "west:eth0").objects | map(.name) | contains(["10.0.1.1/24"])'
check 'check of a wrong file' as_text 1 check typo.yaml
check '... has the place' holds '.diagnostics[0] | .line == 5 and .column == 32 and .length == 9 and
    .file == "typo.yaml" and (.hint | contains("left_inner")) and .notes[0].line == 14'
check '... and no objects' holds 'one | has("objects") or has("counts") | not'
check 'a missing file' as_text 1 check missing.yaml
check 'several files' json 1 check left-right.yaml typo.yaml router.yaml missing.yaml
check '... are a list' holds '[.topologies[].name] == ["left-right", "typo", "router", null]'
check 'all errors of a file' as_text 1 check "$tests/golden/diagnostic/values.yaml"
check 'a warning' as_text 0 check "$tests/golden/diagnostic/words.yaml"
check 'a warning with --strict' json 1 check --strict "$tests/golden/diagnostic/words.yaml"
from_input() {
    topoc check - --json <<<'{name: piped, namespaces: [a, a]}' >.out
}
check 'standard input' run 1 from_input
check '... is called -' holds 'one.file == "-" and .diagnostics[0].file == "-"'

# Values are what the language takes
cat >values.yaml <<'END'
namespaces:
  a:
    forwarding: true
    sysctls: {net.ipv4.ip_default_ttl: 33}
    routes:
      - {to: 10.1.0.0/16, via: 10.0.0.2, metric: 4294967295, table: 4294967295}
      - {to: 10.2.0.0/16, nexthops: [{via: 10.0.0.2, weight: 3}, {via: 10.0.0.3}]}
      - {to: 10.3.0.0/16, type: blackhole, table: local}
bridges:
  a:br0: {addresses: [10.0.0.1/24], forward-delay: 4s, stp: true, mac: '02:00:00:00:00:01', priority: 7}
END
attributes() { # NAME
    echo "all_objects[] | select(.name == \"$1\") | .attributes"
}
check 'values' json 0 check values.yaml
check '... booleans, numbers, durations, texts' holds "$(attributes a:br0) ==
    {mac: \"02:00:00:00:00:01\", stp: true, priority: 7, \"forward-delay\": \"4s\"}"
check '... the largest number' holds "$(attributes '10.1.0.0/16 table 4294967295 metric 4294967295') |
    .metric == 4294967295 and .table == 4294967295"
check '... lists' holds "$(attributes 10.2.0.0/16) | .nexthops | map(.weight) | contains([3])"
check '... words' holds "$(attributes '10.3.0.0/16 table local') | .type == \"blackhole\" and
    .table == \"local\""
check '... a short word for two sysctls' holds "$(attributes a) == {forwarding: true}"
check 'they can be applied' json 0 apply values.yaml
check '... and are read back' json 0 show
check '... the largest number' holds "$(attributes '10.1.0.0/16 table 4294967295 metric 4294967295') |
    .metric == 4294967295 and .table == 4294967295"
check '... durations' holds "$(attributes a:br0) | .\"forward-delay\" == \"4s\" and .stp == true"
check '... sysctls' holds "$(attributes net.ipv4.ip_default_ttl) == {value: \"33\"}"
check 'destroy' json 0 destroy values
check '... counts' holds 'one.summary.destroy > 5 and one.summary.create == 0'

# plan and apply
check 'plan' as_text 0 plan left-right.yaml
check '... counts a cable as one' holds 'one.summary == {create: 9, change: 0, destroy: 0}'
check '... and lists both ends' holds '[one.actions[] | select(.action == "create")] | length == 11'
check '... each with its place' holds 'one.actions | all(.line > 0)'
check 'plan --detailed-exitcode' json 2 plan --detailed-exitcode left-right.yaml
check 'apply of a wrong file' as_text 1 apply typo.yaml
check '... is refused' holds 'one.outcome == "refused"'
ip link add br0 type bridge
check 'something in the way' as_text 1 apply left-right.yaml
check '... is refused' holds 'one.outcome == "refused" and .diagnostics[0].line == 11'
ip link del br0
printf 'namespaces:\n  a:\n    sysctls:\n      net.ipv4.ip_default_ttl: 256\n' >refused.yaml
check 'what the kernel refuses' as_text 1 apply refused.yaml
check '... has its place' holds 'one.outcome == "refused" and (.diagnostics | map(select(.severity == "error")) |
    length == 1 and .[0].line == 4 and .[0].column == 32 and (.[0].message | contains("Invalid argument")))'
interrupted() { # leaks are not told by whom ptrace(2) holds
    strace -f -qq -o trace -e inject=symlink:signal=SIGINT:when=1 "$TOPOC" apply --json left-right.yaml
}
check 'interrupted' run 130 interrupted
check '... and put back' holds '.status == 130 and one.outcome == "interrupted"'
check '... whole' clean
check 'apply' json 0 apply left-right.yaml
check '... is done' holds 'one.outcome == "done" and one.summary.create == 9'
check 'apply again' json 0 apply left-right.yaml
check '... has nothing to do' holds 'one.outcome == "unchanged" and one.actions == []'
check 'plan without argument' json 0 plan
cp .out first
check '... again' json 0 plan
check '... is the same, byte by byte' same first .out
run_verbosely() {
    topoc apply -v --json left-right.yaml 2>steps
}
ip -n left link set left_inner mtu 1400
check 'drift' json 0 plan
check '... from and to' holds 'one.actions | map([.action, .name, .line, .changes]) ==
    [["change", "left:left_inner", 14, {mtu: {from: 1400, to: 1500}}]]'
check 'apply -v' run 0 run_verbosely
check '... one object on standard output' holds '.status == 0 and one.summary.change == 1'
check '... steps on standard error' grep -q left_inner steps
sed 's/br0:$/br0:\n  br1:/; s/right_outer: {bridge: br0}/right_outer: {bridge: br0, queues: 2}/' \
    left-right.yaml >edited.yaml
mv edited.yaml left-right.yaml
check 'an edit' json 0 plan
check '... what is replaced' holds 'one.actions[] | select(.name == "right_outer") |
    .action == "replace" and .changes.queues == {from: 1, to: 2} and (.reason | contains("queues"))'
check '... what goes with it' holds 'one.actions[] | select(.name == "10.0.1.0/24") |
    .action == "replace" and (.reason | length > 0)'
check '... what is new' holds 'one.actions[] | select(.name == "br1") | .action == "create"'
check '--detailed-exitcode' json 2 plan --detailed-exitcode
grep -E '^Plan: ' <(topoc plan) >told
check '... counts as people are told' holds "one.summary | \"Plan: \(.create) to create, \(.change) to change, \(.destroy) to destroy.\" == \"$(cat told)\""
check 'apply' json 0 apply left-right.yaml
cp left-right.yaml moved.yaml
sed -i '1a name: left-right' moved.yaml
check 'applied from another path' as_text 1 apply moved.yaml
check '... is refused, with what was planned' holds 'one.outcome == "refused"'

# What others made, under names that are no text
odd=$'o\xff\x7f\e"\\'
ip -n left link add "$odd" type bridge
ip -n left link set "$odd" up
ip -n left address add 10.8.0.1/24 dev "$odd"
ip -n left route add 10.9.0.0/16 via 10.0.1.9 dev left_inner onlink proto bgp
check 'foreign things' json 0 plan
check '... are no change' holds 'one.actions == [] and one.lost == []'
check '... are listed' holds 'one.foreign | map([.kind, .foreign, .namespace]) | sort ==
    [["bridge", true, "left"], ["route", true, "left"]]'
check '... with who made them' holds 'one.foreign[] | select(.kind == "route") | .attributes.proto == "bgp"'
check '... without breaking the text' holds 'one.foreign[] | select(.kind == "bridge") |
    .name == "left:o\\xff\\x7f\\x1b\"\\"'
check 'show' json 0 show
check '... marks them' holds '[all_objects[] | select(.foreign) | .kind] | sort == ["address", "bridge", "route"]'
check '... has what is not foreign in its place' holds 'all_objects[] | select(.name == "10.0.1.1/24") |
    .file and .line == 15 and .device == "left:left_inner"'
check 'plan --destroy' json 0 plan --destroy
check '... names what is lost, and why' holds 'one.lost | map(select(.reason | length > 0) | .kind) | sort ==
    ["address", "bridge", "route"]'
check '... where what goes was declared' holds 'one.actions | length > 8 and all(.line > 0)'
mkdir $'odd\xffdirectory'
cp left-right.yaml $'odd\xffdirectory/odd.yaml'
check 'a path that is no text' json 1 apply $'odd\xffdirectory/odd.yaml'
check '... is escaped' holds 'one.file | endswith("odd\\xffdirectory/odd.yaml")'
check '... at every place' holds '.diagnostics[0].file == "odd\\xffdirectory/odd.yaml"'

# Several
cat >third.yaml <<'END'
namespaces: [third]
END
check 'a second topology' json 0 apply third.yaml
check 'which one?' as_text 1 plan
check 'list' json 0 list
check '... has both' holds '[.topologies[] | [.name, .state, .counts.namespace]] ==
    [["left-right", "in step", 2], ["third", "in step", 1]]'
check 'destroy' json 0 destroy third.yaml
check '... is done' holds 'one.outcome == "done" and one.summary.destroy == 1 and one.name == "third"'
check 'apply' json 0 apply third.yaml
check 'destroy --all' json 0 destroy --all
check '... has both' holds '[.topologies[] | [.name, .outcome]] == [["left-right", "done"], ["third", "done"]]'
check 'nothing is left' clean
