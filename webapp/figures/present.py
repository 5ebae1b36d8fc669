# SPDX-License-Identifier: Apache-2.0
"""Indicators as the pages show them: their words, and their values turned into places on a drawing."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from webapp.filters import day, days

Data = Mapping[str, Any]
#: Rating -> what it is called, and the tone in which it is shown.
RATINGS = {
    "missed": ("Missed", "danger"),
    "warning": ("Warning", "warning"),
    "met": ("Met", "success"),
    "no_data": ("Nothing to measure", "neutral"),
}
SHOWN = 24  #: values on the page of one indicator
_SMALL = 8  #: values in the picture of a list
_NARROW = 12  #: values on a phone
_TICK = 56  #: room that the month below a value takes
_UNIT = re.compile(r"\(([^()]+)\)$")


#: Rating -> the path of its dot around 0, 0: told apart without colour, too.
SHAPES = {
    "met": "M-5 0a5 5 0 1 0 10 0a5 5 0 1 0-10 0z",
    "warning": "M0-5.5L5.8 4.5H-5.8z",
    "missed": "M-4.5-4.5H4.5V4.5H-4.5z",
}


@dataclass(frozen=True, slots=True)
class Point:
    """A value on a drawing. ``tick``: what stands below it, empty where there is no room; ``shape``: the place of its dot,
    as an SVG path of its own for each rating."""

    x: float
    y: float
    words: str
    tick: str
    rating: str

    @property
    def shape(self) -> str:
        return SHAPES.get(self.rating, SHAPES["met"])


@dataclass(frozen=True, slots=True)
class Trend:
    """``lines``: the points of each stretch that has values, as an SVG polyline wants them; ``empty``: where a period had
    nothing to measure, and which."""

    points: tuple[Point, ...]
    lines: tuple[str, ...]
    empty: tuple[tuple[float, str], ...]
    target: float | None
    bearable: float | None
    scale: tuple[tuple[float, str], ...]
    left: int
    width: int
    floor: int
    height: int


@dataclass(frozen=True, slots=True)
class Indicator:
    """``change``: where the last value went, as seen from the target: better, worse, as before, or nothing."""

    id: str
    data: Data
    values: tuple[Data, ...]
    process: str
    measure: str
    counted: bool
    period: str
    wanted: str
    unit: str
    rating: str
    change: str
    small: Trend
    large: Trend
    narrow: Trend

    @property
    def last(self) -> Data | None:
        return self.values[0] if self.values else None

    @staticmethod
    def said(value: Data) -> str:
        """What people said of a value; of a period without one, else why there is none."""
        none = "The registers hold nothing from these days to count." if value.get("value") is None else ""
        return str(value.get("cause") or value.get("note") or none or "–")


def indicators(schema: Data, known: Iterable[Data], values: Iterable[Data]) -> list[Indicator]:
    """In the order of the standard: general aspects after processes, each by number."""
    of = defaultdict(list)
    for value in values:
        of[value["kpi"]].append(value)
    return sorted((indicator(schema, one, of[one["id"]]) for one in known), key=_place)


def _place(one: Indicator) -> tuple[bool, int, str]:
    code = str(one.data.get("process", ""))
    return code.startswith("GR"), int(code[2:]) if code[2:].isdigit() else 0, str(one.data.get("title"))


def indicator(schema: Data, data: Data, values: Sequence[Data]) -> Indicator:
    """``values`` come newest first."""
    measure = _choice(schema, data, "measure")
    titled = _UNIT.search(measure)
    unit = str(values[0].get("unit") or "") if values else titled[1] if titled else ""
    least = "at least" if data.get("direction", "up") == "up" else "at most"
    return Indicator(
        id=data["id"],
        data=data,
        values=tuple(values),
        process=_choice(schema, data, "process"),
        measure=measure,
        counted=any(one["const"] == data.get("measure") for one in _offered(schema, "measure")),
        period=_choice(schema, data, "period"),
        wanted=f"{least} {written(data['target'], unit)}" if data.get("target") is not None else "no target",
        unit=unit,
        rating=str(values[0].get("rating")) if values else "",
        change=_change(data, values),
        small=_trend(data, values[:_SMALL], unit, left=4, width=132, floor=34, height=38),
        large=_trend(data, values[:SHOWN], unit, left=56, width=720, floor=170, height=196),
        narrow=_trend(data, values[:_NARROW], unit, left=46, width=320, floor=150, height=176),
    )


def counts(listed: Iterable[Indicator]) -> Counter[str]:
    """How many were last rated so."""
    return Counter(one.rating for one in listed)


def written(value: Any, unit: str = "") -> str:
    """A figure with its unit, without needless decimals; a dash where there is none."""
    if not isinstance(value, int | float):
        return "–"
    return f"{value:,.10g} {unit}".strip()


def _choice(schema: Data, data: Data, name: str) -> str:
    offered = _offered(schema, name)
    return next((str(one["title"]) for one in offered if one["const"] == data.get(name)), str(data.get(name) or ""))


def _offered(schema: Data, name: str) -> Sequence[Data]:
    found: Sequence[Data] = schema.get("properties", {}).get(name, {}).get("oneOf", [])
    return found


def _change(data: Data, values: Sequence[Data]) -> str:
    measured = [one["value"] for one in values if one.get("value") is not None][:2]
    if len(measured) < 2 or values[0].get("value") is None:
        return ""
    if measured[0] == measured[1]:
        return "as before"
    return "better" if (measured[0] > measured[1]) == (data.get("direction", "up") == "up") else "worse"


def _trend(data: Data, values: Sequence[Data], unit: str, *, left: int, width: int, floor: int, height: int) -> Trend:
    """Oldest to the left. The scale holds all values and both lines, with a little room."""
    ordered = list(reversed(values))
    lines = [line for line in (data.get("target"), data.get("warning")) if line is not None]
    seen = [one["value"] for one in ordered if one.get("value") is not None] + lines
    low, high = min(seen, default=0), max(seen, default=1)
    room = (high - low or abs(high) or 1) * 0.1
    low, high = (low if low == 0 else low - room), high + room
    top, step = 8, (width - left) / max(len(ordered), 1)

    def at(value: float) -> float:
        return round(floor - (value - low) / (high - low) * (floor - top), 1)

    every = math.ceil(_TICK / step)
    points: list[Point | None] = []
    empty: list[tuple[float, str]] = []
    for number, one in enumerate(ordered):
        x, rating = round(left + (number + 0.5) * step, 1), str(one.get("rating"))
        rated = RATINGS.get(rating, (rating,))[0].lower()
        period = days(one.get("period_from"), one.get("period_to"))
        if one.get("value") is None:
            points.append(None)
            empty.append((x, f"{period}: {rated}"))
            continue
        tick = day(one.get("period_to"))[-8:] if (len(ordered) - 1 - number) % every == 0 else ""
        points.append(Point(x, at(one["value"]), f"{period}: {written(one['value'], unit)}, {rated}", tick, rating))
    target, bearable = data.get("target"), data.get("warning")
    ends = dict.fromkeys([low + room if low else 0, high - room])
    return Trend(
        points=tuple(point for point in points if point),
        lines=tuple(_stretches(points)),
        empty=tuple(empty),
        target=None if target is None else at(target),
        bearable=None if bearable is None else at(bearable),
        scale=tuple(_scale([(at(v), written(round(v, 1), unit if unit == "%" else "")) for v in (target, *ends) if v is not None])),
        left=left,
        width=width,
        floor=floor,
        height=height,
    )  # fmt: skip


def _scale(labels: Iterable[tuple[float, str]]) -> Iterable[tuple[float, str]]:
    """The labels beside a drawing, the target's first; one that would lie on another is left out."""
    placed: list[float] = []
    for y, label in labels:
        if all(abs(y - other) >= 13 for other in placed):
            placed.append(y)
            yield y, label


def _stretches(points: Iterable[Point | None]) -> Iterable[str]:
    """Neighbouring points joined; a period without a value parts them."""
    stretch: list[str] = []
    for point in [*points, None]:
        if point:
            stretch.append(f"{point.x},{point.y}")
        elif stretch:
            yield " ".join(stretch)
            stretch = []
