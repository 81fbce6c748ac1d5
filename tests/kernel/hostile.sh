#!/bin/bash
# Promise: what somebody has planted in topoc's way is refused in one line, and followed nowhere: names
# that lead elsewhere, links, pipes, devices, hard links, other people's directories. Nothing hangs, and
# nothing outside of /run/topoc and /run/netns is changed, read or entered.
source "$(dirname "$0")/lib.sh"
cp "$root/topologies/left-right.yaml" .

# What must not be touched: files, a directory, a namespace with its mount.
mkdir victim
echo precious >victim/file
mkdir victim/1
echo precious >victim/1/left
cp victim/file victim/state
mkdir /run/elsewhere
mount -t tmpfs -o mode=755 tmpfs /run/elsewhere
touch /run/elsewhere/named
mount --bind /proc/self/ns/net /run/elsewhere/named
victims() {
    find victim /run/elsewhere -printf '%p %y %m %U %n %l %s %T@ %C@\n' | sort
    grep -F /elsewhere /proc/self/mountinfo
    cat victim/file
}

victims >victims.before
victims_same() { victims | same victims.before -; }
remember

# Each verb, at most so long.
hurried() { timeout -k 1 20 "$TOPOC" "$@"; }
ends() {
    local statuses=$1 status=0
    shift
    "$@" >.out 2>.err </dev/null || status=$?
    [[ " $statuses " == *" $status "* ]] || { echo "exit status $status, not one of $statuses, of $*"; shown; }
}
harmless() {
    local verb
    for verb in 'plan left-right.yaml' 'plan left-right' 'show left-right' 'list' 'list --json' 'exec left true' \
        'apply --json left-right.yaml' 'destroy left-right' 'destroy left-right.yaml' 'destroy --all'; do
        # shellcheck disable=SC2086 # words
        ends '0 1 125' hurried $verb || return 1
        victims_same || { echo "after $verb"; return 1; }
    done
}
refused() {
    check "$1: apply" run 1 hurried apply left-right.yaml
    check '... is refused' err "^topoc: error: $2"
    check '... in one line' test "$(grep -c . .err)" == 1
    check '... other verbs end, and follow nothing' harmless
}

# Names on the command line. None of them is anybody's.
long=$(printf 'x%.0s' {1..5000})
for name in ../victim victim/1 . .. '' "$long" $'\e[2J' $'a\nb' '-' 'lab' '../lab' 'left/../right'; do
    printf -v shown_name '%.20q' "$name"
    for verb in plan show destroy; do
        check "$verb $shown_name" ends '0 1' hurried "$verb" -- "$name"
        check '... says so' says 'no topology|No topology|cannot read|says nothing'
        check '... in printable characters' silent_about $'\e'
    done
    check "exec $shown_name" run 125 hurried exec -- "$name" true
    check '... says so' err "^topoc: error: cannot find namespace "
    check '... in printable characters' silent_about $'\e'
    check '... and touches nothing' victims_same
done
check 'exec -x' run 64 hurried exec -x true
printf '{"namespaces": ["%s"]}' "$long" >long.json
check 'a long name in a file' run 1 topoc check long.json
check '... is told shortly' test "$(wc -c <.err)" -lt 2000
check 'nothing is changed' clean

# In the way of a namespace's name. `exec` enters none of it.
way() {
    local name=$1
    check "$name in /run/netns: plan" run 1 hurried plan left-right.yaml
    check "$name in /run/netns: apply" run 1 hurried apply left-right.yaml
    check '... is refused at its place' err "^left-right\.yaml:3:3: error: namespace left is there already and is not topoc's"
    check '... exec' run 125 hurried exec left true
    check '... says so' err "^topoc: error: cannot find namespace 'left': "
    check '... destroy' run 0 hurried destroy left-right.yaml
    check '... leaves it' test -e /run/netns/left -o -L /run/netns/left
    check '... and what it leads to' victims_same
    umount /run/netns/left 2>/dev/null || true
    rm -rf /run/netns/left
}
# What topoc has mounted there; with nothing in it.
fresh() {
    umount -R /run/topoc 2>/dev/null || true
    umount -R /run/netns 2>/dev/null || true
    rm -rf --one-file-system /run/topoc /run/netns
    mkdir /run/netns
}
fresh
ln -s "$work/victim/file" /run/netns/left && way 'a link to a file'
ln -s "$work/victim" /run/netns/left && way 'a link to a directory'
ln -s /nowhere /run/netns/left && way 'a dangling link'
ln -s left /run/netns/left && way 'a link to itself'
ln -s ../topoc/lab/../../elsewhere/named /run/netns/left && rm /run/netns/left
ln -s /dev/zero /run/netns/left && way 'a link to a device'
ln -s /dev/ptmx /run/netns/left && way 'a link to a terminal'
mkfifo /run/netns/left && way 'a pipe'
mkdir /run/netns/left && way 'a directory'
echo data >/run/netns/left && way 'a file'
touch /run/netns/left && mount --bind /proc/self/ns/uts /run/netns/left && way 'a namespace of another kind'
# A claim that is ours by its look, and leads out.
for target in ../../../elsewhere/named ../1/left left-right/../../../elsewhere/named; do
    ln -s "/run/topoc/lab/left-right/$target" /run/netns/left
    check "a claim that leads to $target: apply" run 0 hurried apply left-right.yaml
    check '... is in step' in_step left-right.yaml
    rm /run/netns/left
    ln -s "/run/topoc/lab/left-right/$target" /run/netns/left
    check '... destroy' run 0 hurried destroy left-right
    check '... and touches nothing' victims_same
