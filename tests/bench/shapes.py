"""The topologies of the benchmark, and how each means writes them. bare.c has the same ones."""

PER_RACK = 40
HOST = ''  # the namespace everything runs in


class End:
    def __init__(self, space, name, address=None, prefix=None, address6=None):
        self.space, self.name = space, name
        self.address, self.prefix, self.address6 = address, prefix, address6


class Shape:
    """Namespaces with their gateways, the cables between them, the namespaces that have a bridge br0."""

    def __init__(self, name, size):
        self.name, self.size = name, size
        self.spaces = {}  # name: gateway, or None
        self.cables = []
        self.bridges = []

    def objects(self):
        addresses = sum(bool(end.address) + bool(end.address6) for cable in self.cables for end in cable)
        routes = sum(gateway is not None for gateway in self.spaces.values())
        return len(self.spaces) + len(self.bridges) + len(self.cables) + addresses + routes

    def probe(self):
        """A namespace, and an address of another that it has to reach."""
        ends = [end for cable in self.cables for end in cable if end.address]
        return ends[0].space, next(end.address for end in ends if end.space != ends[0].space)


def dotted(number):
    return '.'.join(str(number >> shift & 255) for shift in (24, 16, 8, 0))


def ring(size, dual=False):
    shape = Shape('dual' if dual else 'ring', size)
    for i in range(size):
        shape.spaces[f'n{i}'] = dotted(0x0a000002 + (i << 8))
    for i in range(size):
        base = 0x0a000000 + (i << 8)
        six = [f'fd00:0:{base >> 24:x}:{base >> 8 & 0xffff:x}::{k}' if dual else None for k in (1, 2)]
        shape.cables.append((End(f'n{i}', 'e1', dotted(base + 1), 24, six[0]),
                             End(f'n{(i + 1) % size}', 'e0', dotted(base + 2), 24, six[1])))
    return shape


def add_host(shape, host, bridge, port):
    shape.spaces[f'n{host}'] = None
    shape.cables.append((End(bridge, f'p{port}'), End(f'n{host}', 'e0', dotted(0x0a000001 + host), 8)))


def star(size):
    shape = Shape('star', size)
    shape.bridges.append(HOST)
    for i in range(size):
        add_host(shape, i, HOST, i)
    return shape


def racks(size):
    shape = Shape('racks', size)
    shape.spaces['spine'] = None
    shape.bridges.append('spine')
    for i in range(size):
        rack = f'rack{i // PER_RACK}'
        if i % PER_RACK == 0:
            shape.spaces[rack] = None
            shape.bridges.append(rack)
            shape.cables.append((End('spine', f'p{i // PER_RACK}'), End(rack, 'uplink')))
        add_host(shape, i, rack, i % PER_RACK)
    return shape


SHAPES = {'ring': ring, 'dual': lambda size: ring(size, dual=True), 'star': star, 'racks': racks}


def place(space, device):
    return f'{space}:{device}' if space else device


def end_of(end, bridges):
    fields = []
    if end.address:
        addresses = [f'{end.address}/{end.prefix}'] + ([f"'{end.address6}/64'"] if end.address6 else [])
        fields.append(f"addresses: [{', '.join(addresses)}]")
    elif end.space in bridges:
        fields.append(f"bridge: {place(end.space, 'br0')}")
    return f"{place(end.space, end.name)}: {{{', '.join(fields)}}}"


def yaml(shape, changed=False):
    """As topoc reads it. `changed`: with another address at the last end of all."""
    lines = ['namespaces:']
    for name, gateway in shape.spaces.items():
        lines.append(f'  {name}:')
        if gateway:
            lines += ['    routes:', f'      - {{to: default, via: {gateway}}}']
    if shape.bridges:
        lines += ['bridges:'] + [f"  {place(space, 'br0')}:" for space in shape.bridges]
    lines.append('veths:')
    for a, b in shape.cables:
        lines += [f'  - {end_of(a, shape.bridges)}', f'    {end_of(b, shape.bridges)}']
    if changed:
        last = shape.cables[-1][1]
        lines[-1] = lines[-1].replace(f'{last.address}/', f'{another(last)}/')
    return '\n'.join(lines) + '\n'


def another(end):
    """Another address of the same subnet that nobody has."""
    return '.'.join(end.address.split('.')[:3] + ['99'])
