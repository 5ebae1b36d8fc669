# SPDX-License-Identifier: Apache-2.0
"""From places and ways on the grid to px: boxes of nodes and lanes, bends of flows, boxes of labels."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from itertools import pairwise, takewhile

from engine.bpmn.drawing.place import LARGE, UPS, Places, place
from engine.bpmn.drawing.route import CHANNEL, GAP, PORTS, Point, Router, level, middle, ports
from engine.bpmn.drawing.sketch import GATEWAYS, Flow, Node, Satellite, Sketch, label_size

CHANNEL_WIDTH, GAP_HEIGHT, PITCH = 50.0, 22.0, 14.0  #: px: narrowest channel and gap; between two flows side by side
LANE_HEAD, LANE_PADDING = 30.0, 18.0
SATELLITE_GAP, SATELLITE_PITCH = 22.0, 76.0
LABEL_ROUNDS = 2  #: in the second one, all the others are there
INSIDE = (26.0, 22.0)  #: px over and under what a subprocess holds: its name, events on its edge


@dataclass(frozen=True)
class Box:
    """x and y of the upper left corner, width and height, all in px."""

    x: float
    y: float
    width: float
    height: float

    def moved(self, dx: float, dy: float) -> Box:
        return Box(self.x + dx, self.y + dy, self.width, self.height)

    def overlaps(self, other: Box) -> bool:
        return (
            self.x < other.x + other.width
            and other.x < self.x + self.width
            and self.y < other.y + other.height
            and other.y < self.y + self.height
        )


@dataclass
class Picture:
    """Every shape's box, every flow's bends, every outer label's box, by element id."""

    shapes: dict[str, Box] = field(default_factory=dict)
    edges: dict[str, list[tuple[float, float]]] = field(default_factory=dict)
    labels: dict[str, Box] = field(default_factory=dict)
    expanded: set[str] = field(default_factory=set)
    width: float = 0.0
    height: float = 0.0

    def take(self, other: Picture, dx: float, dy: float) -> None:
        """Put ``other`` into this picture, moved."""
        self.shapes |= {name: box.moved(dx, dy) for name, box in other.shapes.items()}
        self.labels |= {name: box.moved(dx, dy) for name, box in other.labels.items()}
        self.edges |= {name: [(x + dx, y + dy) for x, y in bends] for name, bends in other.edges.items()}
        self.expanded |= other.expanded


def compose(sketch: Sketch) -> Picture:
    """The picture of one container, from (0, 0); subprocesses are drawn inside first."""
    inner: dict[str, Picture] = {}
    for node in sketch.nodes.values():
        if node.content is not None:
            inside = compose(node.content)
            padded = Picture(width=max(inside.width, 120.0), height=max(inside.height, 20.0) + sum(INSIDE))
            padded.take(inside, 0.0, INSIDE[0])
            inner[node.id] = padded
            node.width, node.height = int(padded.width), int(padded.height)
    return _Composer(sketch, inner).run()


