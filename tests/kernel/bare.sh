#!/bin/bash
# Promise: in a bare `unshare -Urnm`, where /run is the machine's, root and users get the same lab by the
# same commands: topoc covers /run there, once. Nothing outside changes, and what was in /run stays.
#
# The machine is played by the namespaces of the test: of those that it makes within, it is the outside.
# shellcheck disable=SC2016 # what runs inside is in single quotes
source "$(dirname "$0")/lib.sh"
cp "$root/topologies/left-right.yaml" "$root/topologies/router.yaml" .
export TOPOC work
remember

# What the machine has in /run: a lab of that name, too.
check 'on the machine: apply' run 0 topoc apply left-right.yaml
mkdir /run/service /run/inner
echo data >/run/service/file
echo pid >/run/pid
ln -s service/file /run/link
mkfifo /run/pipe
mount -t tmpfs tmpfs /run/inner
echo deeper >/run/inner/file
outside() {
    dump
    find /run -printf '%p %y %m %U %l %T@ %C@\n' | sort
    cat /proc/self/mountinfo
}
outside >before
untouched() { outside | same before -; }

# inside [-OPTION...] SCRIPT: what it prints and its status.
# shellcheck disable=SC2317,SC2329 # it is made again below
inside() { unshare -Urnm "$@"; }
bare() { inside bash -c "set -e; covers() { grep -c ' /run rw.* - tmpfs topoc ' /proc/self/mountinfo || true; }; $1"; }
lab='
    "$TOPOC" list
    "$TOPOC" plan left-right.yaml
    "$TOPOC" apply left-right.yaml
    "$TOPOC" exec right ping -c 1 10.0.1.1
    "$TOPOC" plan
    "$TOPOC" show >/dev/null
    "$TOPOC" destroy
    "$TOPOC" list
    echo "names: $(ls /run/netns)"
    echo "covers: $(covers)"'
cat >expected <<'END'
No topology is applied.
Plan: 9 to create, 0 to change, 0 to destroy.
Applied 'left-right': 9 created, 0 changed, 0 destroyed.
1 packets transmitted, 1 received, 0% packet loss, time 0ms
No changes.
Destroyed 'left-right': 9 destroyed.
No topology is applied.
names: 
covers: 1
END
same_lab() {
    run 0 "$@" && grep -E '^(No|Plan|Applied|1 packets|Destroyed|covers|names)' .out |
        sed 's/time .*/time 0ms/' | same expected -
}
check 'the same lab by the same commands' same_lab bare "$lab"
check '... and nothing outside has changed' untouched
for verb in 'list' 'plan left-right.yaml' 'show' 'destroy' 'exec left true'; do
    check "topoc $verb alone" bare "\"\$TOPOC\" $verb || [[ \$? == 125 ]]"
    check '... and nothing outside has changed' untouched
done
check 'check alone covers nothing' bare '"$TOPOC" check left-right.yaml && [[ $(covers) == 0 ]]'
check "exec of the machine's namespace" run 125 bare '"$TOPOC" exec left true'
check '... which is not there' err "cannot find namespace 'left': No such file or directory$"

# A user may not write to the machine's /run.
as_user() { unshare -m bash -c 'mount -o remount,bind,ro /run && exec "$@"' as_user "$@"; }
export -f inside bare same
user_lab() { as_user bash -c 'bare "$1"' user "$lab"; }
check 'where /run cannot be written to: the same' same_lab user_lab
check '... and nothing outside has changed' untouched

# What was there before stays.
{ echo netns; echo topoc; ls /run; } | sort -u >listed
check 'files, links, pipes, mounts in /run' bare '
    "$TOPOC" apply left-right.yaml
    [[ $(</run/link) == data && $(</run/service/file) == data && $(</run/pid) == pid ]]
    [[ $(</run/inner/file) == deeper && -p /run/pipe && $(readlink /run/link) == service/file ]]
    echo more >/run/service/more
    ls /run | same listed -'
check '... and are the same' grep -q more /run/service/more
rm /run/service/more
outside >before
check "names of the user's own stay" bare '
    mount -n -t tmpfs -o mode=755 tmpfs /run/netns
    ip netns add mine
    "$TOPOC" apply left-right.yaml
    [[ $(echo $(ls /run/netns)) == "left mine right" && $(covers) == 1 ]]'
