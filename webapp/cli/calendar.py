# SPDX-License-Identifier: Apache-2.0
"""`fitsm calendar`: which calendars there are, changing one and the time zone, and how a due time is counted on one."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

import click

from engine.errors import Invalid, TimeInvalid
from engine.values import Explanation
from webapp.cli import show
from webapp.cli.hours import DAYS, did_you_mean, holidays, opening_hours
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


@calendar.command("show")
@click.argument("name", default="default")
@as_json
def shown(name: str, as_json: bool) -> None:
    """What the calendar NAME says (else `default`); with --json as the file that `fitsm calendar set` takes."""
    with opened() as (engine, _):
        found = engine.calendar(name)
    if as_json:
        show.json(found)
        return
    place = found.get("holidays") or {}
    opening = found.get("opening_hours") or {}
    extra = {**(found.get("extra_holidays") or {}), **(found.get("extra_working_days") or {})}
    show.pairs(
        [
            ("title", found.get("title")),
            ("time zone", found["time_zone"]),
            *((day, ", ".join(opening.get(day) or ["closed"])) for day in DAYS),
            ("holidays", ", ".join(filter(None, (place.get("country"), place.get("subdivision")))) or "none"),
            *((day, told if isinstance(told, str) else ", ".join(told)) for day, told in sorted(extra.items())),
        ]
    )


@calendar.command("set")
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--name", default="default", show_default=True, help="Which calendar; a new name adds one.")
@click.option("--open", "times", multiple=True, metavar='"DAYS TIMES"', help='As "mon-fri 08:00-12:00 13:00-17:00"; repeat.')
@click.option("--country", metavar="CODE", help="Whose public holidays are closed: ISO 3166, as DE; none: nobody's.")
@click.option("--region", metavar="CODE", help="The part of the country, as BY.")
@as_login
@as_json
def set_(
    file: Path | None,
    name: str,
    times: tuple[str, ...],
    country: str | None,
    region: str | None,
    login: str | None,
    as_json: bool,
) -> None:
    """Change a calendar to what FILE says, or in what the options say: with --open all opening hours, with --country the
    holidays. New cases count on it, running ones stay on theirs."""
    told = bool(times) or country is not None or region is not None
    if told is (file is not None):
        raise Invalid(
            "Give a file, or say what is to be changed: one of the two.",
            hint='As in: fitsm calendar set --open "monday-friday 08:00-18:00" --country DE',
        )
    with opened() as (engine, config):
        if file is not None:
            content = read_data(f"@{file}")
        else:
            content = dict(engine.calendar(name)) if name in engine.calendars() else {"time_zone": config.timezone}
            known = engine.countries() if country is not None else {}
            content["holidays"] = holidays(country, region, content.get("holidays") or {}, known)
            content |= {"opening_hours": opening_hours(times)} if times else {}
        published = engine.set_calendar(acting(engine, login), name, content)
    if as_json:
        show.json({"name": name, "processes": [one.process_id for one in published]})
    else:
        show.good(f"The calendar '{name}' is changed, with {len(published)} new process versions.")


@calendar.command()
@click.argument("name", required=False)
@as_login
@as_json
def zone(name: str | None, login: str | None, as_json: bool) -> None:
    """Tell whose local time counts, or make it that of NAME, as Europe/Berlin; running cases keep theirs."""
    from webapp.first_run.present import zones

    with opened() as (engine, config):
        if name is not None and name not in zones():
            hint = did_you_mean(name, zones()) or "Use an IANA name such as Europe/Berlin."
            raise TimeInvalid(f"There is no time zone '{name}'.", value=name, hint=hint)
        published = engine.set_time_zone(acting(engine, login), name) if name else ()
    if as_json:
        show.json({"zone": name or config.timezone, "processes": [one.process_id for one in published]})
    elif name is None:
        show.out.print(config.timezone)
    else:
        show.good(f"Local time is that of {name}, with {len(published)} new process versions.")


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
