# SPDX-License-Identifier: Apache-2.0
"""Publishes the shipped content: ``processes/`` and ``forms/`` below the configured folder.

Owners' own versions are never overwritten: an asset or a process whose current version a person published is left
alone. Published in the order registers, roles, calendars, decisions, forms, diagrams.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import orjson

from engine import definitions, explaining, forms, measures, registers, typed
from engine.bpmn import parse_tables, read_drawn, read_models
from engine.bpmn.xml import parse
from engine.decisions import check as check_table
from engine.errors import DiagramInvalid, Invalid
from engine.store import definitions as store
from engine.store.transaction import Tx
from engine.values import SYSTEM, Definition, Finding

SHIPPED = "shipped"
#: Where it is kept which files were published last, and among which definitions.
_MARK = ("content", "mark")


def publish(tx: Tx, root: Path) -> tuple[Definition, ...]:
    """Bring assets up to date and publish the diagrams that are new or changed.

    What came of the last time is looked at first: with the same files among the same definitions nothing is new.

    Raises:
        Invalid, DiagramInvalid: a shipped file is wrong; nothing is published.
    """
    files = _digest(root)
    if store.asset_content(tx.connection, *_MARK) == _mark(tx, files):
        return ()
    published = _publish(tx, root)
    definitions.put_asset(tx, *_MARK, _mark(tx, files), SHIPPED)
    return published


def _mark(tx: Tx, files: str) -> bytes:
    return f"{files} {definitions.surroundings(tx)}".encode()


def _digest(root: Path) -> str:
    """SHA-256 over all files of the content."""
    content = hashlib.sha256()
    for path in sorted(path for part in ("processes", "forms") for path in (root / part).rglob("*") if path.is_file()):
        data = path.read_bytes()
        content.update(f"{path.relative_to(root).as_posix()} {len(data)}\n".encode())
        content.update(data)
    return content.hexdigest()


def _publish(tx: Tx, root: Path) -> tuple[Definition, ...]:
    _check_tables(root)
    explaining.read((name, orjson.loads(content)) for kind, name, content in assets(root) if kind == "calendar")
    _check_measures(root)
    _check_typed(root)
    for kind, name, content in assets(root):
        known = store.assets(tx.connection, kind).get(name)
        if known is None or known["origin"] == SHIPPED:
            changed = definitions.put_asset(tx, kind, name, content, SHIPPED)
            if changed and known is not None and kind == "register":
                registers.index_again(tx, name)
    published: list[Definition] = []
    for path in _called_first(root):
        file = path.relative_to(root / "processes" / "bpmn").as_posix()
        published += _publish_one(tx, path.read_bytes(), file)
    return tuple(published)


def _check_tables(root: Path) -> None:
    """Decision tables are held to their rules when they are published, as diagrams are."""
    for path in sorted((root / "processes" / "bpmn").rglob("*.dmn")):
        found = [f for table in parse_tables(path.read_bytes(), path.name) for f in check_table(table)]
        errors = [f for f in found if f.severity == "error"]
        if errors:
            raise DiagramInvalid(errors)


def _check_measures(root: Path) -> None:
    registers = {name: orjson.loads(content) for kind, name, content in assets(root) if kind == "register"}
    for kind, _, content in assets(root):
        if kind == "measures":
            measures.check(orjson.loads(content), registers, "processes/measures.json")


def _check_typed(root: Path) -> None:
    """Forms and registers are held to what they say of what is typed, whether a diagram uses them or not."""
    read = [(kind, name, orjson.loads(content)) for kind, name, content in assets(root) if kind in ("register", "form")]
    registers = {name: schema for kind, name, schema in read if kind == "register"}
    for kind, name, schema in read:
        if not name.endswith(".ui.json"):
            file = f"processes/registers/{name}.json" if kind == "register" else f"forms/{name}"
            typed.check(schema, file, whole=False)
            typed.check(forms.self_contained(schema, registers, file), file)


def assets(root: Path) -> Iterator[tuple[str, str, bytes]]:
    """(kind, name, content) of every shipped asset."""
    processes, forms = root / "processes", root / "forms"
    for path in sorted((processes / "registers").glob("*.json")):
        yield "register", path.stem, _json(path)
    for path in sorted(processes.glob("roles.json")):
        yield "roles", path.stem, _json(path)
    for path in sorted(processes.glob("measures.json")):
        yield "measures", path.stem, _json(path)
    for path in sorted((processes / "calendars").glob("*.json")):
        yield "calendar", path.stem, _json(path)
    for path in sorted((processes / "bpmn").rglob("*.dmn")):
        content = path.read_bytes()
        for table in parse_tables(content, path.name):
            yield "decision", table.id, content
    for path in sorted(forms.rglob("*.json")):
        yield "form", path.relative_to(forms).as_posix(), _json(path)


def _json(path: Path) -> bytes:
    content = path.read_bytes()
    try:
        orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise Invalid(f"{path.name}, line {error.lineno}: {error.msg}", hint="Mend the file.") from error
    return content


def _called_first(root: Path) -> list[Path]:
    """Diagrams in an order in which a called process comes before its caller."""
    paths = sorted((root / "processes" / "bpmn").rglob("*.bpmn"))
    models = {p: read_models(parse(p.read_bytes(), p.name), p.name) for p in paths}
    ids = {m.process_id: p for p, found in models.items() for m in found}
    ordered: list[Path] = []

    def visit(path: Path, trail: tuple[Path, ...]) -> None:
        if path in trail:
            finding = Finding("error", path.name, 1, "", "call-circle", "Processes call each other in a circle.")
            raise DiagramInvalid([finding])
        if path not in ordered:
            for model in models[path]:
                for called in sorted(model.called):
                    if called in ids:
                        visit(ids[called], (*trail, path))
            ordered.append(path)

    for path in paths:
        visit(path, ())
    return ordered


def _publish_one(tx: Tx, xml: bytes, file: str) -> list[Definition]:
    """What became new of a file's processes. One that somebody else has published since stays theirs."""
    root = parse(xml, file)
    models = read_models(root, file) or read_drawn(root, file)
    rows = [row for m in models if (row := store.newest(tx.connection, m.process_id))]
    if any(row["published_by"] != SYSTEM.person_id for row in rows):
        return []
    if rows and len(rows) == len(models) and all(definitions.is_current(tx, row, xml, file) for row in rows):
        return []
    before = {row["process_id"]: row["version"] for row in rows}
    published = definitions.publish(tx, SYSTEM, xml, file, "Shipped", None)
    return [one for one in published if before.get(one.process_id) != one.version]
