# SPDX-License-Identifier: Apache-2.0
"""Registers (BPMN data stores): records with versions and links. Every row knows which step wrote it.

A register is a JSON Schema with ``x-prefix``, ``x-label``, ``x-states``, ``x-search`` and ``x-index``; what its records
mean is not known here (but for ``x-assigns``: `engine.assignments`). Links come from fields with ``x-register``; diagrams
find records by the fields of ``x-index``. ``x-person`` marks who answers for a record, ``x-period`` of a date names the
field that says how far its next one is, or says it itself (`schedule`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from engine import assignments, definitions, forms, measures, queries, record_timers, typed
from engine.errors import NotFound, RecordInvalid
from engine.history import log
from engine.kept import Kept
from engine.store import people as people_store
from engine.store import registers as store
from engine.store.transaction import Assigned, Tx
from engine.values import Actor, FieldError, Json, Link, Page, Record, Register

#: Schemas with references filled in, ready to check records, by the names and digests of all registers.
_resolved: Kept[tuple[tuple[str, str], ...], Mapping[str, tuple[dict[str, Any], forms.Form]]] = Kept(64)


def _known(tx: Tx) -> Mapping[str, tuple[dict[str, Any], forms.Form]]:
    current, of_roles = definitions.current(tx, "register"), definitions.current(tx, "roles")

    def resolve() -> dict[str, tuple[dict[str, Any], forms.Form]]:
        raw, roles = {name: definitions.blob_json(tx, digest) for name, digest in current}, definitions.roles(tx)
        whole = {name: forms.self_contained(schema, raw, f"{name}.json", roles) for name, schema in raw.items()}
        return {name: (schema, forms.Form(schema)) for name, schema in whole.items()}

    return _resolved.get((*current, *of_roles), resolve)


def schemas(tx: Tx) -> Mapping[str, dict[str, Any]]:
    """All registers' schemas by name, with references between them filled in; to be read only."""
    return {name: schema for name, (schema, _) in _known(tx).items()}


def schema(tx: Tx, name: str) -> dict[str, Any]:
    return _one(tx, name)[0]


def _one(tx: Tx, name: str) -> tuple[dict[str, Any], forms.Form]:
    found = _known(tx).get(name)
    if found is None:
        raise NotFound(f"There is no register '{name}'.", hint="Registers are files under processes/registers/.")
    return found


def as_value(name: str, schema: Mapping[str, Any], records: int = 0) -> Register:
    return Register(
        name=name,
        title=str(schema.get("title", name)),
        prefix=str(schema.get("x-prefix", name[:3].upper())),
        schema=schema,
        states=tuple(schema.get("x-states", ())),
        records=records,
    )


def listed(tx: Tx) -> tuple[Register, ...]:
    counts = store.counts(tx.connection)
    found = (as_value(n, s, counts.get(n, 0)) for n, s in schemas(tx).items())
    return tuple(sorted(found, key=lambda r: r.title))


def new_number(tx: Tx, register: str) -> str:
    """The number of the next record, e.g. ``INC-12``."""
    prefix = as_value(register, schema(tx, register)).prefix
    return f"{prefix}-{store.next_number(tx.connection, f'record/{register}')}"


def ask(tx: Tx, register: str, question: Mapping[str, Json]) -> Json:
    """The answer to a question about the whole register (`engine.queries`), or about a measure (`engine.measures`).

    Raises:
        NotFound: there is no such register.
        Invalid: the question cannot be asked.
    """
    if register == measures.STORE:
        return measures.ask(tx, question, lambda name: schema(tx, name))
    return queries.ask(tx, register, schema(tx, register), question)


def index_again(tx: Tx, register: str) -> None:
    """After a change of the schema: find every record by what ``x-index`` names now."""
    described = schema(tx, register)
    for record_id, data in list(store.every(tx.connection, register)):
        store.replace_values(tx.connection, register, record_id, queries.values(described, data))


def mapping(tx: Tx, register: str, record_id: str) -> dict[str, Json] | None:
    """A record as a diagram sees it: its fields with ``id``, ``number`` and ``label``."""
    row = store.hold(tx.connection, register, record_id)
    if row is None:
        return None
    return {**row["data"], "id": record_id, "number": record_id, "label": row["label"]}


def write(
    tx: Tx,
    actor: Actor,
    register: str,
    record_id: str,
    fields: Mapping[str, Json],
    *,
    case_id: str | None = None,
    element: str | None = None,
    reason: str = "",
    create: bool = False,
) -> Record:
    """Write a new version: the named fields replace the record's, the others stay.

    Raises:
        NotFound: the record does not exist and ``create`` is false.
        RecordInvalid: the register's schema refuses the result.
    """
    described, form = _one(tx, register)
    before = store.lock(tx.connection, register, record_id)
    if before is None and not create:
        raise NotFound(f"There is no record {record_id} in the register '{register}'.")
    data = {**(before["data"] if before else {}), **fields}
    data = {k: v for k, v in data.items() if v is not None}
    links = list(form.references(data, "x-register"))
    known = form.references(before["data"], "x-register") if before else ()
    found = [*form.errors(data), *missing_references(tx, _without(links, known)), *_unknown_state(described, data)]
    found += assignments.refused(tx, described, data)
    if found:
        raise RecordInvalid(register, found, hint="Correct the values, or the diagram's step that writes the record.")
    label = str(data.get(described.get("x-label", "title")) or record_id)
    values = {
        "register": register,
        "id": record_id,
        "version": (before["version"] if before else 0) + 1,
        "data": data,
        "label": label,
        "state": str(data.get("state") or ""),
        "written_at": tx.now,
        "written_by": actor.person_id,
        "instance_id": case_id,
        "element": element,
    }
    store.put(tx.connection, values, _search_text(described, data, record_id), reason)
    new, to = before is None, [(str(path[0]), to, str(own)) for path, to, own in links]
    store.replace_links(tx.connection, register, record_id, to, new=new)
    found_by = queries.values(described, data)
    if before is None or found_by != queries.values(described, before["data"]):
        store.replace_values(tx.connection, register, record_id, found_by, new=new)
    record_timers.arm(tx, described, register, record_id, data)
    if assignments.ASSIGNS in described:
        tx.assigned.append(Assigned(actor, register, before["data"] if before else {}, data))
    return record_value(values)


