# SPDX-License-Identifier: Apache-2.0
"""``python -m benchmarks [PART …] [--size N]``: runs the parts, prints their tables, keeps their figures.

``--size``: how many cases `scale`, `storage` and `proof` put into their databases; the big form of `scale` is 1000000.
``python -m benchmarks report``: the figures that were kept, as the text of docs/performance.md.
"""

from __future__ import annotations

import importlib
import inspect
import sys
import time

from rich.console import Console
from rich.table import Table

from benchmarks.measure import Figure, Report, shown

PARTS = (
    "steps", "turns", "timers", "http", "together", "scaleout", "startup", "language", "sealing", "scale", "storage", "proof",
)  # fmt: skip


def main(names: list[str]) -> int:
    """0 when every ratio is within its bound."""
    console = Console()
    if names == ["report"]:
        sys.stdout.write(importlib.import_module("benchmarks.document").text())
        return 0
    names, size = _size(names)
    unknown = set(names) - set(PARTS)
    if unknown:
        console.print(f"There is no part {', '.join(sorted(unknown))}. Parts: {', '.join(PARTS)}.")
        return 2
    began, over = time.perf_counter(), 0
    for name in names or PARTS:
        with console.status(f"measuring {name} …"):
            run = importlib.import_module(f"benchmarks.{name}").run
            sized = size is not None and "size" in inspect.signature(run).parameters
            report: Report = run(size=size) if sized else run()
        report.write()
        console.print(table(report))
        over += sum(not figure.kept for figure in report.figures)
    console.print(f"{time.perf_counter() - began:.0f} s; figures are in benchmarks/results/.")
    if over:
        console.print(f"[red]{over} over the bound.[/red]")
    return 1 if over else 0


def _size(names: list[str]) -> tuple[list[str], int | None]:
    """The parts, and the number after ``--size``."""
    if "--size" not in names:
        return names, None
    at = names.index("--size")
    return [*names[:at], *names[at + 2 :]], int(names[at + 1])


def table(report: Report) -> Table:
    shape = Table(title=report.title, title_justify="left", title_style="bold", header_style="bold")
    for header in ("what", "median", "against", "median", "ratio", "bound", ""):
        right = header in {"median", "ratio", "bound"}
        shape.add_column(header, justify="right" if right else "left", overflow="fold")
    for figure in report.figures:
        shape.add_row(*cells(figure))
    return shape


def cells(figure: Figure) -> list[str]:
    floor = "" if figure.floor is None else shown(figure.floor, figure.unit)
    ratio = "" if figure.ratio is None else f"{figure.ratio:.2f}"
    colour = "" if figure.bound is None else "green" if figure.kept else "red"
    bound = "" if figure.bound is None else f"≤ {figure.bound:g}"
    ratio = f"[{colour}]{ratio}[/{colour}]" if colour and ratio else ratio
    return [figure.what, shown(figure.value, figure.unit), figure.against, floor, ratio, bound, figure.note]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
