# SPDX-License-Identifier: Apache-2.0
"""Publishing: what is current, what was published when, and the programs that cases run on.

A definition's digest is the SHA-256 over its manifest: every file it needs to run, by content (the diagram and those it
calls, decision tables, forms with their registers' fields filled in, calendars). A case is pinned to one, and a replay
years later finds exactly what ran.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

import orjson

from engine import checking, forms, typed
from engine.bpmn import Model, Program, compile_program, read_decision, read_drawn, read_models
from engine.bpmn.check import Known
from engine.bpmn.check.extensions import MARKS
from engine.bpmn.correlations import by_message
from engine.bpmn.xml import parse
from engine.connectors import PARAMETERS
from engine.errors import DiagramInvalid, NotFound, VersionConflict
from engine.history import log
from engine.kept import Kept
from engine.store import definitions as store
from engine.store import events as event_store
from engine.store.transaction import Tx
from engine.values import SYSTEM, Actor, Calls, Definition, Finding, Json
from engine.worktime import Calendar

#: Kind of the assets that say what an installation has set for itself, and the name of one.
SETTING, TIME_ZONE = "setting", "time_zone"

#: (name, digest) of assets, by the stamp of the last change and by kind.
_current: Kept[tuple[str, str], tuple[tuple[str, str], ...]] = Kept(64)
#: JSON contents by digest; shared, so nobody changes them.
_read: Kept[str, Any] = Kept(2_048)
#: The calendars of a definition, by its digest.
_calendars: Kept[str, Mapping[str, Calendar]] = Kept(256)


def put_asset(tx: Tx, kind: str, name: str, content: bytes, origin: str) -> bool:
    """Make ``content`` the current asset; true when that changed anything."""
    known = store.assets(tx.connection, kind).get(name)
    digest = store.put_blob(tx.connection, content)
    if known and known["digest"] == digest:
        return False
    store.put_asset(tx.connection, kind, name, digest, origin, tx.now)
    tx.stamp = None
    return True


def current(tx: Tx, kind: str) -> tuple[tuple[str, str], ...]:
    """(name, digest) of all current assets of a kind, kept by the stamp of the last change of any asset."""
    if tx.stamp is None:
        tx.stamp = store.stamp(tx.connection)
    return _current.get((tx.stamp, kind), lambda: store.asset_digests(tx.connection, kind))


def asset_json(tx: Tx, kind: str) -> dict[str, Any]:
    """All current assets of a kind; to be read only."""
    return {name: blob_json(tx, digest) for name, digest in current(tx, kind)}


def blob_json(tx: Tx, digest: str) -> Any:
    """A JSON content by its digest; to be read only."""
    return _read.get(digest, lambda: orjson.loads(store.get_blob(tx.connection, digest) or b"{}"))


def calendars(tx: Tx, digest: str) -> Mapping[str, Calendar]:
    """The calendars that a definition was published with."""

    def read() -> Mapping[str, Calendar]:
        named = by_digest(tx, digest)["manifest"]["calendars"]
        return {name: Calendar.from_json(blob_json(tx, content)) for name, content in named.items()}

    return _calendars.get(digest, read)


def zone(tx: Tx) -> tzinfo:
    """Whose local time counts from now on: the zone that was set, else the one that the engine was opened with."""
    name = _zone_name(tx)
    return ZoneInfo(name) if name else tx.zone


def today(tx: Tx) -> datetime:
    """The beginning of this day, by local time."""
    return tx.now.astimezone(zone(tx)).replace(hour=0, minute=0, second=0, microsecond=0)


def _zone_name(tx: Tx) -> str:
    return str(asset_json(tx, SETTING).get(TIME_ZONE, ""))


def roles(tx: Tx) -> list[dict[str, Any]]:
    return [role for listed in asset_json(tx, "roles").values() for role in listed]


def known(tx: Tx) -> Known:
    """Everything a diagram may refer to, for the validator."""
    tables = store.all_assets(tx.connection, "decision")
    listed = asset_json(tx, "form")
    names = frozenset(listed)
    registers = asset_json(tx, "register")
    return Known(
        forms=names,
        ui_forms=names,
        form_fields={n: frozenset(forms.fields(s)) for n, s in listed.items() if not n.endswith(".ui.json")},
        decisions={i: frozenset(o.name for o in read_decision(c, i).outputs) for i, c in tables.items()},
        registers={n: frozenset(s.get("properties", {})) for n, s in registers.items()} | _measured(tx),
        roles=frozenset(r["id"] for r in roles(tx)),
        operators=PARAMETERS,
        calendars=frozenset(name for name, _ in current(tx, "calendar")),
        processes=frozenset(
            d["process_id"] for d in store.newest_of_all(tx.connection) if d["about"].get("executable", True)
        ),
    )


def _measured(tx: Tx) -> dict[str, frozenset[str]]:
    """The data store of measures, which is read as a register is and written by nobody."""
    return {"measure": frozenset()} if asset_json(tx, "measures") else {}


def surroundings(tx: Tx) -> str:
    """A mark of all that `known` says; the same mark, the same knowledge."""
    kinds = ("decision", "form", "register", "roles", "calendar", "measures", SETTING)
    assets = {kind: dict(current(tx, kind)) for kind in kinds}
    newest = {d["process_id"]: d["digest"] for d in store.newest_of_all(tx.connection)}
    return log.digest({"assets": assets, "definitions": newest})


def validate(tx: Tx, xml: bytes, file: str) -> tuple[Finding, ...]:
    """Everything that is wrong with a diagram of our own, checked in this process; errors first.

    Files from people are checked by `engine.guard`.
    """
    found = checking.findings(xml, file, known(tx), {})
    if not any(f.severity == "error" for f in found):
        found += checking.uncompilable(xml, file, {}, lambda process_id: files(tx, process_id))
    return checking.in_order(found)


def _models(xml: bytes, file: str) -> tuple[Model, ...]:
    """The processes of a file that are published: the executable ones, else those that are documentation."""
    root = parse(xml, file)
    return read_models(root, file) or read_drawn(root, file)


def publish(
    tx: Tx, actor: Actor, xml: bytes, file: str, comment: str, base_digest: str | None, *, checked: bool = False
) -> tuple[Definition, ...]:
    """Publish a new version of each process of a file, unless nothing changed since the newest one.

    ``base_digest``: the version of one of them that the file was made from; that process comes first in the answer.
    ``checked``: the guard has examined the file against the present `surroundings`.

    Raises:
        DiagramInvalid: with all findings.
        VersionConflict: somebody published since ``base_digest``.
    """
    errors = [] if checked else [f for f in validate(tx, xml, file) if f.severity == "error"]
    if errors:
        raise DiagramInvalid(errors)
    models = _models(xml, file)
    for process_id in sorted(m.process_id for m in models):
        event_store.lock_stream(tx.connection, f"definition/{process_id}")
    there = {m.process_id: row for m in models if (row := store.newest(tx.connection, m.process_id))}
    if base_digest is not None and there and base_digest not in {row["digest"] for row in there.values()}:
        newest = next(iter(there.values()))
        raise VersionConflict(
            f"{newest['published_by']} published version {newest['version']} of '{newest['name']}' in the meantime.",
            hint="Look at that version and bring your changes into it; yours are still in your editor.",
        )

    def is_first(model: Model) -> bool:
        return model.process_id in there and there[model.process_id]["digest"] == base_digest

    ordered = sorted(models, key=lambda m: not is_first(m))
    return tuple(_publish_one(tx, actor, m, xml, file, comment, there.get(m.process_id)) for m in ordered)


def _publish_one(
    tx: Tx, actor: Actor, model: Model, xml: bytes, file: str, comment: str, newest: Mapping[str, Any] | None
) -> Definition:
    manifest = _manifest(tx, model, xml, file)
    digest = log.digest(manifest)
    if newest and newest["digest"] == digest:
        return as_value(newest)
    values = {
        "process_id": model.process_id,
        "version": (newest["version"] if newest else 0) + 1,
        "digest": digest,
        "name": model.name,
        "file": file,
        "manifest": manifest,
        "about": _about(model, _called(tx, model, xml)),
        "published_at": tx.now,
        "published_by": actor.person_id,
        "comment": comment,
    }
    _keep_version(tx, actor, values)
    return as_value(values)


def _keep_version(tx: Tx, actor: Actor, values: Mapping[str, Any]) -> None:
    store.add(tx.connection, values)
    payload = {k: values[k] for k in ("process_id", "version", "digest", "name", "file", "comment", "manifest")}
    log.append(tx, f"definition/{values['process_id']}", actor, "definition.published", payload)


def follow(tx: Tx, actor: Actor, comment: str) -> tuple[Definition, ...]:
    """A new version of each process that counts on other calendars or another zone than the present ones; nothing else of
    it changes.

    A version of the system's stays the system's, so that shipped processes are still brought up to date.
    """
    present = _times(tx)
    newest = store.newest_of_all(tx.connection)
    old = [row for row in newest if any(row["manifest"].get(name) != said for name, said in present.items())]
    for row in sorted(old, key=lambda row: str(row["process_id"])):
        event_store.lock_stream(tx.connection, f"definition/{row['process_id']}")
    return tuple(_add_version(tx, actor, row, {**row["manifest"], **present}, comment) for row in old)


def _add_version(
    tx: Tx, actor: Actor, row: Mapping[str, Any], manifest: Mapping[str, Json], comment: str
) -> Definition:
    by = SYSTEM if row["published_by"] == SYSTEM.person_id else actor
    changed = {"version": row["version"] + 1, "digest": log.digest(manifest), "manifest": manifest, "comment": comment}
    values = {**row, **changed, "published_at": tx.now, "published_by": by.person_id}
    _keep_version(tx, by, values)
    return as_value(values)


def is_current(tx: Tx, newest: Mapping[str, Any], xml: bytes, file: str) -> bool:
    """Whether publishing ``xml`` would change nothing: the same diagram, and all it needs is what it was."""
    if newest["manifest"]["diagrams"].get(file) != hashlib.sha256(xml).hexdigest():
        return False
    found = (m for m in _models(xml, file) if m.process_id == newest["process_id"])
    return any(log.digest(_manifest(tx, model, xml, file)) == newest["digest"] for model in found)


def _manifest(tx: Tx, model: Model, xml: bytes, file: str) -> dict[str, Json]:
    diagrams = {name: store.put_blob(tx.connection, data) for name, data in _diagrams(tx, model, xml).items()}
    models = [m for n, d in _diagrams(tx, model, xml).items() for m in read_models(parse(d, n), n)]
    decisions = {d for m in models for d in m.decisions}
    return {
        "process": model.process_id,
        "diagrams": diagrams,
        "decisions": _digests(tx, "decision", decisions),
        "forms": _forms(tx, {f for m in models for f in m.forms}),
        **_times(tx),
    }


def _times(tx: Tx) -> dict[str, Json]:
    """What a version counts times on: the calendars, and the zone if one was set."""
    name = _zone_name(tx)
    return {"calendars": dict(current(tx, "calendar")), **({"zone": name} if name else {})}


def _digests(tx: Tx, kind: str, names: Iterable[str]) -> dict[str, Json]:
    current = store.assets(tx.connection, kind)
    return {name: current[name]["digest"] for name in sorted(names)}


def _forms(tx: Tx, names: Iterable[str]) -> dict[str, Json]:
    registers, offered = asset_json(tx, "register"), roles(tx)
    found: dict[str, Json] = {}
    for name in sorted(names):
        schema = orjson.loads(store.asset_content(tx.connection, "form", name) or b"{}")
        if not name.endswith(".ui.json"):
            schema = forms.self_contained(schema, registers, name, offered)
            forms.check_schema(schema, name)
            typed.check(schema, name)
        found[name] = store.put_blob(tx.connection, orjson.dumps(schema))
    return found


def _diagrams(tx: Tx, model: Model, xml: bytes) -> dict[str, bytes]:
    """The diagram and, in any depth, those it calls: of the same file, else newest versions."""
    return checking.together(model, xml, {}, lambda process_id: files(tx, process_id))


def files(tx: Tx, process_id: str) -> dict[str, bytes]:
    """File name -> XML of a process's newest version and, in any depth, of those it calls.

    Raises:
        NotFound: it was never published.
    """
    row = store.newest(tx.connection, process_id)
    if row is None:
        raise NotFound(f"The called process '{process_id}' was never published.", hint="Publish it first.")
    return {name: store.get_blob(tx.connection, digest) or b"" for name, digest in row["manifest"]["diagrams"].items()}


def _called(tx: Tx, model: Model, xml: bytes) -> list[Model]:
    """The processes that it calls, in any depth, the nearest first."""
    there = {m.process_id: m for n, d in _diagrams(tx, model, xml).items() for m in read_models(parse(d, n), n)}
    found = [model]
    for one in found:
        found += [there[name] for name in sorted(one.called) if name in there and there[name] not in found]
    return found[1:]


def _about(model: Model, called: Sequence[Model] = ()) -> dict[str, Json]:
    messages = [e.message.name for e in model.elements.values() if e.message]
    return {
        "startable_by": model.properties.get("startable_by", "").split(),
        "case_word": model.properties.get("case_word", "case"),
        "starts_by_hand": model.starts_by_hand,
        "documentation": model.documentation,
        "start_messages": sorted(model.start_messages),
        "messages": sorted(set(messages)),
        "catches": sorted(model.caught_messages),
        "start_signals": {e.id: e.trigger.name for e in model.starts() if e.trigger and e.trigger.kind == "signal"},
        "start_timers": {
            e.id: [e.name, e.timer.kind, e.timer.text] for e in model.starts() if e.timer and not e.of_register
        },
        "record_timers": {
            e.id: [e.of_register, e.name, e.due_of_record, e.timer.text if e.timer.kind == "timeCycle" else ""]
            for e in model.starts()
            if e.timer and e.of_register
        },
        "start_roles": {e.id: e.role for e in model.starts() if e.timer and e.role},
        "roles": list(model.roles),
        "elements": {
            **{e.id: e.name for e in model.elements.values()},
            **{f"{m.process_id}:{e.id}": e.name for m in called for e in m.elements.values()},
        },
        "calls": {
            **{e.id: e.called for e in model.elements.values() if e.called},
            **{f"{m.process_id}:{e.id}": e.called for m in called for e in m.elements.values() if e.called},
        },
        "called": {m.process_id: [m.name, m.file] for m in called},
        "registers": sorted(model.registers),
        "executable": model.executable,
        "correlations": by_message(model.elements) if model.executable else {},
        "marked": marks(model) if model.executable else [],
    }


def marks(model: Model) -> list[Json]:
    """[element, its kind, its marks, the registers it writes] of each element with marks; see `engine.marks`."""
    found: list[Json] = []
    for one in model.elements.values():
        if own := {name: value for name, value in one.properties.items() if name in MARKS}:
            registers: list[Json] = list(dict.fromkeys(access.register for access in one.writes if access.register))
            found.append([one.id, one.kind, own, registers])
    return found


def as_value(row: Mapping[str, Any], running: int = 0) -> Definition:
    about = row["about"]
    return Definition(
        process_id=row["process_id"],
        version=row["version"],
        digest=row["digest"],
        name=row["name"],
        file=row["file"],
        published_at=row["published_at"],
        published_by=row["published_by"],
        comment=row["comment"],
        startable_by=frozenset(about["startable_by"]),
        case_word=about["case_word"],
        starts_by_hand=about["starts_by_hand"],
        documentation=about["documentation"],
        running=running,
        executable=about.get("executable", True),
    )


def find(tx: Tx, process_id: str, version: int | None = None) -> Mapping[str, Any]:
    """The row of a definition; the newest without ``version``."""
    row = store.newest(tx.connection, process_id) if version is None else store.one(tx.connection, process_id, version)
    if row is None:
        which = f"version {version} of " if version else ""
        raise NotFound(f"There is no {which}process '{process_id}'.", hint="`fitsm deploy` publishes the shipped ones.")
    return row


def by_digest(tx: Tx, digest: str) -> Mapping[str, Any]:
    row = store.by_digest(tx.connection, digest)
    if row is None:
        raise NotFound(f"There is no definition with the digest {digest}.")
    return row


def name_of(tx: Tx, digest: str) -> str:
    """The name of the process with that digest."""
    return store.name_of(tx.connection, digest) or ""


def names(tx: Tx, digest: str) -> Mapping[str, str]:
    """Element id -> label of a definition; empty when it is not there."""
    row = store.by_digest(tx.connection, digest)
    return row["about"]["elements"] if row else {}


def damage(tx: Tx, digest: str) -> str:
    """What of a definition is no longer as it was published; the empty text when all is."""
    row = store.by_digest(tx.connection, digest)
    if row is None or log.digest(row["manifest"]) != digest:
        return f"The definition {digest} is not as it was published."
    manifest = row["manifest"]
    for kind in ("diagrams", "decisions", "forms", "calendars"):
        for name, expected in manifest[kind].items():
            if hashlib.sha256(store.get_blob(tx.connection, expected) or b"").hexdigest() != expected:
                return f"'{name}', which the case ran on, is not as it was published."
    return ""


def diagram(tx: Tx, row: Mapping[str, Any], called: str = "") -> bytes:
    """The XML of a definition's own diagram, or of that of a process that it calls, byte for byte as published."""
    file = row["about"].get("called", {}).get(called, ["", row["file"]])[1]
    return store.get_blob(tx.connection, row["manifest"]["diagrams"][file]) or b""


