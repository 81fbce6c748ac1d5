#!/bin/bash
# Promise: what README.md shows is so. Every command in a console block works and prints what stands
# below it there, times aside. Every topology is checked and applied; one that begins with the name of a
# file is the file of that name in topologies, if there is one, and the commands find it under that name.
# The script of ip(8) builds the same lab as the file that it stands beside, and cleans up when it fails.
# C is quoted from the file that is named last before it. The links lead somewhere.
#
# Not run: what builds, installs, fuzzes, records or measures. tests/run, .ci/run and the tests of
# packages do; here only the files and CMake options that they name have to be there.
source "$(dirname "$0")/lib.sh"
readme=$root/README.md
remember
cp -r "$root/topologies" .
mkdir bin
ln -s "$TOPOC" bin/topoc
mkdir -p tests/bench
cat >tests/bench/tcp-proxy <<END
#!/bin/sh
exec /usr/bin/python3 "$root/tests/bench/tcp-proxy" --rounds 1 --seconds 1 --connections 20 "\$@"
END
chmod +x tests/bench/tcp-proxy
export PATH=$work/bin:$PATH
unset -f topoc # what runs in the background is the program, not a shell that waits for it

# The blocks: block.N.LANGUAGE; beside one in C, block.N.source has the file that was named last.
awk '
    /^```/ {
        if (inside) { close(file); inside = 0; next }
        inside = 1
        number = sprintf("block.%02d", ++n)
        file = number "." substr($0, 4)
        if ($0 == "```c") { print named >(number ".source"); close(number ".source") }
        printf "" >file
        next
    }
    inside { print >file; next }
    {
        line = $0
        while (match(line, /`[a-z_\/]+\.[ch]`/)) {
            named = substr(line, RSTART + 1, RLENGTH - 2)
            line = substr(line, RSTART + RLENGTH)
        }
    }' "$readme"

# Topologies.
write_topologies() {
    local block name
    for block in block.*.yaml; do
        name=$(sed -nE '1s/^# ([a-z-]+\.yaml).*/\1/p' "$block")
        if [[ -n $name ]]; then
            cp "$block" "$name"
        fi
    done
}
write_topologies
check 'there are topologies' test -e left-right.yaml -a -e two-hosts.yaml
for file in *.yaml; do
    if [[ $file != block.* && -e topologies/$file ]]; then
        check "$file is as shown" same "topologies/$file" "$file"
    fi
done
for file in block.*.yaml; do
    { echo 'name: shown'; cat "$file"; } >"shown.$file"
    check_topology "shown.$file"
done
check 'nothing is left' clean

# Commands: one behind `# ` or `$ `, and what it prints up to the next one.
for block in block.*.console; do cat "$block"; done >console
if ! type iperf3 haproxy >/dev/null 2>&1; then
    echo 'skipped: measuring the proxy (this needs iperf3 and haproxy)'
    awk '/^[#$] / { left_out = /tests\/bench\/tcp-proxy/ } !left_out' console >rest
    mv rest console
fi
check 'there are commands' test "$(grep -cE '^[#$] ' console)" -ge 15
check 'commands print what is shown' prints_what_it_shows console
check 'nothing is left' clean
write_topologies

# The script.
script=$(grep -lx '# two-hosts\.sh' block.*.sh)
settled() {
    local try
    for try in {1..50}; do
        "$TOPOC_COMPARE" two-hosts.yaml && return
        sleep 0.1
    done
    echo "not after $try tries"
    return 1
}
kept() { dump --no-mac --no-local >"$1"; }
check 'the script runs' run 0 bash "$script"
check '... its lab is that of the file' settled
check '... and passes traffic' ip netns exec west ping -n -c 3 -W 1 10.0.2.1
kept by-script
ip -all netns del
check 'the file' run 0 topoc apply two-hosts.yaml
kept by-file
check '... makes the same of the kernel' same by-script by-file
check '... destroy' run 0 topoc destroy
ip netns add east
check 'the script fails where a name is taken' run 1 bash "$script"
others() { [[ $(ip netns list) == east* && $(ip netns list | wc -l) == 1 ]]; }
check '... and cleans up what it made, and that alone' others
ip netns del east
check 'nothing is left' clean

