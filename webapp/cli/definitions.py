# SPDX-License-Identifier: Apache-2.0
"""`fitsm deploy` and `fitsm validate`: diagrams into the engine."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from shutil import copytree, ignore_patterns
from tempfile import TemporaryDirectory

import click

from engine import MAX_BYTES, Engine, calls_of
from engine.errors import Invalid
from engine.values import SYSTEM, Actor, Definition, Finding
from webapp.cli import show
from webapp.cli.session import acting, as_json, as_login, key_option, opened
from webapp.config import WebConfig, content_dir, read_config


@click.command()
@click.argument("path", type=click.Path(exists=True, path_type=Path), required=False)
@click.option("--comment", default="", help="Why this version is published.")
@as_login
@key_option
@as_json
def deploy(path: Path | None, comment: str, login: str | None, key: str | None, as_json: bool) -> None:
    """Publish content: the shipped processes, a content folder (PATH holds processes/), or one diagram (PATH.bpmn).

    What has not changed since it was last published is not published again. Running cases stay on their version.
    """
    config = read_config()
    if path is not None and path.is_dir():
        config = dataclasses.replace(config, content_dir=content_dir(str(path)))
    with opened(config) as (engine, _):
        actor = acting(engine, login)
        if path is None or path.is_dir():
            published = engine.publish_content(actor)
        else:
            published = _publish(engine, actor, path, comment, key, config)
    if as_json:
        show.json(published)
        return
    rows = [(one.process_id, one.version, one.name, one.digest[:12]) for one in published]
    show.table(["PROCESS", "VERSION", "NAME", "DIGEST"], rows, empty="Nothing has changed; nothing was published.")


@click.command()
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=click.Path(path_type=Path))
@as_json
def validate(files: tuple[Path, ...], as_json: bool) -> int:
    """Check diagrams (BPMN) and decision tables (*.dmn) without publishing them, all of them together.

    Exit status 1 if a FILE could not be published.
    """
    config = read_config()
    found = check_files(read_files(files, config), config)
    return show.verdict(found, len(files), as_json=as_json)


Files = dict[str, bytes | Finding]


def read_files(paths: tuple[Path, ...], config: WebConfig) -> Files:
    """The content of each file by its name, or the finding that it cannot be read."""
    return {_name(path, config): _content(path, _name(path, config)) for path in paths}


def _content(path: Path, name: str) -> bytes | Finding:
    try:
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except OSError as error:
        message = f"The file cannot be read: {error.strerror}."
        return Finding("error", name, 0, "", "file-unreadable", message, "Give the path of a BPMN or DMN file.")


def check_files(files: Files, config: WebConfig) -> list[Finding]:
    """What is wrong with files that belong together, among the forms, tables, registers and roles of the content."""
    there = {name: data for name, data in files.items() if isinstance(data, bytes)}
    found = [unread for unread in files.values() if isinstance(unread, Finding)]
    beside = {**called_from(there, config), **there}
    with _surroundings(config) as engine:
        for name, data in there.items():
            found += engine.validate(data, name, beside)
    return found


def diagrams_in(config: WebConfig) -> Path:
    """Where the content's diagrams and decision tables lie. Not all below the content folder is content."""
    return config.content_dir / "processes" / "bpmn"


def called_from(files: Mapping[str, bytes], config: WebConfig) -> dict[str, bytes]:
    """The content's diagrams that files call, in any depth, if they are not among the files."""
    known, wanted = set[str](), set[str]()
    for name, data in files.items():
        if name.endswith(".bpmn"):
            there, called = calls_of(data, name)
            known, wanted = known | there, wanted | called
    found: dict[str, bytes] = {}
    if wanted - known:
        content = {path.as_posix(): path.read_bytes() for path in sorted(diagrams_in(config).rglob("*.bpmn"))}
        calls = {name: calls_of(data, name) for name, data in content.items()}
        while missing := [name for name, (there, _) in calls.items() if name not in found and there & (wanted - known)]:
            for name in missing:
                found[name] = content[name]
                known, wanted = known | calls[name][0], wanted | calls[name][1]
    return found


@contextmanager
def _surroundings(config: WebConfig) -> Iterator[Engine]:
    """An engine in memory that knows the content's forms, tables, registers and roles, but none of its diagrams.

    So a diagram is checked against the files beside it, whatever the database holds, and no other diagram's fault is in
    the way.
    """
    with TemporaryDirectory(prefix="fitsm-") as folder:
        for part in ("processes", "forms"):
            if (config.content_dir / part).is_dir():
                copytree(config.content_dir / part, Path(folder, part), ignore=ignore_patterns("*.bpmn"))
        with opened(dataclasses.replace(config, database_url="sqlite://", content_dir=Path(folder))) as (engine, _):
            engine.publish_content(SYSTEM)
            yield engine


def _publish(
    engine: Engine, actor: Actor, path: Path, comment: str, key: str | None, config: WebConfig
) -> tuple[Definition, ...]:
    if path.suffix != ".bpmn":
        raise Invalid(
            f"{path} is no BPMN diagram.",
            hint="Publish forms, decision tables and registers with their folder: fitsm deploy FOLDER",
        )
    return engine.publish_file(actor, path.read_bytes(), _name(path, config), comment=comment, key=key)


def _name(path: Path, config: WebConfig) -> str:
    """The file's name as the engine keeps it: relative to the content folder if it lies there."""
    try:
        return path.resolve().relative_to(config.content_dir.resolve()).as_posix()
    except ValueError:
        return path.as_posix()
