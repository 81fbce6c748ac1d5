#!/bin/bash
# Promise: a file that is large, by accident or by malice, is told of as any other.
source "$(dirname "$0")/lib.sh"
remember

# What is large takes neither long nor much: half a minute of processor time, a gigabyte. With the
# checks of AddressSanitizer both are other numbers.
bounded() {
    (
        grep -q __asan_init "$TOPOC" || ulimit -t 30 -v 1000000
        run "$@"
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
{ printf 'name: '; head -c 10000000 /dev/zero | tr '\0' a; } >large.yaml
large 'a scalar of 10 MB' "cannot be a topology's name"
check '... is not shown whole' test "$(wc -c <.err)" -lt 2000
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
check 'nothing is changed' clean