class _Composer:
    def __init__(self, sketch: Sketch, inner: dict[str, Picture]) -> None:
        self._sketch, self._inner = sketch, inner
        self._places, self._ways = _laid_out(sketch)
        self._row = self._places.rows(sketch)
        self._port = ports(sketch)
        self._columns = max(self._places.column.values(), default=0) + 1
        self._rows = sum(self._places.tracks)
        self._picture = Picture()
        self._x: dict[int, float] = {}
        self._y: dict[int, float] = {}
        self._lane_top: list[float] = []
        self._solid: list[Box] = []

    def run(self) -> Picture:
        self._set_columns()
        self._set_rows()
        self._draw_nodes()
        self._draw_flows()
        self._draw_lanes()
        self._draw_labels()
        return self._picture

    # --- lines to px ----------------------------------------------------------------------------------------------

    def _set_columns(self) -> None:
        widths = [0.0] * self._columns
        for name, column in self._places.column.items():
            node = self._sketch.nodes[name]
            above = _pitch(node) * len(node.satellites)
            wide = max([s.width for s in node.satellites if s.kind == "textAnnotation"], default=0)
            label = label_size(node.name)[0] if node.labelled else 0.0
            widths[column] = max(widths[column], node.width, above, wide, label * 0.8)
        used, room = _used(self._ways, 0), self._label_room()
        x = 0.0 if not self._sketch.lanes else LANE_HEAD
        for column in range(self._columns + 1):
            first = column * (CHANNEL + PORTS)
            lines = [n for n in range(first, first + CHANNEL) if n in used]
            least = 36.0 if column in (0, self._columns) else CHANNEL_WIDTH
            channel = max(least, (len(lines) + 1) * PITCH, room.get(column, 0.0))
            for number, line in enumerate(lines):
                self._x[line] = x + channel * (number + 1) / (len(lines) + 1)
            x += channel
            if column < self._columns:
                for port, share in enumerate((0.25, 0.5, 0.75)):
                    self._x[first + CHANNEL + port] = x + widths[column] * share
                x += widths[column]
        self._picture.width = x

    def _label_room(self) -> dict[int, float]:
        """Channel -> room for the longest answer that leaves a gateway of the column before, to the right."""
        need: dict[int, float] = defaultdict(float)
        for flow in self._sketch.flows:
            source, way = self._sketch.nodes[flow.source], self._ways[flow.id]
            if flow.name and source.kind in GATEWAYS and way[1][1] == way[0][1]:
                channel = self._places.column[source.id] + 1
                need[channel] = max(need[channel], label_size(flow.name)[0] + 14.0)
        return need

    def _set_rows(self) -> None:
        extents = self._extents()
        firsts = {sum(self._places.tracks[:n]) for n in range(len(self._places.tracks))}
        used = _used(self._ways, 1)
        y = 0.0
        for row in range(self._rows + 1):
            border, last = row in firsts or row == self._rows, row == self._rows
            lines = [n for n in range(row * (GAP + 1), row * (GAP + 1) + GAP) if n in used]
            if border and row:
                upper = [] if last else self._upper(lines, row)
                lines = lines[len(upper) :]
                for line in upper:
                    y += PITCH
                    self._y[line] = y
                y += LANE_PADDING
            if row in firsts and not last:
                self._lane_top.append(y)
            gap = max(LANE_PADDING if border else GAP_HEIGHT, (len(lines) + 1) * PITCH)
            if last and not lines:
                gap = 0.0
            for number, line in enumerate(lines):
                self._y[line] = y + gap * (number + 1) / (len(lines) + 1)
            y += gap
            if not last:
                self._y[level(row)] = y + extents[row][0]
                y += sum(extents[row])
        self._picture.height = y

    def _upper(self, lines: list[int], row: int) -> list[int]:
        """Of the lines before the first row of a lane, those of flows that stay above: they belong to the lane there."""
        below = {
            point[1]
            for flow in self._sketch.flows
            for point in self._ways[flow.id]
            if max(self._row[self._home(flow.source)], self._row[self._home(flow.target)]) >= row
        }
        return list(takewhile(lambda line: line not in below, lines))

    def _home(self, name: str) -> str:
        return self._sketch.nodes[name].host or name

    def _extents(self) -> list[tuple[float, float]]:
        """For each row, how far its shapes, satellites and labels reach above and below its line."""
        above, below = [26.0] * self._rows, [26.0] * self._rows
        for node in self._sketch.nodes.values():
            row = self._row[node.host or node.id]
            over, under = self._extent(node)
            above[row], below[row] = max(above[row], over), max(below[row], under)
        return list(zip(above, below, strict=True))

    def _extent(self, node: Node) -> tuple[float, float]:
        over = under = node.height / 2
        if node.host:
            return 0.0, self._sketch.nodes[node.host].height / 2 + 20 + label_size(node.name)[1]
        if node.labelled and node.kind in GATEWAYS:
            over += label_size(node.name)[1] + 6
        elif node.labelled:
            under += label_size(node.name)[1] + 6
        if node.satellites:
            over += SATELLITE_GAP + max(_satellite_height(s) for s in node.satellites)
        return over, under

    # --- shapes ---------------------------------------------------------------------------------------------------

    def _draw_nodes(self) -> None:
        for node in self._sketch.nodes.values():
            if node.host:
                continue
            x, y = self._x[middle(self._places.column[node.id])], self._y[level(self._row[node.id])]
            box = Box(x - node.width / 2, y - node.height / 2, node.width, node.height)
            self._picture.shapes[node.id] = box
            if node.id in self._inner:
                self._picture.expanded.add(node.id)
                self._picture.take(self._inner[node.id], box.x, box.y)
            self._draw_satellites(node, box)
        for node in self._sketch.nodes.values():
            if node.host:
                host = self._picture.shapes[node.host]
                x = host.x + host.width * (0.25, 0.5, 0.75)[self._port[node.id]]
                self._picture.shapes[node.id] = Box(x - 18, host.y + host.height - 18, 36, 36)

    def _draw_satellites(self, node: Node, box: Box) -> None:
        pitch = _pitch(node)
        left = box.x + box.width / 2 - pitch * (len(node.satellites) - 1) / 2
        for number, satellite in enumerate(node.satellites):
            x = left + pitch * number
            bottom = box.y - SATELLITE_GAP
            place_ = Box(x - satellite.width / 2, bottom - satellite.height, satellite.width, satellite.height)
            self._picture.shapes[satellite.id] = place_
            if satellite.kind != "textAnnotation" and satellite.name:
                width, height = label_size(satellite.name)
                self._picture.labels[satellite.id] = Box(x - width / 2, place_.y - height - 3, width, height)
            touch = min(max(x, box.x + 8), box.x + box.width - 8)
            for association, points_to in satellite.links:
                ends = [(touch, box.y), (x, bottom)]
                self._picture.edges[association] = ends if points_to else ends[::-1]

    def _draw_flows(self) -> None:
        for flow in self._sketch.flows:
            points = [(self._line_x(p), self._y[p[1]]) for p in self._ways[flow.id]]
            source = self._sketch.nodes[flow.source]
            if source.host:
                event = self._picture.shapes[source.id]
                points[0] = (event.x + 18, event.y + 18)
                if len(points) > 1:
                    points[1] = (points[0][0], points[1][1])
            bends = list(points)
            bends[0] = _border(self._picture.shapes[flow.source], points[0], points[1])
            bends[-1] = _border(self._picture.shapes[flow.target], points[-1], points[-2])
            self._picture.edges[flow.id] = bends

    def _line_x(self, point: Point) -> float:
        return self._x[point[0]]

    def _draw_lanes(self) -> None:
        if not self._sketch.lanes:
            return
        tops = [*self._lane_top, self._picture.height]
        for number, (name, _) in enumerate(self._sketch.lanes):
            top = tops[number]
            self._picture.shapes[name] = Box(0, top, self._picture.width, tops[number + 1] - top)

    # --- labels ---------------------------------------------------------------------------------------------------

    def _draw_labels(self) -> None:
        bands = {name for name, _ in self._sketch.lanes}
        self._solid = [box for name, box in self._picture.shapes.items() if name not in bands]
        segments = [s for flow in self._sketch.flows for s in _segments(self._picture.edges[flow.id])]
        nodes, flows = self._sketch.nodes.values(), self._sketch.flows
        wishes = {node.id: _around(node, self._picture.shapes[node.id]) for node in nodes if node.labelled}
        wishes |= {flow.id: _beside(flow, self._picture.edges[flow.id]) for flow in flows if flow.name}
        trunks = Counter(_trunk(self._picture.edges[flow.id]) for flow in flows)
        for flow in flows:
            way = self._picture.edges[flow.id]
            if flow.name and trunks[_trunk(way)] > 1 and len(way) > 2 and way[2][0] < way[0][0] == way[1][0]:
                wishes[flow.id][:2] = reversed(wishes[flow.id][:2])  # on the side to which it leaves the trunk
        for _ in range(LABEL_ROUNDS):
            for name, places in wishes.items():
                self._put(name, places, segments)

    def _put(self, name: str, wishes: list[Box], segments: list[Box]) -> None:
        """The first of the places that lies on nothing; else the one that lies on least."""
        if len(self._sketch.nodes) > 2 * LARGE:
            self._picture.labels[name] = wishes[0]
            return
        self._picture.labels.pop(name, None)
        others = [*self._solid, *self._picture.labels.values()]

        def faults(box: Box) -> int:
            outside = box.x < 0 or box.x + box.width > self._picture.width or box.y < 0
            return sum(box.overlaps(o) for o in others) + 2 * sum(box.overlaps(s) for s in segments) + 3 * outside

        self._picture.labels[name] = min(wishes, key=faults)


