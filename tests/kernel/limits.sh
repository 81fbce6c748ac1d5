#!/bin/bash
# Promise: what the system allows too little of is told before anything is changed, with what to raise;
# what cannot be foreseen is put back. A namespace does not need two open files where those are few.
# shellcheck disable=SC2016 # backquotes are printed
source "$(dirname "$0")/lib.sh"

# lab COUNT: namespaces in a ring, with addresses.
lab() {
    seq 0 "$(($1 - 1))" | awk -v count="$1" '
        { spaces = spaces "  n" $1 ": {forwarding: true}\n"
          net = "10." int($1 / 250) "." $1 % 250 "."
          cables = cables "  - n" $1 ":right: {addresses: [" net "1/24]}\n"
          cables = cables "    n" ($1 + 1) % count ":left: {addresses: [" net "2/24]}\n" }
        END { printf "namespaces:\n%sveths:\n%s", spaces, cables }'
}
with_files() {
    (
        ulimit -n "$1"
        shift
        "$@"
    )
}
lab 200 >ring.yaml
remember

# Open files
foreseen() {
    run 1 "$@" && err '^topoc: error: 248 open files are needed, and 247 are allowed; raise that: `ulimit -n 512`$'
}
check 'apply, without enough open files' foreseen with_files 247 topoc apply ring.yaml
check '... changes nothing' clean
check '... does not begin' not test -e /run/topoc/lab
check 'plan, without enough open files' foreseen with_files 247 topoc plan ring.yaml
check '... shows the plan' out '^Plan: 1200 to create'
check 'apply, with as many as it asks for' run 0 with_files 248 topoc apply --strict ring.yaml
check '... in step' with_files 248 in_step
check '... works' answered n0 10.0.0.2
sed 's/n7:right: {/n7:right: {mtu: 1400, /; s/n8:left: {/n8:left: {mtu: 1400, /' ring.yaml >ring2.yaml
cp ring2.yaml ring.yaml
check 'a change' run 0 with_files 248 topoc apply ring.yaml
check '... of two' out ' 0 created, 2 changed, 0 destroyed'
check '... in step' in_step
dump >before
for command in 'plan' 'apply ring.yaml' 'show' 'destroy'; do
    # shellcheck disable=SC2086 # words
    check "$command, of a lab that is there, without enough open files" run 1 with_files 150 topoc $command
    check '... is told' err '^topoc: error: .*Too many open files; raise that: `ulimit -n`'
    check '... changes nothing' unchanged before
done
check 'destroy' run 0 with_files 248 topoc destroy
check 'nothing is left' clean

# Nothing is read for a lab that fits everywhere.
lab 50 >small.yaml
traced() { strace -e trace=openat -o trace "$TOPOC" plan "$1" && grep -q "$2" trace; }
check 'a small lab' not traced small.yaml 'mount-max\|max_net_namespaces\|meminfo\|gc_thresh\|self/limits'
check 'a large one' traced ring.yaml mount-max

# Namespaces, in a user namespace of its own; the test's is one of them.
limit=$(</proc/sys/user/max_net_namespaces)
if ! grep -q 4294967295 /proc/self/uid_map && echo 199 2>/dev/null >/proc/sys/user/max_net_namespaces; then
    check 'apply, without enough namespaces' run 1 topoc apply ring.yaml
    check '... is foreseen' err '^topoc: error: 200 network namespaces are needed, and 199 are allowed; raise that: `sudo sysctl user\.max_net_namespaces=256`$'
    check '... changes nothing' clean
    check '... does not begin' not test -e /run/topoc/lab
    echo 200 >/proc/sys/user/max_net_namespaces
    check 'apply, with one too few, which cannot be foreseen' run 1 topoc apply ring.yaml
    check '... is told' err 'No space left on device'
    check '... is put back' clean
    echo "$limit" >/proc/sys/user/max_net_namespaces
    limit=$(</proc/sys/user/max_mnt_namespaces)
    echo 1 >/proc/sys/user/max_mnt_namespaces
    check 'apply, without a namespace of mounts' run 1 topoc apply ring.yaml
    check '... is told' err 'No space left on device'
    check '... and what to do' err 'raise the limit: sysctl user\.max_mnt_namespaces'
    check '... is put back' clean
    echo "$limit" >/proc/sys/user/max_mnt_namespaces
fi
check 'apply, in the end' run 0 topoc apply ring.yaml
check 'destroy' run 0 topoc destroy
check 'nothing is left' clean
