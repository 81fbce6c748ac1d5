#!/usr/bin/python3
"""Promise: the JSON Schema of a topology file never refuses what topoc accepts, however the YAML was
loaded; it refuses every file of tests/schema/wrong, as topoc does; and of single values, names and
ranges it says what topoc says."""

import os
import pathlib
import re
import subprocess
import tempfile

from common import ROOT, Text, Typed, expect, finish, installed, load, refused, validator

GENERATED = 200

# A place for a value, and values around what is taken there, on both sides.
VALUES = [
    ("bridges: {br0: {mtu: %s}}",
     "0 67 68 0068 100 1500 9999 10000 59999 65535 65537 70000 99999 000000000001500"
     " +1500 1500.0 0x600 1e3 -68 jumbo ' 1500'"),
    ("bridges: {br0: {priority: %s}}", "0 00 1 9 10 65529 65535 65536 100000 999999999999999"),
    ("bridges: {br0: {txqueuelen: %s}}", "0 7 999999 1000000 1000001 9999999"),
    ("bridges: {br0: {forward-delay: %s}}",
     "0ms 00ms 1ms 10ms 100ms 0100ms 1900ms 1950ms 29900ms 30000ms 30100ms 0s 1s 09s 30s 031s 0m 1m"
     " 0h 1h 15 15S 15sec -1s 1.5s s"),
    ("bridges: {br0: {hello-time: %s}}", "0ms 900ms 1000ms 10000ms 10100ms 0s 1s 10s 11s 0m 1m"),
    ("bridges: {br0: {max-age: %s}}", "5900ms 6000ms 40000ms 40100ms 5s 6s 39s 40s 41s 1m"),
    ("bridges: {br0: {ageing-time: %s}}",
     "0s 1s 1000000s 1000001s 1000000000ms 1000000100ms 16666m 16667m 277h 278h 1d"),
    ("bridges: {br0: {stp: %s}}", "true True TRUE tRuE false yes Yes no on OFF y n 1 0 'yes' rapid"),
    ("bridges: {br0: {mac: %s}}",
     "02:00:00:00:00:01 '02:00:00:00:00:01' 12:34:56:01:02:03 10:00:00:00:00:00 98:59:59:59:59:59"
     " 2:00:00:00:00:01 03:00:00:00:00:01 '00:00:00:00:00:00' 00:00:00:00:00:10 fe:FF:ff:ff:ff:ff"
     " 02:00:00:00:00 02:00:00:00:00:01:02 02-00-00-00-00-01 02:00:00:00:00:0g 0200.0000.0001"),
    ("bridges: {br0: {addresses: [%s]}}",
     "10.0.0.1/24 10.0.0.1/0 10.0.0.1/032 10.0.0.1/33 10.0.0.1/ 10.0.0.1 10.0.0/24 10.0.0.0.1/24"
     " 255.255.255.255/32 256.0.0.1/24 10.0.0.01/24 '2001:db8::1/64' '2001:db8::1/128'"
     " '2001:db8::1/129' '1:2:3:4:5:6:7:8/64' '1:2:3:4:5:6:7::/64' '1:2:3:4:5:6:7:8:9/64'"
     " '1:2:3:4:5:6:7:8::/64' '::2/64' '::2:3:4:5:6:7:8/64' '::1:2:3:4:5:6:7:8/64' '1::8/64'"
     " '1::3:4:5:6:7:8/64' '1::2::3/64' ':1:2:3:4:5:6:7/64' '1:2:3:4:5:6:7:/64' '1:2:3:4:5:6:7/64'"
     " '::10.0.0.1/96' '64:ff9b::10.0.0.1/96' '1:2:3:4:5:6:10.0.0.1/96' '1:2:3:4:5:6:7:10.0.0.1/96'"
     " '1:2:3:4:5::10.0.0.1/96' '1:2:3:4:5:6::10.0.0.1/96' '::10.0.0.256/96' '12345::/64'"
     " 'fe80::1%%eth0/64' 'g::/64'"),
    ("namespaces: {left: {routes: [{type: blackhole, to: %s}]}}",
     "10.0.0.1 10.0.0.0/8 10.0.0.0/08 '::/0' 0.0.0.0/0 '2001:db8::/32' 1:2:3:4:5:6:7:8"
     " '1:2:3:4:5:6:7:8' Default all 10.0.0.0/-1 '2001:db8::/0128' '::'"),
    ("namespaces: {left: {routes: [{to: 10.0.0.0/8, type: blackhole, metric: %s}]}}",
     "0 1 1999999999 3999999999 4294967295 4294967296 5000000000 9999999999"),
    ("namespaces: {left: {routes: [{to: 10.0.0.0/8, type: blackhole, table: %s}]}}",
     "0 1 main local default Main unspec 4294967295 4294967296"),
    ("namespaces: {left: {routes: [{to: 10.0.0.0/8, type: %s}]}}",
     "blackhole unreachable prohibit throw local 6 Throw"),
    ("namespaces: [%s]",
     "left l-1 -left 1 '1' 1a .. . ... host Host l%%1 l/1 'l:1' 'l 1' on 1.5 été"
     " '" + 255 * "a" + "' '" + 256 * "a" + "'"),
    ("bridges: [%s]",
     "br0 host:br0 'host:br0' 1 on br-0 -br0 . .. ... lo all default lo0 fifteen-letters"
     " sixteen-letters- br/0 br%%0 'br 0' a:b:c 'host:lo' 'host:' ':br0' été"),
    ("name: %s",
     "lab l la lab.1 1.5 1 on lab- -lab _lab lab_ la/b 'la b' été '" + 64 * "a" + "' '" + 65 * "a" + "'"),
    ("namespaces: {left: {sysctls: {%s: 1}}}",
     "net.ipv4.ip_forward net/ipv4/ip_forward net.a net. net net.ipv4. net.ipv4..a net//a net/a/"
     " kernel.hostname net.ipv6.conf.all.forwarding net/ipv4/conf/all/rp_filter"),
    ("bridges: %s", ["~", "null", "{}", "[]", "[~~]", "{br0: }", "{br0: ~}", "{br0: {}}", "{br0: []}",
                     "{br0: [a]}", "br0", "1", "true"]),
    ("veths: %s", ["~", "null", "{}", "[]", "[[host:a, host:b]]", "[{a: , b: }]", "[{a: {}, b: ~}]",
                   "[{a: b}]", "[[a]]", "[[a, b, c]]", "[[]]", "[{}]", "[~]", "a"]),
    ("namespaces: {left: {lo: %s}}", ["~", "{}", "[]", "{up: false}", "[a]", "a"]),
    ("namespaces: {left: {routes: %s}}", ["~", "{}", "[]", "[~]", "[{}]", "{a: b}", "a"]),
    ("host: %s", ["~", "{}", "[]", "{forwarding: true}", "{routes: []}", "{lo: }", "{lo: {up: true}}",
                  "[a]", "a"]),
    ("%s", ["~", "{}", "[]", "x-a: 1", "x-: [1]", "X-a: 1", "x: 1", "a", "[a]"]),
]

