#!/bin/bash
# Promise: every command shown in README.md works and prints what stands below it there, times aside;
# and the topologies shown are the files of those names.
source "$(dirname "$0")/lib.sh"
remember
cp -r "$root/topologies" .

without_times() {
    sed -E 's/[0-9.]+ ?ms/TIME ms/g; s/(mdev = ).*/\1TIMES/'
}

# The console blocks: a command behind `# ` or `$ `, and what it prints up to the next one.
awk '/^```console$/ { inside = 1; next } /^```$/ { inside = 0 } inside' "$root/README.md" >console
grep -E '^[#$] ' console | sed 's/^..//' >commands
check 'there are commands' test "$(wc -l <commands)" -ge 5
while IFS= read -r command; do
    printf '# %s\n' "$command"
    eval "$command" 2>&1 </dev/null || true
done <commands | without_times >printed
sed 's/^\$ /# /' console | without_times >expected
check 'they print what is shown' diff expected printed
check 'nothing is left' clean

# The topologies: the first is the file of its name.
awk '/^```yaml$/ { inside = 1; n++; next } /^```$/ { inside = 0 } inside { print >("shown." n) }' \
    "$root/README.md"
check 'left-right.yaml is as shown' diff "$root/topologies/left-right.yaml" shown.1
for file in shown.*; do
    { echo 'name: shown'; cat "$file"; } >"$file.yaml"
    check "$file: check" run 0 topoc check "$file.yaml"
    check "$file: apply" run 0 topoc apply "$file.yaml"
    check "$file: in step" in_step "$file.yaml"
    check "$file: destroy" run 0 topoc destroy
done
