#!/bin/bash
# Promise: destroy needs neither the file nor the state directory nor a place to stand: the marks in the
# kernel will do. Nothing of the lab is left then but sysctls of the host, where their former values are
# lost, and it says so.
source "$(dirname "$0")/lib.sh"

ip netns add stranger
ip link add stranger type bridge
cat >other.yaml <<'END'
namespaces: {o1: {forwarding: true}}
veths: [[o1:o0, oport]]
END
run 0 topoc apply other.yaml
everything --sysctls >nothing

cat >lab.yaml <<'END'
name: lab
namespaces: {r1: {forwarding: true}, r2: , sw: }
host:
  sysctls: {net.ipv4.ip_default_ttl: 70}
  routes: [{to: 10.0.0.0/16, via: 192.0.2.2}]
bridges: {tpcbr: {addresses: [192.0.2.1/25]}, sw:br0: }
veths:
  - r1:eth0: {addresses: [10.0.0.1/24]}
    sw:p1: {bridge: br0}
  - r2:eth0: {addresses: [10.0.0.2/24]}
    sw:p2: {bridge: br0}
  - r1:eth1: {addresses: [192.0.2.2/25]}
    tpc1: {bridge: tpcbr}
END

others=other
left='^$'
nothing_left() {
    everything --sysctls >now
    LC_ALL=C comm -3 nothing now | sed 's/^\t//' | grep -Ev -e "$left" -e '^/run/topoc' >differs || true
    head -n 20 differs
    [[ ! -s differs && $(topoc list -q) == "$others" ]]
}

# destroyed NAME COMMAND VERB...: after COMMAND the verb removes all.
destroyed() {
    run 0 topoc apply lab.yaml
    eval "$2"
    check "$1: destroy" run 0 topoc "${@:3}"
    check '... leaves nothing' nothing_left
}
cp lab.yaml kept.yaml
destroyed 'the file is gone' 'rm lab.yaml' destroy lab
cp kept.yaml lab.yaml
destroyed 'the file is another' 'echo "name: lab
bridges: {oport: , tpc9: }" >lab.yaml' destroy lab.yaml
cp kept.yaml lab.yaml
destroyed 'the file is broken' 'echo "namespaces: [" >lab.yaml' destroy lab
cp kept.yaml lab.yaml
mkdir elsewhere
elsewhere() { (cd elsewhere && topoc "$@"); }
run 0 topoc apply lab.yaml
check 'another directory: destroy' run 0 elsewhere destroy lab
check '... leaves nothing' nothing_left

ttl=/proc/sys/net/ipv4/ip_default_ttl
former=$(<$ttl)
left='ip_default_ttl'
destroyed 'the state is gone' 'rm /run/topoc/lab/lab/state' destroy lab
check '... says what stays' err "the state of 'lab' is lost: sysctls of the host"
echo "$former" >$ttl
destroyed 'the state is nonsense' 'echo "]" >/run/topoc/lab/lab/state' destroy lab
check '... says so' err "the state of 'lab' is damaged"
echo "$former" >$ttl
# Mount points cannot be removed: what can is.
destroyed 'the state directory is removed' 'rm -rf /run/topoc 2>rm.said || true' destroy lab
echo "$former" >$ttl
check '... the other lab is as it was' topoc plan other.yaml --detailed-exitcode

# All that is mounted below /run/topoc, too: the namespaces go with it.
unmounted() {
    umount -l /run/topoc && rm -rf /run/topoc
}
run 0 topoc destroy other
others=''
everything --sysctls | grep -v '^/run/topoc\|^mount .* /run/topoc ' >nothing
left='ip_default_ttl|^mount .* /run/topoc '
destroyed 'the mount of the state directory is removed' unmounted destroy
echo "$former" >$ttl
sed -i '/^host:/,/routes:/d; s/^bridges: .*/bridges: [sw:br0]/; /r1:eth1/,$d' lab.yaml
run 0 topoc apply lab.yaml
unmounted
check 'of a lab without anything in the host, the same: list' run 0 topoc list -q
check '... has it' out '^lab$'
destroyed '... destroy' unmounted destroy
check '... says what it was' out "^Destroyed 'lab'"
run 0 topoc apply lab.yaml
unmounted
check '... or apply' run 0 topoc apply lab.yaml
check '... in step' in_step lab.yaml
check '... destroy' run 0 topoc destroy
check '... leaves nothing' nothing_left