def _laid_out(sketch: Sketch) -> tuple[Places, dict[str, list[Point]]]:
    """Places and ways: the best of a few tries, as only the ways themselves show what places are worth."""
    tries = []
    for up in UPS if len(sketch.nodes) <= LARGE else UPS[:1]:
        places = place(sketch, up)
        for short_first in (False, True):
            router = Router(sketch, places)
            tries.append((places, router.run(short_first), router.cost))
    places, ways, _ = min(tries, key=lambda each: each[2])
    return places, ways


def _used(ways: dict[str, list[Point]], axis: int) -> set[int]:
    """The lines (axis 0: upright, 1: level) that some piece of a way lies on."""
    found = set()
    for way in ways.values():
        for a, b in pairwise(way):
            if a[axis] == b[axis]:
                found.add(a[axis])
    return found


def _pitch(node: Node) -> float:
    """From the middle of one satellite of a node to that of the next."""
    if any(s.kind == "textAnnotation" for s in node.satellites):
        return 150.0
    return max([SATELLITE_PITCH, *(label_size(s.name)[0] + 12.0 for s in node.satellites)])


def _satellite_height(satellite: Satellite) -> float:
    label = 0.0 if satellite.kind == "textAnnotation" else label_size(satellite.name)[1] + 3
    return satellite.height + label


