# SPDX-License-Identifier: Apache-2.0
"""`fitsm replay`: run recorded cases again, one step by step or all of them."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import click
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from engine import Engine
from engine.errors import Invalid
from engine.values import Actor, Step, Verdict
from webapp.cli import show
from webapp.cli.session import acting, as_json, as_login, opened
from webapp.wire import dumps


@click.command()
@click.argument("case_id", metavar="[ID]", required=False)
@click.option("--case", "named", metavar="ID", help="The same as the argument.")
@click.option("--all", "everything", is_flag=True, help="Every case, whatever version it ran on.")
@as_login
@as_json
def replay(case_id: str | None, named: str | None, everything: bool, login: str | None, as_json: bool) -> int:
    """Run the case ID (or --all) again from its record and compare every step.

    Exit status 1 if a case does not come out the same; it is told at which event and in what. Nothing is written: it may
    be stopped at any time, and then tells what it has found so far (exit status 130).
    """
    wanted = [one for one in (case_id, named) if one]
    if len(wanted) + everything != 1:
        raise Invalid("Name one case, or say --all.", hint="For example: fitsm replay --all")
    with opened() as (engine, config):
        actor = acting(engine, login)
        if everything:
            return _all(engine, actor, as_json)
        steps, verdict = engine.steps(actor, wanted[0]), engine.verify(actor, wanted[0])
    if as_json:
        show.json({"steps": steps, "verdict": verdict})
    else:
        for step in steps:
            _show_step(step, config.timezone)
        show_verdict(verdict)
    return 0 if verdict.ok else 1


@dataclass(slots=True)
class Tally:
    """What a replay of all cases has found so far."""

    of: int
    cases: int = 0
    events: int = 0
    commands: int = 0
    stopped: bool = False
    seconds: float = 0.0
    parted: list[Verdict] = field(default_factory=list)

    def add(self, verdict: Verdict) -> None:
        self.cases += 1
        self.events += verdict.events
        self.commands += verdict.commands
        if not verdict.ok:
            self.parted.append(verdict)

    def sentence(self) -> str:
        """The summary for people."""
        much = f"{self.cases:,} of {self.of:,} cases" if self.stopped else f"{self.cases:,} cases"
        speed = f"{self.events / self.seconds:,.0f} events/s" if self.seconds else ""
        told = f"{much} replayed: {self.events:,} events, {self.commands:,} commands in {self.seconds:.1f} s ({speed})."
        found = f"{len(self.parted):,} do not reproduce." if self.parted else "All reproduce."
        return f"{'Stopped. ' if self.stopped else ''}{told} {found}"


def _all(engine: Engine, actor: Actor, as_json: bool) -> int:
    tally = Tally(of=engine.count_cases(actor))
    began = time.perf_counter()
    try:
        _run(engine.replay_all(actor), tally, quiet=as_json)
    except KeyboardInterrupt:
        tally.stopped = True
    tally.seconds = time.perf_counter() - began
    if as_json:
        show.json(tally)
    elif tally.parted:
        show.out.print(f"[red]{escape(tally.sentence())}[/red]")
    else:
        show.good(tally.sentence())
    return 1 if tally.parted else 130 if tally.stopped else 0


def _run(verdicts: Iterable[Verdict], tally: Tally, *, quiet: bool) -> None:
    """A bar on a terminal, nothing in a pipe; a case that parts is told at once."""
    columns = (TextColumn("Replaying"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=show.err, disable=not show.err.is_terminal, transient=True) as progress:
        bar = progress.add_task("", total=tally.of)
        for verdict in verdicts:
            tally.add(verdict)
            progress.update(bar, completed=tally.cases, total=max(tally.of, tally.cases))
            if not verdict.ok and not quiet:
                show_verdict(verdict)


def _show_step(step: Step, zone: str) -> None:
    who = step.actor + (f" for {step.on_behalf_of}" if step.on_behalf_of else "")
    title = step.title or step.kind
    show.out.print(f"{step.seq:>4}  {show.when(step.at, zone)}  {who:<16} {escape(title)}")
    for change in step.changes:
        show.out.print(
            f"        {escape(f'{change.name}: {_text(change.before)} → {_text(change.after)}')}", style="dim"
        )


def _text(value: Any) -> str:
    return dumps(value).decode()


def show_verdict(verdict: Verdict) -> None:
    """One line: whole and reproduced, or where and why not."""
    text = f"{verdict.case_id}  {verdict.events} events, {verdict.commands} commands"
    if verdict.ok:
        sealed = f", sealed up to event {verdict.sealed.seq}" if verdict.sealed else ", not sealed yet"
        show.good(f"{text}: whole and reproduced, head {verdict.head[:16]}{sealed}")
        return
    what = "the chain is broken" if not verdict.chain_whole else "the chain is whole, but it does not reproduce"
    at = f" at event {verdict.parted_at}" if verdict.parted_at is not None else ""
    show.out.print(f"[red]{escape(f'{text}: {what}{at}. {verdict.reason}')}[/red]")
