# SPDX-License-Identifier: Apache-2.0
"""`fitsm seal`, `heads`, `consistency` and `export`: what proves the histories to somebody outside."""

from __future__ import annotations

from pathlib import Path

import click

from engine.errors import Invalid
from webapp.cli import show
from webapp.cli.session import acting, as_json, as_login, opened


@click.command()
@click.option("--new-key", is_flag=True, help="First make a new private key; the old file must have been moved away.")
@as_login
@as_json
def seal(new_key: bool, login: str | None, as_json: bool) -> None:
    """Seal what has happened since the last seal; `fitsm up` and `fitsm worker` do so by themselves."""
    with opened() as (engine, _):
        actor = acting(engine, login)
        if new_key:
            line = engine.make_seal_key(actor)
            show.err.print(f"New public key, for everybody who verifies: {line}", markup=False)
        head = engine.seal(actor)
        if as_json:
            show.json(head)
        elif head is None:
            show.out.print("Nothing has happened since the last seal.")
        else:
            show.good(f"Sealed: {head.size} leaves, root {head.root[:16]}…, signed with key {head.key_id}.")


@click.command()
@click.option("--since", type=click.IntRange(0), default=0, metavar="N", help="Only heads of more than N leaves.")
@click.option("--last", is_flag=True, help="Print the newest head as the signed note that verify_bundle.py takes.")
@click.option("--key", "key", is_flag=True, help="Print the public key instead.")
@as_login
@as_json
def heads(since: int, last: bool, key: bool, login: str | None, as_json: bool) -> None:
    """The signed heads of the log of sealed histories. Keep them where nobody who runs this can change them."""
    with opened() as (engine, config):
        actor = acting(engine, login)
        if key:
            click.echo(engine.seal_key(actor))
            return
        found = engine.heads(actor, since)
    if last:
        if not found:
            raise Invalid("Nothing is sealed yet.", hint="Run: fitsm seal")
        click.echo(found[-1].note, nl=False)
    elif as_json:
        show.json(found)
    else:
        rows = [(h.size, show.when(h.at, config.timezone), h.key_id, h.root) for h in found]
        show.table(("leaves", "when", "key", "root"), rows, empty="No heads.")


@click.command()
@click.option(
    "--from", "old", type=click.IntRange(1), required=True, metavar="SIZE", help="Leaves of the head you hold."
)
@click.option(
    "--to", "new", type=click.IntRange(1), metavar="SIZE", help="Leaves of the newer head. Default: the newest."
)
@as_login
def consistency(old: int, new: int | None, login: str | None) -> None:
    """The proof, as JSON, that the log of sealed histories continues an earlier head."""
    with opened() as (engine, _):
        show.json(engine.consistency(acting(engine, login), old, new))


@click.command()
@click.option("--case", "case_id", required=True, metavar="ID", help="The case.")
@click.option("--out", type=click.Path(path_type=Path), metavar="FILE.zip", help="Default: evidence-ID.zip here.")
@click.option("--since-head", type=click.IntRange(1), metavar="SIZE", help="With the proofs from the head you hold.")
@click.option("--without-log", is_flag=True, help="Leave out the log's leaves (they name every case and record).")
@as_login
def export(case_id: str, out: Path | None, since_head: int | None, without_log: bool, login: str | None) -> None:
    """The history of a case as evidence that somebody else can verify without FitSM Flow."""
    from webapp.audit.bundle import VERIFIER, pack

    with opened() as (engine, _):
        files = engine.evidence(acting(engine, login), case_id, since_head, with_log=not without_log)
    path = out or Path(f"evidence-{case_id}.zip")
    try:
        path.write_bytes(pack(case_id, files))
    except OSError as error:
        raise Invalid(f"{path} cannot be written: {error.strerror}.", hint="Name another file with --out.") from error
    show.good(f"Written: {path}")
    show.out.print(f"Verify it with: python3 {VERIFIER} {path}", markup=False)