def _border(box: Box, inside: tuple[float, float], outside: tuple[float, float]) -> tuple[float, float]:
    """Where the way from the middle of a shape leaves it."""
    if abs(outside[0] - inside[0]) < 0.01:
        return inside[0], box.y if outside[1] < inside[1] else box.y + box.height
    return box.x if outside[0] < inside[0] else box.x + box.width, inside[1]


def _trunk(bends: list[tuple[float, float]]) -> tuple[float, ...]:
    """Where a way begins, and in which direction: flows that have it in common are one line at first."""
    (x1, y1), (x2, y2) = bends[0], bends[1]
    return x1, y1, (x2 > x1) - (x2 < x1), (y2 > y1) - (y2 < y1)


def _segments(bends: list[tuple[float, float]]) -> list[Box]:
    """Each piece of a way as a thin box."""
    return [
        Box(min(a[0], b[0]) - 1, min(a[1], b[1]) - 1, abs(a[0] - b[0]) + 2, abs(a[1] - b[1]) + 2)
        for a, b in pairwise(bends)
    ]


def _around(node: Node, box: Box) -> list[Box]:
    """Places for the name of an event or gateway, best first."""
    width, height = label_size(node.name)
    x = box.x + box.width / 2
    over = Box(x - width / 2, box.y - height - 4, width, height)
    under = Box(x - width / 2, box.y + box.height + 4, width, height)
    sides = [
        Box(box.x + box.width + 2, box.y + box.height - 6, width, height),
        Box(box.x + box.width + 2, box.y - height + 4, width, height),
        Box(box.x - width - 2, box.y - height + 4, width, height),
        Box(box.x - width - 2, box.y + box.height - 6, width, height),
        Box(x + 4, box.y - height - 4, width, height),
        Box(x - width - 4, box.y - height - 4, width, height),
    ]
    if node.host:
        return [sides[0], Box(box.x - width - 2, box.y + box.height - 6, width, height), under]
    return [over, *sides, under] if node.kind in GATEWAYS else [under, over, *sides]


def _beside(flow: Flow, bends: list[tuple[float, float]]) -> list[Box]:
    """Places for a flow's name, near where it begins."""
    width, height = label_size(flow.name)
    (x1, y1), (x2, y2) = bends[0], bends[1]
    found = []
    if abs(y1 - y2) < 0.01:
        x = x1 + 6 if x2 > x1 else x1 - 6 - width
        found += [Box(x, y1 - height - 3, width, height), Box(x, y1 + 3, width, height)]
    else:
        down = y2 > y1
        y = y1 + 4 if down else y1 - 4 - height
        found += [Box(x1 + 5, y, width, height), Box(x1 - 5 - width, y, width, height)]
    if len(bends) > 2:
        (a1, b1), (a2, b2) = bends[1], bends[2]
        if abs(b1 - b2) < 0.01:
            x = min(a1, a2) + 6
            found += [Box(x, b1 - height - 3, width, height), Box(x, b1 + 3, width, height)]
    return found
