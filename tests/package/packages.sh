#!/bin/bash
# Promise: cpack makes a .deb, an .rpm and tarballs whose files and modes do not depend on the umask,
# with the right dependencies, and the same bytes each time where SOURCE_DATE_EPOCH is set.
source "$(dirname "$0")/../kernel/lib.sh"
export SOURCE_DATE_EPOCH=1700000000

made=$work/made
pack() {
    (cd "$TOPOC_BUILD" && umask 077 && HOME=$work cpack -B "$1" "${@:2}")
}
check 'cpack' pack "$made"

# every PATTERN: each line of standard output of the last `run` has that.
every() {
    ! grep -Ev -e "$1" "$work/.out"
}
modes='(drwxr-xr-x|-rw-r--r--|-rwxr-xr-x)'

again() {
    pack "$work/again" -G "$1" && same "$made/$2" "$work/again/$2"
}

tarball=$(cd "$made" && echo topoc-*.tar.gz)
mkdir unpacked
check 'the tarball unpacks' tar xzf "$made/$tarball" -C unpacked --strip-components=1
check '... topoc runs' run 0 unpacked/bin/topoc check unpacked/share/doc/topoc/examples/left-right.yaml
check '... its files' run 0 tar tvzf "$made/$tarball"
check '... are of root, and all may read them' every "^$modes root/root "
check '... the same again' again TGZ "$tarball"

sources() {
    (cd "$TOPOC_BUILD" && cpack --config CPackSourceConfig.cmake -B "$work/sources") &&
        tar xzf sources/topoc-*.tar.gz && test -x topoc-*/cmd/try && test -x topoc-*/tests/run &&
        ! test -e topoc-*/.build && ! test -e topoc-*/.git
}
check 'a tarball of the sources' sources

if type -P dpkg-shlibdeps >/dev/null; then
    deb=$(cd "$made" && echo topoc_*.deb)
    check 'the .deb' run 0 dpkg-deb --info "$made/$deb"
    for library in libc6 libjansson4 libmnl0 libyaml-0-2; do
        check "... depends on $library" out "^ Depends: .*$library"
    done
    check '... in section net' out '^ Section: net$'
    check '... has settings' test "$(dpkg-deb --info "$made/$deb" conffiles | wc -l)" = 2
    for script in postinst postrm; do
        check "... $script tells networkd" grep -q 'networkctl reload' <(dpkg-deb --info "$made/$deb" "$script")
    done
    check '... its files' run 0 dpkg-deb --contents "$made/$deb"
    for file in usr/bin/topoc etc/iproute2/rt_protos.d/topoc.conf usr/share/doc/topoc/copyright \
        usr/share/doc/topoc/changelog.gz usr/share/doc/topoc/changelog.Debian.gz \
        usr/share/doc/topoc/examples/left-right.yaml usr/share/topoc/topology.schema.json \
        usr/share/man/man1/topoc.1.gz usr/share/man/man5/topoc.5.gz \
        usr/share/zsh/vendor-completions/_topoc \
        usr/lib/udev/rules.d/70-topoc.rules usr/lib/systemd/network/00-topoc.network; do
        check "... $file" out " \./$file\$"
    done
    check '... of root, and all may read them' every "^$modes root/root "
    check '... the same again' again DEB "$deb"
    if type -P lintian >/dev/null; then
        check '... lintian has nothing to say' run 0 lintian --no-cfg --allow-root \
            --fail-on error,warning,info "$made/$deb"
    else
        echo 'skipped: lintian is not here'
    fi
else
    echo 'skipped: the .deb: dpkg-dev is not here'
fi

if type -P rpmbuild >/dev/null; then
    rpm=$(cd "$made" && echo topoc-*.rpm)
    check 'the .rpm needs its libraries' run 0 rpm -qp --requires "$made/$rpm"
    for library in libjansson libmnl libyaml; do
        check "... $library" out "^$library.*\.so"
    done
    check '... has settings' run 0 rpm -qpc "$made/$rpm"
    check '... two' lines 2 '^/etc/iproute2/rt_(addr)?protos\.d/topoc\.conf$'
    check '... its files' run 0 rpm -qlpv "$made/$rpm"
    check '... of root, and all may read them' every "^$modes +[0-9]+ +root +root "
    check '... the program' out ' /usr/bin/topoc$'
    check '... nobody else'\''s directory' lines 0 ' /(etc|usr/lib|usr/share)(/iproute2|/systemd|/udev|/man)?(/[a-z_]+\.d|/network|/man.)?$'
    check '... the same again' again RPM "$rpm"
else
    echo 'skipped: the .rpm: rpm is not here'
fi
