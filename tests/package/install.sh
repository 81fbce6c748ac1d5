#!/bin/bash
# Promise: `cmake --install` puts everything where other programs look for it, below any prefix and
# DESTDIR and nowhere else; what it installed runs.
source "$(dirname "$0")/../kernel/lib.sh"

# install_to DIRECTORY [OPTION...]: in DIRECTORY, with DESTDIR if that is set.
install_to() {
    (umask 077 && cd "$1" && shift && cmake --install "$TOPOC_BUILD" "$@")
}

# has DIRECTORY FILE...
has() {
    local to=$1 file
    shift
    for file; do
        [[ -s $to/$file ]] || { echo "no $file in"; find "$to" -type f; return 1; }
    done
}

own=(bin/topoc share/man/man1/topoc.1 share/man/man5/topoc.5
    share/bash-completion/completions/topoc share/zsh/site-functions/_topoc
    share/fish/vendor_completions.d/topoc.fish share/topoc/topology.schema.json share/topoc/output.schema.json
    share/doc/topoc/README.md share/doc/topoc/CHANGELOG.md share/doc/topoc/LICENSE
    share/doc/topoc/examples/left-right.yaml share/doc/topoc/examples/router.yaml
    lib/udev/rules.d/70-topoc.rules
    lib/systemd/network/00-topoc.link lib/systemd/network/00-topoc.network)
settings=(etc/iproute2/rt_protos.d/topoc.conf etc/iproute2/rt_addrprotos.d/topoc.conf)

mkdir odd relative
odd="$work/odd/a b/ü\$x"
check 'below an odd prefix' install_to . --prefix "$odd"
check '... everything' has "$odd" "${own[@]}" "${settings[@]}"
check '... nothing elsewhere' test "$(ls odd)" = 'a b'
check '... it runs' run 0 "$odd/bin/topoc" check "$odd/share/doc/topoc/examples/left-right.yaml"
check 'every example is installed' diff -r <(cd "$root/topologies" && ls -- *.yaml) \
    <(ls "$odd/share/doc/topoc/examples")
check 'files can be read by all' test -z "$(find "$odd" -type f ! -perm -444)"

check 'below a relative prefix' install_to relative --prefix 'here/it is'
check '... everything' has 'relative/here/it is' "${own[@]}" "${settings[@]}"

for prefix in /usr /usr/local /opt/x; do
    to="$work/dest dir$prefix"
    DESTDIR="$work/dest dir" check "DESTDIR and $prefix" install_to . --prefix "$prefix"
    check '... everything' has "$to" "${own[@]}"
    case $prefix in
        /usr*) check '... iproute2 finds names in /etc' has 'dest dir' "${settings[@]}" ;;
        *) check '... settings below the prefix' has "$to" "${settings[@]}" ;;
    esac
    check '... nothing elsewhere' test "$(cd 'dest dir' && echo *)" = \
        "$(case $prefix in /usr*) echo etc usr ;; *) echo opt ;; esac)"
    rm -rf 'dest dir'
done

# The name that iproute2 prints, where the file is installed: it reads nothing but /etc/iproute2.
protocols="$odd/etc/iproute2/rt_protos.d"
if mount --bind "$protocols" /etc/iproute2/rt_protos.d 2>/dev/null; then
    check 'the installed program applies an example' \
        run 0 "$odd/bin/topoc" apply "$odd/share/doc/topoc/examples/left-right.yaml"
    check '... ip names its protocol' run 0 ip -n left route show 10.0.0.0/24
    check '... topoc' out 'proto topoc( |$)'
    check '... and it is destroyed' run 0 "$odd/bin/topoc" destroy
else
    echo 'skipped: there is no /etc/iproute2/rt_protos.d to try it with'
fi
