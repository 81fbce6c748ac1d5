#!/bin/bash
# Promise: JSON is read as it is, however it is laid out and whatever is in quotes; so is standard input,
# a pipe, and a file with a byte order mark or the line ends of another system. Each gives the same plan.
source "$(dirname "$0")/lib.sh"
remember

cat >lab.yaml <<'END'
name: lab
namespaces:
  left: {forwarding: true, sysctls: {net.ipv4.tcp_sack: 0}}
  right:
    routes:
      - {to: default, via: 10.0.0.1, metric: 5}
      - {to: '::/0', via: 'fd00::1'}
bridges: {br0: {stp: true, ageing-time: 15s}}
veths:
  - left:eth0: {mtu: 9000, addresses: [10.0.0.1/24, 'fd00::1/64']}
    right:eth0: {mtu: 9000, addresses: [10.0.0.2/24, 'fd00::2/64']}
  - left:eth1:
    outer: {bridge: br0, up: false}
END
cat >lab.json <<'END'
{"name": "lab", "x-note": "caf\u00e9 \"\/\\ \b\f\n\r\t",
 "namespaces": {"left": {"forwarding": true, "sysctls": {"net.ipv4.tcp_sack": 0}},
                "right": {"routes": [{"to": "default", "via": "10.0.0.1", "metric": 5},
                                     {"to": "::/0", "via": "fd00::1"}]}},
 "bridges": {"br0": {"stp": true, "ageing-time": "15s"}},
 "veths": [{"left:eth0": {"mtu": 9000, "addresses": ["10.0.0.1/24", "fd00::1/64"]},
            "right:\u0065th0": {"mtu": 9000, "addresses": ["10.0.0.2/24", "fd00::2/64"]}},
           {"left:eth1": null, "outer": {"bridge": "br0", "up": false}}]}
END
check 'YAML' run 0 topoc plan lab.yaml
cp .out expected
same_plan() {
    check "$1" run 0 topoc plan "$2"
    check '... gives the same plan' diff expected .out
}
same_plan 'JSON' lab.json
jq -c . lab.json >compact.json
same_plan 'JSON in one line' compact.json
jq --tab . lab.json >tabs.json
check 'there are tabs' grep -q $'^\t\t*"' tabs.json
same_plan 'JSON indented with tabs' tabs.json
jq 'walk(if type == "number" or type == "boolean" then tostring else . end)' lab.json >quoted.json
check 'there are quotes' grep -q '"mtu": "9000"' quoted.json
same_plan 'JSON with every value in quotes' quoted.json
sed 's/: */ : /; s/,/\t,\t/g' compact.json >blanks.json
same_plan 'JSON with tabs around its commas' blanks.json
printf '\357\273\277' | cat - lab.json >mark.json
same_plan 'JSON with a byte order mark' mark.json
printf '\357\273\277' | cat - lab.yaml >mark.yaml
same_plan 'YAML with a byte order mark' mark.yaml
sed 's/$/\r/' lab.yaml >crlf.yaml
same_plan 'lines that end in CR LF' crlf.yaml
tr '\n' '\r' <lab.yaml >cr.yaml
same_plan 'lines that end in CR' cr.yaml
head -c -1 lab.yaml >unended.yaml
same_plan 'a last line without an end' unended.yaml
sed 's/$/   # more/' lab.yaml >comments.yaml
same_plan 'comments' comments.yaml
printf -- '--- # more\n%s\n...\n' "$(cat lab.yaml)" >marks.yaml
same_plan 'a document with marks' marks.yaml

# run() has nothing in standard input.
from() {
    local file=$1
    shift
    topoc "$@" <"$file"
}
check 'standard input' run 0 from lab.yaml plan -
check '... gives the same plan' diff expected .out
check 'JSON from standard input' run 0 from tabs.json plan -
check '... gives the same plan' diff expected .out
slowly() {
    { head -c 100 lab.yaml && sleep 0.2 && tail -c +101 lab.yaml; } | topoc "$@"
}
check 'a slow pipe' run 0 slowly plan -
check '... gives the same plan' diff expected .out
same_plan 'a pipe by name' <(sleep 0.2 && cat lab.yaml)
check 'a topology without a name' run 1 from <(grep -v '^name:' lab.yaml) check -
check '... needs one' err 'topoc: error: .*name'

# What JSON is not is told where it is.
wrong() {
    printf '%b' "$4" >wrong.json
    check "$1" run 1 topoc check wrong.json
    check '... is told' err "^wrong\.json:$2: error: $3"
}
wrong 'a comma too few' 3:2 "',' is missing before this" '{"namespaces":\n ["a"]\n "bridges": []}'
wrong 'a comment' 1:1 "':' is missing after this key" '// a lab\n{"namespaces": ["a"]}\n'
wrong 'an open bracket' 1:16 "this '\[' is never closed" '{"namespaces": ["a", "b"\n}\n'
check 'nothing is changed' clean
