#!/bin/bash
# Promise: topoc builds out of tree, with blanks in the paths of sources and build, without a network;
# what is missing or too old is said in one line when configuring, and by tests/need.
source "$(dirname "$0")/../kernel/lib.sh"

sources="$work/the sources/of topoc"
mkdir -p "$sources"
(cd "$root" && cp -r cmd parser planner executor topologies tests CMakeLists.txt README.md LICENSE \
    CHANGELOG.md "$sources")

configure() {
    cmake -S "$sources" "$@"
}

build() {
    configure -B "$work/a build" -DBUILD_TESTING=OFF -DCMAKE_BUILD_TYPE=Debug \
        -DCMAKE_INSTALL_PREFIX="$work/in place" &&
        cmake --build "$work/a build" --parallel 2 &&
        cmake --install "$work/a build"
}
check 'sources, build and prefix with blanks in their paths, no network' build
check '... it runs' run 0 "$work/in place/bin/topoc" apply "$sources/topologies/left-right.yaml"
check '... traffic flows' answered left 10.0.0.1
check '... and it is destroyed' run 0 "$work/in place/bin/topoc" destroy

# Tells cmake that a library has this version.
pretend() {
    mkdir -p old
    printf 'Name: %s\nDescription: %s\nVersion: %s\nLibs:\nCflags:\n' "$1" "$1" "$2" >"old/$1.pc"
}

# refused LINE OPTION...: configuring fails and LINE is a line of what it says.
refused() {
    local line=$1
    shift
    rm -rf refused
    run 1 configure -B refused "$@" && err "^  $line\$"
}
pretend yaml-0.1 0.2.1
export PKG_CONFIG_PATH=$work/old
check 'an old libyaml is refused' refused \
    'libyaml 0\.2\.2 or later is missing: tests/need build installs it'
rm old/*
pretend jansson 2.7
check 'an old jansson is refused' refused \
    'libjansson 2\.8 or later is missing: tests/need build installs it'
rm old/*
PKG_CONFIG_LIBDIR=$work/old check 'no libraries at all' refused \
    'libyaml 0\.2\.2 or later is missing: tests/need build installs it'
pretend libmnl 1.0.4 # of which there is no static library in old/
PKG_CONFIG_LIBDIR=$(pkg-config --variable pc_path pkg-config) check 'no static libmnl' refused \
    'libmnl\.a is missing: build it, and set PKG_CONFIG_PATH to its \.pc' -DTOPOC_STATIC=ON
rm old/*
unset PKG_CONFIG_PATH

# A user who can become nobody else: of another user namespace than root's.
mkdir tools
for tool in bash env cat id apt-get apt-cache pkg-config; do
    path=$(type -P "$tool") && ln -s "$path" tools/
done
as_nobody() {
    PATH=$work/tools PKG_CONFIG_LIBDIR=$work/old unshare -U "$BASH" "$sources/tests/need" build
}
if unshare -U true 2>/dev/null; then
    ln -s "$(type -P unshare)" tools/
    check 'not root, and no sudo' run 1 as_nobody
    check '... what is missing is told' err \
        '^topoc needs packages that are not here: .*libyaml-dev libmnl-dev libjansson-dev \(in Fedora: '
    check '... in a line' test "$(wc -l <.err)" = 1
else
    echo 'skipped: not root, and no sudo: this system does not nest user namespaces'
fi
