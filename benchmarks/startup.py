# SPDX-License-Identifier: Apache-2.0
"""From the start of `fitsm up` to the first page, in a process of its own: next day, and the very first time."""

from __future__ import annotations

from pathlib import Path

from benchmarks import bare
from benchmarks.measure import Figure, Report, middle, scratch
from benchmarks.server import FITSM, free_port, running
from benchmarks.subject import ROOT

STARTS = 5
FIRST_STARTS = 2
PAGE = "/sign-in"


def run() -> Report:
    firsts: list[float] = []
    again: list[float] = []
    floors: list[float] = []
    for number in range(FIRST_STARTS):
        with scratch() as folder:
            firsts.append(_up(folder))
            if number == 0:
                bare.fill(folder / "bare.db", "")
                for _ in range(STARTS):
                    again.append(_up(folder))
                    floors.append(_bare(folder))
    floor, against = middle(floors), "bare Flask in Granian"
    return Report(
        "startup",
        f"From `fitsm up` to the first page ({PAGE})",
        [
            Figure("database there", middle(again), against, floor),
            Figure("first start, with the sample organisation", middle(firsts), against, floor),
        ],
    )


def _up(folder: Path) -> float:
    port = free_port()
    environment = {"FITSM_VAR_DIR": str(folder), "FITSM_CONTENT_DIR": str(ROOT), "FITSM_DEMO": "yes"}
    with running([*FITSM, "up", "--no-browser", "--port", str(port)], port, PAGE, environment) as server:
        return server.took


def _bare(folder: Path) -> float:
    port = free_port()
    with running(["-m", "benchmarks.bare", str(port), str(folder / "bare.db")], port, "/healthz", {}) as server:
        return server.took
