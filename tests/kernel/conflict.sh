#!/bin/bash
# Promise: what the kernel refuses in the middle is rolled back to what was there before, and shown at
# the line of the file that asked for it, with the kernel's own words.
source "$(dirname "$0")/lib.sh"
remember

# A subnet of the host's, whose route the kernel has made
cat >uplink.yaml <<'END'
namespaces: {lab: {forwarding: true}}
host:
  routes: [{to: 198.51.100.0/24, via: 192.0.2.2}]
veths:
  - tpc0: {addresses: [192.0.2.1/30]}
    lab:eth0: {addresses: [192.0.2.2/30]}
END
own_subnet() {
    ip link add mine type veth peer name yours
    ip address add 198.51.100.7/24 dev mine
    ip link set mine up
    ip link set yours up
}
own_subnet
dump --no-local >before
for verb in plan apply; do
    check "a route of the kernel in the way: $verb" run 1 topoc $verb uplink.yaml
    check '... names it' err '^uplink\.yaml:3:13: error: route 198\.51\.100\.0/24 in host is there already'
done
sed 's/192.0.2.2}/192.0.2.2, metric: 5}/' uplink.yaml >beside.yaml
check 'with a metric it is not in the way' run 0 topoc apply beside.yaml
check '... in step' in_step beside.yaml
check '... destroy' run 0 topoc destroy beside
dump --no-local >after
check '... and nothing is changed' same before after
ip link del mine
check 'apply, before there is such a subnet' run 0 topoc apply uplink.yaml
own_subnet
check '... it is in step when there is' in_step uplink.yaml
check '... destroy' run 0 topoc destroy uplink
check '... takes its own' test "$(ip -j route show 198.51.100.0/24 | jq -r '.[].dev')" = mine
ip link del mine

# refused NAME LINE PATTERN: what the kernel alone can know. Standard input is the file; it is applied
# to nothing, and then to a lab that it changes much of.
cat >base.yaml <<'END'
name: lab
namespaces:
  r1: {routes: [{to: 10.2.0.0/24, via: 10.0.0.9}], sysctls: {net.ipv4.ip_default_ttl: 70}}
  r2: {forwarding: true}
  r3:
bridges:
  r1:br0: {ageing-time: 100s}
  tpcbr:
veths:
  - r1:e0: {addresses: [10.0.0.1/24, '2001:db8::1/64'], mtu: 1400, queues: 2}
    r2:e0: {addresses: [10.0.0.2/24], mtu: 1400}
  - r3:f0: {addresses: ['2001:db8:3::1/64']}
    tpc0: {bridge: tpcbr, addresses: [192.0.2.1/24]}
  - r1:g0:
    r1:g1: {bridge: br0, mac: '02:00:00:00:00:07'}
END
refused() {
    cat >refused.yaml
    local state
    for state in nothing 'another lab'; do
        if [[ $state == nothing ]]; then
            rm -f base
            check "$1, on $state: no trace before" clean
        else
            cp base.yaml lab.yaml
            check "$1, on $state: before" run 0 topoc apply lab.yaml
        fi
        cp refused.yaml lab.yaml
        dump --sysctls >before
        traces >"$work/traces"
        check "$1, on $state: apply" run 1 topoc apply lab.yaml
        check '... shows the line' err "^lab\.yaml:$2:[0-9]+: error: "
        check "... with the kernel's words" err "$3"
        dump --sysctls >after
        check '... and the state is what it was' same before after
        traces >"$work/traces.after"
        check '... without a trace' same "$work/traces" "$work/traces.after"
        if [[ $state != nothing ]]; then
            cp base.yaml lab.yaml
            check '... in step with the file before' in_step lab.yaml
            check '... which a new apply still finds' run 0 topoc apply lab.yaml
            check '... and destroy takes down' run 0 topoc destroy lab
            check '... whole' clean
        fi
    done
}

# What every one of them changes.
changed='
bridges: {r2:br0: , tpcbr: {priority: 7}}
veths:
  - r1:e0: {addresses: [10.0.0.1/24, 10.0.0.3/24], mtu: 1300, queues: 1}
    r2:e0: {mtu: 1300, addresses: [10.0.0.4/24]}
  - r4:f0:
    tpc0: {bridge: tpcbr}
  - r1:g0: {mtu: 9000}
    r1:g1:'

words='Permission denied'
if linux_since 6.12; then # or somewhat earlier
    words='IPv6 is disabled on this device'
fi
refused 'an IPv6 address where IPv6 is off' 12 "$words" <<END
name: lab
namespaces: {r1: , r2: {sysctls: {net.ipv6.conf.h0.disable_ipv6: 1}}, r4: }
$changed
  - r2:h0: {addresses: ['2001:db8:5::1/64']}
    r4:h0:
END
refused "a device's sysctl with a value that it does not take" 5 'Invalid argument' <<END
name: lab
namespaces:
  r1:
  r2:
    sysctls: {net.ipv4.conf.e0.rp_filter: banana}
  r4: {routes: [{to: 10.9.0.0/16, type: prohibit}]}
$changed
END
refused 'a sysctl with a value that it does not take' 4 'Invalid argument' <<END
name: lab
namespaces:
  r1:
    sysctls: {net.ipv4.ip_default_ttl: 0}
  r2:
  r4:
$changed
END
refused 'a sysctl of the host with a value that it does not take' 2 'Invalid argument' <<END
name: lab
host: {sysctls: {net.ipv4.conf.tpc0.rp_filter: banana}}
namespaces: [r1, r2, r4]
$changed
END
refused 'a gateway that is a broadcast address' 3 '[Ii]nvalid gateway|broadcast' <<END
name: lab
namespaces:
  r1: {routes: [{to: 10.9.0.0/16, via: 10.0.0.255}]}
  r2:
  r4:
$changed
END

# Not even a namespace more
limit=/proc/sys/user/max_net_namespaces
if [[ -w $limit ]]; then
    former=$(cat $limit)
    cat >lab.yaml <<'END'
name: lab
namespaces: [r1, r2, r3, r4, r5, r6, r7, r8]
bridges: [tpcbr]
END
    dump >before
    echo 5 >$limit
    check 'too many namespaces: apply' run 1 topoc apply lab.yaml
    check "... with the kernel's words" err 'No space left on device|max_net_namespaces'
    echo "$former" >$limit
    check '... and the state is what it was' unchanged before
    check '... without a trace' clean
    check 'with room enough: apply' run 0 topoc apply lab.yaml
    check 'destroy' run 0 topoc destroy
    check 'nothing is left' clean
fi
