#!/bin/bash
# Promise: tests/bench/tcp-proxy measures what it says, each way by that way alone, as a table, CSV and a
# picture, at the MTUs that were asked for; what is missing it names and leaves out, what fails it reports; it
# leaves nothing behind.
source "$(dirname "$0")/lib.sh"
remember
for program in iperf3 haproxy socat; do
    command -v "$program" >/dev/null || skip "$program is not here"
done
bench() {
    /usr/bin/python3 "$root/tests/bench/tcp-proxy" --rounds 1 --seconds 1 --connections 20 "$@"
}
is_svg() {
    /usr/bin/python3 -c 'import sys, xml.dom.minidom; xml.dom.minidom.parse(sys.argv[1])' "$1"
}
rows() { cut -d , -f 1,2 "$1" | paste -s -d ' '; }
measured='( +[0-9.]+ Gbit/s)( +[0-9]+ µs){3}$'

check 'at two MTUs' run 0 bench --mtus 1500,1400 --csv csv --svg svg
check '... both are in the table' lines 2 '^MTU 1[45]00 '
for way in direct socat haproxy; do
    check "... $way, measured" lines 2 "^$way$measured"
done
check '... all is in the CSV' test "$(rows csv)" = \
    'mtu,way 1500,direct 1500,socat 1500,haproxy 1400,direct 1400,socat 1400,haproxy'
check '... the picture is one' is_svg svg
check '... with a bar for each figure' test "$(grep -c '<rect x=' svg)" -eq 12
check 'nothing is left' clean

cp "$root/topologies/tcp-proxy.yaml" .
check 'in a lab that is up' run 0 topoc apply tcp-proxy.yaml
ip -n client link set direct down
check 'a cable is pulled: what goes past the proxy fails' run 1 bench --applied --ways direct
check '... and says so' err '^bench/tcp-proxy: .*unreachable'
check '... what goes through it does not' run 0 bench --applied --ways socat,haproxy
check '... and is measured' lines 2 "^(socat|haproxy)$measured"
check 'it is put back' run 0 topoc apply tcp-proxy.yaml
ip -n proxy link set back down
check 'behind the proxy one is pulled: through it' run 1 bench --applied --ways socat
check '... and' run 1 bench --applied --ways haproxy
check '... past it' run 0 bench --applied --ways direct
check 'it is put back' run 0 topoc apply tcp-proxy.yaml

mkdir few
for program in cat ss; do
    ln -s "$(command -v "$program")" few
done
without() { PATH=$PWD/few bench --applied; }
check 'without iperf3, socat and haproxy' run 0 without
for program in iperf3 socat haproxy; do
    check "... $program is missed" err "^skipped: $program is not here$"
done
check '... the rest is measured' lines 1 '^direct +-( +[0-9]+ µs){3}$'

check 'nothing runs on: destroy' run 0 topoc destroy
check '... has nobody to warn of' not err .
check 'nothing is left' clean
