#!/bin/bash
# Promise: the verbs, their arguments and their exit statuses are those of topoc(1).
source "$(dirname "$0")/lib.sh"
cp "$root/topologies/left-right.yaml" .
cat >two-ends.yaml <<'END'
namespaces: [east, west]
veths:
  - east:e0: {addresses: [192.0.2.1/24]}
    west:w0: {addresses: [192.0.2.2/24]}
END
remember

# Usage
check 'no verb is wrong usage' run 64 topoc
check 'an unknown verb is wrong usage' run 64 topoc aply left-right.yaml
check '... and the nearest is offered' err apply
for words in 'apply' 'check' 'plan --nosuch' 'apply left-right.yaml two-ends.yaml' 'destroy --all left-right'; do
    # shellcheck disable=SC2086 # words
    check "wrong usage: $words" run 64 topoc $words
done
# wrong LINE WORDS...: status 64, that one line on standard error and nothing else
wrong() {
    local line=$1
    shift
    run 64 topoc "$@" && echo "topoc: $line" | same - .err && same /dev/null .out
}
for verb in apply:deploy,up,create,start,run check:validate,lint,config plan:diff list:ls,ps,status \
    destroy:down,delete,rm,remove,stop,clean show:inspect,describe,get exec:enter,shell; do
    for word in $(tr ',' ' ' <<<"${verb#*:}"); do
        check "'$word' is '${verb%:*}'" wrong "there is no verb '$word'; in topoc it is '${verb%:*}'" \
            "$word" left-right.yaml
        check "... and so says help" wrong "there is no verb '$word'; in topoc it is '${verb%:*}'" help "$word"
    done
done
check 'a near verb' wrong "there is no verb 'destory'; did you mean 'destroy'?" destory
check 'no near verb' wrong "there is no verb 'frobnicate'; topoc help lists those there are" frobnicate
check 'a control character' wrong "there is no verb '\\x1bfrobnicate'; topoc help lists those there are" \
    $'\e'frobnicate
check 'a file and no verb' wrong "'a.yaml' is no verb; did you mean 'topoc apply a.yaml'?" a.yaml
check 'an option before the verb' wrong "'-q' comes too early: topoc VERB [OPTIONS] [TOPOLOGY]" -q check a.yaml
check 'no verb' wrong 'a verb is missing: topoc VERB [OPTIONS] [TOPOLOGY]; see topoc help'
check 'two verbs to help' wrong "'apply' is one too many: topoc help [VERB]" help check apply
check 'no file' wrong 'apply needs FILE: topoc apply [OPTIONS] FILE' apply
check 'two files' wrong "'b.yaml' is one too many: topoc apply [OPTIONS] FILE" apply a.yaml b.yaml
check 'an argument to list' wrong "'a' is one too many: topoc list [OPTIONS]" list a
check '--all and a topology' wrong "--all is every topology: leave 'a' out" destroy --all a
check 'a near option' wrong "apply has no option '--strct'; did you mean '--strict'?" apply --strct a.yaml
check "another verb's option" wrong "check has no option '--moved': it belongs to apply" check --moved a.yaml
check "several verbs' option" wrong "exec has no option '--lock-timeout': it belongs to plan, apply, destroy, list and show" \
    exec --lock-timeout=1s a
check "near another verb's option" wrong "check has no option '--mvoed'; '--moved' belongs to apply" \
    check --mvoed a.yaml
check "another tool's option" wrong "apply has no option '--dry-run': topoc plan shows what would be done" \
    apply --dry-run a.yaml
check 'no near option' wrong "apply has no option '-x'; topoc help apply lists those it has" apply -x a.yaml
check 'a value missing' wrong '--timeout needs a value: --timeout=TIME' apply a.yaml --timeout
check 'a value too many' wrong '--moved takes no value: write it alone' apply --moved=yes a.yaml
check 'no time' wrong "'5x' is no value of --timeout: write a time like 500ms, 60s or 2m" apply --timeout 5x a.yaml
check 'no colour' wrong "'red' is no value of --color: write auto, always or never" plan --color=red
check 'help' run 0 topoc help
check 'help of help' run 0 topoc help help
for verb in check plan apply destroy list show exec; do
    check "help $verb" run 0 topoc help "$verb"
    check '... names the verb' out "^topoc $verb \\[OPTIONS\\]"
    check '... tells the exit statuses' out '^   64  wrong usage$'
    check '... fits a terminal' not grep -Eq '.{101}' .out
    cp .out .help
    check "$verb --help" run 0 topoc "$verb" --help
    check '... is the same' same .help .out
    sed -n 's/=TIME/=1s/; s/=WHEN/=never/; s/^  \(-.,\)\? *\(--[a-z0-9=-]*\) .*/\2/p' .help >options
    check '... lists options' grep -qx -e --help options
    while read -r option; do
        check "$verb has $option" run 0 topoc "$verb" "$option" --help
    done <options
