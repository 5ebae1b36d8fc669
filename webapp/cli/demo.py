# SPDX-License-Identifier: Apache-2.0
"""`fitsm demo`: the sample organisation."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from engine.errors import Conflict
from webapp.cli import show
from webapp.cli.session import database_file, make_room, opened
from webapp.config import WebConfig, read_config
from webapp.demo import SAMPLE_PASSWORD, build, build_year, sample_people

_LOOPBACK = ("127.0.0.1", "::1", "localhost")


@click.command()
@click.option("--reset", is_flag=True, help="Throw the database away and build the sample organisation anew.")
@click.option("--year", is_flag=True, help="Play a whole year of all processes instead of two weeks (a minute or two).")
@click.option("--yes", is_flag=True, help="Do not ask, also if the database holds other people's work.")
def demo(reset: bool, year: bool, yes: bool) -> None:
    """Build the sample organisation, or with --reset build it anew."""
    config = read_config()
    if reset:
        _drop(config, yes=yes)
    elif not is_empty(config):
        raise Conflict("The database is not empty.", hint="Start over with: fitsm demo --reset")
    build_with_progress(config, year=year)
    show_people(config)


def is_empty(config: WebConfig) -> bool:
    """Is nobody in the database yet?"""
    with opened(config) as (engine, _):
        return not engine.people.find("", limit=1)


def build_with_progress(config: WebConfig, *, year: bool = False) -> None:
    """Build the sample organisation and show how far it is."""
    make_room(config)
    with _progress() as advance:
        report = build_year(config.engine, advance) if year else build(config.engine, advance)
    show.good(f"Sample organisation: {report.people} people, {report.records} records, {report.cases} cases.")


def show_people(config: WebConfig) -> None:
    """Which of the sample people are in the database, and with which password they sign in."""
    with opened(config) as (engine, _):
        rows = [(one.login, one.name, one.title) for one in sample_people() if engine.people.by_login(one.login)]
    if not rows:
        return
    show.table(["LOGIN", "NAME", "WORKS AS"], rows, empty="")
    show.out.print(f"Everybody's password: [bold]{SAMPLE_PASSWORD}[/bold]")
    if config.host not in _LOOPBACK:
        show.out.print(
            f"[yellow]Whoever reaches {config.host} can sign in as one of them, also as the administrator. "
            "Start a site for real work with FITSM_DEMO=no and a database of its own.[/yellow]"
        )


@contextmanager
def _progress() -> Iterator[Callable[[str, int, int], None]]:
    """Gives the function to call with (what, done, of); a bar on a terminal, nothing in a pipe."""
    columns = (TextColumn("{task.description:<28}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=show.err, disable=not show.err.is_terminal, transient=True) as progress:
        bar = progress.add_task("Sample organisation", total=None)

        def advance(what: str, done: int, of: int) -> None:
            progress.update(bar, description=what, completed=done, total=of)

        yield advance


def _drop(config: WebConfig, *, yes: bool) -> None:
    """Remove the database, after asking if it holds more than the sample organisation."""
    file = database_file(config)
    if file is None:
        raise Conflict(
            "Only an SQLite database can be thrown away from here.",
            hint="Drop and create the database with its own tools, then run: fitsm demo",
        )
    if not file.exists():
        return
    others = _others(config)
    if others and not yes:
        click.confirm(
            f"{file} holds {len(others)} people who are not of the sample ({others[0]} …). Delete it all?", abort=True
        )
    for name in (file.name, f"{file.name}-wal", f"{file.name}-shm"):
        file.with_name(name).unlink(missing_ok=True)


def _others(config: WebConfig) -> list[str]:
    sample = {one.login for one in sample_people()}
    with opened(config) as (engine, _):
        return [one.name for one in engine.people.find("", limit=10_000) if one.id not in sample]