def _unknown_state(described: Mapping[str, Any], data: Mapping[str, Json]) -> Iterator[FieldError]:
    states, state = described.get("x-states"), data.get("state")
    if states and state is not None and state not in states:
        yield FieldError(("state",), f"'{state}' is no state of this register ({', '.join(states)}).", "state")


def missing_references(tx: Tx, references: Iterable[forms.Reference]) -> Iterator[FieldError]:
    """Fields that name a record that is not there."""
    for path, register, value in references:
        if store.get(tx.connection, register, str(value)) is None:
            yield FieldError(path, f"There is no record '{value}' in the register '{register}'.", "reference")


def missing_people(tx: Tx, references: Iterable[forms.Reference]) -> Iterator[FieldError]:
    """Fields that name a person who is not there."""
    for path, _, value in references:
        if people_store.get(tx.connection, str(value)) is None:
            yield FieldError(path, f"There is no person '{value}'.", "reference")


def _without(references: Sequence[forms.Reference], known: Iterable[forms.Reference]) -> list[forms.Reference]:
    """Those that are new, wherever in a list they stand; a record that was there stays."""
    before = [(path[0], to, own) for path, to, own in known]
    return [one for one in references if (one[0][0], *one[1:]) not in before]


def _search_text(described: Mapping[str, Any], data: Mapping[str, Json], record_id: str) -> str:
    names = described.get("x-search") or [described.get("x-label", "title")]
    return " ".join([record_id, *(str(data[n]) for n in names if data.get(n) is not None)])


def record_value(row: Mapping[str, Any]) -> Record:
    return Record(
        register=row["register"],
        id=row["id"],
        version=row["version"],
        data=row["data"],
        label=row["label"],
        state=row["state"],
        written_at=row["written_at"],
        written_by=row["written_by"],
        case_id=row["instance_id"],
        element=row["element"],
    )


def one(tx: Tx, register: str, record_id: str, version: int | None = None) -> Record:
    row = (
        store.get(tx.connection, register, record_id)
        if version is None
        else store.get_version(tx.connection, register, record_id, version)
    )
    if row is None:
        raise NotFound(f"There is no record {record_id} in the register '{register}'.")
    return record_value(row)


def history(tx: Tx, register: str, record_id: str) -> tuple[Record, ...]:
    """All versions, newest first."""
    return tuple(record_value(row) for row in store.versions(tx.connection, register, record_id))


def search(tx: Tx, register: str, q: str, state: str | None, limit: int, offset: int) -> Page[Record]:
    rows, total = store.find(tx.connection, register, q, state, limit, offset)
    return Page(tuple(record_value(row) for row in rows), total, offset, limit)


def links(tx: Tx, register: str, record_id: str) -> tuple[Link, ...]:
    """What the record refers to and what refers to it; ends are written ``register/id``."""
    out, into = store.links(tx.connection, register, record_id)
    own = f"{register}/{record_id}"
    found = [
        Link(own, f"{r.target_register}/{r.target_id}", r.field, _label(tx, r.target_register, r.target_id))
        for r in out
    ]
    found += [Link(f"{r.register}/{r.id}", own, r.field, _label(tx, r.register, r.id)) for r in into]
    return tuple(found)


def _label(tx: Tx, register: str, record_id: str) -> str:
    row = store.get(tx.connection, register, record_id)
    return row["label"] if row else record_id


def written_by_case(tx: Tx, case_id: str) -> tuple[Record, ...]:
    return tuple(record_value(row) for row in store.written_by_case(tx.connection, case_id))


def edit(tx: Tx, actor: Actor, register: str, data: Mapping[str, Json], record_id: str | None, reason: str) -> Record:
    """A direct edit by a person: a new version and an event of its own. What is changed is held to `typed`, and names
    people there are."""
    create = record_id is None
    own = record_id or new_number(tx, register)
    if not actor.is_system:
        _check_typed(tx, register, data, own)
    record = write(tx, actor, register, own, data, reason=reason, create=create)
    payload = {"register": register, "id": own, "version": record.version, "fields": dict(data), "reason": reason}
    log.append(tx, f"record/{register}/{own}", actor, "record.created" if create else "record.changed", payload)
    return record


def _check_typed(tx: Tx, register: str, data: Mapping[str, Json], record_id: str) -> None:
    form = _one(tx, register)[1]
    row = store.get(tx.connection, register, record_id)
    before: Mapping[str, Json] = row["data"] if row else {}
    changed = {name for name, value in data.items() if value != before.get(name)}
    faults = [
        *typed.faults(form.fields, {**before, **data}, definitions.today(tx)),
        *missing_people(tx, form.references(data, "x-person")),
    ]
    if found := [error for error in faults if error.path[0] in changed]:
        raise RecordInvalid(register, found, hint="Correct these values; nothing was written.")
