#!/bin/bash
# Promise: mandoc and groff find nothing to say of the man pages, neither do man's own warnings; topoc(5)
# has the keys of `topoc help language`, topoc(1) the verbs and options of `topoc help VERB`, and a kind
# that is added to the tables is in topoc(5) without a word more.
source "$(dirname "$0")/../kernel/lib.sh"
for program in mandoc man groff; do
    command -v "$program" >/dev/null || skip "there is no $program"
done
export LC_ALL=C.UTF-8
cp "$TOPOC_BUILD"/document/topoc.[15] .

# What is installed here, and in mandoc's index, is no matter of a page.
by_mandoc() {
    mandoc -Tlint "$1" 2>&1 |
        grep -Ev '^mandoc: outdated mandoc\.db |STYLE: referenced manual not found: ' || true
}

by_man() {
    { man --warnings -E UTF-8 -l -Tutf8 -Z "$1" >/dev/null; } 2>&1
}

by_groff() {
    groff -ww -mdoc -Kutf8 -Tutf8 -z "$1" 2>&1
}

# Whether one of them says something, all of them nothing.
says_nothing() {
    [[ -z $("$1" "$2" | tee "$work/.lint") ]] || { cat "$work/.lint"; return 1; }
}

# A page that is wrong in three ways.
sed '/^\.Sh DESCRIPTION/a .Nosuch macro\n.Bl -tag -width Ds\nAn unclosed list.  A sentence that ends in the line. ' \
    topoc.1 >wrong.1
for linter in by_mandoc by_man by_groff; do
    check "$linter finds what is wrong" not says_nothing "$linter" wrong.1
    for page in topoc.1 topoc.5; do
        check "$linter: $page" says_nothing "$linter" "$page"
    done
done

# Keys.
check 'the keys' run 0 topoc help language
sed -nE 's/^ {2,4}([a-z][a-z.-]*) +.*/\1/p' .out >keys
check 'there are keys' test "$(wc -l <keys)" -ge 40
sed -nE '/^\.Sh KEYS/,/^\.Sh VALUES/ s/^\.It Cm (.*)/\1/p' topoc.5 | sed 's/\\-/-/g' >told
check 'topoc(5) has them in the same order' same keys told
sed -nE 's/.*  .*\(([^() ]*)\)$/\1/p' .out | grep -Evx 'IPv4|required' >defaults
check 'there are defaults' test "$(wc -l <defaults)" -ge 15
check '... and they are the same' same defaults <(sed -nE 's/^Default: (.*)\.$/\1/p' topoc.5)
check 'what is required, too' test "$(grep -c '(required)$' .out)" = "$(grep -cx 'Required\.' topoc.5)"

# Verbs, options and exit statuses, in the page as text.
mandoc -Tutf8 -Owidth=100 topoc.1 | sed 's/.\x08//g' >page.1
for verb in $(topoc help | sed -nE 's/^  ([a-z]+) .*/\1/p'); do
    check "topoc(1) has $verb" grep -Eq "^     $verb \[OPTIONS\]" page.1
    sed -nE "/^     $verb \[OPTIONS\]/,/^     [a-z]/ s/^ +(-., )?(--[a-z=A-Z-]+)( .*)?$/\2/p" page.1 >own
    sed -nE '/Options of every verb/,/What is printed/ s/^ +(-., )?(--[a-z=A-Z-]+)( .*)?$/\2/p' page.1 >general
    sort -u own general >told
    topoc help "$verb" | sed -nE 's/^  (-., |    )(--[a-zA-Z=-]+) .*/\2/p' | sort >options
    check '... with its options' same options told
    topoc help "$verb" | sed -nE '/^Exit status/,$ s/^ +([0-9]+)  .*/\1/p' >statuses
    while read -r status; do
        check "... and its exit status $status" grep -Eq "^     $status  " page.1
    done <statuses
done

# One kind more.
mkdir more
check 'with a kind more' run 0 "$TOPOC_DOCUMENT_MACVLAN" "$root/cmd/document" more
check '... topoc(5) has it' grep -qx '.It Cm macvlans' more/topoc.5
check '... and what it adds' grep -qx 'Value: private, vepa, bridge, passthru\.' more/topoc.5
check '... as before it had not' not grep -q 'macvlans' topoc.5
cp more/topoc.5 more.5
check '... mandoc' says_nothing by_mandoc more.5

# What a page owes its reader.
has_sections() {
    local page=$1 section
    shift
    for section; do
        grep -qx "\.Sh $section" "$page" || { echo "$page has no section $section"; return 1; }
    done
}
check 'topoc.1 has its sections' has_sections topoc.1 NAME SYNOPSIS DESCRIPTION ENVIRONMENT FILES \
    'EXIT STATUS' EXAMPLES DIAGNOSTICS COMPATIBILITY 'SEE ALSO' STANDARDS CAVEATS
check 'topoc.5 has its sections' has_sections topoc.5 NAME DESCRIPTION KEYS VALUES EXAMPLES 'SEE ALSO' NOTES
check 'no mark is left in them' not grep '@[a-z]*@' topoc.1 topoc.5
check 'topoc.1 names the kernel' grep -Eq '^Linux [0-9]+\.[0-9]+ or later,$' topoc.1
check '... and every verb in its synopsis' test \
    "$(sed -n '/^\.Sh SYNOPSIS/,/^\.Sh DESCRIPTION/p' topoc.1 | grep -c '^\.Cm ')" -ge 7
