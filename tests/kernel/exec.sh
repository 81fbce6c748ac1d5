#!/bin/bash
# Promise: exec gives its command the namespace and nothing of topoc's own: no descriptor but 0, 1 and 2,
# whatever the caller had open; the caller's signals, umask, limits and directory. What keeps it from
# entering is said with a way out.
source "$(dirname "$0")/lib.sh"
remember
echo 'namespaces: [left]' >lab.yaml
check 'apply' run 0 topoc apply lab.yaml

# Descriptors, as a caller without O_CLOEXEC leaves them.
with_open_files() {
    exec 5</etc/passwd 7>"$work/written" 200<"$work"
    "$@"
}
check 'open files: they are passed on' run 0 with_open_files ls /proc/self/fd
check '... without exec' lines 3 '^(5|7|200)$'
for space in left host; do
    check "exec $space: open files are not" run 0 with_open_files "$TOPOC" exec "$space" ls /proc/self/fd
    check '... but the three, and what ls opens' lines 4 '^[0-3]$'
    check '... at all' lines 4 .
done
closed() { bash -c '"$0" exec left bash -c "[[ -e /proc/self/fd/0 && -e /proc/self/fd/2 ]]" <&- 2>&-' "$TOPOC"; }
check 'closed ones are open to nothing' closed
check 'where they cannot be closed' run 125 strace -o trace -qq -e inject=close_range:error=ENOSYS \
    "$TOPOC" exec left true
check '... it says so' err "^topoc: error: cannot close descriptors for namespace 'left': Function not implemented$"

# What a process inherits is what it would have without topoc in between.
inherited() { grep -E '^(Sig(Blk|Ign)|ShdPnd)' /proc/self/status && ulimit -n && umask && pwd; }
export -f inherited
compare() {
    bash -c "$1; inherited" >expected
    bash -c "$1; exec '$TOPOC' exec left bash -c inherited" >got
    same expected got
}
check "the caller's signals, limits, umask and directory" compare :
check '... where SIGPIPE is ignored' compare "trap '' PIPE"
check '... and others' compare "trap '' INT HUP USR1; umask 077; ulimit -n 512; cd /"
ends_at_a_closed_pipe() {
    env --default-signal=PIPE "$TOPOC" exec left yes | head -n 1 >/dev/null
    [[ ${PIPESTATUS[0]} == 141 ]]
}
set +o pipefail
check 'a command whose reader goes is ended by SIGPIPE' ends_at_a_closed_pipe
set -o pipefail

# host is the namespace that topoc runs in; all stays as it is.
here() { [[ $(topoc exec host readlink "/proc/self/ns/$1") == "$(readlink "/proc/self/ns/$1")" ]]; }
check 'exec host: the network namespace is the same' here net
check '... the mount namespace too' here mnt
check '... its status' run 42 topoc exec host sh -c 'exit 42'
incapable() { setpriv --bounding-set=-all --inh-caps=-all "$@"; }
check '... needs no privilege' run 0 incapable "$TOPOC" exec host true

check 'exec without privilege' run 125 incapable "$TOPOC" exec left true
check '... says so' err "^topoc: error: cannot enter namespace 'left': Operation not permitted$"
check '... and what is needed' err '^topoc: note: this needs CAP_SYS_ADMIN: run it as root, or '
check '... of a name that is not there says that' run 125 incapable "$TOPOC" exec lefd true
check '... alone' err "^topoc: note: did you mean 'left'\?$"
check '... and nothing of privilege' silent_about CAP_SYS

check 'destroy' run 0 topoc destroy
check 'nothing is left' clean
