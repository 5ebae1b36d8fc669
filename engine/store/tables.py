# SPDX-License-Identifier: Apache-2.0
"""Whether the tables of cases, definitions, calendars, people and records show what the histories of these say.

The histories are the truth and are sealed; the tables are there to be fast. `faults` looks at one stream with its events,
`orphans` at rows that no history speaks of. What no history holds is not checked: password hashes, drafts, search texts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import orjson
from sqlalchemy import Connection, and_, bindparam, exists, or_, select

from engine.store.definitions import asset_content
from engine.store.prepared import Prepared
from engine.store.schema import definition, event, instance, person, person_role, record, record_version
from engine.values import Event, Json

PEOPLE = "people"
_CASE = Prepared(select(instance.c.seq, instance.c.head).where(instance.c.id == bindparam("own")))
_PERSON = ("login", "name", "email", "active", "deputy_id")


def faults(connection: Connection, stream: str, events: Sequence[Event]) -> Iterator[str]:
    """Sentences on what the tables show otherwise than the history of ``stream`` (whole, in order) says."""
    if stream == PEOPLE:
        yield from _people(connection, events)
    elif stream.startswith("definition/"):
        yield from _definitions(connection, events)
    elif stream.startswith("record/"):
        yield from _records(connection, events)
    elif stream.startswith(("calendar/", "setting/")):
        yield from _asset(connection, stream.partition("/")[0], events)
    elif events and events[0].kind in {"case.started", "step.failed"}:
        yield from _case(connection, stream, events)


def orphans(connection: Connection) -> Iterator[str]:
    """Sentences on cases and definitions without a history, and on records that are not their newest version."""
    begun = exists().where(event.c.instance_id == instance.c.id, event.c.seq == 1)
    for own in connection.scalars(select(instance.c.id).where(~begun)):
        yield f"The case {own} has no history."
    published = exists().where(event.c.instance_id == "definition/" + definition.c.process_id)
    for own in connection.scalars(select(definition.c.process_id).where(~published).distinct()):
        yield f"The definition '{own}' has no history."
    same = and_(
        record_version.c.register == record.c.register,
        record_version.c.id == record.c.id,
        record_version.c.version == record.c.version,
        record_version.c.data == record.c.data,
        record_version.c.state == record.c.state,
        record_version.c.label == record.c.label,
    )
    newer = exists().where(
        record_version.c.register == record.c.register,
        record_version.c.id == record.c.id,
        record_version.c.version > record.c.version,
    )
    unlike = select(record.c.register, record.c.id).where(or_(~exists().where(same), newer))
    for row in connection.execute(unlike):
        yield f"The record {row.id} of the register '{row.register}' is not its newest version."


def _case(connection: Connection, case_id: str, events: Sequence[Event]) -> Iterator[str]:
    row = _CASE.first(connection, {"own": case_id})
    last = events[-1]
    if row is None:
        yield f"The case {case_id} has a history and no row."
    elif (row["seq"], row["head"]) != (last.seq, last.hash):
        yield f"The case {case_id} knows of {row['seq']} events, its history ends with event {last.seq}."
    writes = [(e, w) for e in events for w in e.payload.get("effects", {}).get("records", ())]
    if writes:
        yield from _written(connection, case_id, writes)


def _written(connection: Connection, case_id: str, writes: Sequence[tuple[Event, Mapping[str, Json]]]) -> Iterator[str]:
    """The versions that a case wrote, in the order of its steps, hold the fields that these wrote."""
    found = connection.execute(
        select(record_version).where(record_version.c.instance_id == case_id).order_by(record_version.c.version)
    )
    left: dict[tuple[str, str], list[Any]] = {}
    for row in found:
        left.setdefault((row.register, row.id), []).append(row)
    for one, write in writes:
        rows = left.get((write["register"], write["record_id"]), [])
        where = f"The record {write['record_id']} of the register '{write['register']}'"
        if not rows:
            yield f"{where} lacks the version that event {one.seq} of the case {case_id} wrote."
        elif not _holds(rows[0], write["fields"], one):
            yield f"{where}, version {rows[0].version}, is not what event {one.seq} of the case {case_id} wrote."
        left[write["register"], write["record_id"]] = rows[1:]
    for (register, own), rows in left.items():
        if rows:
            yield f"The record {own} of the register '{register}' has a version that the case {case_id} did not write."


def _holds(row: Any, fields: Mapping[str, Json], one: Event) -> bool:
    kept = all(row.data.get(name) == value for name, value in fields.items())
    return bool(kept and (row.written_by, row.written_at) == (one.actor, one.at))


def _records(connection: Connection, events: Sequence[Event]) -> Iterator[str]:
    """Records edited by hand."""
    for one in events:
        payload = one.payload
        row = connection.execute(
            select(record_version).where(
                record_version.c.register == payload["register"],
                record_version.c.id == payload["id"],
                record_version.c.version == payload["version"],
            )
        ).first()
        where = f"The record {payload['id']} of the register '{payload['register']}', version {payload['version']},"
        if row is None:
            yield f"{where} is missing."
        elif not _holds(row, payload["fields"], one) or row.reason != payload["reason"]:
            yield f"{where} is not what was written by hand."


def _definitions(connection: Connection, events: Sequence[Event]) -> Iterator[str]:
    process_id = events[0].case_id.removeprefix("definition/")
    found = connection.execute(select(definition).where(definition.c.process_id == process_id))
    rows = {row.version: row._asdict() for row in found}
    for one in (e for e in events if e.kind == "definition.published"):
        row = rows.pop(one.payload["version"], None)
        where = f"Version {one.payload['version']} of the definition '{process_id}'"
        if row is None:
            yield f"{where} is missing."
            continue
        wanted = {**one.payload, "published_at": one.at, "published_by": one.actor}
        different = [name for name, value in wanted.items() if name in row and row[name] != value]
        if different:
            yield f"{where} shows another {', '.join(sorted(different))} than was published."
    yield from (f"Version {version} of the definition '{process_id}' was never published." for version in sorted(rows))


def _asset(connection: Connection, kind: str, events: Sequence[Event]) -> Iterator[str]:
    """The calendar or setting is the one that was written last."""
    told = events[-1].payload
    kept = asset_content(connection, kind, told["name"])
    if kept is None or orjson.loads(kept) != told["content"]:
        yield f"The {kind} '{told['name']}' is not what was written."


def _people(connection: Connection, events: Sequence[Event]) -> Iterator[str]:
    wanted: dict[str, dict[str, Any]] = {}
    for one in events:
        payload = one.payload
        if one.kind == "person.added":
            wanted[payload["id"]] = {**payload, "roles": sorted(payload["roles"])}
        elif one.kind == "person.changed" and payload["id"] in wanted:
            wanted[payload["id"]] |= payload
        elif one.kind == "person.roles_changed" and payload["id"] in wanted:
            wanted[payload["id"]]["roles"] = payload["after"]
    roles: dict[str, list[str]] = {}
    for row in connection.execute(select(person_role).order_by(person_role.c.role)):
        roles.setdefault(row.person_id, []).append(row.role)
    rows = {row.id: row._asdict() for row in connection.execute(select(person))}
    for own, told in wanted.items():
        shown = {**rows.pop(own, {}), "roles": roles.get(own, [])}
        different = [name for name in (*_PERSON, "roles") if shown.get(name) != told[name]]
        if different:
            yield f"The person '{own}' shows another {', '.join(different)} than was recorded."
    yield from (f"The person '{own}' was never added." for own in sorted(rows))
