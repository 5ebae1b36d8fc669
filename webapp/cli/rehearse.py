# SPDX-License-Identifier: Apache-2.0
"""`fitsm rehearse`: what will come up until a day, found out on a copy with a clock that jumps."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import click
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

from engine import Coming, Engine, foreseen, until_of
from engine.errors import Invalid
from webapp.cli import show
from webapp.cli.session import as_json, opened

#: For people; the words of `engine.foresight.Coming.what`.
WORDS = {"started": "case begins", "timer": "timer fires", "task": "task opened", "due": "task is due", "ended": "case ends",
         "held": "case is held"}  # fmt: skip


@click.command()
@click.option(
    "--until", "text", required=True, metavar="DAY|DURATION", help="As in 2028-01-01, P1Y or a full date-time."
)
@click.option(
    "--complete", is_flag=True, help="People complete every task at once, with nothing entered; else tasks stay open."
)
@click.option("--process", metavar="ID", help="Show only what comes up in one process.")
@as_json
def rehearse(text: str, complete: bool, process: str | None, as_json: bool) -> None:
    """List every review and deadline that will come up, in local time. Works on a copy: nothing real changes.

    Ctrl-C ends it early and prints what has been found by then. Services are not called in a rehearsal.
    """
    with opened() as (engine, config):
        zone = ZoneInfo(config.timezone)
        until = last_moment(text, engine.clock.now(), zone)
        if process:
            engine.definition(process)
        found, reached = _rehearsed(engine, until, complete=complete)
    shown = [one for one in found if process in (None, one.process_id)]
    if as_json:
        show.json({"until": until, "reached": reached, "complete": reached >= until, "coming": shown})
        return
    show.table(
        ("when", "what", "process", "case", "element", "for"),
        [_row(one, config.timezone) for one in shown],
        empty=f"Nothing comes up until {show.when(reached, config.timezone)}.",
    )
    if reached < until:
        show.err.print(
            f"Stopped at {show.when(reached, config.timezone)}; what comes after that is not listed.", style="yellow"
        )


def last_moment(text: str, now: datetime, zone: ZoneInfo) -> datetime:
    """The moment that ``--until`` names: a duration from now, a date-time, or a day (its end).

    Raises:
        Invalid: it names none, or one that has passed.
    """
    if len(text) == len("2028-01-01") and not text.startswith("P"):
        until = datetime.combine(_day(text), time(), zone) + timedelta(days=1)
    else:
        until = until_of(text, now, zone)
    if until <= now:
        raise Invalid(f"{text} has passed.", hint="Name a day that comes, such as the end of next year.")
    return until


def _day(text: str) -> datetime:
    try:
        return datetime.strptime(text, "%Y-%m-%d")  # noqa: DTZ007  a day has no zone
    except ValueError as error:
        raise Invalid(f"'{text}' is no day.", hint="Write it as in 2028-01-01, or a duration such as P1Y.") from error


def _rehearsed(engine: Engine, until: datetime, *, complete: bool) -> tuple[list[Coming], datetime]:
    """What comes up, and how far it was found out (by Ctrl-C not to the end)."""
    found: list[Coming] = []
    with foreseen(engine) as rehearsed, _bar() as bar:
        begun = rehearsed.now
        task = bar.add_task("Rehearsing", total=(until - begun).total_seconds())
        try:
            for one in rehearsed.until(until, complete=complete):
                found.append(one)
                bar.update(task, completed=(one.at - begun).total_seconds(), description=f"{one.at:%Y-%m-%d}")
        except KeyboardInterrupt:
            return found, rehearsed.now
        return found, rehearsed.now


def _bar() -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn())
    return Progress(*columns, console=show.err, transient=True, disable=not show.err.is_terminal)


def _row(one: Coming, zone: str) -> tuple[str, ...]:
    what = WORDS[one.what] if one.what != "held" else f"{WORDS[one.what]}: {one.note}"
    case = f"{one.case or one.case_id}{' (new)' if one.is_new else ''}"
    whose = one.person or one.role
    return (show.when(one.at, zone), what, one.process, case, one.name or one.element, whose)