done
status_of() { topoc help "$1" | grep -Eq "^ +$2  "; }
for pair in plan:2 apply:3 apply:130 destroy:3 destroy:130 exec:125 exec:126 exec:127 check:1; do
    check "help ${pair%:*} tells of ${pair#*:}" status_of "${pair%:*}" "${pair#*:}"
done
check 'help language' run 0 topoc help language
for key in name host namespaces veths bridges x-... forwarding lo routes sysctls up mtu mac bridge addresses \
    queues stp ageing-time address peer to via nexthops weight; do
    check "... has $key" out "^ +$key  +[^ ]"
done
check '... nothing hidden' not grep -Eq '^ +(dadfailed|nodad|proto)' .out
check '... and what a table adds' grep -Eq '^  mode  +private, vepa, bridge, passthru' <("$TOPOC_MACVLAN" help language)
check '--version' run 0 topoc --version
sed -E "s/ \(built with [^)]*\)//g; s/[0-9]+\.[0-9.]+[0-9]/N/g; s/GNU|Clang/CC/; s/RelWithDebInfo|Release|Debug/TYPE/
    s/static|dynamic/LINKED/; s/, sanitized//; s/(system: Linux) .*/\1/" .out >version
check '... has what a report needs' same - version <<'END'
topoc N
libraries: libyaml N, libmnl N, jansson N
kinds: namespace, lo, veth, bridge, address, route, sysctl
build: CC N, TYPE, LINKED
system: Linux
END
check '... and the kernel' out "^system: Linux $(uname -r | sed 's/+/\\+/g') $(uname -m)\$"
check '... whether it is static' out ", $(if [[ $(ldd "$TOPOC" 2>&1) == *'=>'* ]]; then echo dynamic; else echo static; fi)(,|$)"
check '... kinds from the table' grep -Eq '^kinds: .*, macvlan$' <("$TOPOC_MACVLAN" --version)
check '-V is the same' diff .out <(topoc -V)
check 'help check tells of no 2' not status_of check 2

# Nothing is applied
check 'plan: nothing is applied' run 0 topoc plan
check '... and it says so' says '[Nn]o(thing|.* topology).* (is )?applied|[Nn]othing'
check 'destroy: nothing is applied' run 0 topoc destroy
check '... and it says so' says '[Nn]o(thing|.* topology).* (is )?applied|[Nn]othing'
check 'destroy --all: nothing is applied' run 0 topoc destroy --all
check 'destroy of a file that is not applied' run 0 topoc destroy left-right.yaml
check 'destroy of an unknown name' run 1 topoc destroy left-right
check 'plan of an unknown name' run 1 topoc plan left-right
check 'exec in no namespace' run 125 topoc exec left true
check 'all this changed nothing' clean

# One is applied
check 'plan exits with 0' run 0 topoc plan left-right.yaml
check 'plan --detailed-exitcode exits with 2' out_of_step left-right.yaml
check 'apply' run 0 topoc apply left-right.yaml
check '... prints no plan on standard error' not err '^ *\+ '
check 'plan by name' in_step left-right
check 'plan by nothing' in_step
check 'plan by another path to the same file' in_step ./left-right.yaml
check 'plan by an absolute path' in_step "$PWD/left-right.yaml"
check 'plan --destroy' run 0 topoc plan --destroy left-right.yaml
check '... counts' out '^Plan: 0 to create, 0 to change, [1-9][0-9]* to destroy\.$'
check 'plan --destroy without argument' run 2 topoc plan --destroy --detailed-exitcode
check '... counts' out '^Plan: 0 to create, 0 to change, [1-9][0-9]* to destroy\.$'
check '... and changes nothing' in_step
check 'destroy of an unknown name' run 1 topoc destroy left-rihgt
check '... offers the nearest' err left-right
check 'plan of an unknown name' run 1 topoc plan left-rihgt
check '... offers the nearest' err left-right

# plan and apply without an argument follow the file
sed -i 's/10\.0\.1\.1/10.0.1.7/' left-right.yaml
check 'plan without argument shows an edit' out_of_step
check '... the new address' out '10\.0\.1\.7'
check 'plan by name shows it too' out_of_step left-right
mv left-right.yaml away.yaml
check 'plan where the file is gone: what was applied' in_step
check '... with a note' says 'left-right\.yaml'
mkdir elsewhere
sed 's/10\.0\.1\.7/10.0.1.1/' away.yaml >elsewhere/left-right.yaml
check 'apply of the same name from another path' run 1 topoc apply elsewhere/left-right.yaml
check '... names the new path' err 'elsewhere/left-right\.yaml'
check '... names the old path' err "$PWD/left-right\.yaml"
check '... offers --moved' err '--moved'
check 'apply --moved' run 0 topoc apply --moved elsewhere/left-right.yaml
check '... from then on it is that one' in_step
check '... and apply needs no --moved' run 0 topoc apply elsewhere/left-right.yaml