def calls(row: Mapping[str, Any]) -> Calls:
    """What a definition calls, and what is drawn where."""
    about = row["about"]
    called = {process_id: name for process_id, (name, _) in about.get("called", {}).items()}
    return Calls(about["elements"], about.get("calls", {}), called)


def started_by_message(tx: Tx, message: str) -> list[Mapping[str, Any]]:
    """Newest definitions that begin with a message, in order of their id."""
    rows = [r for r in store.newest_of_all(tx.connection) if message in r["about"]["start_messages"]]
    return sorted(rows, key=lambda r: str(r["process_id"]))


def started_by_signal(tx: Tx, signal: str) -> list[tuple[str, str]]:
    """(process id, start event) of the newest definitions that begin with a signal."""
    rows = store.newest_of_all(tx.connection)
    found = [(r["process_id"], e) for r in rows for e, n in r["about"].get("start_signals", {}).items() if n == signal]
    return sorted(found)


def is_caught(tx: Tx, message: str) -> bool:
    """Whether any newest definition waits for such a message somewhere."""
    return any(message in r["about"]["catches"] for r in store.newest_of_all(tx.connection))


def correlated_by(tx: Tx, message: str) -> list[str]:
    """Where the key of a message is found in its payload (expressions), if a newest definition says so."""
    rows = sorted(store.newest_of_all(tx.connection), key=lambda row: str(row["process_id"]))
    return next((found for r in rows if (found := r["about"].get("correlations", {}).get(message))), [])


