# SPDX-License-Identifier: Apache-2.0
"""The management system of the sample organisation: set-ups, roles, documents and plans, as they are after half a year.

Most of it stands in registers. What waits for somebody is a real case: the establishment of the system, a role
that somebody is to have, and a document that is to be approved.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson

from engine import Engine
from engine.values import SYSTEM
from webapp.demo.organisation import REASON, dated, resolved
from webapp.demo.play import Play

ESTABLISH, ASSIGN, CONTROL = "SMS_establish_sms", "SMS_assign_roles", "GR2_DOC_control_documents"
MANAGER, AUTHOR = "rosa", "henrik"
#: In the order in which they can be written.
_RECORDS = (
    "setup", "role_assignment", "milestone", "stakeholder", "communication_activity", "training_activity",
    "management_review", "audit_programme", "audit",
)  # fmt: skip
_SHORTLY = timedelta(days=3)  #: before the end: a document is handed in for approval, a role proposed


def write_system(engine: Engine) -> int:
    """Write all records; how many there are."""
    content, now = _content(), engine.clock.now()
    ids: dict[str, str] = {}
    for register in _RECORDS:
        for entry in content[register]:
            data = resolved({**dated(entry["data"], now), "state": entry["state"]}, ids)
            ids[entry.get("key", f"{register} {len(ids)}")] = engine.write_record(SYSTEM, register, data, reason=REASON).id
    for entry in content["document"]:
        _write_document(engine, entry)
    return len(ids) + len(content["document"])


def _write_document(engine: Engine, entry: Mapping[str, Any]) -> None:
    """Each text of a document, or its file, as it was published."""
    now = engine.clock.now()
    about = {**dated(entry["data"], now), "state": "published"}
    contents: list[dict[str, Any]] = [{"text": text, "published_text": text} for text in map(_joined, entry.get("texts", ()))]
    if "file" in entry:
        file = _kept(engine, entry["file"]["name"], _joined(entry["file"]["lines"]))
        contents = [{"file": file, "published_file": file}]
    own: str | None = None
    for version, content in enumerate(contents, start=1):
        approved = dated({"approved_on": entry["approved_on"][version - 1]}, now)
        changed = {"what_changed": entry["what_changed"]} if version == len(contents) > 1 else {}
        data = {**about, **content, **approved, **changed, "version": version}
        own = engine.write_record(SYSTEM, "document", data, own, reason=REASON).id


def _kept(engine: Engine, name: str, text: str) -> dict[str, Any]:
    content = text.encode()
    engine.keep_file(SYSTEM, name, content)
    return {"name": name, "size": len(content), "sha256": hashlib.sha256(content).hexdigest()}


def _joined(lines: list[str]) -> str:
    return "\n".join(lines) + "\n"


def plan_system(play: Play) -> None:
    """What people do about the management system in the two weeks."""
    play.plan(play.clock.now() + timedelta(hours=2), lambda: _establish(play))
    play.plan(play.until - _SHORTLY, lambda: _hand_in(play))
    play.plan(play.until - _SHORTLY, lambda: _propose(play))


def _establish(play: Play) -> None:
    """The set-ups that are planned already stay as they are."""
    day = (play.clock.now() + timedelta(days=1)).date().isoformat()
    answers = {"start_on": day, "pace_general": "P2W", "pace_processes": "P2W", "first": [], "owner": MANAGER}
    _do(play, MANAGER, play.engine.start(play.engine.people.actor(MANAGER), ESTABLISH).id, [answers])


def _hand_in(play: Play) -> None:
    given = _content()["in_approval"]
    case = play.engine.start(play.engine.people.actor(AUTHOR), CONTROL).id
    _do(play, AUTHOR, case, [given["choose"], given["write"]])


def _propose(play: Play) -> None:
    """Somebody is to have a role; the SMS owner decides."""
    case = play.engine.start(play.engine.people.actor(MANAGER), ASSIGN).id
    _do(play, MANAGER, case, [dated(_content()["proposed"], play.clock.now())])


def _do(play: Play, person: str, case_id: str, answers: list[Mapping[str, Any]]) -> None:
    actor = play.engine.people.actor(person)
    for data in answers:
        task = next(one for one in play.engine.case(SYSTEM, case_id).tasks if one.state == "open" and one.purpose == "work")
        if not task.claimed_by:
            play.engine.claim(actor, task.id)
        play.engine.complete(actor, task.id, data)


def _content() -> dict[str, Any]:
    found: dict[str, Any] = orjson.loads(Path(__file__).with_name("system.json").read_bytes())
    return found
