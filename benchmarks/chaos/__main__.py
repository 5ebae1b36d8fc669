# SPDX-License-Identifier: Apache-2.0
"""``python -m benchmarks.chaos``: exit status 1 on any violation, each of which is a defect of the product."""

from __future__ import annotations

import sys
from dataclasses import asdict

import click
import orjson
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from benchmarks.chaos.run import Report, Told, run


@click.command(help=__doc__)
@click.option("--database", type=click.Choice(["sqlite", "postgresql"]), default="sqlite", show_default=True)
@click.option("--kills", type=click.IntRange(1, 100_000), default=20, show_default=True)
@click.option("--seed", type=int, default=1, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def main(database: str, kills: int, seed: int, as_json: bool) -> None:
    console = Console(stderr=as_json)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("kills"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console) as progress:
        bar = progress.add_task(f"{database}", total=kills)
        told = Told(lambda text: progress.update(bar, description=f"{database}: {text}"), lambda: progress.advance(bar))
        report = run(database, kills, seed, told)
    if as_json:
        sys.stdout.write(orjson.dumps(asdict(report), option=orjson.OPT_INDENT_2).decode() + "\n")
    else:
        _show(console, report)
    sys.exit(1 if report.violations else 0)


def _show(console: Console, report: Report) -> None:
    for title, counts in (("What went wrong on purpose", report.events), ("What was found exact", report.counts)):
        table = Table(title=title, title_justify="left", title_style="bold", show_header=False)
        for name, number in counts.items():
            table.add_row(name, f"{number:,}")
        console.print(table)
    for violation in report.violations:
        console.print(f"[red]violated:[/red] {violation}", highlight=False, soft_wrap=True)
    took = f"{report.seconds:.0f} s, of which {report.quiet_seconds:.0f} s until all had ended in peace"
    verdict = "[red]not exact[/red]" if report.violations else "[green]exact[/green]"
    console.print(f"{report.database}, seed {report.seed}: {verdict} ({took})")


main()
