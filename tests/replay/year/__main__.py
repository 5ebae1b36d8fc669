# SPDX-License-Identifier: Apache-2.0
"""``python -m tests.replay.year``: play a year, close the house, open it again and replay every case."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

import click
from rich.console import Console

from engine import SYSTEM
from tests.replay.year.play import Year

console = Console()


@click.command()
@click.option("--cases", default=300, show_default=True, help="Cases that people start; each makes some ten events.")
@click.option("--seed", default=1, show_default=True)
@click.option("--database", default="", help="URL of an empty database; default: SQLite in a folder of its own.")
def main(cases: int, seed: int, database: str) -> None:
    """Exit status 1 if a case does not come out as it was recorded."""
    with tempfile.TemporaryDirectory() as folder:
        year, began = Year(Path(folder), cases, seed, database), time.perf_counter()
        with console.status("playing …") as status:
            year.play(lambda events: status.update(f"playing … {events:,} events"))
        events, took = year.events(), time.perf_counter() - began
        console.print(f"{events:,} events in {took:.0f} s")
        for what, number in sorted(year.tally.items()):
            console.print(f"  {number:>8,} {what}")
        began = time.perf_counter()
        bad = [verdict for verdict in year.engine.verify_all(SYSTEM) if not verdict.ok]
        took = time.perf_counter() - began
        for verdict in bad:
            console.print(f"[red]{verdict.case_id}: at event {verdict.parted_at}: {verdict.reason}[/red]")
        console.print(f"replayed in {took:.0f} s, {len(bad)} cases do not reproduce")
        year.engine.close()
    raise SystemExit(1 if bad else 0)


if __name__ == "__main__":
    main()
