"""The targets that topoc has, and what is measured to see whether they are met."""

import statistics
from typing import NamedTuple

import report

PAIRS = 25
MORE_CALLS = 2  # an object, than bare

# Shape, size, means. A star of two is topologies/left-right.yaml, and its script the one a user would write.
PARTS = (
    ('star', 2, ('topoc', 'ip link set netns')),
    ('ring', 1000, ('topoc', 'bare', 'ip -batch', 'ip -n')),
    ('racks', 1000, ('topoc', 'bare')),
    ('star', 1000, ('topoc', 'bare')),
    ('ring', 10000, ('topoc', 'bare')),
    ('racks', 10000, ('topoc', 'bare')),
)
FRONT_END = ('dual', 14286)  # 100,000 objects, of no more namespaces than 20,000 open files are enough for


class Figure(NamedTuple):
    """What one run of a phase cost: `what` is a field of measure.Cost, shared among `by` many."""

    shape: str
    size: int
    means: str
    phase: str
    what: str = 'wall'
    by: int = 1

    def values(self, results):
        runs = results.runs.get((self.shape, self.size, self.means, self.phase), [])
        return [getattr(cost, self.what) / self.by for cost in runs]

    def __str__(self):
        means = '' if self.means == 'topoc' else f' by {self.means}'
        what = {'wall': ''}.get(self.what, f': {self.what}')
        return f"{self.phase}, {self.shape} of {self.size}{means}{what}{' of each' if self.by > 1 else ''}"


def against(means, phase, limit, *places):
    return [(Figure(*place, 'topoc', phase), Figure(*place, means, phase), limit) for place in places]


def within_topoc(phase, other, limit, place):
    return [(Figure(*place, 'topoc', phase), Figure(*place, 'topoc', other), limit)]


def growth(phase, limit, shape, size, less):
    return [(Figure(shape, size, 'topoc', phase, by=size), Figure(shape, less, 'topoc', phase, by=less), limit)]


def front_end(phase):
    return [(Figure(*FRONT_END, 'topoc', phase, 'processor'), Figure(*FRONT_END, 'libyaml', 'events', 'processor'), 3)]


RING, RACKS, STAR = (('ring', 1000), ('racks', 1000), ('star', 1000))

# One figure over another: at most.
RATIOS = [
    *against('bare', 'apply', 1.05, RING, RACKS, STAR, ('ring', 10000), ('racks', 10000)),
    *against('bare', 'destroy', 1.05, RING, STAR, ('ring', 10000), ('racks', 10000)),
    *against('ip -batch', 'apply', 1 / 5, RING),
    *against('ip -n', 'apply', 1 / 25, RING),
    *against('ip link set netns', 'apply', 1 / 20, ('star', 2)),
    *within_topoc('plan, nothing to do', 'apply', 0.15, RING),
    *within_topoc('apply, one address', 'plan, one address', 1.15, RING),
    (Figure(*RING, 'topoc', 'apply', 'user'), Figure(*RING, 'bare', 'apply', 'processor'), 0.05),
    *growth('plan, nothing to do', 1.3, 'ring', 10000, 1000),
    *growth('check', 1.3, 'ring', 10000, 1000),
    *front_end('check'),
    *front_end('plan, all new'),
]


def line(good, text):
    print(f"  {'met   ' if good else 'MISSED'}  {text}")
    return good


def print_ratio(results, over, under, limit):
    """A target is missed when the lower end of its interval is above it."""
    found = report.ratio(over.values(results), under.values(results))
    if not found:
        return line(False, f'{over}: was not measured')
    return line(found[1] <= limit, f'{over}, over {under}: {found[0]:.3f} ({found[1]:.3f} to {found[2]:.3f}), '
                                   f'at most {limit:.4g}')


def print_memory(results, phase):
    peaks = [cost.memory * 1024 for cost in results.runs.get((*FRONT_END, 'topoc', phase), [])]
    each = statistics.median(peaks) / results.objects[FRONT_END]
    return line(each <= 1024, f'{phase}, {FRONT_END[0]} of {FRONT_END[1]}: {each:.0f} bytes an object, at most 1024')


def print_calls(results, place):
    counts = {means: results.calls.get((*place, means, 'apply')) for means in ('topoc', 'bare')}
    if not all(counts.values()):
        return line(False, f'system calls of {place[0]}: not counted, without strace')
    objects = results.objects[place]
    good = True
    for name, topoc, bare in zip(('system calls', 'messages'), counts['topoc'], counts['bare']):
        good &= line(topoc / objects <= bare / objects + MORE_CALLS,
                     f'apply, {place[0]} of {place[1]}: {topoc / objects:.2f} {name} an object, '
                     f'at most {bare / objects:.2f} and {MORE_CALLS}')
    return good


def print_all(results):
    """Whether all are met."""
    print('\nTargets')
    return all([*(print_ratio(results, *ratio) for ratio in RATIOS),
                *(print_memory(results, phase) for phase in ('check', 'plan, all new')),
                *(print_calls(results, place) for place in (RING, RACKS, STAR))])
