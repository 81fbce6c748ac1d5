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

said_of_empty() {
    if run 1 topoc check empty.yaml >/dev/null; then err 'empty\.yaml'; else run 0 topoc check empty.yaml; fi
}
check 'a missing file' run 1 topoc apply missing.yaml
check '... is named' err 'missing\.yaml.*No such file'
mkdir directory.yaml
check 'a directory' run 1 topoc apply directory.yaml
check '... is named' err 'directory\.yaml.*[Ii]s a directory'
: >empty.yaml
check 'an empty file is a topology of nothing, or is told' said_of_empty
head -c 100000 /dev/urandom >random.yaml
check 'random bytes' run 1 topoc check random.yaml
printf 'namespaces: [a\0b]\n' >nul.yaml
check 'a NUL byte' run 1 topoc check nul.yaml
check 'nothing is changed' clean

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
