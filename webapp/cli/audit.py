# SPDX-License-Identifier: Apache-2.0
"""`fitsm verify`: whether the record is what was written, whole and sealed."""

from __future__ import annotations

from collections.abc import Iterable

import click
from rich.markup import escape

from engine.errors import Invalid
from engine.values import SealVerdict, Verdict
from webapp.cli import show
from webapp.cli.replay import show_verdict
from webapp.cli.session import acting, as_json, as_login, opened


@click.command()
@click.argument("case_id", metavar="[ID]", required=False)
@click.option("--all", "everything", is_flag=True, help="Verify every case.")
@as_login
@as_json
def verify(case_id: str | None, everything: bool, login: str | None, as_json: bool) -> int:
    """Verify that the record of case ID (or of --all) was not altered and reproduces. Exit status 1 if not."""
    if bool(case_id) == everything:
        raise Invalid("Name one case, or say --all.", hint="For example: fitsm verify --all")
    with opened() as (engine, _):
        actor = acting(engine, login)
        verdicts = engine.verify_all(actor) if everything else iter([engine.verify(actor, str(case_id))])
        bad, count = _report(verdicts, as_json)
        if not as_json:
            show.out.print(f"{count} cases verified, {bad} not as recorded.")
        seals = engine.verify_seals(actor) if everything else SealVerdict(0, 0, 0, 0)
        if everything:
            _show_seals(seals, as_json=as_json)
    return 1 if bad or not seals.ok else 0


def _show_seals(seals: SealVerdict, *, as_json: bool) -> None:
    """What the log of sealed heads says of all histories, those of definitions, records and people included."""
    if as_json:
        show.json(seals)
        return
    for fault in seals.faults:
        show.out.print(f"[red]{escape(fault)}[/red]")
    if seals.ok and seals.last is not None:
        show.good(
            f"{seals.leaves} sealed heads of {seals.streams} histories, signed {seals.heads} times: all as sealed."
        )
    show.out.print(
        f"{seals.unsealed} histories have entries after the last seal. A head that somebody outside holds from earlier "
        "shows what this cannot: that the past was not rewritten with the signing key."
    )


def _report(verdicts: Iterable[Verdict], as_json: bool) -> tuple[int, int]:
    """Show each verdict as it comes; how many are bad, and how many there were."""
    bad = count = 0
    for verdict in verdicts:
        count += 1
        bad += not verdict.ok
        if as_json:
            show.json(verdict)
        else:
            show_verdict(verdict)
    return bad, count
