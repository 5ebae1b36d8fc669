# SPDX-License-Identifier: Apache-2.0
"""`fitsm run`: try a diagram in memory, on a virtual clock, without a database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click
import orjson

from engine import Trial, decision_ids, try_diagrams, until_of
from engine.errors import Invalid
from webapp.cli import show
from webapp.cli.definitions import called_from, check_files, diagrams_in, read_files
from webapp.cli.session import as_json
from webapp.config import WebConfig, read_config


@click.command()
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--process", "process_id", help="The process to start; by default the first that starts by hand.")
@click.option("--data", default="{}", help="Variables to start with: JSON, or @FILE.")
@click.option("--answers", help="Form data by element id: JSON, or @FILE. A list answers one visit after another.")
@click.option("--start", "started", help="When it starts (ISO 8601); by default 2026-01-05T09:00:00Z, a Monday.")
@click.option("--until", help="How far time may go: a date-time, or a duration from the start (P30D).")
@as_json
def run(
    files: tuple[Path, ...],
    process_id: str | None,
    data: str,
    answers: str | None,
    started: str | None,
    until: str | None,
    as_json: bool,
) -> int:
    """Run a BPMN file in memory: time jumps to the next timer, people are answered for.

    Further FILEs (BPMN, DMN) are there to be called, started by messages, or decided by; decision tables of the
    content and diagrams of it that are called are there anyway, and so are its calendars. Registers are in memory: they
    keep what is written, and have an example of each record that is looked up by its id. A process that no person begins
    has the records that it is about from the start. The FILEs are checked first, as by `fitsm validate`.
    Exit status 1 if they could not be published, or if the run fails.
    """
    config = read_config()
    given = read_files(files, config)
    found = check_files(given, config)
    if any(one.severity == "error" for one in found):
        return show.verdict(found, len(files), as_json=as_json)
    contents = {name: data for name, data in given.items() if isinstance(data, bytes)}
    zone = ZoneInfo(config.timezone)
    start = datetime.fromisoformat(started) if started else datetime(2026, 1, 5, 9, tzinfo=UTC)
    if start.tzinfo is None:
        start = start.replace(tzinfo=zone)
    trial = try_diagrams(
        {**contents, **called_from(contents, config), **_tables(config, contents)},
        process_id=process_id,
        data=_mapping(data, "--data"),
        answers=_mapping(answers or "{}", "--answers"),
        start=start,
        until=until_of(until, start, zone) if until else None,
        zone=zone,
        registers=_contents(config, "registers"),
        calendars=_contents(config, "calendars"),
    )
    if as_json:
        show.json({**asdict(trial), "findings": found})
    else:
        _show(trial)
        if found:
            show.out.print(f"{len(found)} warnings; 'fitsm validate' tells them.")
    return 1 if trial.state == "failed" else 0


def _tables(config: WebConfig, given: Mapping[str, bytes]) -> dict[str, bytes]:
    """The content's decision tables, but for those that are among the given files."""
    own = {table for name, data in given.items() if name.endswith(".dmn") for table in decision_ids(data, name)}
    found = {path.as_posix(): path.read_bytes() for path in sorted(diagrams_in(config).rglob("*.dmn"))}
    return {name: data for name, data in found.items() if not own & set(decision_ids(data, name))}


def _contents(config: WebConfig, folder: str) -> dict[str, Any]:
    """The content's registers or calendars by name. They were read when the FILEs were checked."""
    found = sorted((config.content_dir / "processes" / folder).glob("*.json"))
    return {path.stem: orjson.loads(path.read_bytes()) for path in found}


def _mapping(text: str, option: str) -> dict[str, Any]:
    path = Path(text.removeprefix("@"))
    if not text.startswith(("@", "{")) and path.is_file():
        text = f"@{text}"
    try:
        value = orjson.loads(path.read_bytes() if text.startswith("@") else text)
    except (OSError, orjson.JSONDecodeError) as error:
        raise Invalid(f"{option}: {error}", hint='Give a JSON object, e.g. \'{"title": "x"}\', or @FILE.') from error
    if not isinstance(value, dict):
        raise Invalid(f"{option} is no JSON object.", hint='Give e.g. \'{"title": "x"}\'.')
    return value


def _show(trial: Trial) -> None:
    rows = [
        (one.at, one.process, one.element, one.name if one.name != one.element else "", _changes(one.changes))
        for one in trial.trace
    ]
    show.table(["TIME", "PROCESS", "ELEMENT", "NAME", "CHANGES"], rows, empty="No element was passed.")
    for wait in trial.waiting:
        show.out.print(f"waits for {wait['for']}: {', '.join(f'{k} {v}' for k, v in wait.items() if k != 'for' and v)}")
    if trial.failure:
        show.out.print(f"failed at {trial.failure['element'] or 'an unknown element'}: {trial.failure['message']}")
        show.out.print(f"hint: {trial.failure['hint']}")
        if unanswered := trial.failure["unanswered"]:
            show.out.print(f"nothing was entered at {', '.join(unanswered)}: see --answers, and --data for a start event")
    show.out.print(f"{trial.state}{': ' + trial.outcome if trial.outcome else ''} at {trial.at.isoformat()}")


def _changes(changes: Any) -> str:
    text = ", ".join(f"{name} = {orjson.dumps(value).decode()}" for name, value in changes.items())
    return text if len(text) <= 160 else text[:157] + "..."
