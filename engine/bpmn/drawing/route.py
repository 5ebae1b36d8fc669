# SPDX-License-Identifier: Apache-2.0
"""How flows run: right-angled ways on a grid of lines between and through the places of the nodes.

Each column has three upright lines through its nodes (left, middle, right) and some in the channel before it; each row
has one level line through its nodes and some in the gap above it. Two flows never lie on one piece of line, unless
they lead to the same node: then they join. Ways are found by A* (Hart, Nilsson, Raphael 1968), then each is taken up
and laid again while the others lie.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from engine.bpmn.drawing.place import LARGE, Places
from engine.bpmn.drawing.sketch import EVENTS, GATEWAYS, Flow, Sketch

CHANNEL, GAP = 4, 3  #: lines in a channel between columns; in a gap between rows
PORTS = 3
BEND_COST, CROSSING_COST, OVERLAP_COST = 45.0, 160.0, 3_000.0
ROUNDS = 2
MOST_STEPS = 60_000  #: of one search; a flow that needs more is drawn straight

Point = tuple[int, int]
State = tuple[Point, Point]  #: a point and the direction in which it was reached
RIGHT, DOWN, LEFT, UP = (1, 0), (0, 1), (-1, 0), (0, -1)


def middle(column: int, port: int = 1) -> int:
    """The upright line through the nodes of ``column``; port 0 is left of the middle, 2 right of it."""
    return column * (CHANNEL + PORTS) + CHANNEL + port


def level(row: int) -> int:
    """The level line through the nodes of ``row``."""
    return row * (GAP + 1) + GAP


@dataclass(frozen=True)
class End:
    """Where a flow may begin or end: a point of the grid, the ways to leave or enter it, and what each costs."""

    point: Point
    sides: tuple[tuple[Point, float], ...]


class Router:
    """Lays the flows of one container, one after another, and mends each while the others lie."""

    def __init__(self, sketch: Sketch, places: Places) -> None:
        self._sketch, self._places = sketch, places
        self._row = places.rows(sketch)
        columns = max(places.column.values(), default=0) + 1
        rows = sum(places.tracks)
        self._width = columns * (CHANNEL + PORTS) + CHANNEL
        self._height = rows * (GAP + 1) + GAP
        self._nodes = {(places.column[n], self._row[n]) for n in places.column}
        self._port = ports(sketch)
        self._hosts = {n.host for n in sketch.nodes.values() if n.host}
        self._lines: dict[tuple[Point, Point], dict[str, str]] = defaultdict(dict)  #: piece -> flow -> target
        self._points: dict[Point, dict[str, str]] = defaultdict(dict)
        self.ways: dict[str, list[Point]] = {}

    def run(self, short_first: bool = False) -> dict[str, list[Point]]:
        """Flow id -> the corners of its way on the grid. The main path is laid first, or the short ways are."""
        order = sorted(self._sketch.flows, key=self._priority)
        if short_first:
            order.sort(key=lambda flow: self._priority(flow)[::2])
        for _ in range(1 if len(order) > 2 * LARGE else ROUNDS + 1):
            for flow in order:
                self._take_up(flow)
                self._lay(flow)
        return {name: corners(way) for name, way in self.ways.items()}

    @property
    def cost(self) -> float:
        """What the drawing pays for all of its ways: the less, the better it reads."""
        total = 0.0
        for flow in self._sketch.flows:
            way = self.ways[flow.id]
            total += sum(self._price(flow, a, b) for a, b in pairwise(way)) + BEND_COST * (len(corners(way)) - 2)
        return total

    def _priority(self, flow: Flow) -> tuple[bool, bool, int]:
        main = flow.source in self._places.main and flow.target in self._places.main
        source, target = self._home(flow.source), self._home(flow.target)
        far = abs(self._places.column[source] - self._places.column[target]) + abs(
            self._row[source] - self._row[target]
        )
        return flow.id in self._places.back, not main, far

    def _home(self, name: str) -> str:
        return self._sketch.nodes[name].host or name

    def _take_up(self, flow: Flow) -> None:
        way = self.ways.pop(flow.id, [])
        for a, b in pairwise(way):
            self._lines[_piece(a, b)].pop(flow.id, None)
        for point in way:
            self._points[point].pop(flow.id, None)

    def _lay(self, flow: Flow) -> None:
        way = self._search(flow)
        self.ways[flow.id] = way
        for a, b in pairwise(way):
            self._lines[_piece(a, b)][flow.id] = flow.target
        for point in way:
            self._points[point][flow.id] = flow.target

    # --- ends ----------------------------------------------------------------------------------------------------

    def _start(self, flow: Flow) -> End:
        node = self._sketch.nodes[flow.source]
        place = self._places.column[self._home(flow.source)], self._row[self._home(flow.source)]
        if node.host:
            return End((middle(place[0], self._port[node.id]), level(place[1])), ((DOWN, 0.0),))
        point = middle(place[0]), level(place[1])
        aside = 0.0 if node.kind in GATEWAYS else 30.0 if node.kind in EVENTS else 70.0
        sides = [(RIGHT, 0.0), (DOWN, aside + (150.0 if node.id in self._hosts else 0.0))]
        if not node.satellites:
            sides.append((UP, aside + 12.0))
        return End(point, tuple(sides))

    def _end(self, flow: Flow) -> End:
        """Entering is by the direction of the last piece: to the right means through the left side."""
        node = self._sketch.nodes[flow.target]
        name = self._home(flow.target)
        aside = 0.0 if node.kind in GATEWAYS else 25.0 if node.kind in EVENTS else 60.0
        sides = [(RIGHT, 0.0), (UP, aside + (100.0 if name in self._hosts else 0.0)), (LEFT, 120.0)]
        if not node.satellites:
            sides.append((DOWN, aside))
        return End((middle(self._places.column[name]), level(self._row[name])), tuple(sides))

    # --- the search ----------------------------------------------------------------------------------------------

    def _search(self, flow: Flow) -> list[Point]:
        start, end = self._start(flow), self._end(flow)
        enter = dict(end.sides)
        waiting: list[tuple[float, int, State, float]] = []
        came: dict[State, State | None] = {}
        best: dict[State, float] = {}
        for direction, cost in start.sides:
            state = (start.point, direction)
            best[state], came[state] = cost, None
            heapq.heappush(waiting, (cost, len(waiting), state, cost))
        pushed = len(waiting)
        while waiting and pushed < MOST_STEPS:
            _, _, state, cost = heapq.heappop(waiting)
            if cost > best[state]:
                continue
            if state[0] == end.point and state[1] in enter and came[state] is not None:
                return _back(came, state)
            for step, more in self._steps(flow, state, start, end, enter):
                price = cost + more
                if price < best.get(step, float("inf")):
                    best[step], came[step] = price, state
                    pushed += 1
                    heapq.heappush(waiting, (price + _at_least(step[0], end.point), pushed, step, price))
        return [start.point, end.point]

    def _steps(
        self, flow: Flow, state: State, start: End, end: End, enter: dict[Point, float]
    ) -> Iterator[tuple[State, float]]:
        """Where a way may go on to, and what that costs."""
        point, direction = state
        free = self._cells_of(flow)
        for turn in (RIGHT, DOWN, LEFT, UP):
            step = point[0] + turn[0], point[1] + turn[1]
            if turn == (-direction[0], -direction[1]) or (point == start.point and turn != direction):
                continue
            if not (0 <= step[0] < self._width and 0 <= step[1] < self._height):
                continue
            if self._blocked(step, turn, free) or self._inside(point, turn, start.point):
                continue
            if step == end.point and turn not in enter:
                continue
            bend = BEND_COST if turn != direction else 0.0
            arrival = enter[turn] if step == end.point else 0.0
            yield (step, turn), self._price(flow, point, step) + bend + arrival

    def _cells_of(self, flow: Flow) -> set[tuple[int, int]]:
        names = self._home(flow.source), self._home(flow.target)
        return {(self._places.column[n], self._row[n]) for n in names}

    def _blocked(self, point: Point, turn: Point, free: set[tuple[int, int]]) -> bool:
        """Whether a node stands there; the flow's own two nodes are entered and left through their middles alone."""
        column, line = divmod(point[0], CHANNEL + PORTS)
        row, rest = divmod(point[1], GAP + 1)
        if line < CHANNEL or rest != GAP or (column, row) not in self._nodes:
            return False
        return (column, row) not in free or (turn[1] != 0 and line != CHANNEL + 1)

    def _inside(self, point: Point, turn: Point, start: Point) -> bool:
        """Whether the way would turn within a node's box, beside the middle."""
        column, line = divmod(point[0], CHANNEL + PORTS)
        row, rest = divmod(point[1], GAP + 1)
        beside = line >= CHANNEL and line != CHANNEL + 1 and rest == GAP and (column, row) in self._nodes
        return beside and turn[1] != 0 and point != start

    def _price(self, flow: Flow, a: Point, b: Point) -> float:
        length = 10.0
        if a[1] == b[1]:
            length = 8.0 if (max(a[0], b[0]) % (CHANNEL + PORTS)) < CHANNEL else 25.0
        elif a[1] % (GAP + 1) == GAP or b[1] % (GAP + 1) == GAP:
            length = 40.0
        for name, target in self._lines[_piece(a, b)].items():
            length += OVERLAP_COST if target != flow.target and name != flow.id else -length * 0.3
        for target in self._points[b].values():
            if target != flow.target:
                length += CROSSING_COST
        return length


