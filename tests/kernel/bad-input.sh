#!/bin/bash
# Promise: a file that is wrong is a diagnostic with place and caret, exit 1, and nothing is changed; so
# is a system that topoc cannot work on, before anything changes.
source "$(dirname "$0")/lib.sh"
cp "$root/topologies/left-right.yaml" .
remember

# wrong NAME PLACE PATTERN: standard input is the file; every verb refuses it.
wrong() {
    cat >wrong.yaml
    local verb
    for verb in check plan apply; do
        check "$verb: $1" run 1 topoc "$verb" wrong.yaml
        check '... at its place' err "^wrong\.yaml:$2: error: "
        check '... what' err "$3"
        check '... with the line and a caret' err '^ *\| +\^~*'
    done
    check '... and nothing is changed' clean
}
wrong 'not YAML' '2:[0-9]+' . <<'END'
namespaces:
	left:
END
wrong 'an unclosed bracket' '[0-9]+:[0-9]+' . <<'END'
namespaces: [left, right
veths:
END
wrong 'an unknown key' 1:1 namespaces <<'END'
namespace: [left]
END
wrong 'a name that is not declared' 3:37 "left_inner" <<'END'
namespaces:
  left:
    routes: [{to: 10.0.0.0/24, dev: left_iner}]
  right:
veths:
  - left:left_inner: {addresses: [10.0.1.1/24]}
    right:right_inner:
END
wrong 'a namespace that is not declared' 3:5 left <<'END'
namespaces: [left, right]
veths:
  - lfet:eth0:
    right:eth0:
END
wrong 'a bridge that is not declared' '5:25' br0 <<'END'
namespaces: [left, right]
bridges: [left:br0]
veths:
  - right:eth0:
    left:eth0: {bridge: br9}
END
wrong 'a bad address' '3:29' '10\.0\.0\.256' <<'END'
namespaces: [left, right]
veths:
  - left:eth0: {addresses: [10.0.0.256/24]}
    right:eth0:
END
wrong 'an address without prefix' '3:[0-9]+' 'prefix|/' <<'END'
namespaces: [left, right]
veths:
  - left:eth0: {addresses: [10.0.0.2]}
    right:eth0:
END
wrong 'a bad MTU' '3:22' . <<'END'
namespaces: [left, right]
veths:
  - left:eth0: {mtu: big}
    right:eth0:
END
wrong 'an MTU that no cable has' '3:22' 65535 <<'END'
namespaces: [left, right]
veths:
  - left:eth0: {mtu: 70000}
    right:eth0:
END
wrong 'an end used twice' '[0-9]+:[0-9]+' 'left:eth0' <<'END'
namespaces: [left, right]
veths:
  - [left:eth0, right:eth0]
  - [left:eth0, right:eth1]
END
wrong 'a duplicate key' '2:1' namespaces <<'END'
namespaces: [left]
namespaces: [right]
END

# Two errors are two diagnostics.
cat >wrong.yaml <<'END'
namespaces: [left, right]
veths:
  - left:eth0: {mtu: big}
    rihgt:eth0: {bridge: br0}
END
check 'all errors are collected' run 1 topoc check wrong.yaml
several() { (($(grep -c '^wrong\.yaml:[0-9]*:[0-9]*: error: ' .err) >= 2)); }
check '... and told' several

# Files that are no topology, and what is no file. Every verb says so, and applies nothing.
remember_applied() {
    check 'apply' run 0 topoc apply left-right.yaml
    dump >before
}
no_file() {
    local name=$1 pattern=$2 verb
    shift 2
    for verb in check plan apply; do
        check "$verb: $name" run 1 topoc "$verb" "$@"
        check '... is told' err "$pattern"
    done
    check '... and nothing is changed' unchanged before
}
remember_applied
no_file 'a missing file' "^topoc: error: cannot read 'missing\.yaml': No such file" missing.yaml
mkdir directory.yaml
no_file 'a directory' "cannot read 'directory\.yaml': it is a directory" directory.yaml
no_file 'a device' "cannot read '/dev/zero': it is no regular file" /dev/zero
no_file 'a terminal' "cannot read '/dev/ptmx': it is no regular file" /dev/ptmx
mkfifo fifo.yaml
no_file 'a fifo that nobody writes into' "cannot read 'fifo\.yaml': nobody writes into this pipe" fifo.yaml
no_file 'a file below a file' "cannot read 'left-right\.yaml/x': Not a directory" left-right.yaml/x
ln -s loop.yaml loop.yaml
no_file 'a loop of links' "cannot read 'loop\.yaml': Too many levels" loop.yaml
cp left-right.yaml mine.yaml
chmod 0 mine.yaml
check 'no permission' run 1 setpriv --bounding-set=-all --inh-caps=-all "$TOPOC" check mine.yaml
check '... is told' err "cannot read 'mine\.yaml': Permission denied"

# The file of an applied topology, cut off: to apply it would remove all that there is.
cp left-right.yaml whole.yaml
: >left-right.yaml
no_file 'an empty file' '^left-right\.yaml:1:1: error: the file says nothing' left-right.yaml
printf '# namespaces:\n\n' >left-right.yaml
no_file 'only comments' '^left-right\.yaml:1:1: error: the file says nothing' left-right.yaml
check 'the applied one: plan' run 1 topoc plan
check '... is told' err 'left-right\.yaml:1:1: error: the file says nothing'
cp whole.yaml left-right.yaml
mkdir near && echo '{}' >near/router.yaml
check 'a file whose name is mistyped' run 1 topoc check near/ruoter.yaml
check '... is told which there is' err "No such file or directory; did you mean 'near/router.yaml'\?$"
check 'a topology from standard input without a name' run 1 bash -c "echo 'namespaces: [a]' | '$TOPOC' check -"
check '... is told to have one' err '^topoc: error: a topology from standard input needs a name; write name: NAME into it$'
printf 'host:\n  routes:\n    - {to: 192.0.2.0/24, dev: uplink}\n' >uplink.yaml
check 'what the host must have' run 0 topoc check uplink.yaml
check '... is noted by check' err "^uplink.yaml:3:31: note: 'uplink' is not declared: a plan looks for it in the host\$"
check '... and looked for by plan' run 1 topoc plan uplink.yaml
check '... at its place' err "^uplink.yaml:3:31: error: no interface 'uplink' in namespace 'host'\$"
check 'nothing from standard input' run 1 topoc check -
check '... is told' err '^<stdin>:1:1: error: the file says nothing'
check '{} is a topology of nothing' run 0 topoc check <(echo 'name: left-right') # from a pipe
check 'destroy' run 0 topoc destroy left-right
check 'nothing is left' clean

# Bytes that are no text, with their place.
dump >before
bytes() {
    local name=$1 place=$2 pattern=$3
    printf '%b' "$4" >bytes.yaml
    no_file "$name" "^bytes\.yaml:$place: error: $pattern" bytes.yaml
}
head -c 100000 /dev/urandom >random.yaml
no_file 'random bytes' '^random\.yaml:[0-9]+:[0-9]+: error: ' random.yaml
bytes 'a NUL byte' 1:15 'a NUL byte is not text' 'namespaces: [a\0b]\n'
bytes 'what is not UTF-8' 1:15 'byte 0xe9 is not UTF-8' 'namespaces: [\0303\0251\0351]\n'
bytes 'UTF-16' 1:1 'this is UTF-16' '\0377\0376n\0a\0m\0e\0'
bytes 'UTF-16 without a mark' 1:1 'this is UTF-16' 'n\0a\0m\0e\0'
bytes 'a control character' 2:3 'character U\+001B is not allowed' 'namespaces:\r\n  \0033[2J: \r\n'
bytes 'lines that end in CR LF, a byte order mark' 2:7 "unknown key 'x'" \
    '\0357\0273\0277namespaces:\r\n  a: {x: 1}\r\n'
bytes 'wide characters' 2:10 "unknown key 'x'" 'namespaces:\n  "\0344\0275\0240\0345\0245\0275": {"x": 1}\n'

# What a terminal would obey is never printed as it is.
escape=$'\033[2J'
no_escape() {
    check "$1" run "${@:2}"
    check '... is told without control characters' silent_about $'\033'
    check '... escaped' says '\\x1b\[2J'
}
no_escape 'the name of a file' 1 topoc check "$escape.yaml"
no_escape 'a verb' 64 topoc "$escape"
no_escape 'an option' 64 topoc check "--$escape"
no_escape 'the value of an option' 64 topoc plan "--color=$escape"
no_escape 'a topology' 1 topoc plan "$escape"
no_escape 'a namespace' 125 topoc exec "$escape"
printf '%s\n' 'namespaces: ["\e[2J"]' >escape.yaml
no_escape 'a name in a file' 1 topoc check escape.yaml
printf '%s\n' '"\e[2J": 1' >escape.yaml
no_escape 'a key in a file' 1 topoc check escape.yaml
cp left-right.yaml "$escape.yaml"
check 'apply from such a file' run 1 topoc apply "$escape.yaml"
check '... whose name none can be' err "cannot be a topology's name"
mkdir "$escape"
cp left-right.yaml "$escape"
check 'apply from such a directory' run 0 topoc apply "$escape/left-right.yaml"
no_escape 'the file of a topology' 1 topoc apply left-right.yaml
check 'destroy' run 0 topoc destroy
check 'nothing is left' clean

# A system that is no good. Each verb says what is wrong, before anything changes.
no_good() {
    local name=$1 pattern=$2
    dump >before
    check "$name: apply" run 1 topoc apply left-right.yaml
    check '... says so' err "$pattern"
    check '... and nothing is changed' unchanged before
}
mkdir "$work/run"
mount -t tmpfs -o size=4k,nr_inodes=1 tmpfs /run
no_good 'a full /run' 'No space left on device|full'
umount /run
mount -t tmpfs -o ro tmpfs /run
no_good 'a read-only /run' 'Read-only file system|read-only'
umount /run
check 'nothing is left' clean

# The state directory full
check 'apply' run 0 topoc apply left-right.yaml
dump >before
mount -o remount,size=256k /run/topoc
dd if=/dev/zero of=/run/topoc/filler bs=4k count=256 status=none 2>/dev/null || true
sed -i 's/10\.0\.1\.1/10.0.1.2/' left-right.yaml
check 'a full /run/topoc: apply' run 1 topoc apply left-right.yaml
check '... says so' err 'No space left on device|full'
check '... and nothing is changed' unchanged before
rm -f /run/topoc/filler
mount -o remount,size=1m /run/topoc
check 'with room again: apply' run 0 topoc apply left-right.yaml
check 'destroy' run 0 topoc destroy
check 'nothing is left' clean

# No /run at all: in a root directory of its own.
bare=$work/bare
mkdir "$bare"
mount -t tmpfs tmpfs "$bare"
for directory in usr lib lib64 bin proc sys dev; do
    if [[ -L /$directory ]]; then
        cp -P "/$directory" "$bare/$directory"
    elif [[ -d /$directory ]]; then
        mkdir "$bare/$directory"
        mount --rbind "/$directory" "$bare/$directory"
    fi
done
mkdir "$bare/lab"
cp "$TOPOC" "$bare/lab/topoc"
cp "$root/topologies/left-right.yaml" "$bare/lab"
mount -o remount,ro "$bare"
dump >before
check 'no /run: apply' run 1 chroot "$bare" /lab/topoc apply /lab/left-right.yaml
check '... says so' err '/run'
check '... and nothing is changed' unchanged before
umount -R "$bare" 2>/dev/null || umount -l "$bare"

# No privilege
check 'no privilege: apply' run 1 setpriv --bounding-set=-all --inh-caps=-all "$TOPOC" apply left-right.yaml
check '... names the capability' err 'CAP_(SYS|NET)_ADMIN'
check '... and what it is for' err 'CAP_(SYS|NET)_ADMIN.*[a-z]'
for missing in sys_admin net_admin; do
    check "without CAP_${missing^^}: apply" run 1 setpriv --bounding-set="-$missing" "$TOPOC" apply left-right.yaml
    check '... names it' err "CAP_${missing^^}"
done
check 'nothing is changed' clean

# A kernel that lacks something: said before anything is done.
lacks() {
    check "$1: apply" run 1 strace -o trace -qq -e "inject=$2" "$TOPOC" apply left-right.yaml
    check '... says what' err "^topoc: error: this kernel has no $3"
    check '... and which Linux has it' err "^topoc: note: topoc needs Linux [0-9.]+ or later .*, and this is [0-9]"
}
lacks 'no mounts by descriptor' fsmount:error=ENOSYS 'open_tree\(2\) and move_mount\(2\)'
lacks 'no strict dumps' setsockopt:error=ENOPROTOOPT:when=2 'strict checking of netlink dumps'
check 'nothing is changed' clean
