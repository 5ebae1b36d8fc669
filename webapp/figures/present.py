# SPDX-License-Identifier: Apache-2.0
"""Indicators as the pages show them: their words, and their values turned into places on a drawing."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

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


@dataclass(frozen=True, slots=True)
class Point:
    """A value on a drawing; a period without a value has none."""

    x: float
    y: float
    words: str
    tick: str
    rating: str


@dataclass(frozen=True, slots=True)
class Trend:
    """``lines``: the points of each stretch that has values, as an SVG polyline wants them."""

    points: tuple[Point, ...]
    lines: tuple[str, ...]
    target: float
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
    period: str
    wanted: str
    unit: str
    rating: str
    change: str
    small: Trend
    large: Trend

    @property
    def last(self) -> Data | None:
        return self.values[0] if self.values else None


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
    unit = str(values[0].get("unit") or "") if values else ""
    least = "at least" if data.get("direction", "up") == "up" else "at most"
    return Indicator(
        id=data["id"],
        data=data,
        values=tuple(values),
        process=_choice(schema, data, "process"),
        measure=_choice(schema, data, "measure"),
        period=_choice(schema, data, "period"),
        wanted=f"{least} {written(data.get('target'), unit)}",
        unit=unit,
        rating=str(values[0].get("rating")) if values else "",
        change=_change(data, values),
        small=_trend(data, values[:_SMALL], unit, left=4, width=132, floor=34, height=38),
        large=_trend(data, values[:SHOWN], unit, left=56, width=720, floor=170, height=196),
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
    offered = schema.get("properties", {}).get(name, {}).get("oneOf", [])
    return next((str(one["title"]) for one in offered if one["const"] == data.get(name)), str(data.get(name) or ""))


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

    points: list[Point | None] = []
    for number, one in enumerate(ordered):
        x, rating = round(left + (number + 0.5) * step, 1), str(one.get("rating"))
        rated = RATINGS.get(rating, (rating,))[0].lower()
        words = f"{one.get('period_from')} to {one.get('period_to')}: {written(one.get('value'), unit)}, {rated}"
        points.append(None if one.get("value") is None else Point(x, at(one["value"]), words, one["period_to"][:7], rating))
    shown = tuple(point for point in points if point)
    target = data.get("target")
    return Trend(
        points=shown,
        lines=tuple(_stretches(points)),
        target=at(target if target is not None else low),
        bearable=None if data.get("warning") is None else at(data["warning"]),
        scale=tuple((at(value), written(round(value, 1))) for value in dict.fromkeys([low + room if low else 0, high - room])),
        left=left,
        width=width,
        floor=floor,
        height=height,
    )  # fmt: skip


def _stretches(points: Iterable[Point | None]) -> Iterable[str]:
    """Neighbouring points joined; a period without a value parts them."""
    stretch: list[str] = []
    for point in [*points, None]:
        if point:
            stretch.append(f"{point.x},{point.y}")
        elif stretch:
            yield " ".join(stretch)
            stretch = []