def ports(sketch: Sketch) -> dict[str, int]:
    """Boundary event -> its place on the lower edge of its host: right, then left, then the middle."""
    taken: dict[str, int] = defaultdict(int)
    port = {}
    for node in sketch.nodes.values():
        if node.host:
            port[node.id] = (2, 0, 1)[taken[node.host] % 3]
            taken[node.host] += 1
    return port


def _piece(a: Point, b: Point) -> tuple[Point, Point]:
    return (a, b) if a <= b else (b, a)


def _at_least(point: Point, end: Point) -> float:
    """What the way from ``point`` to ``end`` costs without bends and other flows."""
    return abs(point[0] - end[0]) * 5.0 + abs(point[1] - end[1]) * 7.0


def _back(came: dict[State, State | None], state: State) -> list[Point]:
    way = [state[0]]
    step = came[state]
    while step is not None:
        way.append(step[0])
        step = came[step]
    return way[::-1]


def corners(way: list[Point]) -> list[Point]:
    """The first, the last, and every point at which the way turns."""
    if len(way) < 3:
        return way
    kept = [way[0]]
    for before, here, after in zip(way, way[1:], way[2:], strict=False):
        if (here[0] - before[0], here[1] - before[1]) != (after[0] - here[0], after[1] - here[1]):
            kept.append(here)
    return [*kept, way[-1]]
