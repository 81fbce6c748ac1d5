#!/bin/bash
# Promise: a file that is large, by accident or by malice, is told of as any other.
source "$(dirname "$0")/lib.sh"
remember

# What is large takes neither long nor much: half a minute of processor time, a gigabyte. With the
# checks of AddressSanitizer both are other numbers.
sanitized() { grep -q __asan_init "$TOPOC"; }
bounded() { within 30 1000000 run "$@"; }
# within SECONDS KILOBYTES COMMAND...
within() {
    (
        sanitized || ulimit -t "$1" -v "$2"
        shift 2
        "$@"
    )
}
large() {
    local name=$1 pattern=$2
    check "$name" bounded 1 topoc check large.yaml
    check '... is told' err "$pattern"
}
truncate -s 100M large.yaml
large '100 MB' "cannot read 'large\.yaml': it is larger than 16 MiB"
check '100 MB from a pipe' bounded 1 topoc check <(head -c 100000000 /dev/zero 2>/dev/null || true)
check '... is told' err 'it is larger than 16 MiB'
seq -f 'k%.0f: 1' 1000000 >large.yaml
large 'a million keys' '^and 999950 more errors$'
seq -f '  k%.0f: {x: 1}' 100000 | sed '1i namespaces:' >large.yaml
large 'a hundred thousand namespaces' '^and [0-9]+ more errors'
seq -f 'k: %.0f' 300000 >large.yaml
large 'one key 300,000 times' '^and 299950 more errors$'
{ printf 'namespaces: ['; head -c 10000000 /dev/zero | tr '\0' '['; } >large.yaml
large 'ten million brackets' '^large\.yaml:1:76: error: nested more than 64 deep'
repeated() { awk -v text="$1" -v count="$2" 'BEGIN { while (count--) printf "%s", text }'; }
deep() {
    printf '%s' "$3" >large.yaml
    repeated "$4" 100000 >>large.yaml
    printf '%s' "${5-}" >>large.yaml
    large "100,000 levels of $1" "^large\.yaml:1:$2: error: nested more than 64 deep"
}
deep 'mappings in braces' '[0-9]+' '' '{a: '
deep 'lists, all closed' '[0-9]+' 'x-a: ' '[' "$(repeated ']' 100000)"
deep 'lists in block style' '[0-9]+' '' '- '
deep 'keys in block style' '[0-9]+' '' '? '
deep 'JSON lists' '[0-9]+' '{"namespaces": ' '['
deep 'JSON mappings' '[0-9]+' '' '{"a":'
for ((i = 0; i < 2000; i++)); do printf '%*sa:\n' "$i" ''; done >large.yaml
large 'lines that are indented ever more' '^large\.yaml:65:65: error: nested more than 64 deep'
{ printf 'name: '; head -c 10000000 /dev/zero | tr '\0' a; } >large.yaml
large 'a scalar of 10 MB' "cannot be a topology's name"
check '... is not shown whole' test "$(wc -c <.err)" -lt 2000
scalar() {
    { printf '%s' "$2"; head -c 10000000 /dev/zero | tr '\0' a; printf '%s' "$3"; } >large.yaml
    large "a scalar of 10 MB, $1" "$4"
    check '... is not shown whole' test "$(wc -c <.err)" -lt 2000
}
scalar 'in quotes' 'namespaces: ["' '"]' "^large\.yaml:1:14: error: 'a.*a' cannot be a namespace's name"
scalar 'in JSON' '{"name": "' '"}' "^large\.yaml:1:10: error: 'a.*a' cannot be a topology's name"
scalar 'a key' '' ': 1' '^large\.yaml:1:[0-9]+: error: '
scalar 'a number' 'namespaces: {a: {routes: [{to: 10.0.0.0/24, metric: 1' '}]}}' '^large\.yaml:1:53: error: '
scalar 'an alias' 'namespaces: [*' ']' '^large\.yaml:1:14: error: '
scalar 'a comment' '#' '
namespaces: 1' '^large\.yaml:2:13: error: '
cat >large.yaml <<'END'
namespaces: [a, b]
veths: [{a:e: {mtu: 18446744073709551617, queues: -1, txqueuelen: 1e999}, b:e: {mtu: 0x7fffffffffffffffff}}]
END
large 'numbers that are too large' '^large\.yaml:2:21: error: '
check '... each of them' test "$(grep -c ': error: ' .err)" == 4
{ printf '{'; seq -f '"k%.0f": 1, ' 600000 | tr -d '\n'; printf '}\n'; } >large.yaml
large 'a line of 10 MB' '^and 599950 more errors$'
{
    echo 'a0: &a0 [x, x, x, x, x, x, x, x, x, x]'
    for i in {1..30}; do
        printf 'a%d: &a%d [' "$i" "$i"
        printf "*a$((i - 1)), %.0s" {1..10}
        echo ']'
    done
} >large.yaml
large 'a billion laughs' '^large\.yaml:[0-9]+:[0-9]+: error: aliases add more than 1000000 nodes'
{
    echo "x-a: &a [$(seq -s ', ' 30000)]"
    echo "x-b: [$(repeated '*a, ' 30000)]"
} >large.yaml
large 'one long list 30,000 times' '^large\.yaml:2:[0-9]+: error: aliases add more than 1000000 nodes'
{
    echo "x-a: &a {$(seq -f 'k%.0f: 1' -s ', ' 3000)}"
    seq -f 'x-m%.0f: {<<: *a}' 3000
} >large.yaml
large 'one long mapping merged 3,000 times' '^large\.yaml:[0-9]+:[0-9]+: error: aliases add more than 1000000 nodes'
{ echo 'x-a: &a {k: 1}'; echo "x-m: {<<: [$(repeated '*a, ' 300000)]}"; } >large.yaml
check '300,000 merges in one mapping' bounded 0 topoc check large.yaml
{ printf '{"namespaces": ["n"'; seq -f ', "n%.0f"' 1000000 | tr -d '\n'; printf ']}\n'; } >large.yaml
check 'a million namespaces' within 90 2000000 run 0 topoc check large.yaml
check '... are warned of' err '^and 999951 more warnings$'
if ! sanitized; then
    check '... with less memory than they take' within 90 300000 run 1 topoc check large.yaml
    check '... which is told' err '^topoc: error: out of memory$'
