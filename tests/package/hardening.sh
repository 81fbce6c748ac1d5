#!/bin/bash
# Promise: a build hardens by default: where a program is loaded cannot be known, what is executable is
# never writable, what the loader bound is read-only, and each source is compiled with what the compiler
# has against overwritten stacks, skipped guard pages, jumps into the middle, and too small buffers.
source "$(dirname "$0")/../kernel/lib.sh"
export LC_ALL=C

programs=("$TOPOC" "$TOPOC_BUILD"/topoc-document)
compiler=$(sed -n 's/^CMAKE_C_COMPILER:[A-Z]*=//p' "$TOPOC_BUILD/CMakeCache.txt")
build_type=$(sed -n 's/^CMAKE_BUILD_TYPE:[A-Z]*=//p' "$TOPOC_BUILD/CMakeCache.txt")

# The compiler takes a flag without a word.
takes() {
    "$compiler" -Werror "$1" -x c -c /dev/null -o /dev/null 2>/dev/null
}

# Each source is compiled with a flag.
everywhere() {
    # shellcheck disable=SC2016 # jq's
    run 0 jq -r --arg flag "$1" '.[] | select(.command | split(" ") | index($flag) | not)
        | "\(.file) is compiled without \($flag)"' "$TOPOC_BUILD/compile_commands.json" &&
        silent_about .
}

for program in "${programs[@]}"; do
    name=${program##*/}
    check "$name: is loaded anywhere" run 0 readelf --wide --file-header --dynamic "$program"
    check '... position independent' out 'Type: +DYN'
    check '... says so' out 'FLAGS_1.* PIE'
    check '... binds everything when it starts' out 'FLAGS_1.* NOW'
    check '... no code is patched' silent_about '\(TEXTREL\)|FLAGS\).* TEXTREL'
    check '... no library from a path of its own' silent_about 'RPATH|RUNPATH'
    check "$name: has segments" run 0 readelf --wide --segments "$program"
    check '... read-only after relocation' out '^ *GNU_RELRO '
    check '... a stack that is not executable' out '^ *GNU_STACK .* RW +0x'
    check '... nothing writable and executable' silent_about '^ *[A-Z_]+ .* RWE +0x'
    check "$name: calls" run 0 readelf --wide --dyn-syms "$program"
    check '... what ends it when its stack was overwritten' out ' __stack_chk_fail(@|$)'
    if [[ $build_type != Debug ]]; then
        check '... what knows the size of a buffer' out ' __[a-z]+_chk(@|$)'
    fi
done

for flag in -fstack-protector-strong -fstack-clash-protection -fcf-protection -mbranch-protection=standard; do
    if takes "$flag"; then
        check "everywhere $flag" everywhere "$flag"
    fi
done

# The linker drops it from a program whose libraries lack it, so that objects are looked at.
case $(uname -m) in
    x86_64) kept='x86 feature: .*IBT, SHSTK' ;;
    aarch64) kept='AArch64 feature: .*BTI, PAC' ;;
    *) kept='' ;;
esac
if [[ -n $kept ]]; then
    for archive in "$TOPOC_BUILD"/libtopoc-*.a; do
        check "${archive##*/}: can be jumped into at functions only" run 0 readelf --wide --notes "$archive"
        check '... each object' lines "$(ar t "$archive" | wc -l)" "$kept"
    done
fi
