"""What was measured, as tables, CSV and a picture."""

import csv
import math
import statistics

ORDER = ('check', 'plan, all new', 'apply', 'plan, nothing to do', 'plan, one address',
         'apply, one address', 'destroy', 'let go')

# What, of which shape, over what; at most. A phase alone is topoc's; `bare` is the other program's.
TARGETS = (
    ('apply', 'ring', 'bare', 1.05), ('apply', 'racks', 'bare', 1.05), ('apply', 'star', 'bare', 1.05),
    ('destroy', 'ring', 'bare', 1.05), ('destroy', 'star', 'bare', 1.05),
    ('plan, nothing to do', 'ring', 'apply', 0.15),
    ('apply, one address', 'ring', 'plan, one address', 1.15),
)


class Results:
    def __init__(self):
        self.runs = {}  # (shape, size, means, phase): costs, in order of the rounds
        self.left_out = set()
        self.calls = {}
        self.objects = {}

    def add(self, shape, means, costs):
        self.objects[shape.name, shape.size] = shape.objects()
        for phase, cost in costs.items():
            self.runs.setdefault((shape.name, shape.size, means, phase), []).append(cost)

    def leave_out(self, shape, means):
        self.left_out.add((shape.name, shape.size, means))

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


def ratio(results, over, under):
    """Of two series of one run, pair by pair: median, lower and upper end; or None."""
    pairs = [a / b for a, b in zip(results.walls(*over), results.walls(*under))]
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
        for s, n, name in sorted(results.left_out):
            if (s, n) == (shape, size):
                print(f"  {'apply':22}{name:20}{'over 60 s':>10}")
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
    found = name != 'topoc' and ratio(results, (shape, size, name, phase), (shape, size, 'topoc', phase))
    print(row + (f'  {found[0]:.2f} ({found[1]:.2f} to {found[2]:.2f})' if found else ''))


def print_calls(results, shape, size):
    for (s, n, name, phase), (calls, messages) in results.calls.items():
        if (s, n) == (shape, size):
            objects = results.objects[shape, size]
            print(f'  {phase:22}{name:20}{calls / objects:.1f} system calls and '
                  f'{messages / objects:.2f} messages an object')


def print_targets(results):
    """Whether all are met: a target is missed when the lower end of its interval is above it."""
    good = True
    print('\nTargets')
    for phase, shape, other, limit in TARGETS:
        size = max((n for s, n, _, _ in results.runs if s == shape), default=0)
        under = (shape, size, 'bare', phase) if other == 'bare' else (shape, size, 'topoc', other)
        found = ratio(results, (shape, size, 'topoc', phase), under)
        if found:
            met = found[1] <= limit
            good = good and met
            print(f"  {'met   ' if met else 'MISSED'}  {phase}, {shape} of {size}, over {other}: {found[0]:.2f} "
                  f'({found[1]:.2f} to {found[2]:.2f}), at most {limit}')
    return good


def write_csv(results, path):
    with open(path, 'w', newline='') as file:
        writer = csv.writer(file)
        writer.writerow(('shape', 'size', 'means', 'phase', 'round', 'wall', 'user', 'system', 'memory_kib'))
        for (shape, size, name, phase), costs in results.runs.items():
            for number, cost in enumerate(costs, 1):
                writer.writerow((shape, size, name, phase, number, f'{cost.wall:.6f}', f'{cost.user:.6f}',
                                 f'{cost.system:.6f}', cost.memory))


COLOURS = ('#0b6e4f', '#444444', '#c0392b', '#d68910', '#8e44ad', '#2471a3', '#7f8c8d')
WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 340, 300, 60, 14, 34, 44


