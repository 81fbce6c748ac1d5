#!/bin/bash
# Promise: what topoc makes in the file system has the modes that it is to have, whatever the umask: all
# may read what is applied, nobody else may write to it, and the lock is its owner's alone. A file is
# made anew, never opened where another has put one.
source "$(dirname "$0")/lib.sh"
cp "$root/topologies/left-right.yaml" .
remember

modes() {
    stat -c '%n %A %u' /run/topoc /run/netns
    find /run/topoc /run/netns -mindepth 1 -printf '%p %M %U\n' | sort
}
cat >expected <<'END'
/run/topoc drwxr-xr-x 0
/run/netns drwxr-xr-x 0
/run/netns/left lrwxrwxrwx 0
/run/netns/right lrwxrwxrwx 0
/run/topoc/lab drwxr-xr-x 0
/run/topoc/lab/left-right drwxr-xr-x 0
/run/topoc/lab/left-right/1 drwxr-xr-x 0
/run/topoc/lab/left-right/1/left -r--r--r-- 0
/run/topoc/lab/left-right/1/right -r--r--r-- 0
/run/topoc/lab/left-right/state -rw-r--r-- 0
/run/topoc/lock -rw------- 0
END
for mask in 000 022 077 777; do
    under() { (umask "$mask" && exec "$TOPOC" "$@"); }
    check "umask $mask: apply" run 0 under apply left-right.yaml
    check '... has its modes' eval 'modes | same expected -'
    sed -i 's/10\.0\.1\.1/10.0.1.2/' left-right.yaml
    check '... a change' run 0 under apply left-right.yaml
    check '... has its modes' eval 'modes | same expected -'
    check '... destroy' run 0 under destroy
    cp "$root/topologies/left-right.yaml" .
    umount /run/topoc /run/netns
    rmdir /run/topoc /run/netns
done

# How it makes them. The lock stays, and so may be there; no link is followed to it. mknod(2) never takes
# what is there, nor follows a link to it: only regular files are to be made by it, with a mode.
made() {
    grep -E 'O_CREAT' trace | grep -v ENOENT >created || true
    [[ -s created ]] && ! grep -v O_CLOEXEC created && ! grep -vE 'O_EXCL|"/run/topoc/lock".*O_NOFOLLOW' created &&
        ! grep -vE ', 0[0-7]*\)' created
}
nodes() { ! grep -E '\<(mknod|mknodat|creat)\(' trace | grep -vE '\<mknod(at)?\(.*, S_IFREG\|0[0-7]+\)'; }
for arguments in 'apply left-right.yaml' 'destroy'; do
    # shellcheck disable=SC2086 # words
    check "topoc $arguments" run 0 strace -f -o trace -e trace=open,openat,openat2,creat,mknod,mknodat "$TOPOC" $arguments
    check '... makes files exclusively, with a mode' made
    check '... no other file by mknod' nodes
done
check 'nothing is left' clean