fi
seq 100000 | awk 'BEGIN { printf "namespaces:\n  a:\n    routes:\n" }
    { printf "      - {to: 10.%d.%d.%d/32, type: blackhole}\n", $1 / 65536, $1 / 256 % 256, $1 % 256 }' >large.yaml
check '100,000 routes' bounded 0 topoc check large.yaml
check '... are none too many' test "$(grep -c . .err)" == 3
seq 0 99999 | awk '{ n = 4 * $1; net = "10." int(n / 65536) "." int(n / 256) % 256 "." }
    { route[$1] = "{to: 11" substr(net, 3) n % 256 "/32, via: " net n % 256 + 2 "}"
      address[$1] = net n % 256 + 1 "/30" }
    END { printf "namespaces:\n  b:\n  a:\n    routes:\n"
        for (i = 0; i < NR; i++) print "      - " route[i]
        printf "veths:\n  - b:e:\n    a:e:\n      addresses:\n"
        for (i = 0; i < NR; i++) print "        - " address[i] }' >large.yaml
check '100,000 routes beside 100,000 addresses, to gateways that nobody has' bounded 0 topoc check large.yaml
check '... are warned of' err '^and 99950 more warnings$'
seq 0 29999 | awk '{ n = 4 * $1; net = "10." int(n / 65536) "." int(n / 256) % 256 "." }
    { route[$1] = "{to: 11" substr(net, 3) n % 256 "/32, via: " net n % 256 + 2 ", dev: d" $1 "}"
      cable[$1] = "{a:d" $1 ": {addresses: [" net n % 256 + 1 "/30]}, b:d" $1 ": {addresses: [" net n % 256 + 2 "/30]}}" }
    END { printf "namespaces:\n  b: {forwarding: true}\n  a:\n    routes:\n"
        for (i = 0; i < NR; i++) print "      - " route[i]
        print "veths:"
        for (i = 0; i < NR; i++) print "  - " cable[i] }' >large.yaml
