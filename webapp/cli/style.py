# SPDX-License-Identifier: Apache-2.0
"""`fitsm style`: whether diagrams look as people can read them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import click
import orjson

from engine import check_style
from engine.errors import Invalid
from engine.values import Finding
from webapp.cli import show
from webapp.cli.session import as_json
from webapp.config import read_config

EXCEPTIONS = "processes/style.json"


@click.command()
@click.argument("files", metavar="[FILE...]", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@as_json
def style(files: tuple[Path, ...], as_json: bool) -> int:
    """Look at diagrams (without FILE: all of the content) as people do: size, names, positions, crossings, labels.

    Exit status 1 if a rule is broken that is no warning. Known exceptions stand in processes/style.json, with their
    reasons.
    """
    root = read_config().content_dir.resolve()
    paths = {_name(path, root): path for path in files or sorted((root / "processes" / "bpmn").rglob("*.bpmn"))}
    found = [finding for name, path in paths.items() for finding in check_style(path.read_bytes(), name)]
    left = without_exceptions(found, [one for one in _exceptions(root) if one["file"] in paths])
    return show.verdict(left, len(paths), as_json=as_json)


def without_exceptions(found: Sequence[Finding], exceptions: Sequence[Mapping[str, str]]) -> list[Finding]:
    """The findings without those that are known; an exception that nothing needs is a finding itself."""
    known = {(one["file"], one["rule"], one["element"]) for one in exceptions}
    needed = {(one.file, one.rule, one.element) for one in found}
    unneeded = [
        Finding("error", EXCEPTIONS, 0, element, "exception-unneeded", f"{file} keeps {rule} there.", "Take it out.")
        for file, rule, element in sorted(known - needed)
    ]
    return [one for one in found if (one.file, one.rule, one.element) not in known] + unneeded


def _exceptions(root: Path) -> list[dict[str, str]]:
    """file, rule, element and reason of each."""
    path = root / EXCEPTIONS
    listed: list[dict[str, str]] = orjson.loads(path.read_bytes()) if path.is_file() else []
    for one in listed:
        if not all(one.get(name) for name in ("file", "rule", "element", "reason")):
            raise Invalid(f"{path}: {one} does not say all of file, rule, element and reason.", hint="Complete it.")
    return listed


def _name(path: Path, root: Path) -> str:
    """The file's name in findings: relative to the content folder if it lies there."""
    resolved = path.resolve()
    return resolved.relative_to(root).as_posix() if resolved.is_relative_to(root) else path.as_posix()
