# SPDX-License-Identifier: Apache-2.0
"""`fitsm coverage`: how much of the standard the content runs."""

from __future__ import annotations

from pathlib import Path

import click
from rich.markup import escape

from engine import take_inventory
from webapp.cli import show
from webapp.cli.session import as_json
from webapp.config import content_dir, read_config
from webapp.coverage import Gap, Report, read_catalogue, report_on


@click.command()
@click.argument("path", type=click.Path(exists=True, file_okay=False, path_type=Path), required=False)
@as_json
def coverage(path: Path | None, as_json: bool) -> int:
    """Compare content (the shipped processes, or those below PATH) with the activities and interfaces of FitSM.

    Exit status 1 if anything is missing: an activity that no element performs, an interface without one of its ends, a
    name of nothing, or something that nothing names.
    """
    root = content_dir(str(path)) if path else read_config().content_dir
    own = root / "processes" / "fitsm"
    catalogue = read_catalogue(own if own.is_dir() else content_dir() / "processes" / "fitsm")
    report = report_on(take_inventory(root), catalogue)
    if as_json:
        show.json(
            {"complete": report.complete, "processes": report.processes, "gaps": report.gaps, "later": report.later}
        )
    else:
        _show(report)
    return 0 if report.complete else 1


def _show(report: Report) -> None:
    rows = [
        (
            one.id,
            one.title,
            one.diagrams,
            _share(one.activities, one.of_activities),
            _share(one.interfaces, one.of_interfaces),
            one.gaps,
        )
        for one in report.processes
    ]
    listed = report.processes
    total = (
        "all",
        "",
        sum(one.diagrams for one in listed),
        _share(sum(one.activities for one in listed), sum(one.of_activities for one in listed)),
        _share(sum(one.interfaces for one in listed), sum(one.of_interfaces for one in listed)),
        len(report.gaps),
    )
    show.table(["PROCESS", "TITLE", "DIAGRAMS", "ACTIVITIES", "INTERFACES", "GAPS"], [*rows, total], empty="")
    for gap in report.gaps:
        show.out.print(_told(gap))
    later = ", ".join(f"{one.id} {one.title} {one.activities} of {one.of_activities}" for one in report.later)
    show.out.print(f"Not yet: {later}.", style="dim")
    if report.complete:
        show.good("Every activity is performed, every interface has both its ends, and nothing is left over.")


def _told(gap: Gap) -> str:
    place = " ".join(filter(None, (gap.file, gap.element)))
    process, rule = escape(gap.process or "–"), escape(f"[{gap.rule}]")
    told = f"{process} [red]{rule}[/red] {escape(gap.subject)}: {escape(gap.sentence)}"
    return told + (f" [dim]{escape(place)}[/dim]" if place else "")


def _share(done: int, of: int) -> str:
    return f"{done} of {of}, {100 * done // of} %" if of else "–"
