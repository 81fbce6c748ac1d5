# shellcheck shell=bash
# What the scripts here share; each sources it first, and runs in a new directory. TOPOC is the program.
#
#   check NAME COMMAND...     runs COMMAND, a function of these mostly, and counts it where it fails
#   run STATUS COMMAND...     whether COMMAND ends with STATUS; keeps what it prints
#   out, err, says PATTERN    whether the last `run` printed that: on standard output, error, either
#   lines COUNT PATTERN       whether standard output of the last `run` has that many such lines
#   dump, same, unchanged     the state of the kernel in a normal form, and its comparison
#   everything                the same as it is: of bystanders nothing may differ
#   prints_what_it_shows, check_topology, served
#                             what documents show: a console, a topology, a server in the background

set -Eeuo pipefail
shopt -s inherit_errexit

: "${TOPOC:?is not set: run these scripts by tests/run or ctest}"
tests=$(CDPATH='' cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck disable=SC2034 # for the scripts
root=${tests%/*}

work=$(mktemp -d)
cd "$work"
failures=0
# shellcheck disable=SC2329 # a trap
finish() {
    local status=$?
    cd /
    rm -rf "$work"
    if ((status == 0 && failures > 0)); then
        echo "$failures failed"
        status=1
    fi
    exit "$status"
}
trap finish EXIT
trap 'echo "${BASH_SOURCE[0]##*/}:$LINENO: this command failed: $BASH_COMMAND" >&2' ERR

# Ends the script with a message.
fail() {
    echo "${BASH_SOURCE[1]##*/}:${BASH_LINENO[0]}: $*" >&2
    exit 1
}

skip() {
    echo "skipped: $*"
    exit 77
}

check() {
    local name=$1
    shift
    if "$@" >"$work/.said" 2>&1; then
        echo "ok      $name"
    else
        failures=$((failures + 1))
        echo "FAILED  $name"
        echo "        ${BASH_SOURCE[1]##*/}:${BASH_LINENO[0]}: $*"
        sed 's/^/        /' "$work/.said"
    fi
}

topoc() {
    "$TOPOC" "$@"
}

shown() {
    echo "--- standard output:"
    cat "$work/.out"
    echo "--- standard error:"
    cat "$work/.err"
    return 1
}

# LeakSanitizer does not work under ptrace(2).
strace() {
    ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0 command strace "$@"
}
export -f strace

run() {
    local expected=$1 status=0
    shift
    "$@" >"$work/.out" 2>"$work/.err" </dev/null || status=$?
    if ((status != expected)); then
        echo "exit status $status, not $expected"
        shown
    fi
}

out() {
    grep -Eq -e "$1" "$work/.out" || { echo "no '$1' in"; shown; }
}

err() {
    grep -Eq -e "$1" "$work/.err" || { echo "no '$1' in"; shown; }
}

says() {
    grep -Eqh -e "$1" "$work/.out" "$work/.err" || { echo "no '$1' in"; shown; }
}

# Neither output has it.
silent_about() {
    if grep -Eqh -e "$1" "$work/.out" "$work/.err"; then
        echo "there is '$1' in"
        shown
    fi
}

lines() {
    local count
    count=$(grep -Ec -e "$2" "$work/.out") || true
    ((count == $1)) || { echo "$count lines '$2', not $1, in"; shown; }
}

# Lines of a plan that are changes: how many are there of `+`, `-`, `~` or `-/+`?
steps() {
    lines "$1" "^ *${2//+/\\+} "
}

not() {
    ! "$@"
}

# Whether the kernel is that Linux (6.2) or a later one.
linux_since() {
    [[ $(printf '%s\n' "$1" "$(uname -r)" | sort -V | head -n 1) == "$1" ]]
}

# What `plan` says of a file that the kernel is in step with; of one it is not.
in_step() {
    run 0 topoc plan --detailed-exitcode "$@" && out '^No changes\.$'
}

out_of_step() {
    run 2 topoc plan --detailed-exitcode "$@"
}

# dump [--no-mac] [--no-local] [--sysctls]: of the host's namespace and each in /run/netns the links,
# addresses and routes, each on a line (tests/dump). One process: in a virtual machine those are what
# takes long.
dump() {
    "$TOPOC_DUMP" "$@"
}

# sysctls_of SPACE [PATH...]: of one namespace, by head(1), which is quick; without those of the devices
# that kernels with many modules make in each.
sysctls_of() {
    local inside=() space=$1
    shift
    if [[ $space != host ]]; then
        inside=(nsenter --net="/run/netns/$space")
    fi
    (($# > 0)) || set -- /proc/sys/net/ipv4/ip_* /proc/sys/net/ipv[46]/conf
    # Some of them nobody can read.
    ${inside[@]+"${inside[@]}"} find "$@" \
        -regex '.*/\(sit0\|tunl0\|gre0\|gretap0\|erspan0\|ip_vti0\|ip6tnl0\|ip6gre0\|ip6_vti0\)' -prune -o \
        -type f -exec head -v -n 1 {} + 2>/dev/null || true
}

# everything [--sysctls]: all that topoc could touch, to the last attribute and index: of each namespace
# the links, addresses, routes, rules, lasting neighbours and (they take long) sysctls; the files of
# /run/netns and /run/topoc; the mounts.
everything() {
    local name names=(host)
    for name in /run/netns/*; do
        [[ $(stat -L -f -c %T "$name" 2>/dev/null) != nsfs ]] || names+=("${name##*/}")
    done
    {
        networks_of "${names[@]}"
        for name in "${names[@]}"; do
            if [[ ${1-} == --sysctls ]]; then
                echo "in $name"
                sysctls_of "$name" /proc/sys/net/ipv4 /proc/sys/net/ipv6
            fi
        done | awk '
            $1 == "in" { space = $2; next }
            $1 == "==>" { file = $2; next }
            file && NF { print space ": sysctl " file ": " $0; file = "" }'
        find /run/netns /run/topoc -mindepth 1 ! -path /run/topoc/lock -printf '%p: %y %M %i %s %l\n' 2>/dev/null ||
            true
        mounts | sed -E 's/^[0-9]+ [0-9]+ /mount /; s/(shared|master):[0-9]+/\1/g'
    } | LC_ALL=C sort
}

# A line an object: its namespace, and what ip(8) says of it, without times, and without what a port
# says of its bridge.
networks_of() {
    local inside name
    for name in "$@"; do
        inside=()
        [[ $name == host ]] || inside=(-n "$name")
        echo "\"$name\""
        ip ${inside[@]+"${inside[@]}"} -d -j -batch - <<<$'address show\nroute show table all\nrule show
neighbour show nud permanent\nneighbour show proxy'
        ip ${inside[@]+"${inside[@]}"} -6 -d -j rule show
    done | jq -n -r '
        foreach inputs as $input (null; if $input | type == "string" then $input else . end;
            . as $space | $input | arrays
            | walk(if type == "object" then with_entries(select(.key | endswith("_timer") | not)) else . end)
            | .[]
            | del(.linkinfo.info_slave_data | .root_id?, .bridge_id?)
            | (select(.addr_info) | .ifname as $device | .addr_info[] | {ifname: $device} + .), del(.addr_info)
            | "\($space): \(tojson)")'
}

# Compares two files.
same() {
    diff -u "$1" "$2"
}

# Compares the kernel with a dump in a file.
unchanged() {
    dump >"$work/.now" && same "$1" "$work/.now"
}

# What topoc may leave behind, besides /run/topoc and its lock: nothing. `clean` compares with what
# `remember` found.
traces() {
    dump
    find /run/netns /run/topoc -mindepth 1 ! -path /run/topoc/lock -printf 'file: %p\n' 2>/dev/null || true
    mounts | awk '$5 != "/run/topoc" && $5 != "/run/netns" { print "mount: " $5 }'
}

# Without those below a /run that another covers: they are the machine's, which others use.
mounts() {
    awk '$5 == "/run" { below = "" }
        $5 ~ "^/run/" { below = below $0 "\n"; next }
        { print }
        END { printf "%s", below }' /proc/self/mountinfo
}

remember() {
    traces >"$work/.traces"
}

clean() {
    traces >"$work/.now" && same "$work/.traces" "$work/.now"
}

# ping NAMESPACE ADDRESS: one packet, answered at once?
answered() {
    local space=$1
    shift
    ip netns exec "$space" ping -n -c 1 -W 1 "$@"
}

# Of lines `SOURCE ADDRESS ...` on standard input: `SOURCE ADDRESS yes|no`, as a ping of at most $1
# packets (1) finds it. All of them at once: one process a namespace.
ping_all() {
    cut -d ' ' -f 1,2 | LC_ALL=C sort -u >asked
    # shellcheck disable=SC2016 # expanded by the inner shell
    cut -d ' ' -f 1 asked | uniq | RETRIES=$((${1:-1} - 1)) xargs -r -P 16 -L 1 bash -c '
        in_space=(nsenter --net="/run/netns/$1")
        [[ $1 != host ]] || in_space=()
        sed -n "s/^$1 //p" asked | ${in_space[@]+"${in_space[@]}"} fping -a -i 1 -t 1000 -B 1 -r "$RETRIES" \
            2>/dev/null | sed "s/^/$1 /" >"alive.$1"
        true' ping
    awk 'FILENAME != "asked" { alive[$0]; next } { print $0, $0 in alive ? "yes" : "no" }' alive.* asked
    rm -f alive.*
}

# What documents show.

# The commands of a console in a file, each behind `# ` or `$ `: does each print what stands below it
# there, times aside?
prints_what_it_shows() {
    local command
    sed -n 's/^[#$] //p' "$1" >"$1.commands"
    (
        # shellcheck disable=SC2046 # words
        trap 'kill $(jobs -p) 2>/dev/null || true' EXIT
        while IFS= read -r command; do
            printf '# %s\n' "$command"
            eval "$command" 2>&1 </dev/null || true
            served "$command"
        done <"$1.commands"
    ) >"$1.printed"
    sed 's/^\$ /# /' "$1" | without_times | same - <(without_times <"$1.printed")
}

without_times() {
    sed -E 's/[0-9.]+ ?ms/TIME ms/g; s/(mdev = ).*/\1TIMES/; s/ +[0-9.]+ (µs|Gbit\/s)/ MEASURED \1/g'
}

# Waits until what `topoc exec SPACE COMMAND &` has put into the background listens; other commands do not.
served() {
    local space
    if [[ $1 == *'&' ]]; then
        space=$(cut -d ' ' -f 3 <<<"$1")
        # shellcheck disable=SC2016 # expanded by the inner shell
        timeout 30 bash -c 'until ip netns exec "$1" ss -Hltn | grep -q .; do sleep 0.1; done' served "$space"
    fi
}
export -f served

# A topology in a file, from check to destroy.
check_topology() {
    check "$1: check finds nothing" run 0 topoc check --strict "$1"
    check '... apply' run 0 topoc apply "$1"
    check '... in step' in_step "$1"
    check '... destroy' run 0 topoc destroy
}
