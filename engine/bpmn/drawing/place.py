# SPDX-License-Identifier: Apache-2.0
"""Where nodes stand: a column for each (how far it is along the way) and a row (a track within its lane).

Columns follow the longest way from a start. Rows begin with the main path on the first track of each lane and the
others below; then nodes and whole branches are moved as long as that leaves fewer crossings, bends and long ways.
Flows are only estimated here; ``route`` draws them. The same sketch always gets the same places.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from engine.bpmn.drawing.sketch import GATEWAYS, Flow, Sketch

Segment = tuple[float, float, float, float]  #: x1, y1, x2, y2 with x1 <= x2, y1 <= y2

CROSSING, BLOCKED, BEND, UP, STEP = 6.0, 5.0, 0.8, 1.2, 40.0  #: what a drawing pays for each
SWEEPS = 8
UPS = (UP, 0.2, 4.0)  #: values of ``up`` that are worth a try
LARGE = 100  #: nodes; larger containers are placed once and not improved


@dataclass
class Places:
    """``column`` and ``track`` of every node but boundary events, which stand on their hosts."""

    column: dict[str, int]
    track: dict[str, int]  #: within the node's lane
    tracks: list[int]  #: how many each lane has
    main: frozenset[str]
    back: frozenset[str]  #: flows that lead back

    def rows(self, sketch: Sketch) -> dict[str, int]:
        """The row of every node, counted over all lanes from the top."""
        first = [sum(self.tracks[:n]) for n in range(len(self.tracks))]
        return {name: first[sketch.nodes[name].lane] + track for name, track in self.track.items()}


def place(sketch: Sketch, up: float = UP) -> Places:
    """Columns and tracks for the nodes of ``sketch``; ``up``: what a branch that leaves the main path upwards costs."""
    graph = _Graph(sketch)
    graph.up = up
    column = graph.columns()
    main = graph.main_path(column)
    track = _first_tracks(sketch, graph, column, main)
    places = Places(column, track, _counted(sketch, track), frozenset(main), frozenset(graph.back))
    if len(graph.names) <= LARGE:
        _improve(sketch, graph, places)
    return places


class _Graph:
    """The flows between nodes, boundary events counted as their hosts, without those that lead back."""

    def __init__(self, sketch: Sketch) -> None:
        self._sketch = sketch
        self.up = UP
        self.names = [n.id for n in sketch.nodes.values() if not n.host]
        self.flows = [f for f in sketch.flows if self.home(f.source) != self.home(f.target)]
        self.back: set[str] = set()
        self._find_back()
        self.forward = [f for f in self.flows if f.id not in self.back]
        self.after: dict[str, list[Flow]] = defaultdict(list)
        self.before: dict[str, list[Flow]] = defaultdict(list)
        for flow in self.forward:
            self.after[self.home(flow.source)].append(flow)
            self.before[self.home(flow.target)].append(flow)

    def home(self, name: str) -> str:
        return self._sketch.nodes[name].host or name

    def _find_back(self) -> None:
        """Depth first from the starts, in the order of the file: a flow to a node that is being visited leads back."""
        leads: dict[str, list[Flow]] = defaultdict(list)
        for each in self.flows:
            leads[self.home(each.source)].append(each)
        has_incoming = {self.home(f.target) for f in self.flows}
        state: dict[str, int] = {}
        roots = [n for n in self.names if n not in has_incoming] + self.names
        for root in roots:
            if root in state:
                continue
            stack: list[tuple[str, Iterator[Flow]]] = [(root, iter(leads[root]))]
            state[root] = 1
            while stack:
                name, rest = stack[-1]
                flow = next(rest, None)
                if flow is None:
                    state[name] = 2
                    stack.pop()
                    continue
                target = self.home(flow.target)
                if state.get(target) == 1:
                    self.back.add(flow.id)
                elif target not in state:
                    state[target] = 1
                    stack.append((target, iter(leads[target])))

    def order(self) -> list[str]:
        """Every node after those that lead to it."""
        missing = {name: len(self.before[name]) for name in self.names}
        ready, found = [n for n in self.names if not missing[n]], []
        while ready:
            name = ready.pop(0)
            found.append(name)
            for flow in self.after[name]:
                target = self.home(flow.target)
                missing[target] -= 1
                if not missing[target]:
                    ready.append(target)
        return found

    def columns(self) -> dict[str, int]:
        """Longest way from a start; a node that nothing leads to stands just before what it leads to."""
        column: dict[str, int] = {}
        order = self.order()
        for name in order:
            column[name] = max((column[self.home(f.source)] + 1 for f in self.before[name]), default=0)
        for name in order[1:]:
            if not self.before[name] and self.after[name]:
                column[name] = max(0, min(column[self.home(f.target)] for f in self.after[name]) - 1)
        return column

    def main_path(self, column: dict[str, int]) -> list[str]:
        """From the first start, always on to where the way is longest."""
        length: dict[str, int] = {}
        for name in reversed(self.order()):
            length[name] = 1 + max((length[self.home(f.target)] for f in self.after[name]), default=0)
        if not self.names:
            return []
        starts = [n for n in self.names if not self.before[n] and self._sketch.nodes[n].kind == "startEvent"]
        name = max(starts or self.names[:1], key=lambda n: length.get(n, 0))
        path = [name]
        while True:
            flows = [f for f in self.after[name] if not self._sketch.nodes[f.source].host] or self.after[name]
            if not flows:
                return path
            name = self.home(max(flows, key=lambda f: length[self.home(f.target)]).target)
            path.append(name)

    def branches(self) -> list[list[str]]:
        """Runs of nodes of one lane without a fork or a join between them: they are moved together."""
        found, seen = [], set()
        for name in self.order():
            if name in seen:
                continue
            run = [name]
            while True:
                after = self.after[run[-1]]
                if len(after) != 1:
                    break
                follower = self.home(after[0].target)
                lanes = {self._sketch.nodes[n].lane for n in (run[-1], follower)}
                if len(self.before[follower]) != 1 or len(lanes) > 1:
                    break
                run.append(follower)
            seen.update(run)
            found.append(run)
        return found


def _first_tracks(sketch: Sketch, graph: _Graph, column: dict[str, int], main: list[str]) -> dict[str, int]:
    track = dict.fromkeys(main, 0)
    taken = {(sketch.nodes[n].lane, 0, column[n]) for n in main}
    for name in graph.order():
        if name in track:
            continue
        lane = sketch.nodes[name].lane
        wish = 0
        for flow in graph.before[name]:
            source = graph.home(flow.source)
            if sketch.nodes[source].lane == lane and source in track:
                wish = track[source]
                break
        free = wish
        while (lane, free, column[name]) in taken:
            free += 1
        track[name] = free
        taken.add((lane, free, column[name]))
    return track


def _counted(sketch: Sketch, track: dict[str, int]) -> list[int]:
    counts = [1] * max(1, len(sketch.lanes))
    for name, number in track.items():
        lane = sketch.nodes[name].lane
        counts[lane] = max(counts[lane], number + 1)
    return counts


def _improve(sketch: Sketch, graph: _Graph, places: Places) -> None:
    """Move nodes and branches to where the estimated drawing is better, until nothing helps any more."""
    groups = [[n] for n in graph.names] + [b for b in graph.branches() if len(b) > 1]
    best = _cost(sketch, graph, places)
    for _ in range(SWEEPS):
        before = best
        for group in groups:
            best = _best_track(sketch, graph, places, group, best)
        for lane in range(len(places.tracks)):
            best = _best_swap(sketch, graph, places, lane, best)
        for name in graph.names:
            best = _best_column(sketch, graph, places, name, best)
        _close_up(sketch, places)
        best = _cost(sketch, graph, places)
        if best >= before - 1e-9:
            return


def _best_track(sketch: Sketch, graph: _Graph, places: Places, group: list[str], best: float) -> float:
    lane = sketch.nodes[group[0]].lane
    old = {name: places.track[name] for name in group}
    counts, kept = list(places.tracks), dict(old)
    for number in range(counts[lane] + 1):
        if _occupied(sketch, places, group, lane, number):
            continue
        places.track.update(dict.fromkeys(group, number))
        places.tracks = _counted(sketch, places.track)
        cost = _cost(sketch, graph, places)
        if cost < best - 1e-9:
            best, kept = cost, dict.fromkeys(group, number)
    places.track.update(kept)
    places.tracks = _counted(sketch, places.track)
    return best


def _best_swap(sketch: Sketch, graph: _Graph, places: Places, lane: int, best: float) -> float:
    """Exchange two tracks of a lane from some column on."""
    columns = sorted({places.column[n] for n in graph.names if sketch.nodes[n].lane == lane})
    for one in range(places.tracks[lane]):
        for other in range(one + 1, places.tracks[lane]):
            for first in columns:
                old = dict(places.track)
                swap = {one: other, other: one}
                for name in graph.names:
                    if sketch.nodes[name].lane == lane and places.column[name] >= first:
                        places.track[name] = swap.get(places.track[name], places.track[name])
                cost = _cost(sketch, graph, places)
                if cost < best - 1e-9:
                    best = cost
                else:
                    places.track.update(old)
    return best


def _occupied(sketch: Sketch, places: Places, group: Iterable[str], lane: int, number: int) -> bool:
    columns = {places.column[name] for name in group}
    return any(
        places.track[name] == number and places.column[name] in columns and sketch.nodes[name].lane == lane
        for name in places.track
        if name not in group
    )


def _best_column(sketch: Sketch, graph: _Graph, places: Places, name: str, best: float) -> float:
    """A node may stand anywhere between what leads to it and what it leads to."""
    low = max((places.column[graph.home(f.source)] + 1 for f in graph.before[name]), default=0)
    high = min((places.column[graph.home(f.target)] - 1 for f in graph.after[name]), default=low)
    kept = old = places.column[name]
    lane, number = sketch.nodes[name].lane, places.track[name]
    for column in range(low, high + 1):
        places.column[name] = column
        if column == old or _occupied(sketch, places, [name], lane, number):
            continue
        cost = _cost(sketch, graph, places)
        if cost < best - 1e-9:
            best, kept = cost, column
    places.column[name] = kept
    return best


def _close_up(sketch: Sketch, places: Places) -> None:
    """Take out tracks that nothing stands on."""
    for lane in range(len(places.tracks)):
        used = sorted({t for n, t in places.track.items() if sketch.nodes[n].lane == lane})
        new = {old: number for number, old in enumerate(used)}
        places.track.update({n: new[t] for n, t in places.track.items() if sketch.nodes[n].lane == lane})
    places.tracks = _counted(sketch, places.track)


# --- what a drawing would cost ---------------------------------------------------------------------------


def _cost(sketch: Sketch, graph: _Graph, places: Places) -> float:
    row = places.rows(sketch)
    cells: dict[tuple[int, int], str] = {(places.column[n], row[n]): n for n in graph.names}
    total, drawn = 0.3 * sum(places.tracks) + STEP * _steps(sketch, places), []
    for flow in graph.flows:
        weight = 2.0 if flow.source in places.main and flow.target in places.main else 1.0
        cost, segments = min(_ways(sketch, graph, places, row, cells, flow), key=lambda way: way[0])
        total += weight * cost
        drawn.append((graph.home(flow.target), segments))
    for i, (target, segments) in enumerate(drawn):
        for other_target, others in drawn[i + 1 :]:
            if target != other_target:
                total += CROSSING * sum(_cross(a, b) for a in segments for b in others)
    return total


def _steps(sketch: Sketch, places: Places) -> int:
    """How often the main path changes its track within a lane."""
    last: dict[int, int] = {}
    count = 0
    for name in sorted(places.main, key=lambda n: places.column[n]):
        lane = sketch.nodes[name].lane
        count += last.get(lane, places.track[name]) != places.track[name]
        last[lane] = places.track[name]
    return count


def _ways(
    sketch: Sketch,
    graph: _Graph,
    places: Places,
    row: dict[str, int],
    cells: dict[tuple[int, int], str],
    flow: Flow,
) -> list[tuple[float, list[Segment]]]:
    """Ways that a flow could be drawn: (cost, segments), in units of columns and rows."""
    source, target = graph.home(flow.source), graph.home(flow.target)
    from_edge = sketch.nodes[flow.source].host != ""
    x1, y1, x2, y2 = places.column[source], row[source], places.column[target], row[target]
    up = graph.up if y2 < y1 and sketch.nodes[source].lane == sketch.nodes[target].lane else 0.0
    if flow.id in places.back or x2 <= x1:
        under = max(y1, y2) + 0.5
        way = [_segment(x1, y1, x1, under), _segment(x2, under, x1, under), _segment(x2, y2, x2, under)]
        return [(4 * BEND + abs(x1 - x2) * 0.3 + abs(y1 - y2), way)]
    if from_edge:
        x = x1 + 0.25
        blocked = _in_row(cells, y2, x1 if y2 != y1 else x1 + 1, x2) if y2 > y1 else 2
        blocked += _in_column(cells, x1, y1, y2)
        return [
            (BEND + up + BLOCKED * blocked + abs(y2 - y1) + (x2 - x1) * 0.2,
             [_segment(x, y1 + 0.4, x, y2), _segment(x, y2, x2, y2)])
        ]  # fmt: skip
    if y1 == y2:
        return [((x2 - x1) * 0.2 + BLOCKED * _in_row(cells, y1, x1 + 1, x2), [_segment(x1, y1, x2, y2)])]
    length = abs(y2 - y1) + (x2 - x1) * 0.2 + up
    early = [_segment(x1, y1, x1 + 0.5, y1), _segment(x1 + 0.5, y1, x1 + 0.5, y2), _segment(x1 + 0.5, y2, x2, y2)]
    late = [_segment(x1, y1, x2 - 0.5, y1), _segment(x2 - 0.5, y1, x2 - 0.5, y2), _segment(x2 - 0.5, y2, x2, y2)]
    ways = [
        (length + 2 * BEND + BLOCKED * _in_row(cells, y2, x1 + 1, x2), early),
        (length + 2 * BEND + BLOCKED * _in_row(cells, y1, x1 + 1, x2), late),
    ]
    if sketch.nodes[source].kind in GATEWAYS:
        blocked = _in_row(cells, y2, x1, x2) + _in_column(cells, x1, y1, y2)
        ways.append((length + BEND + BLOCKED * blocked, [_segment(x1, y1, x1, y2), _segment(x1, y2, x2, y2)]))
    if sketch.nodes[target].kind in GATEWAYS:
        blocked = _in_row(cells, y1, x1 + 1, x2 + 1) + _in_column(cells, x2, y1, y2)
        ways.append((length + BEND + BLOCKED * blocked, [_segment(x1, y1, x2, y1), _segment(x2, y1, x2, y2)]))
    return ways


def _segment(x1: float, y1: float, x2: float, y2: float) -> Segment:
    return min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2)


def _in_row(cells: dict[tuple[int, int], str], row: int, first: int, last: int) -> int:
    """How many nodes stand in ``row`` in the columns from ``first`` up to but without ``last``."""
    return sum((column, row) in cells for column in range(first, last))


def _in_column(cells: dict[tuple[int, int], str], column: int, one: int, other: int) -> int:
    return sum((column, row) in cells for row in range(min(one, other) + 1, max(one, other)))


def _cross(a: Segment, b: Segment) -> bool:
    """Whether a level and an upright segment cross, or two on one line lie over each other."""
    if a[1] == a[3] and b[1] == b[3]:
        return a[1] == b[1] and min(a[2], b[2]) - max(a[0], b[0]) > 0.01
    if a[0] == a[2] and b[0] == b[2]:
        return a[0] == b[0] and min(a[3], b[3]) - max(a[1], b[1]) > 0.01
    if a[1] == a[3]:
        a, b = b, a
    return b[0] < a[0] < b[2] and a[1] < b[1] < a[3]
