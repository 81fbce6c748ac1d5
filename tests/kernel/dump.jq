# What `dump` in lib.sh prints: the state of every namespace in a normal form, a line an object. The
# input is, for each namespace, its name and then what `ip -d -j` says to `address show`, `netns
# list-id` and `route show table all`. Left out is what differs from run to run (indexes, lifetimes,
# timers), what the kernel makes by itself, and the marks that say whose an object is.

def default($value): if . == null then $value else . end;
def word($key): if . == null or . == "" then empty else "\($key)=\(.)" end;

# Link-local addresses that the kernel makes from a device's MAC: when, hangs on the carrier.
def made_from_mac: test("^fe80::.*ff:fe");
def wanted: $locals == "yes" or (.local | made_from_mac | not);
def local_address: if $macs == "no" and made_from_mac then "fe80::eui64" else . end;

[range(0; length; 4) as $at
    | {name: .[$at], links: .[$at + 1], ids: .[$at + 2], routes: .[$at + 3]}] as $spaces

# The device that a link refers to: the other end of a veth, the device below a macvlan.
| def other($space):
    if .link_index then
        .link_netnsid as $id | .link_index as $index
        | (if $id == null then $space.name
           else [$space.ids[] | select(.nsid == $id) | .name][0] | default("host") end) as $name
        | [$spaces[] | select(.name == $name) | .links[] | select(.ifindex == $index)][0].ifname
        | "\($name):\(default("?"))"
    elif .link then "\($space.name):\(.link)"
    else null end;

def bridge:
    if .linkinfo.info_kind == "bridge" then
        .linkinfo.info_data
                | "stp=\(.stp_state) priority=\(.priority)"
        # With a spanning tree they are the root's, as soon as that is heard of.
        + (if .stp_state != 0 then ""
           else " forward-delay=\(.forward_delay) hello-time=\(.hello_time) max-age=\(.max_age)" end)
        + (if .topology_change != 0 then "" else " ageing-time=\(.ageing_time)" end)
        + " mcast-snooping=\(.mcast_snooping) vlan-filtering=\(.vlan_filtering)"
    elif .linkinfo.info_data.mode then "mode=\(.linkinfo.info_data.mode)"
    else empty end;

def link($space):
    [ "link", .ifname, (.linkinfo.info_kind // "-"),
      (if .flags | index("UP") then "up" else "down" end),
      "mtu=\(.mtu)",
      (if $macs == "yes" then "mac=\(.address)" else empty end),
      (.master | word("master")),
      (other($space) | word("link")),
      "txqueuelen=\(.txqlen)", "queues=\(.num_tx_queues)/\(.num_rx_queues)",
      bridge ];

def address($device):
    [ "address", $device, "\(.local | local_address)/\(.prefixlen)",
      (.address | word("peer")), (.broadcast | word("broadcast")), "scope=\(.scope)",
      (.label | word("label")),
      (if .secondary then "secondary" else empty end),
      (if .dadfailed then "dadfailed" else empty end) ];

def hop:
    [ ((.via.host // .gateway) | word("via")), (.dev | word("dev")),
      (if .weight then "weight=\(.weight)" else empty end),
      (if .flags // [] | index("onlink") then "onlink" else empty end) ] | join(" ");

def route:
    (if .pref then "ipv6" else "ipv4" end) as $family
    | [ "route", $family, "table=\(.table // "main")", .type, .dst,
        (if $family == "ipv6" and .type != "unicast" then empty else hop | select(. != "") end),
        (.prefsrc | word("src")), "metric=\(.metric // 0)", (.scope | word("scope")),
        (.metrics[0].mtu | word("mtu")),
        (if .nexthops then "nexthops: " + ([.nexthops[] | "[\(hop)]"] | sort | join(" "))
         else empty end) ];

$spaces[] | . as $space
| ( ["namespace"],
    (.links[] | link($space), (.ifname as $device | .addr_info[] | select(wanted) | address($device))),
    (.routes[]
        | select(.type | IN("local", "broadcast", "anycast", "multicast") | not)
        | select(.protocol | IN("kernel", "ra", "redirect") | not)
        | select(.flags | index("cloned") | not)
        | route) )
| "\($space.name): \(join(" "))"