done
check 'nothing is left' clean

# Another user's directory: any that is there.
other=$(find / -xdev -maxdepth 4 -type d ! -uid 0 ! -perm /022 ! -path '/proc*' -print -quit 2>/dev/null || true)

# /run/netns itself, /run/topoc itself, and what is in it, before there is any lab, and beside one.
plant() {
    local name=$1 path=$2 pattern=$3 how=$4
    fresh
    if [[ $path == /run/*/* ]]; then
        "$TOPOC" apply -q left-right.yaml && "$TOPOC" destroy -q
    fi
    rm -rf --one-file-system "$path"
    mkdir -p "${path%/*}"
    eval "$how"
    refused "$name" "$pattern"
    umount "$path" 2>/dev/null || true
}
# shellcheck disable=SC2016 # they are evaluated
everywhere() {
    local path
    for path in /run/topoc /run/netns /run/topoc/lab /run/topoc/lab/left-right; do
        plant "$path as a link" "$path" "'$path' is a symbolic link, and must be a directory" \
            'ln -s "$work/victim" "$path"'
        plant "$path as a dangling link" "$path" "'$path' is a symbolic link, and must be a directory" \
            'ln -s /run/nowhere "$path"'
        plant "$path as a file" "$path" "'$path' is a file, and must be a directory" 'echo data >"$path"'
        plant "$path as a pipe" "$path" "'$path' is neither file nor directory, and must be a directory" \
            'mkfifo "$path"'
        plant "$path that others may write to" "$path" "others may write to '$path'" \
            'mkdir "$path" && chmod 777 "$path"'
        if [[ -n $other ]]; then
            plant "$path that belongs to another user" "$path" "'$path' belongs to another user" \
                'mkdir "$path" && mount -o bind,ro "$other" "$path"'
        fi
    done
    for path in /run/topoc/lock /run/topoc/lab/left-right/state /run/topoc/lab/left-right/state.new; do
        plant "$path as a link" "$path" "'$path' is a symbolic link, and must be a file" \
            'ln -s "$work/victim/file" "$path"'
        plant "$path as a dangling link" "$path" "'$path' is a symbolic link, and must be a file" \
            'ln -s "$work/victim/new" "$path"'
        plant "$path as a pipe" "$path" "'$path' is neither file nor directory, and must be a file" \
            'mkfifo "$path"'
        plant "$path as a hard link" "$path" "'$path' is a file that has another name, too" \
            'echo data >/run/topoc/other && ln /run/topoc/other "$path"'
        rm -f /run/topoc/other
        plant "$path that others may write to" "$path" "others may write to '$path'" \
            'echo data >"$path" && chmod 666 "$path"'
    done
    path=/run/topoc/lab/left-right/2
    path=/run/topoc/lab/left-right/1
    plant 'a tree as a link' "$path" "'$path' is a symbolic link" 'ln -s "$work/victim/1" "$path"'
    plant 'a tree as a link to namespaces' "$path" "'$path' is a symbolic link" 'ln -s /run/elsewhere "$path"'
    plant 'a tree that others may write to' "$path" "others may write to '$path'" \
        'mkdir "$path" && chmod 777 "$path"'
}
everywhere
if [[ -z $other ]]; then
    echo "skipped: directories of another user: there is no such directory here"
fi
fresh
rmdir /run/netns
check 'apply' run 0 topoc apply left-right.yaml

mkdir /run/topoc/lab/left-right/7
mkfifo /run/topoc/lab/left-right/7/left
check 'a pipe in the place of a namespace' run 0 hurried plan
check '... is nothing' out '^No changes\.$'
check 'destroy' run 0 hurried destroy
check 'nothing is left' clean
