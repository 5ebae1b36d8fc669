# SPDX-License-Identifier: Apache-2.0
"""Start timers of records: a start event that begins a case when a date comes that stands in a record.

The timer start event names a register (property ``register``); its ``timeDate`` is an expression over one record: the
register's fields by name (None where the record has none), ``id`` and ``number``. It gives a date-time, a date (then its
first moment) or None. So every review has a timer of its own, which moves whenever the record changes. A ``timeCycle``
goes round for each record of which the property ``while``, an expression over it as well, is true.

It fires once for each record and date: a record that is written again with the same date does not begin a second case.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from engine import definitions, timers
from engine.bpmn.timing import first_due
from engine.errors import ExpressionFailed, RecordInvalid, TimeInvalid
from engine.recurrence import is_recurrence
from engine.scripts import Context, compile_expression
from engine.store import record_timers as store
from engine.store import registers as record_store
from engine.store.transaction import Armed, Tx
from engine.values import FieldError, Json

_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def arm(tx: Tx, described: Mapping[str, Any], register: str, record_id: str, fields: Mapping[str, Json]) -> None:
    """After a record was written: what waits for its dates waits for those that it has now.

    Raises:
        RecordInvalid: a diagram cannot tell its date from these values.
    """
    watchers = store.watchers(tx.connection, register)
    if watchers:
        armed = store.of_record(tx.connection, register, record_id)
        for watcher in watchers:
            before = armed.get((watcher["process_id"], watcher["element"]))
            _arm(tx, watcher, record_id, {**_empty(described), **fields}, before)


def watch(tx: Tx, process_id: str, digest: str, starts: Mapping[str, list[str]]) -> None:
    """After a version was published: its start events (id -> register, name, expression, …) wait for the records there are.

    What has fired for a date does not fire for it again.
    """
    rows = [
        {"register": register, "element": element, "name": name, "expression": text, "digest": digest}
        for element, (register, name, text, *_) in starts.items()
    ]
    store.replace_watchers(tx.connection, process_id, rows)
    schemas = definitions.asset_json(tx, "register") if rows else {}
    for row in rows:
        empty = _empty(schemas[row["register"]])
        before = store.of_start(tx.connection, process_id, row["element"])
        for record_id, fields in list(record_store.every(tx.connection, row["register"])):
            _arm(tx, {"process_id": process_id, **row}, record_id, {**empty, **fields}, before.get(record_id))


def _empty(described: Mapping[str, Any]) -> dict[str, Json]:
    return dict.fromkeys(("state", *described.get("properties", ())))


def _arm(tx: Tx, watcher: Mapping[str, Any], record_id: str, fields: Mapping[str, Json], before: Any) -> None:
    text = _date(tx, watcher, {**fields, "id": record_id, "number": record_id})
    if before is not None and before.text == text:
        _in_zone(tx, watcher, before)
        return
    if not text:
        if before is not None and before.last_due is not None and not is_recurrence(before.text):
            # it has none now; when it was last is still known
            store.move(tx.connection, before, "", tx.now, None, watcher["name"])
        elif before is not None:
            store.drop(tx.connection, before)
        return
    due = _moment(tx, watcher, text)
    if before is not None:
        store.move(tx.connection, before, text, tx.now, due, watcher["name"])
    else:
        of = {name: watcher[name] for name in ("process_id", "element", "register", "name")}
        store.add(tx.connection, {**of, "record_id": record_id, "text": text, "anchor": tx.now, "due_at": due})
    tx.starts.append(Armed(due, watcher["process_id"]))


def _in_zone(tx: Tx, watcher: Mapping[str, Any], armed: Any) -> None:
    """The same date, or cycle, in the zone that counts now; what is due by now stays due."""
    if armed.due_at is None or armed.due_at <= tx.now:
        return
    cycle = is_recurrence(armed.text)
    due = timers.goes_on(armed, tx.now, definitions.zone(tx)) if cycle else _moment(tx, watcher, armed.text)
    if due == armed.due_at:
        return
    store.move(tx.connection, armed, armed.text, armed.anchor, due, watcher["name"])
    tx.starts.append(Armed(due, watcher["process_id"]))


def _date(tx: Tx, watcher: Mapping[str, Any], fields: Mapping[str, Json]) -> str:
    context = Context(now=tx.now, case_id="", calendars=definitions.calendars(tx, watcher["digest"]))
    try:
        found = compile_expression(watcher["expression"]).evaluate(fields, context)
    except ExpressionFailed as error:
        raise _unclear(watcher, str(error)) from error
    if found is not None and not isinstance(found, str):
        raise _unclear(watcher, f"the expression gave {found!r}, which is no date")
    return found or ""


def _moment(tx: Tx, watcher: Mapping[str, Any], text: str) -> Any:
    try:
        kind = "timeCycle" if is_recurrence(text) else "timeDate"
        return first_due(kind, f"{text}T00:00:00" if _DAY.fullmatch(text) else text, tx.now, definitions.zone(tx))
    except TimeInvalid as error:
        raise _unclear(watcher, error.sentence) from error


def _unclear(watcher: Mapping[str, Any], why: str) -> RecordInvalid:
    what = f"'{watcher['name']}' of the process {watcher['process_id']} cannot tell when it begins: {why}"
    hint = f"Correct the values, or the start event's expression: {watcher['expression']}"
    return RecordInvalid(watcher["register"], [FieldError((), what, "timer")], hint=hint)


def data(tx: Tx, row: Any) -> dict[str, Json]:
    """What a case begins with: ``due_on``, the record's id as ``<register>_id``, the record itself as ``<register>``."""
    found = record_store.get(tx.connection, row.register, row.record_id)
    fields = {**found["data"], "id": row.record_id, "number": row.record_id, "label": found["label"]} if found else None
    day = row.due_at.astimezone(definitions.zone(tx)).date().isoformat() if is_recurrence(row.text) else row.text[:10]
    return {f"{row.register}_id": row.record_id, row.register: fields, "due_on": day}
