# SPDX-License-Identifier: Apache-2.0
"""`fitsm deploy` and `fitsm validate`: diagrams into the engine."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import copytree, ignore_patterns
from tempfile import TemporaryDirectory

import click

from engine import Engine
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
            published = (_publish(engine, actor, path, comment, key, config),)
    if as_json:
        show.json(published)
        return
    rows = [(one.process_id, one.version, one.name, one.digest[:12]) for one in published]
    show.table(["PROCESS", "VERSION", "NAME", "DIGEST"], rows, empty="Nothing has changed; nothing was published.")


@click.command()
@click.argument(
    "files", metavar="FILE...", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@as_json
def validate(files: tuple[Path, ...], as_json: bool) -> int:
    """Check diagrams without publishing them. Exit status 1 if a FILE could not be published."""
    config = read_config()
    found: list[Finding] = []
    with _surroundings(config) as engine:
        for file in files:
            found += engine.validate(file.read_bytes(), _name(file, config))
    errors = sum(one.severity == "error" for one in found)
    if as_json:
        show.json({"ok": not errors, "findings": found})
    else:
        show.findings(found)
        count = f"{len(files)} file{'s' if len(files) > 1 else ''}"
        show.out.print(f"{count}: {errors} errors, {len(found) - errors} warnings.")
    return 1 if errors else 0


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


def _publish(engine: Engine, actor: Actor, path: Path, comment: str, key: str | None, config: WebConfig) -> Definition:
    if path.suffix != ".bpmn":
        raise Invalid(
            f"{path} is no BPMN diagram.",
            hint="Publish forms, decision tables and registers with their folder: fitsm deploy FOLDER",
        )
    return engine.publish(actor, path.read_bytes(), _name(path, config), comment=comment, key=key)


def _name(path: Path, config: WebConfig) -> str:
    """The file's name as the engine keeps it: relative to the content folder if it lies there."""
    try:
        return path.resolve().relative_to(config.content_dir.resolve()).as_posix()
    except ValueError:
        return path.as_posix()
