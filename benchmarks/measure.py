# SPDX-License-Identifier: Apache-2.0
"""Timing, medians, and what a part reports. Nothing here knows what is measured."""

from __future__ import annotations

import json
import os
import platform
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median, quantiles

RESULTS = Path(__file__).parent / "results"

Act = Callable[[], object]


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of a report: times in seconds (or bytes), against what, and the bound on the ratio, if there is one."""

    what: str
    value: float
    against: str = ""
    floor: float | None = None
    bound: float | None = None
    unit: str = "s"
    note: str = ""

    @property
    def ratio(self) -> float | None:
        return self.value / self.floor if self.floor else None

    @property
    def kept(self) -> bool:
        """Whether the ratio is within its bound."""
        return self.bound is None or self.ratio is None or self.ratio <= self.bound


@dataclass(slots=True)
class Report:
    """What one part found."""

    name: str
    title: str
    figures: list[Figure] = field(default_factory=list)

    def write(self) -> Path:
        """Keep it as JSON."""
        RESULTS.mkdir(exist_ok=True)
        path = RESULTS / f"{self.name}.json"
        figures = [{**asdict(f), "ratio": f.ratio and round(f.ratio, 3), "kept": f.kept} for f in self.figures]
        content: dict[str, object] = {
            "title": self.title,
            "python": platform.python_version(),
            "machine": platform.machine(),
        }
        content |= {"cores": os.cpu_count() or 1, "load": round(os.getloadavg()[0], 1)}
        path.write_text(json.dumps({**content, "figures": figures}, indent=2) + "\n", encoding="utf-8")
        return path


def timed(act: Act) -> float:
    """Seconds that ``act`` takes."""
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def timed_twice(act: Act) -> tuple[float, float]:
    """(seconds, seconds of them in which this thread computed) that ``act`` takes."""
    computing, began = time.thread_time(), time.perf_counter()
    act()
    return time.perf_counter() - began, time.thread_time() - computing


def each(act: Act, *, repeat: int, rounds: int) -> list[float]:
    """Seconds per call of something too short to be timed alone; one value a round."""
    return [timed(lambda: [act() for _ in range(repeat)]) / repeat for _ in range(rounds)]


def interleaved(acts: list[Act], *, repeat: int = 1, rounds: int) -> list[list[float]]:
    """Seconds per call of several acts that take turns, so that all see the same disturbances."""
    found: list[list[float]] = [[] for _ in acts]
    for _ in range(rounds):
        for own, act in zip(found, acts, strict=True):
            own += each(act, repeat=repeat, rounds=1)
    return found


def middle(values: list[float]) -> float:
    return median(values)


def spread(values: list[float]) -> str:
    """The 5th and 95th percentile, for a note."""
    parts = quantiles(values, n=20)
    return f"5–95 %: {shown(parts[0])} … {shown(parts[-1])}"


def shown(value: float, unit: str = "s") -> str:
    """A time or size with three digits."""
    if unit == "bytes":
        return f"{value:,.0f} B"
    for scale, name in ((1, "s"), (1e3, "ms"), (1e6, "µs")):
        if value * scale >= 1:
            return f"{value * scale:.3g} {name}" if value * scale < 1000 else f"{value * scale:.0f} {name}"
    return f"{value * 1e9:.0f} ns"


@contextmanager
def scratch() -> Iterator[Path]:
    """A folder on the project's own disk (``/tmp`` may be memory, where a commit costs nothing); gone afterwards."""
    RESULTS.mkdir(exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="run-", dir=RESULTS))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
