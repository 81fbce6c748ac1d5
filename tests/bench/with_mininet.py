"""with_mininet.py star SIZE: hosts on a Linux bridge by Mininet, up and down, and the seconds of both."""

import sys
import time

from mininet.net import Mininet
from mininet.nodelib import LinuxBridge


def main():
    size = int(sys.argv[2])
    start = time.perf_counter()
    net = Mininet(switch=LinuxBridge, controller=None, ipBase='10.0.0.0/8')
    switch = net.addSwitch('br0')
    hosts = [net.addHost(f'n{i}') for i in range(size)]
    for host in hosts:
        net.addLink(host, switch)
    net.start()
    made = time.perf_counter()
    hosts[0].cmd(f'ping -q -c1 -w30 {hosts[-1].IP()}')
    pinged = time.perf_counter()
    net.stop()
    print(made - start, time.perf_counter() - pinged)


main()
