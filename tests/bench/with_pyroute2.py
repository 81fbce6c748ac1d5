"""with_pyroute2.py SHAPE SIZE: makes a topology by pyroute2, removes it, prints the seconds of both."""

import subprocess
import sys
import time

import pyroute2
from pyroute2 import netns

import shapes


def configure(sockets, end, bridges):
    into = sockets[end.space]
    index = into.link_lookup(ifname=end.name)[0]
    if end.space in bridges and not end.address:
        into.link('set', index=index, master=into.link_lookup(ifname='br0')[0])
    into.link('set', index=index, state='up')
    if end.address:
        into.addr('add', index=index, address=end.address, prefixlen=end.prefix)
    if end.address6:
        into.addr('add', index=index, address=end.address6, prefixlen=64, flags=0x02)  # IFA_F_NODAD


def make(shape):
    sockets = {shapes.HOST: pyroute2.IPRoute()}
    for space in shape.spaces:
        netns.create(space)
        sockets[space] = pyroute2.NetNS(space)
        sockets[space].link('set', index=1, state='up')
    for space in shape.bridges:
        sockets[space].link('add', ifname='br0', kind='bridge')
    for a, b in shape.cables:
        peer = {'ifname': b.name, 'net_ns_fd': b.space}
        sockets[a.space].link('add', ifname=a.name, kind='veth', peer=peer)
    for cable in shape.cables:
        for end in cable:
            configure(sockets, end, shape.bridges)
    for space in shape.bridges:
        sockets[space].link('set', index=sockets[space].link_lookup(ifname='br0')[0], state='up')
    for space, gateway in shape.spaces.items():
        if gateway:
            sockets[space].route('add', dst='0.0.0.0/0', gateway=gateway)
    return sockets


def remove(shape, sockets):
    if shapes.HOST in shape.bridges:
        sockets[shapes.HOST].link('del', index=sockets[shapes.HOST].link_lookup(ifname='br0')[0])
    for space in shape.spaces:
        sockets[space].close()
        netns.remove(space)
    sockets[shapes.HOST].close()


def main():
    shape = shapes.SHAPES[sys.argv[1]](int(sys.argv[2]))
    start = time.perf_counter()
    sockets = make(shape)
    made = time.perf_counter()
    space, address = shape.probe()
    subprocess.run(['ip', 'netns', 'exec', space, 'ping', '-q', '-c1', '-w30', address], check=True,
                   stdout=subprocess.DEVNULL)
    pinged = time.perf_counter()
    remove(shape, sockets)
    print(made - start, time.perf_counter() - pinged)


main()