schema = installed("topology")
count = 0


def views(text):
    """The documents that loaders make of a file, by the loader's name."""
    for loader in Text, Typed:
        yield loader.__name__, load(text, loader)


def check_accepted(name, text):
    global count
    count += 1
    for loader, document in views(text):
        for error in schema.iter_errors(document):
            expect(False, f"{name} ({loader}): {error.json_path}: {error.message[:200]}")


def check_examples():
    """Every file of ours that topoc accepts."""
    given = [*ROOT.glob("topologies/*.yaml"), *ROOT.glob("tests/kernel/labs/*.yaml")]
    others = [*ROOT.glob("tests/golden/**/*.yaml"), *ROOT.glob("tests/fuzz/corpus/topology/*")]
    wrong = refused(map(str, given + others))
    expect(len(given) > 2 and len(others) > 20, "there are no examples")
    for path in given + others:
        if str(path) in wrong:
            expect(path not in given, f"topoc refuses {path}")
        else:
            check_accepted(path, path.read_text())
    shown = re.findall(r"^```yaml\n(.*?)^```$", (ROOT / "README.md").read_text(), re.M | re.S)
    expect(len(shown) >= 2, "README.md shows no topologies")
    for number, text in enumerate(shown):
        check_accepted(f"README.md, {number + 1}", text)


def check_generated():
    for seed in range(GENERATED):
        text = subprocess.run([os.environ["TOPOC_GENERATE"], str(seed)], check=True,
                              stdout=subprocess.PIPE, text=True).stdout
        check_accepted(f"seed {seed}", text)


def check_wrong():
    """Each has one mistake, and topoc says so too."""
    global count
    paths = sorted((ROOT / "tests/schema/wrong").glob("*.yaml"))
    wrong = refused(map(str, paths))
    expect(len(paths) >= 40, "there are hardly any wrong files")
    for path in paths:
        count += 1
        expect(str(path) in wrong, f"topoc accepts {path}")
        for loader, document in views(path.read_text()):
            expect(not schema.is_valid(document), f"the schema accepts {path} ({loader})")


def check_values():
    """One file a value, all of them for one run of topoc."""
    global count
    with tempfile.TemporaryDirectory() as directory:
        files = {}
        for place, values in VALUES:
            if isinstance(values, str):
                values = re.findall(r"'[^']*'|\S+", values)
            for value in values:
                path = pathlib.Path(directory, f"v{len(files)}.yaml")
                files[str(path)] = place % value
                path.write_text(files[str(path)] + "\n")
        wrong = refused(files)
        for path, text in files.items():
            count += 1
            for loader, document in views(text):
                valid = schema.is_valid(document)
                if path not in wrong:
                    expect(valid, f"only the schema refuses {text} ({loader})")
                elif loader == "Text":
                    expect(not valid, f"only topoc refuses {text}")


def check_kind():
    """A kind more is in the schema without a line of code."""
    with tempfile.TemporaryDirectory() as directory:
        subprocess.run([os.environ["TOPOC_DOCUMENT_MACVLAN"], ROOT / "cmd/document", directory],
                       check=True)
        more = validator(pathlib.Path(directory, "topology.schema.json"))
    for attributes, right in [({"link": "eth0", "mode": "bridge", "mtu": 1500}, True),
                              ({"link": "eth0", "mode": "brigde"}, False),
                              ({"mode": "bridge"}, False),
                              ({"link": "eth0", "queues": 1}, False)]:
        document = {"macvlans": {"mv0": attributes}}
        expect(more.is_valid(document) == right, f"macvlan {attributes}: not {right}")
        expect(not schema.is_valid(document), "macvlan is no kind of topoc's")


check_examples()
check_generated()
check_wrong()
check_values()
check_kind()
finish(count)