check '30,000 devices in one namespace' bounded 0 topoc check --strict large.yaml
check '... are planned' bounded 0 topoc plan large.yaml
check '... each' out '^Plan: 120004 to create, 0 to change, 0 to destroy\.$'
# Each of these is told in full only as far as it is shown.
seq 20000 | awk 'BEGIN { print "veths:" } { printf "  - {x%d: {bridge: q%d}, y%d: }\n", $1, $1, $1 }' >large.yaml
check 'devices of the host that are not declared' bounded 0 topoc check large.yaml
check '... are noted' err '^and 19950 more notes$'
{ printf 'namespaces:\n  a:\n    routes:\n      - default'; seq 20000 | sed 's,.*, via x,' | tr -d '\n'; echo; } >large.yaml
large 'a route of 20,000 words' '^large\.yaml:4:9: error: a route is a mapping'
seq 15000 | awk 'BEGIN { print "namespaces: [a]\nveths:" }
    { printf "  - {a:x%d: {bridge: b%d}, a:y%d: {bridge: b%d}}\n", $1, $1, $1, $1 % 15000 + 1 }
    END { print "bridges:"; for (i = 1; i <= 15000; i++) printf "  a:b%d:\n", i }' >large.yaml
check 'a loop of 15,000 bridges' bounded 0 topoc check large.yaml
check '... is told' err 'this cable closes a loop .* and 14935 more'
seq 30000 | awk 'BEGIN { printf "namespaces:\n  a:\n    routes:\n      - to: default\n        nexthops:\n" }
    { printf "          - {via: 10.0.%d.%d}\n", $1 / 256, $1 % 256 }' >large.yaml
large '30,000 next hops' '^large\.yaml:6:13: error: 30000 next hops, and a route has 512 at most'
{ printf 'namespaces:\n  a:\n    sysctls:\n      net.ipv4.x:'; seq 20000 | tr '\n' ' '; echo; } | sed 's/x:/x: /' >large.yaml
check 'a sysctl of 20,000 numbers' bounded 0 topoc check large.yaml
seq 20000 | awk 'BEGIN { print "namespaces:\n  r:\n  a:\n    routes:" }
    { printf "      - {to: 10.%d.%d.0/24, via: r}\n", $1 / 256, $1 % 256 }' >large.yaml
large 'a namespace in the place of 20,000 addresses' '^and 19950 more errors$'

# What a file may be besides: each ends, and is told.
endless() {
    local name=$1 pattern=$2
    shift 2
    check "$name" bounded 1 timeout 60 "$@"
    check '... is told' err "$pattern"
}
by_input() { "$TOPOC" check - <"$1"; }
from_pipe() { "$@" 2>/dev/null | "$TOPOC" check -; }
export -f by_input from_pipe
export TOPOC
endless 'a device' "it is no regular file" "$TOPOC" check /dev/zero
endless 'a device as standard input' 'cannot read standard input: it is larger than 16 MiB' bash -c 'by_input /dev/zero'
endless 'a directory as standard input' 'cannot read standard input: Is a directory' bash -c 'by_input /'
# shellcheck disable=SC2016 # for the shell inside
endless 'nothing as standard input' '^<stdin>:1:1: error: the file says nothing' bash -c '"$TOPOC" check - <&-'
endless 'a pipe without end' 'cannot read standard input: it is larger than 16 MiB' bash -c 'from_pipe yes'
endless 'deep JSON from a pipe' '^<stdin>:1:[0-9]+: error: nested more than 64 deep' \
    bash -c 'from_pipe bash -c "yes [ | head -n 100000 | tr -d \"\\n\""'
endless 'NUL bytes from a pipe' '^<stdin>:1:1: error: a NUL byte is not text' bash -c 'from_pipe head -c 100000 /dev/zero'
endless 'the memory of a process' "cannot read '/proc/self/mem': Input/output error" "$TOPOC" check /proc/self/mem
mkfifo pipe.yaml
yes >pipe.yaml &
endless 'a pipe by name, without end' "cannot read 'pipe\.yaml': it is larger than 16 MiB" "$TOPOC" check pipe.yaml
kill "$!" 2>/dev/null || true
echo 'x-a: 1' >growing.yaml
(ulimit -f 65536 && yes '# more' >>growing.yaml) 2>/dev/null &
growing=$!
# Whether its end is found depends on who is faster.
grows() { timeout 60 "$TOPOC" check growing.yaml || (($? == 1)); }
check 'a file that grows' grows
kill "$growing" 2>/dev/null || true
wait "$growing" || true
rm growing.yaml
check 'nothing is changed' clean
