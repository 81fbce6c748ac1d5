"""What was measured, as tables and CSV."""

import csv
import math
import re
import statistics

ORDER = ('events', 'check', 'plan, all new', 'apply', 'plan, nothing to do', 'plan, one address',
         'apply, one address', 'destroy', 'let go')


class Results:
    def __init__(self):
        self.runs = {}  # (shape, size, means, phase): costs, in order of the rounds
        self.left_out = {}
        self.calls = {}
        self.objects = {}

    def add(self, shape, means, costs):
        self.objects[shape.name, shape.size] = shape.objects()
        for phase, cost in costs.items():
            self.runs.setdefault((shape.name, shape.size, means, phase), []).append(cost)

    def leave_out(self, shape, means, why):
        self.left_out[shape.name, shape.size, means] = why

    def add_calls(self, shape, means, phase, counted):
        if counted:
            self.calls[shape.name, shape.size, means, phase] = counted

    def walls(self, *key):
        return [cost.wall for cost in self.runs.get(key, [])]

    def median(self, *key):
        walls = self.walls(*key)
        return statistics.median(walls) if walls else None


def interval(ratios):
    """
    The 95 % interval of a median: the k-th smallest and greatest, where fewer than k of n halves are below with
    a chance of at most 2.5 % (David, Nagaraja: Order Statistics, 7.1). The extremes where n is too small.
    """
    ordered, n = sorted(ratios), len(ratios)
    k, below = 0, 0.0
    while below + math.comb(n, k) / 2 ** n <= 0.025:
        below += math.comb(n, k) / 2 ** n
        k += 1
    k = max(k, 1)
    return ordered[k - 1], ordered[n - k]


def ratio(over, under):
    """Of two series of one run, pair by pair: median, lower and upper end; or None."""
    pairs = [a / b for a, b in zip(over, under)]
    return (statistics.median(pairs), *interval(pairs)) if pairs else None


def seconds(value):
    return f'{value * 1000:.1f} ms' if value < 1 else f'{value:.2f} s'


def print_tables(results):
    places = sorted({(shape, size) for shape, size, _, _ in results.runs}, key=lambda place: (place[0], place[1]))
    for shape, size in places:
        print(f'\n{shape} of {size}: {results.objects[shape, size]} objects')
        print(f"  {'':22}{'':20}{'wall':>10}{'user':>10}{'system':>10}{'memory':>10}  over topoc")
        names = dict.fromkeys(name for s, n, name, _ in results.runs if (s, n) == (shape, size))
        for phase in ORDER:
            for name in names:
                print_row(results, shape, size, name, phase)
        for (s, n, name), why in sorted(results.left_out.items()):
            if (s, n) == (shape, size):
                print(f"  {'apply':22}{name:20}  {why}")
        print_calls(results, shape, size)


def print_row(results, shape, size, name, phase):
    costs = results.runs.get((shape, size, name, phase))
    if not costs:
        return
    middle = lambda field: statistics.median(getattr(cost, field) for cost in costs)
    row = f"  {phase:22}{name:20}{seconds(middle('wall')):>10}"
    if middle('memory'):
        row += f"{seconds(middle('user')):>10}{seconds(middle('system')):>10}{middle('memory') / 1024:>7.1f} MiB"
    else:
        row += ' ' * 31
    found = name != 'topoc' and ratio(results.walls(shape, size, name, phase),
                                      results.walls(shape, size, 'topoc', phase))
    print(row + (f'  {found[0]:.2f} ({found[1]:.2f} to {found[2]:.2f})' if found else ''))


def print_calls(results, shape, size):
    for (s, n, name, phase), (calls, messages) in results.calls.items():
        if (s, n) == (shape, size):
            objects = results.objects[shape, size]
            print(f'  {phase:22}{name:20}{calls / objects:.1f} system calls and '
                  f'{messages / objects:.2f} messages an object')


def write_csv(results, path):
    with open(path, 'w', newline='') as file:
        writer = csv.writer(file)
        writer.writerow(('shape', 'size', 'means', 'phase', 'round', 'wall', 'user', 'system', 'memory_kib'))
        for (shape, size, name, phase), costs in results.runs.items():
            for number, cost in enumerate(costs, 1):
                writer.writerow((shape, size, name, phase, number, f'{cost.wall:.6f}', f'{cost.user:.6f}',
                                 f'{cost.system:.6f}', cost.memory))


MEANS = {
    'topoc': '**topoc**', 'bare': 'bare messages, the floor', 'ip -batch': '`ip -batch`, a file a namespace',
    'ip -n': 'a script of `ip -n`', 'ip link set netns': 'a script of `ip link set netns` and `ip netns exec`',
    'pyroute2': 'pyroute2', 'mininet': 'Mininet',
}
OWN = {'plan, nothing to do': 'topoc: plan, nothing to do', 'apply, one address': 'topoc: apply, one address changed',
       'destroy': 'topoc: destroy'}


def record(results, readme):
    """The table in README.md that begins so becomes the one of the ring."""
    head = '| a ring of |'
    sizes = sorted(size for shape, size in results.objects if shape == 'ring')
    cells = lambda means, phase: ' | '.join(cell(results, ('ring', size, means, phase)) for size in sizes)
    rows = [f"{head} {' | '.join(map(str, sizes))} namespaces |", '|---' * (len(sizes) + 1) + '|',
            *(f"| {name} | {cells(means, 'apply')} |" for means, name in MEANS.items()
              if any(results.walls('ring', size, means, 'apply') for size in sizes)),
            *(f"| {name} | {cells('topoc', phase)} |" for phase, name in OWN.items())]
    text = readme.read_text()
    readme.write_text(re.sub(re.escape(head) + r'[^\n]*\n(\|[^\n]*\n)*', lambda _: '\n'.join(rows) + '\n', text))


def cell(results, key):
    if results.median(*key) is None:
        return results.left_out.get(key[:3], '–')
    return seconds(results.median(*key))
