# SPDX-License-Identifier: Apache-2.0
"""Cases: held when a step fails, corrected, retried, cancelled; messages between them; what may be read by whom."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from sqlalchemy import event

from engine import SYSTEM
from engine.errors import CaseEnded, Conflict, DiagramInvalid, Invalid, NotAllowed, StorageFailed, VersionConflict
from tests.databases import only_sqlite
from tests.engine.organisation import INCIDENTS, Office

HEAD = '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" id="D" targetNamespace="t">'
SHARE = """
<bpmn:process id="Share" name="Share" isExecutable="true"><bpmn:startEvent id="S"/>
<bpmn:scriptTask id="Divide" name="{label}"><bpmn:script>{script}</bpmn:script></bpmn:scriptTask>
<bpmn:userTask id="Look"/><bpmn:endEvent id="E"/>
<bpmn:sequenceFlow id="f1" sourceRef="S" targetRef="Divide"/><bpmn:sequenceFlow id="f2" sourceRef="Divide" targetRef="Look"/>
<bpmn:sequenceFlow id="f3" sourceRef="Look" targetRef="E"/></bpmn:process></bpmn:definitions>
"""


def share(office: Office, script: str = "part = whole / people", label: str = "Divide") -> None:
    office.engine.publish(SYSTEM, (HEAD + SHARE.format(script=script, label=label)).encode(), "share.bpmn")


def test_a_step_that_fails_holds_its_case(office: Office) -> None:
    """With element, expression and values; what was entered is kept, and other cases go on."""
    share(office)
    held = office.engine.start(SYSTEM, "Share", {"whole": 10, "people": 0})
    assert (held.state, held.fault.element) == ("failed", "Divide")
    assert "part = whole / people" in held.fault.expression
    assert office.engine.start(SYSTEM, "Share", {"whole": 10, "people": 2}).state == "running"
    with pytest.raises(Conflict):
        office.engine.retry(SYSTEM, office.engine.start(SYSTEM, "Share", {"whole": 1, "people": 1}).id)


def test_a_held_case_goes_on_when_its_values_are_corrected(office: Office) -> None:
    """The correction needs a reason and stands in the history; the case verifies."""
    share(office)
    held = office.engine.start(SYSTEM, "Share", {"whole": 10, "people": 0})
    assert office.engine.retry(SYSTEM, held.id).state == "failed"
    with pytest.raises(Invalid, match="reason"):
        office.engine.correct(SYSTEM, held.id, {"people": 5}, " ")
    office.engine.correct(SYSTEM, held.id, {"people": 5}, "somebody counted")
    assert office.engine.retry(SYSTEM, held.id).state == "running"
    view = office.engine.case(SYSTEM, held.id)
    assert view.data["part"] == 2
    assert office.engine.verify(SYSTEM, held.id).ok
    kinds = [e.kind for e in office.engine.history(SYSTEM, held.id)]
    assert kinds == ["step.failed", "step.failed", "case.corrected", "case.retried", "case.started"]


def test_a_retry_that_fails_again_says_who_asked_for_it(office: Office) -> None:
    """The command stays that of who gave it; a first failure names nobody."""
    share(office)
    held = office.engine.start(office.actor("uma"), "Share", {"whole": 10, "people": 0})
    assert office.engine.retry(office.actor("max"), held.id).state == "failed"
    first, again = office.engine.history(SYSTEM, held.id)
    assert "retried_by" not in first.payload
    assert (again.actor, again.payload["retried_by"]) == ("uma", "max")
    step = office.engine.steps(SYSTEM, held.id)[1]
    assert step.title.startswith("Step failed again, tried by max")
    assert step.details["retried_by"] == "max"
    assert office.engine.verify(SYSTEM, held.id).ok


def test_a_held_case_goes_on_with_a_mended_version(office: Office) -> None:
    """If that has the same elements; the history tells which version ran when."""
    share(office)
    held = office.engine.start(SYSTEM, "Share", {"whole": 10, "people": 0})
    share(office, "part = whole / max(people, 1)")
    assert office.engine.retry(SYSTEM, held.id, newest=True).version == 2
    assert office.engine.case(SYSTEM, held.id).data["part"] == 10
    assert office.engine.verify(SYSTEM, held.id).ok


def test_running_cases_stay_on_their_version(office: Office) -> None:
    """New ones use the new one; the same content published again is no new version."""
    share(office)
    old = office.engine.start(SYSTEM, "Share", {"whole": 1, "people": 1})
    share(office)
    assert [d.version for d in office.engine.versions("Share")] == [1]
    share(office, label="Divide by heads")
    new = office.engine.start(SYSTEM, "Share", {"whole": 1, "people": 1})
    assert (office.engine.case(SYSTEM, old.id).case.version, new.version) == (1, 2)
    assert [d.running for d in office.engine.versions("Share")] == [1, 1]


def test_what_is_published_again_is_a_version_of_its_own(office: Office) -> None:
    """Back to the first content after a second: a new case runs on version 3."""
    share(office)
    share(office, label="Divide by heads")
    share(office)
    assert office.engine.start(SYSTEM, "Share", {"whole": 1, "people": 1}).version == 3


def test_who_publishes_on_an_old_version_is_told(office: Office) -> None:
    """Nothing is overwritten."""
    share(office)
    base = office.engine.definition("Share").digest
    share(office, label="Somebody else's")
    with pytest.raises(VersionConflict, match="version 2"):
        office.engine.publish(
            SYSTEM, (HEAD + SHARE.format(script="a = 1", label="x")).encode(), "share.bpmn", base_digest=base
        )


def test_shipped_content_does_not_overwrite_an_owners_version(office: Office) -> None:
    """What a person published stays the newest."""
    xml = office.engine.diagram(INCIDENTS).replace(b"5 working days", b"A working week")
    file = office.engine.definition(INCIDENTS).file
    assert office.engine.publish(office.actor("olga"), xml, file).version == 2
    assert office.engine.publish_content() == ()
    assert office.engine.definition(INCIDENTS).published_by == "olga"


def test_a_change_is_requested_and_comes_back(office: Office) -> None:
    """The message starts the change with its data, and the incident knows its change."""
    case = office.report()
    data = {"outcome": "change", "rfc_title": "New disk", "rfc_reason": "It is full.", "rfc_ci": "CI-1"}
    office.engine.complete(office.actor("sam"), office.task(case).id, data)
    view = office.engine.case(SYSTEM, case.id)
    [change] = view.related
    assert change.process_id == "PR12_CHM_approve_changes"
    assert office.engine.case(SYSTEM, change.id).data["title"] == "New disk"
    assert {w.message for w in view.waiting} == {"rfc.decided"}
    assert all(v.ok for v in office.engine.verify_all(SYSTEM))


def test_a_case_is_cancelled_with_a_reason(office: Office) -> None:
    """Its tasks are withdrawn and nothing is armed; afterwards nothing can be done with it."""
    case = office.report()
    task = office.task(case)
    with pytest.raises(NotAllowed):
        office.engine.cancel(office.actor("uma"), case.id, "no")
    office.engine.cancel(office.actor("max"), case.id, "a test")
    assert office.engine.task(SYSTEM, task.id).state == "withdrawn"
    assert office.engine.timers(SYSTEM, case.id) == ()
    with pytest.raises(CaseEnded):
        office.engine.correct(SYSTEM, case.id, {"title": "x"}, "why")
    assert office.engine.verify(SYSTEM, case.id).ok


def test_who_begins_by_mistake_may_take_it_back(office: Office) -> None:
    """As long as nothing was entered."""
    dana = office.actor("dana")
    case = office.engine.start(dana, INCIDENTS)
    assert office.engine.may(dana, "case.cancel", case.id)
    assert not office.engine.may(dana, "case.cancel", office.report().id)


def test_a_case_is_read_by_those_who_take_part_and_by_auditors(office: Office) -> None:
    """Not by everybody who is signed in."""
    case = office.report()
    for login, may in {"dana": True, "sam": True, "ada": True, "max": True, "lea": False, "uma": False}.items():
        assert office.engine.may(office.actor(login), "case.read", case.id) is may, login
    with pytest.raises(NotAllowed):
        office.engine.history(office.actor("lea"), case.id)


def fill(office: Office, task_id: str) -> None:
    for _ in range(200):
        office.engine.save_draft(office.actor("sam"), task_id, {"resolution": "x" * 100_000})
        office.engine.start(office.actor("dana"), INCIDENTS)


@only_sqlite
def test_a_full_disk_changes_nothing(office: Office, tmp_path: Path) -> None:
    """A clear answer; with room again the same command goes through."""
    case = office.report()
    task = office.task(case)
    with office.engine._store.sql.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
    office.engine._store.close()

    def tight(connection, _record) -> None:
        connection.execute(f"PRAGMA max_page_count={pages}")

    event.listen(office.engine._store.sql, "connect", tight)
    before = office.engine.history(SYSTEM, case.id)
    with pytest.raises(StorageFailed, match="disk is full"):
        fill(office, task.id)
    assert office.engine.history(SYSTEM, case.id) == before
    event.remove(office.engine._store.sql, "connect", tight)
    office.engine._store.close()
    assert office.resolve(case).state == "running"


BAD = {
    "malformed": (b"<bpmn:definitions", "xml"),
    "entity": (b'<!DOCTYPE a [<!ENTITY x "y">]><a/>', "xml"),
    "reserved id": (
        (HEAD + SHARE.format(script="a = 1", label="x"))
        .replace('id="S"', 'id="Start"')
        .replace('"S"', '"Start"')
        .encode(),
        "id-reserved",
    ),
    "not executed": (
        (HEAD + SHARE.format(script="a = 1", label="x")).replace("userTask", "complexGateway").encode(),
        "",
    ),
    "no script": ((HEAD + SHARE.format(script="a = = 1", label="x")).encode(), ""),
}


@pytest.mark.parametrize("what", BAD)
def test_a_bad_diagram_is_refused_with_place_and_hint(office: Office, what: str) -> None:
    """File, line, what is wrong and what to do; nothing is published."""
    xml, rule = BAD[what]
    with pytest.raises(DiagramInvalid) as refused:
        office.engine.publish(SYSTEM, xml, "bad.bpmn")
    finding = refused.value.findings[0]
    assert finding.file == "bad.bpmn"
    assert finding.line > 0
    assert finding.message
    assert finding.hint
    assert finding.rule.startswith(rule)


CHANGES = {
    "payload": ("UPDATE event SET payload = ? WHERE instance_id = ? AND seq = 2", "content was changed"),
    "actor": ("UPDATE event SET actor = 'uma' WHERE instance_id = ? AND seq = 2", "content was changed"),
    "time": ("UPDATE event SET at = '2020-01-01 00:00:00' WHERE instance_id = ? AND seq = 2", "content was changed"),
    "middle": ("DELETE FROM event WHERE instance_id = ? AND seq = 2", "missing"),
    "end": ("DELETE FROM event WHERE instance_id = ? AND seq = 4", "later events"),
    "variables": ("UPDATE instance SET variables = ? WHERE id = ?", "stored state"),
    "title": ("UPDATE instance SET title = 'Nothing happened' WHERE id = ?", "another title"),
    "outcome": ("UPDATE instance SET state = 'completed' WHERE id = ?", "another state"),
}


@pytest.mark.parametrize("what", CHANGES)
def test_whatever_is_altered_is_found(office: Office, what: str) -> None:
    """Also where it was altered and why that is known."""
    case = office.report()
    office.resolve(case)
    assert office.engine.verify(SYSTEM, case.id).ok
    statement, reason = CHANGES[what]
    values = (b"{}", case.id) if statement.count("?") == 2 else (case.id,)
    with office.database.past() as database:
        assert database.execute(statement, values).rowcount == 1
    verdict = office.engine.verify(SYSTEM, case.id)
    assert not verdict.ok
    assert re.search(reason, verdict.reason), verdict.reason
