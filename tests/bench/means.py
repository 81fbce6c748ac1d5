"""What builds a topology, and takes it down: each means writes its files and says what to run."""

import importlib.util
import os
import pathlib
import shutil
import sys

import shapes

HERE = pathlib.Path(__file__).resolve().parent
QUEUES = 'numtxqueues 1 numrxqueues 1'  # as topoc and bare make them; by default a device has one a processor


class Missing(Exception):
    """This machine has not what a means needs."""


class Means:
    """`up` and `down` are commands (lists of words); `whole` is one that does both and prints the times."""

    name = None
    up = down = whole = None

    def makes(self, shape):
        return True


class Topoc(Means):
    name = 'topoc'

    def __init__(self, build):
        self.program = str(build / 'topoc')

    def prepare(self, shape, directory):
        for name, changed in (('lab', False), ('changed', True)):
            text = f'name: lab\n{shapes.yaml(shape, changed)}'
            (directory / f'{name}.yaml').write_text(text)
        self.up = [self.program, 'apply', '-q', 'lab.yaml']
        self.down = [self.program, 'destroy', '-q', 'lab.yaml']


class Bare(Means):
    name = 'bare'

    def __init__(self, build):
        self.program = str(build / 'bench-bare')
        if not os.path.exists(self.program):
            raise Missing('a build with tests (tests/run)')

    def prepare(self, shape, directory):
        self.up = [self.program, shape.name, str(shape.size), 'make']
        self.down = [self.program, shape.name, str(shape.size), 'remove']


def needs(program):
    if not shutil.which(program):
        raise Missing(program)


def configuration(shape):
    """For each namespace, HOST too, the arguments of ip(8) that set up what is in it."""
    lines = {shapes.HOST: [], **{space: ['link set lo up'] for space in shape.spaces}}
    for cable in shape.cables:
        for end in cable:
            into = lines[end.space]
            if not end.address:
                into.append(f'link set {end.name} master br0')
            into.append(f'link set {end.name} up')
            if end.address:
                into.append(f'address add {end.address}/{end.prefix} dev {end.name}')
            if end.address6:
                into.append(f'address add {end.address6}/64 dev {end.name} nodad')
    for space in shape.bridges:
        lines[space].append('link set br0 up')
    for space, gateway in shape.spaces.items():
        if gateway:
            lines[space].append(f'route add default via {gateway}')
    return lines


def bridges(shape):
    return [f"link add br0 {in_space(space)} type bridge" for space in shape.bridges]


def in_space(space):
    return f'netns {space}' if space else ''


def cable_in_place(cable):
    a, b = cable
    return (f'link add {a.name} {in_space(a.space)} {QUEUES} type veth '
            f'peer name {b.name} {in_space(b.space)} {QUEUES}')


REMOVE = 'ip link del br0 2>/dev/null; ip -all netns del'


class IpBatch(Means):
    """One file for all namespaces, one for all devices, one for what is in each namespace."""

    name = 'ip -batch'

    def __init__(self, build):
        needs('ip')

    def prepare(self, shape, directory):
        (directory / 'spaces').write_text(''.join(f'netns add {space}\n' for space in shape.spaces))
        cables = bridges(shape) + [cable_in_place(cable) for cable in shape.cables]
        (directory / 'devices').write_text('\n'.join(cables) + '\n')
        script = ['set -e', 'ip -batch spaces', 'ip -batch devices']
        for space, lines in configuration(shape).items():
            if lines:
                (directory / f'in-{space}').write_text('\n'.join(lines) + '\n')
                script.append(f'ip {into(space)} -batch in-{space}')
        (directory / 'batch').write_text('\n'.join(script) + '\n')
        self.up = ['sh', 'batch']
        self.down = ['sh', '-c', REMOVE]


def into(space):
    return f'-n {space}' if space else ''


class IpScript(Means):
    """A process a command, devices made where they belong."""

    name = 'ip -n'

    def __init__(self, build):
        needs('ip')

    @staticmethod
    def ip(space):
        return f'ip {into(space)}'

    @staticmethod
    def lay(cable):
        return [f'ip {cable_in_place(cable)}']

    def prepare(self, shape, directory):
        script = ['set -e'] + [f'ip netns add {space}' for space in shape.spaces]
        script += [f'{self.ip(space)} link add br0 type bridge' for space in shape.bridges]
        for cable in shape.cables:
            script += self.lay(cable)
        for space, lines in configuration(shape).items():
            script += [f'{self.ip(space)} {line}' for line in lines]
        name = type(self).__name__
        (directory / name).write_text('\n'.join(script) + '\n')
        self.up = ['sh', name]
        self.down = ['sh', '-c', REMOVE]


class IpMove(IpScript):
    """As most scripts do it: make a cable, move its ends, enter a namespace for each command."""

    name = 'ip link set netns'

    @staticmethod
    def ip(space):
        return f'ip netns exec {space} ip' if space else 'ip'

    @classmethod
    def lay(cls, cable):
        return ['ip link add from type veth peer name to',
                cls.move('from', cable[0]), cls.move('to', cable[1])]

    @staticmethod
    def move(device, end):
        if not end.space:
            return f'ip link set {device} name {end.name}'
        return f'ip link set {device} netns {end.space} name {end.name}'


class Python(Means):
    """A library of Python's, by the program beside this one that prints how long it took."""

    package = None

    def __init__(self, build):
        if not importlib.util.find_spec(self.name):
            raise Missing(self.package)

    def prepare(self, shape, directory):
        self.whole = [sys.executable, str(HERE / f'with_{self.name}.py'), shape.name, str(shape.size)]


class Pyroute2(Python):
    name = 'pyroute2'
    package = 'python3-pyroute2'


class Mininet(Python):
    name = 'mininet'
    package = 'mininet'

    def __init__(self, build):
        needs('brctl')
        super().__init__(build)

    def makes(self, shape):
        return shape.name == 'star'


ALL = (Topoc, Bare, IpBatch, IpScript, IpMove, Pyroute2, Mininet)