# exec
check 'exec runs a command' run 0 topoc exec left ip -4 -o address
check '... in the namespace' out left_inner
check 'exec: the command has options of its own' run 0 topoc exec left ip -4 a
check 'exec -- NAMESPACE' run 0 topoc exec -- left true
check 'exec NAMESPACE -- COMMAND' run 0 topoc exec left -- true
check "exec: the command's status" run 42 topoc exec left sh -c 'exit 42'
check 'exec: not found' run 127 topoc exec left no-such-command
echo 'data' >data
check 'exec: not executable' run 126 topoc exec left ./data
check 'exec: no such namespace' run 125 topoc exec lfet true
check '... offers the nearest' err "left"
check 'exec: no namespace given' run 64 topoc exec
check 'exec: /sys is the namespace'"'s" run 0 topoc exec left ls /sys/class/net
check '... with its devices' out '^left_inner$'
check '... and no others' not out br0
in_left() { [[ $(topoc exec left readlink /proc/self/ns/net) == "$(ip netns exec left readlink /proc/self/ns/net)" ]]; }
check 'exec enters the namespace that ip netns enters' in_left
from_input() { [[ $(echo word | topoc exec left cat) == word ]]; }
check 'exec passes standard input on' from_input
# shellcheck disable=SC2016 # for the shell inside
shell() { [[ $(echo 'echo $((6 * 7))' | SHELL=/bin/sh topoc exec left) == 42 ]]; }
check 'exec without a command runs SHELL' shell
if mkdir "$work/etc" && { cp -a /etc/. "$work/etc" 2>/dev/null || true; } && mount --bind "$work/etc" /etc; then
    mkdir -p /etc/netns/left
    touch /etc/hosts
    echo '10.0.0.1 right-of-left' >/etc/netns/left/hosts
    check 'exec shows files from /etc/netns' run 0 topoc exec left cat /etc/hosts
    check '... of that namespace' out right-of-left
    check '... to the command alone' not grep -q right-of-left /etc/hosts
    umount /etc
fi

# Several are applied
check 'apply of a second' run 0 topoc apply two-ends.yaml
check 'the first is not disturbed' in_step left-right
for verb in plan destroy; do
    check "$verb without argument stops" not run 0 topoc "$verb"
    check '... lists the one' says left-right
    check '... and the other' says two-ends
done
check 'destroy of one leaves the other' run 0 topoc destroy left-right
check '... in step' in_step two-ends.yaml
check '... and is done' run 1 ip link show br0
check 'destroy without argument: the one that is left' run 0 topoc destroy
check 'nothing is left' clean
run 0 topoc apply elsewhere/left-right.yaml
run 0 topoc apply two-ends.yaml
check 'destroy --all' run 0 topoc destroy --all
check 'nothing is left' clean

# A file's name, standard input
check 'standard input without a name' not topoc check - <elsewhere/left-right.yaml
{ echo 'name: piped'; cat two-ends.yaml; } >piped
piped() { topoc apply - <piped; }
check 'standard input with a name' piped
check '... is applied under it' in_step piped
planned() { topoc plan --detailed-exitcode - <piped; }
check '... and planned' planned
check '... and destroyed' run 0 topoc destroy piped
check 'nothing is left' clean
cp two-ends.yaml two.yml
check 'a .yml file' run 0 topoc check two.yml
cat >two.json <<'END'
{"namespaces": ["east", "west"],
 "veths": [{"east:e0": {"addresses": ["192.0.2.1/24"]}, "west:w0": {}}]}
END
check 'a .json file' run 0 topoc check two.json
check 'check of several files' run 0 topoc check two-ends.yaml two.yml
echo 'namespaces: {a: {rutes: []}}' >wrong.yaml
check '... one of them wrong' run 1 topoc check two-ends.yaml wrong.yaml
check '... is named' err 'wrong\.yaml:1:'

# check needs no privilege; the others say what they miss
unprivileged() { unshare -U "$@"; }
incapable() { setpriv --bounding-set=-all --inh-caps=-all "$@"; }
for how in unprivileged incapable; do
    check "check, $how" run 0 "$how" "$TOPOC" check two-ends.yaml
    check "apply, $how" run 1 "$how" "$TOPOC" apply two-ends.yaml
    check '... names the capability' err 'CAP_(SYS|NET)_ADMIN'
    check 'nothing is changed' clean
    run 0 topoc apply two-ends.yaml
    dump >before
    check "destroy, $how" run 1 "$how" "$TOPOC" destroy two-ends.yaml
    check '... names the capability' err 'CAP_(SYS|NET)_ADMIN'
    check 'nothing is changed' unchanged before
    run 0 topoc destroy
done

# Warnings
cat >warned.yaml <<'END'
namespaces: [east, west]
bridges: {east:unused: {mcast-snooping: yes}}
veths:
  - east:e0: {addresses: [192.0.2.1/24], mtu: 9000}
    west:w0: {addresses: [192.0.2.2/24], mtu: 1500}
END
check 'warnings alone are no error' run 0 topoc check warned.yaml
check '... but are told' err 'warned\.yaml:[0-9]+:[0-9]+: warning: '
check 'with --strict they are' run 1 topoc check --strict warned.yaml
check '... and apply changes nothing' run 1 topoc apply --strict warned.yaml
check '... at all' clean