class Programs:
    """Programs by digest, compiled once per server process and kept."""

    SIZE = 256

    def __init__(self) -> None:
        self._forms: Kept[tuple[str, str], forms.Form] = Kept(2_048)
        self._kept: Kept[str, tuple[Program, Mapping[str, Calendar], Mapping[str, str], ZoneInfo | None]] = Kept(self.SIZE)

    def get(self, tx: Tx, digest: str) -> tuple[Program, Mapping[str, Calendar]]:
        """The program and the calendars it was published with."""
        program, calendars, _, _ = self._kept.get(digest, lambda: self._compile(tx, digest))
        return program, calendars

    def zone(self, tx: Tx, digest: str) -> ZoneInfo | None:
        """Whose local time its cases count; None for what was published while none was set."""
        return self._kept.get(digest, lambda: self._compile(tx, digest))[3]

    def form(self, tx: Tx, digest: str, name: str) -> Mapping[str, Any]:
        """A form (or UI schema) as it was published with the program; empty without one. To be read only."""
        _, _, digests, _ = self._kept.get(digest, lambda: self._compile(tx, digest))
        return blob_json(tx, digests[name]) if name in digests else {}

    def checked_form(self, tx: Tx, digest: str, name: str) -> forms.Form:
        """The same, ready to check what is handed in."""
        return self._forms.get((digest, name), lambda: forms.Form(self.form(tx, digest, name)))

    @staticmethod
    def _compile(tx: Tx, digest: str) -> tuple[Program, Mapping[str, Calendar], Mapping[str, str], ZoneInfo | None]:
        manifest = by_digest(tx, digest)["manifest"]
        diagrams = {n: store.get_blob(tx.connection, d) or b"" for n, d in manifest["diagrams"].items()}
        tables = [read_decision(store.get_blob(tx.connection, d) or b"", i) for i, d in manifest["decisions"].items()]
        program = compile_program(manifest["process"], diagrams, tables)
        zone = ZoneInfo(manifest["zone"]) if "zone" in manifest else None
        return program, calendars(tx, digest), manifest["forms"], zone
