# SPDX-License-Identifier: Apache-2.0
"""What touches what on paper."""

from __future__ import annotations

import pytest

from engine.bpmn.style.geometry import Box, Piece, Point, cross, pieces, runs_through, touch

BOX = Box(100, 100, 100, 80)


def piece(x1: float, y1: float, x2: float, y2: float) -> Piece:
    return Piece(Point(x1, y1), Point(x2, y2))


@pytest.mark.parametrize(
    ("other", "overlaps"),
    [
        (Box(150, 150, 100, 80), True),
        (Box(120, 110, 10, 10), True),
        (Box(200, 100, 100, 80), False),
        (Box(199, 100, 100, 80), False),
        (Box(190, 100, 100, 80), True),
        (Box(150, 300, 10, 10), False),
    ],
)
def test_boxes_overlap_when_they_share_more_than_a_border(other: Box, overlaps: bool) -> None:
    """Two px of grace, either way round."""
    assert BOX.overlaps(other) is overlaps
    assert other.overlaps(BOX) is overlaps


def test_a_box_contains_what_lies_in_it() -> None:
    assert BOX.contains(Box(100, 100, 100, 80))
    assert BOX.contains(Box(120, 120, 20, 20))
    assert not BOX.contains(Box(180, 120, 40, 20))


@pytest.mark.parametrize(
    ("line", "through"),
    [
        (piece(0, 140, 300, 140), True),
        (piece(150, 0, 150, 120), True),
        (piece(120, 120, 180, 160), True),
        (piece(0, 0, 300, 300), True),
        (piece(0, 100, 300, 100), False),
        (piece(0, 140, 100, 140), False),
        (piece(150, 180, 150, 300), False),
        (piece(0, 200, 200, 0), False),
        (piece(0, 300, 300, 250), False),
    ],
)
def test_a_line_runs_through_a_box_or_along_it(line: Piece, through: bool) -> None:
    """Along the border, up to it, or past a corner is not through; slanted lines count like straight ones."""
    assert runs_through(line, BOX) is through
    assert runs_through(Piece(line.b, line.a), BOX) is through


@pytest.mark.parametrize(
    ("one", "other", "crosses", "touches"),
    [
        (piece(0, 50, 100, 50), piece(50, 0, 50, 100), True, False),
        (piece(0, 0, 100, 100), piece(0, 100, 100, 0), True, False),
        (piece(0, 50, 100, 50), piece(50, 50, 50, 100), False, True),
        (piece(0, 50, 100, 50), piece(100, 50, 100, 100), False, True),
        (piece(0, 50, 100, 50), piece(60, 50, 200, 50), False, True),
        (piece(0, 50, 100, 50), piece(0, 60, 100, 60), False, False),
        (piece(0, 50, 100, 50), piece(120, 50, 200, 50), False, False),
        (piece(0, 50, 100, 50), piece(50, 60, 50, 100), False, False),
    ],
)
def test_lines_cross_like_an_x_or_touch_like_a_t(one: Piece, other: Piece, crosses: bool, touches: bool) -> None:
    """One line upon the other touches; parallel and apart do neither."""
    assert cross(one, other) is cross(other, one) is crosses
    if not crosses:
        assert touch(one, other) is touch(other, one) is touches


def test_a_line_has_no_pieces_of_no_length() -> None:
    """An editor may leave two bends on one spot."""
    points = [Point(0, 0), Point(10, 0), Point(10, 0), Point(10, 20)]
    assert pieces(points) == [piece(0, 0, 10, 0), piece(10, 0, 10, 20)]
