# SPDX-License-Identifier: Apache-2.0
"""The chart of lateness: figures by the hour turned into places on a drawing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import log10
from zoneinfo import ZoneInfo

from engine.values import Punctuality

#: Lines of the scale: seconds -> label. What is earlier than the first line stands on the floor.
SCALE = ((0.01, "10 ms"), (0.1, "0.1 s"), (1.0, "1 s"), (60.0, "1 min"), (3600.0, "1 h"), (86_400.0, "1 day"))
BOUND = 1.0  #: seconds; timers shall not be later than that
_LEFT, _TOP, _WIDTH, _FLOOR, _HEIGHT = 48, 12, 720, 150, 172


@dataclass(frozen=True, slots=True)
class Line:
    label: str
    y: float
    bound: bool


@dataclass(frozen=True, slots=True)
class Bar:
    """An hour. ``tick``: what stands below it, for every fourth."""

    label: str
    tick: str
    x: float
    fired: int = 0
    p50: float = 0
    p99: float = 0
    worst: float = 0
    p50_y: float = _FLOOR
    p99_y: float = _FLOOR


@dataclass(frozen=True, slots=True)
class Chart:
    lines: tuple[Line, ...]
    bars: tuple[Bar, ...]
    bar: float
    left: int = _LEFT
    width: int = _WIDTH
    floor: int = _FLOOR
    height: int = _HEIGHT


def lateness_chart(found: Sequence[Punctuality], since: datetime, hours: int, zone: ZoneInfo) -> Chart:
    """``hours`` bars from the hour ``since`` on, those without a firing empty; labels in local time."""
    top = max((p.p99 for p in found), default=0.0)
    last = next((s for s, _ in SCALE if s >= max(top, BOUND)), top)
    known, step = {p.since: p for p in found}, (_WIDTH - _LEFT) / hours
    bars = []
    for number in range(hours):
        hour = since + timedelta(hours=number)
        local, x = hour.astimezone(zone), round(_LEFT + number * step + step * 0.15, 1)
        tick = f"{local:%H:%M}" if local.hour % 4 == 0 else ""
        bar = Bar(f"{local:%a %H:%M}", tick, x)
        if hour in known:
            p = known[hour]
            heights = {"p50_y": _y(p.p50, last), "p99_y": _y(p.p99, last)}
            bar = Bar(bar.label, tick, x, p.fired, p.p50, p.p99, p.worst, **heights)
        bars.append(bar)
    lines = tuple(Line(label, _y(s, last), s == BOUND) for s, label in SCALE if s <= last)
    return Chart(lines, tuple(bars), round(step * 0.7, 1))


def _y(seconds: float, last: float) -> float:
    """Logarithmic between the first line of the scale and the top; a bar that is there is seen."""
    first = SCALE[0][0] / 3
    part = (log10(max(seconds, first)) - log10(first)) / (log10(last) - log10(first))
    return round(min(_FLOOR - part * (_FLOOR - _TOP), _FLOOR - 2), 1)