class Panel:
    """One shape: seconds over namespaces, both logarithmic."""

    def __init__(self, results, shape, left):
        self.left = left
        self.shape = shape
        self.lines = {}
        for s, size, name, phase in sorted(results.runs, key=lambda key: key[1]):
            if s == shape and phase == 'apply':
                self.lines.setdefault(name, []).append((size, results.median(s, size, name, phase)))
        values = [point for line in self.lines.values() for point in line]
        self.x_ends = decades(size for size, _ in values)
        self.y_ends = decades(wall for _, wall in values)

    def at(self, size, wall):
        return (scale(size, self.x_ends, self.left + LEFT, self.left + WIDTH - RIGHT),
                scale(wall, self.y_ends, HEIGHT - BOTTOM, TOP))

    def draw(self, colours):
        yield f'<text x="{self.left + LEFT}" y="20" font-weight="bold">apply, {self.shape}</text>'
        for exponent in range(self.x_ends[0], self.x_ends[1] + 1):
            x, _ = self.at(10 ** exponent, 10 ** self.y_ends[0])
            yield f'<path d="M{x:.1f} {TOP}V{HEIGHT - BOTTOM}" stroke="#ddd"/>'
            yield f'<text x="{x:.1f}" y="{HEIGHT - BOTTOM + 16}" text-anchor="middle">{10 ** exponent}</text>'
        for exponent in range(self.y_ends[0], self.y_ends[1] + 1):
            _, y = self.at(10 ** self.x_ends[0], 10 ** exponent)
            yield f'<path d="M{self.left + LEFT} {y:.1f}H{self.left + WIDTH - RIGHT}" stroke="#ddd"/>'
            yield (f'<text x="{self.left + LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">'
                   f'{10 ** exponent:g} s</text>')
        for name, line in self.lines.items():
            points = ' '.join('{:.1f},{:.1f}'.format(*self.at(*point)) for point in line)
            yield f'<polyline points="{points}" fill="none" stroke="{colours[name]}" stroke-width="2"/>'
            for point in line:
                x, y = self.at(*point)
                yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colours[name]}"/>'
        yield (f'<text x="{self.left + (LEFT + WIDTH - RIGHT) / 2}" y="{HEIGHT - 10}" text-anchor="middle">'
               'hosts</text>')


def decades(values):
    values = list(values)
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    return low, max(high, low + 1)


def scale(value, ends, low, high):
    return low + (math.log10(value) - ends[0]) / (ends[1] - ends[0]) * (high - low)


def write_svg(results, path):
    names = list(dict.fromkeys(name for _, _, name, _ in results.runs))
    colours = dict(zip(names, COLOURS))
    panels = [Panel(results, shape, i * WIDTH)
              for i, shape in enumerate(dict.fromkeys(shape for shape, _, _, _ in results.runs))]
    lines = [line for panel in panels for line in panel.draw(colours)]
    x = LEFT
    for name in names:
        lines.append(f'<circle cx="{x}" cy="{HEIGHT + 10}" r="4" fill="{colours[name]}"/>')
        lines.append(f'<text x="{x + 8}" y="{HEIGHT + 14}">{name}</text>')
        x += 30 + 7 * len(name)
    write_picture(path, WIDTH * len(panels), HEIGHT + 26, lines)


def write_picture(path, width, height, lines):
    with open(path, 'w') as file:
        file.write(f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
                   f'viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="12">\n'
                   '<rect width="100%" height="100%" fill="white"/>\n')
        file.write('\n'.join(lines) + '\n</svg>\n')


BAR, NAMES, BARS, TEXTS = 22, 130, 320, 270  # the height of a row; the width of what stands in it


def write_bars(path, panels):
    """A picture of panels, one below the other: each a title and rows (name, value, what stands behind its bar)."""
    lines, y = [], 0
    for title, rows in panels:
        y += 28
        lines.append(f'<text x="{NAMES}" y="{y - 8}" font-weight="bold">{title}</text>')
        longest = max(value for _, value, _ in rows)
        for name, value, text in rows:
            length = value / longest * BARS
            lines.append(f'<text x="{NAMES - 8}" y="{y + 14}" text-anchor="end">{name}</text>')
            lines.append(f'<rect x="{NAMES}" y="{y + 2}" width="{length:.1f}" height="{BAR - 4}" '
                         f'fill="{COLOURS[0]}"/>')
            lines.append(f'<text x="{NAMES + length + 8:.1f}" y="{y + 14}">{text}</text>')
            y += BAR
    write_picture(path, NAMES + BARS + TEXTS, y + 10, lines)