# Without root.
block=$(grep -l '^unshare ' block.*.sh)
if unshare -Urnm true 2>/dev/null; then
    check 'in namespaces of its own' run 0 bash "$block"
    check '... it is applied' out "^Applied 'two-hosts': 13 created"
    check '... and the ping is answered' out '1 received, 0% packet loss'
    check 'nothing is left' clean
else
    echo 'skipped: in namespaces of its own (this system lets nobody make them)'
fi

# Quotations.
quoted() {
    local text
    text=$(<"$1")
    [[ -n $text && $(<"$root/$2") == *"$text"* ]]
}
check 'the tables are quoted' test "$(cat block.*.c | grep -c '^static const struct')" -ge 3
for block in block.*.c; do
    source=$(<"${block%.c}.source")
    check "$block is what $source has" quoted "$block" "$source"
done

# What is not run: programs in the sources, options of CMake and tests that are named have to be there.
grep -LZE '^#!/bin/bash|^unshare ' block.*.sh | xargs -0 cat >not_run
for word in $(grep -oE '(^|[ =])(cmd|tests)/[a-z/-]+' not_run | tr -d '= ' | sort -u); do
    check "$word is there" test -e "$root/$word"
done
for word in $(grep -oE 'TOPOC_[A-Z]+=' not_run | tr -d '=' | sort -u); do
    check "$word is one" grep -rq "$word" "$root/CMakeLists.txt" "$root/tests/unit"
done
headings() { sed -n 's/^##* //p' "$readme" | tr 'A-Z ' 'a-z-' | sed 's/^/#/'; }
there() {
    case $1 in
        '#'*) grep -qxF -e "$1" <<<"$(headings)" ;;
        *) test -e "$root/$1" ;;
    esac
}
for word in $(grep -oE '\]\([^):]+\)' "$readme" | tr -d ']()' | sort -u); do
    check "the link to $word" there "$word"
done
# shellcheck disable=SC2016 # no command
for word in $(grep -oE '`(cmd|parser|planner|executor|tests|topologies)/[A-Za-z0-9_./-]+`' "$readme" | tr -d '`' | sort -u); do
    case $word in
        */KIND.sh | parser/kinds/macvlan.? | executor/kinds/macvlan.c) ;; # to be written by the reader
        *) check "$word is there" test -e "$root/$word" ;;
    esac
done

# What it says of needs and verbs.
number_in() {
    sed -nE "s/$2/\1/p" "$root/$1" | head -n 1
}
claims() {
    [[ -n $2 ]] && grep -qF -- "$1" <<<"$(tr '\n' ' ' <"$readme")"
}
linux=$(number_in executor/feature.h '.*FEATURE_LINUX "(.*)"')
check 'Linux' claims "Linux $linux or later" "$linux"
yaml=$(number_in CMakeLists.txt 'topoc_need\(YAML [^ ]+ [^ ]+ ([0-9.]+)\).*')
check 'libyaml' claims "libyaml ($yaml or later)" "$yaml"
jansson=$(number_in CMakeLists.txt 'topoc_need\(JANSSON [^ ]+ [^ ]+ ([0-9.]+)\).*')
check 'jansson' claims "jansson ($jansson or later)" "$jansson"
cmake=$(number_in CMakeLists.txt 'cmake_minimum_required\(VERSION ([0-9.]+)\)')
check 'CMake' claims "CMake ($cmake or later)" "$cmake"
topoc help | sed -n '/^Verbs:/,/^$/s/^  \([a-z]*\) .*/\1/p' >verbs
check 'there are verbs' test "$(wc -l <verbs)" -ge 7
while IFS= read -r verb; do
    check "... $verb" grep -q "^| \`${verb}[ \`]" "$readme"
done <verbs
