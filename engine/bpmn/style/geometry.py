# SPDX-License-Identifier: Apache-2.0
"""What touches what on paper: boxes and straight pieces of lines, in px, with a little grace for rounding."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

GRACE = 2.0  #: px that two things may share before they touch


class Point(NamedTuple):
    x: float
    y: float


class Piece(NamedTuple):
    """A straight piece of a line."""

    a: Point
    b: Point


class Box(NamedTuple):
    x: float
    y: float
    width: float
    height: float

    @property
    def middle(self) -> Point:
        return Point(self.x + self.width / 2, self.y + self.height / 2)

    def shrunk(self, by: float) -> Box:
        return Box(self.x + by, self.y + by, self.width - 2 * by, self.height - 2 * by)

    def overlaps(self, other: Box) -> bool:
        """Whether the two share more than a border."""
        across = min(self.x + self.width, other.x + other.width) - max(self.x, other.x)
        down = min(self.y + self.height, other.y + other.height) - max(self.y, other.y)
        return across > GRACE and down > GRACE

    def contains(self, other: Box) -> bool:
        return (
            self.x <= other.x + GRACE
            and self.y <= other.y + GRACE
            and other.x + other.width <= self.x + self.width + GRACE
            and other.y + other.height <= self.y + self.height + GRACE
        )


def pieces(points: Sequence[Point]) -> list[Piece]:
    """The straight pieces of a line, without those of no length."""
    return [Piece(a, b) for a, b in pairwise(points) if a != b]


def runs_through(piece: Piece, box: Box) -> bool:
    """Whether a piece has more in common with a box than its border (Liang and Barsky's clipping)."""
    inner = box.shrunk(GRACE)
    if inner.width <= 0 or inner.height <= 0:
        return False
    dx, dy = piece.b.x - piece.a.x, piece.b.y - piece.a.y
    enters, leaves = 0.0, 1.0
    for step, room in (
        (-dx, piece.a.x - inner.x),
        (dx, inner.x + inner.width - piece.a.x),
        (-dy, piece.a.y - inner.y),
        (dy, inner.y + inner.height - piece.a.y),
    ):
        if step == 0:
            if room < 0:
                return False
        elif step < 0:
            enters = max(enters, room / step)
        else:
            leaves = min(leaves, room / step)
    return enters < leaves


def cross(one: Piece, other: Piece) -> bool:
    """Whether two pieces meet within both of them, as the lines of an X do."""
    sides = _side(other, one.a), _side(other, one.b), _side(one, other.a), _side(one, other.b)
    if any(abs(side) <= GRACE for side in sides):
        return False
    return (sides[0] > 0) != (sides[1] > 0) and (sides[2] > 0) != (sides[3] > 0)


def touch(one: Piece, other: Piece) -> bool:
    """Whether an end of one piece lies on the other one: they meet as the lines of a T do, or lie on each other."""
    return any(_lies_on(end, other) for end in one) or any(_lies_on(end, one) for end in other)


def _side(piece: Piece, point: Point) -> float:
    """How far a point is from the endless line through a piece; the sign says on which side."""
    dx, dy = piece.b.x - piece.a.x, piece.b.y - piece.a.y
    return float((dx * (point.y - piece.a.y) - dy * (point.x - piece.a.x)) / (dx * dx + dy * dy) ** 0.5)


def _lies_on(point: Point, piece: Piece) -> bool:
    dx, dy = piece.b.x - piece.a.x, piece.b.y - piece.a.y
    along = ((point.x - piece.a.x) * dx + (point.y - piece.a.y) * dy) / (dx * dx + dy * dy)
    return 0 <= along <= 1 and abs(_side(piece, point)) <= GRACE