check "a /run of the user's own is enough" bare '
    mount -n -t tmpfs tmpfs /run
    mkdir /run/kept
    "$TOPOC" apply left-right.yaml
    [[ $(covers) == 0 && -d /run/kept ]]'
check '... and one that has more below it' bare '
    mount -n -t tmpfs tmpfs /run
    mkdir /run/kept
    mount -n -t tmpfs tmpfs /run/kept
    "$TOPOC" apply left-right.yaml
    [[ $(covers) == 0 && -d /run/kept ]]'
check 'nothing outside has changed' untouched

# Many at once.
check 'two, of which each is slow to mount' bare '
    for i in 1 2; do
        strace -o /dev/null -e inject=fsopen:delay_enter=300000 "$TOPOC" plan left-right.yaml &
        jobs[i]=$!
    done
    for job in "${jobs[@]}"; do wait "$job"; done
    [[ $(covers) == 1 ]]'
check 'eight at once in the same namespaces' bare '
    for i in 1 2 3 4 5 6 7 8; do
        sed "s/left/l$i/g; s/right/r$i/g; s/br0/br$i/g; s/10\.0\./10.$i./g" left-right.yaml >"many$i.yaml"
        "$TOPOC" apply -q "many$i.yaml" &
        jobs[i]=$!
    done
    for job in "${jobs[@]}"; do wait "$job"; done
    "$TOPOC" list -q
    [[ $("$TOPOC" list -q | wc -l) == 8 && $(covers) == 1 ]]'
at_once() {
    local jobs=() job
    for _ in 1 2 3 4; do
        bare '"$TOPOC" apply router.yaml && "$TOPOC" plan --detailed-exitcode' &
        jobs+=($!)
    done
    for job in "${jobs[@]}"; do wait "$job"; done
}
check 'four at once, each in its own' at_once
check 'nothing outside has changed' untouched

# The machine's mounts are shared, and what is made inside listens to them.
for how in private slave unchanged shared; do
    # shellcheck disable=SC2317,SC2329 # bare calls it
    inside() { unshare -Urnm --propagation "$how" "$@"; }
    mount --make-rshared /
    outside >before
    check "mounts that are $how: the same lab" same_lab bare "$lab"
    check '... and nothing outside has changed' untouched
    mount --make-rprivate /
done
inside() { unshare -Urnm "$@"; }
mount --make-shared /run/topoc # as topoc had made them
mount --make-shared /run/netns
run 0 topoc list
outside >before

# Killed, or refused, on the way.
struck=0
strike() {
    local call=$1 how=$2 count
    for count in 1 2 3 5 8 13 21 34; do
        bare "strace -o trace -qq -e inject=$call:$how:when=$count \"\$TOPOC\" apply -q left-right.yaml || true
            \"\$TOPOC\" apply -q left-right.yaml && \"\$TOPOC\" plan --detailed-exitcode >/dev/null
            [[ \$(covers) == 1 && -e /run/pid && -e /run/link && -e /run/inner/file ]]" || return
        grep -qE 'INJECTED|SIGKILL' trace || break
        struck=$((struck + 1))
    done
}
for call in open_tree move_mount mount_setattr flock setns; do
    check "killed at $call" strike "$call" signal=KILL
    check "refused at $call" strike "$call" error=ENOMEM
done
check 'some were struck' test "$struck" -ge 20
echo "        $struck struck"
check 'nothing outside has changed' untouched

# Where no mount can be made.
no_mounts() { unshare -Urn "$TOPOC" "$@"; }
check 'without a mount namespace: apply' run 1 no_mounts apply left-right.yaml
check '... says so' err '^topoc: error: cannot mount anything in this mount namespace: Operation not permitted$'
check '... and what helps' err '^topoc: note: .*unshare -Urnm$'
check 'nothing outside has changed' untouched

umount /run/inner
rm -r /run/service /run/inner /run/pid /run/link /run/pipe
check 'on the machine: destroy' run 0 topoc destroy
check 'nothing is left' clean
