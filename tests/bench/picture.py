"""What was measured, as pictures (SVG)."""

import math

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
