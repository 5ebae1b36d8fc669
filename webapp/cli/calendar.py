# SPDX-License-Identifier: Apache-2.0
"""`fitsm calendar`: which calendars there are, and how a due time is counted on one."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

import click

from engine.errors import Invalid
from engine.values import Explanation
from webapp.cli import show
from webapp.cli.session import acting, as_json, as_login, opened, read_data


@click.group()
def calendar() -> None:
    """Calendars of working time: opening hours, holidays, exceptions."""


@calendar.command("list")
@as_json
def listed(as_json: bool) -> None:
    """The calendars that new versions of processes get."""
    with opened() as (engine, _):
        found = engine.calendars()
    if as_json:
        show.json({"items": [{"name": name, "title": title} for name, title in found.items()]})
    else:
        show.table(("name", "title"), found.items(), empty="No calendars.")


@calendar.command("set")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--name", default="default", show_default=True, help="Which calendar; a new name adds one.")
@as_login
@as_json
def set_(file: Path, name: str, login: str | None, as_json: bool) -> None:
    """Change a calendar to what FILE says; new cases count on it, running ones stay on theirs."""
    with opened() as (engine, _):
        published = engine.set_calendar(acting(engine, login), name, read_data(f"@{file}"))
    if as_json:
        show.json({"name": name, "processes": [one.process_id for one in published]})
    else:
        show.good(f"The calendar '{name}' is changed, with {len(published)} new process versions.")


@calendar.command()
@click.argument("name", required=False)
@click.argument("start", required=False)
@click.argument("duration", required=False)
@click.option("--task", "task_id", metavar="ID", help="Instead: why this task is due when it is.")
@as_login
@as_json
def explain(
    name: str | None, start: str | None, duration: str | None, task_id: str | None, login: str | None, as_json: bool
) -> None:
    """List the times that count, and those that do not and why: fitsm calendar explain default 2026-04-02T16:00:00 P2D"""
    with opened() as (engine, _):
        if task_id:
            found = engine.why_due(acting(engine, login), task_id)
        elif name and start and duration:
            found = (engine.explain_working_time(name, start, duration),)
        else:
            raise Invalid(
                "Name a calendar, a start and a duration, or a task.",
                hint="As in: fitsm calendar explain default 2026-04-02T16:00:00 P2D, or: fitsm calendar explain --task ID",
            )
    if as_json:
        show.json({"items": found})
        return
    if not found:
        show.out.print("No working time was counted for it.")
    for one in found:
        _show(one)


def _show(one: Explanation) -> None:
    zone = ZoneInfo(one.time_zone)
    show.out.print(f"{one.duration} of working time ({one.title}, {one.time_zone})", markup=False)
    if one.paused_from and one.paused_to:
        between = f"{show.when(one.paused_from, one.time_zone)} to {show.when(one.paused_to, one.time_zone)}"
        show.out.print(f"The clock stood still from {between}; that time comes on top.", markup=False)
    rows = [
        (
            f"{c.day:%a %Y-%m-%d}",
            f"{c.start.astimezone(zone):%H:%M}",
            f"{c.end.astimezone(zone):%H:%M}",
            counted(c.counted, c.working_days),
            c.reason,
        )
        for c in one.counted
    ]
    show.table(("day", "from", "to", "counts", "why"), rows, empty="Nothing had to be counted.")
    show.pairs([("from", show.when(one.start, one.time_zone)), ("due", show.when(one.end, one.time_zone))])


def counted(length: str, days: int) -> str:
    """What a stretch counts: a working day, a length of time, or nothing."""
    return "1 day" if days else "" if length == "PT0S" else length
