# SPDX-License-Identifier: Apache-2.0
"""Recordings as files: taken out of a database, and put into an empty one."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Table, select

from engine.store.definitions import put_blob
from engine.store.schema import blob, definition, event, instance

HERE = Path(__file__).parent
CONTENT = HERE / "content"
TABLES: Mapping[str, Table] = {"definitions": definition, "cases": instance, "events": event}


def recordings() -> list[str]:
    return sorted(path.stem for path in HERE.glob("*.json"))


def save(connection: Connection, name: str) -> None:
    """Write all cases of a database, and what they ran on, to ``<name>.json`` and ``content/``."""
    rows = {key: [dict(r._mapping) for r in connection.execute(select(table))] for key, table in TABLES.items()}
    cases = {row["id"] for row in rows["cases"]}
    rows["events"] = [row for row in rows["events"] if row["instance_id"] in cases]
    told = [event["payload"].get("inputs", {}) for event in rows["events"]]
    ran_on = {row["digest"] for row in rows["cases"]}
    ran_on |= {inputs[name] for inputs in told for name in ("digest", "from", "to") if name in inputs}
    rows["definitions"] = [row for row in rows["definitions"] if row["digest"] in ran_on]
    text = json.dumps(rows, default=_plain, ensure_ascii=False, indent=1, sort_keys=True)
    (HERE / f"{name}.json").write_text(text + "\n", encoding="utf-8")
    CONTENT.mkdir(exist_ok=True)
    for row in rows["definitions"]:
        for part in ("diagrams", "decisions", "forms", "calendars"):
            for digest in row["manifest"][part].values():
                found = connection.scalar(select(blob.c.content).where(blob.c.digest == digest))
                (CONTENT / digest).write_bytes(found)


def load(connection: Connection, name: str) -> None:
    """Put a recording into a database that has nothing but its tables."""
    rows = json.loads((HERE / f"{name}.json").read_text(encoding="utf-8"))
    for path in CONTENT.iterdir():
        assert put_blob(connection, path.read_bytes()) == path.name
    for key, table in TABLES.items():
        connection.execute(table.insert(), [{n: _read(v) for n, v in row.items()} for row in rows[key]])


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return {"moment": value.isoformat()}
    return {"bytes": base64.b64encode(value).decode()}


def _read(value: Any) -> Any:
    if isinstance(value, dict) and value.keys() == {"moment"}:
        return datetime.fromisoformat(value["moment"])
    if isinstance(value, dict) and value.keys() == {"bytes"}:
        return base64.b64decode(value["bytes"])
    return value
