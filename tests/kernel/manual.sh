#!/bin/bash
# Promise: what the man pages show is so: every command of their examples prints what stands below it,
# times aside, and every topology is checked, applied and destroyed; the first is the example of its name.
source "$(dirname "$0")/lib.sh"
cp "$root"/topologies/*.yaml .
mkdir bin
ln -s "$TOPOC" bin/topoc
export PATH=$work/bin:$PATH
remember

# The displays that are marked as a console or as YAML: NUMBER.KIND.
for page in 1 5; do
    awk -v page="$page" '
        /^\.\\" (console|yaml)$/ { file = page "-" ++n "." $2; next }
        /^\.Ed$/ { file = "" }
        file && !/^\.Bd / { print >file }' "$TOPOC_BUILD/document/topoc.$page"
done
shopt -s nullglob
shown=([0-9]-*)
shopt -u nullglob
sed -i 's/\\(->/→/g; s/\\-/-/g; s/\\e/\\/g; s/^\\&//' "${shown[@]}"

consoles=([0-9]-*.console)
check 'there are commands' test "${#consoles[@]}" -ge 5
for file in "${consoles[@]}"; do
    check "$file: $(head -n 1 "$file")" prints_what_it_shows "$file"
done
check 'nothing is left' clean

topologies=([0-9]-*.yaml)
check 'there are topologies' test "${#topologies[@]}" -ge 4
check 'the first is left-right.yaml' same left-right.yaml "${topologies[0]}"
for file in "${topologies[@]}"; do
    check_topology "$file"
done
check 'nothing is left' clean
