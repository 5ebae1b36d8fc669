# SPDX-License-Identifier: Apache-2.0
"""Service tasks: called outside the step, retried with the same key, failed for all to see, caught or skipped."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from engine import SYSTEM, CountingIds, Engine, EngineConfig, VirtualClock, calls, open_engine
from engine.calls import pause
from engine.connectors import ConnectorFailed
from engine.errors import Conflict, DiagramInvalid, Invalid
from engine.store import calls as rows
from tests.databases import Database

HEAD = (
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core" id="D" targetNamespace="t">'
    '<bpmn:error id="Err" errorCode="HTTP404"/>'
)
TASK = """
<bpmn:process id="P" name="P" isExecutable="true"><bpmn:startEvent id="S"/>
<bpmn:serviceTask id="Call" name="Ask"><bpmn:extensionElements>
<spiffworkflow:serviceTaskOperator id="test/ask" resultVariable="got"><spiffworkflow:parameters>
<spiffworkflow:parameter id="n" type="any" value="n + 1"/></spiffworkflow:parameters>
<spiffworkflow:retry retries="2" backoff_base="60"/></spiffworkflow:serviceTaskOperator></bpmn:extensionElements></bpmn:serviceTask>
<bpmn:userTask id="Next"/><bpmn:endEvent id="E"/>{more}
<bpmn:sequenceFlow id="f1" sourceRef="S" targetRef="Call"/><bpmn:sequenceFlow id="f2" sourceRef="Call" targetRef="Next"/>
<bpmn:sequenceFlow id="f3" sourceRef="Next" targetRef="E"/></bpmn:process></bpmn:definitions>
"""
CAUGHT = """
<bpmn:boundaryEvent id="B" attachedToRef="Call"><bpmn:errorEventDefinition errorRef="Err"/></bpmn:boundaryEvent>
<bpmn:userTask id="Handler"/><bpmn:endEvent id="E2"/>
<bpmn:sequenceFlow id="f4" sourceRef="B" targetRef="Handler"/><bpmn:sequenceFlow id="f5" sourceRef="Handler" targetRef="E2"/>
"""


class Service:
    """A service that answers, or fails as it is told; it remembers what it was asked and with which key."""

    def __init__(self) -> None:
        self.asked: list[tuple[Mapping, str]] = []
        self.failures: list[Exception] = []

    def __call__(self, parameters: Mapping, key: str):
        self.asked.append((dict(parameters), key))
        if self.failures:
            raise self.failures.pop(0)
        return {"answer": parameters["n"] * 2}


@pytest.fixture
def service() -> Service:
    return Service()


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock(datetime(2026, 3, 2, 9, tzinfo=UTC))


@pytest.fixture
def engine(database: Database, tmp_path: Path, service: Service, clock: VirtualClock) -> Iterator[Engine]:
    config = EngineConfig(database.url, tmp_path)
    opened = open_engine(config, clock, CountingIds("c"), {"test/ask": service})
    yield opened
    opened.close()


def start(engine: Engine, more: str = "", n: int = 20):
    engine.publish(SYSTEM, (HEAD + TASK.format(more=more)).encode(), "p.bpmn")
    return engine.start(SYSTEM, "P", {"n": n})


def open_tasks(engine: Engine, case_id: str) -> list[str]:
    return [t.element for t in engine.case(SYSTEM, case_id).tasks if t.state == "open"]


def test_a_service_is_called_after_the_step_and_answers_in_a_step_of_its_own(engine: Engine, service: Service) -> None:
    """The step that asks commits first; the answer is in its variable, and the case replays without calling again."""
    case = start(engine)
    assert service.asked == []
    assert engine.case(SYSTEM, case.id).position.active == ("Call",)
    assert engine.run_calls() == 1
    [(parameters, key)] = service.asked
    assert parameters == {"n": 21}
    assert key.startswith(f"{case.id}.")
    assert key.endswith(".Call")
    assert engine.case(SYSTEM, case.id).data["got"] == {"answer": 42}
    assert open_tasks(engine, case.id) == ["Next"]
    assert engine.verify(SYSTEM, case.id).ok
    assert len(service.asked) == 1


def test_a_failed_call_is_retried_with_the_same_key(engine: Engine, service: Service, clock: VirtualClock) -> None:
    """Each time later, and the receiver can tell that it is the same call."""
    case = start(engine)
    service.failures = [ConnectorFailed("down"), ConnectorFailed("still down")]
    engine.run_calls()
    assert engine.run_calls() == 0
    clock.advance(timedelta(seconds=67))
    engine.run_calls()
    clock.advance(timedelta(seconds=134))
    engine.run_calls()
    assert len({key for _, key in service.asked}) == 1
    assert len(service.asked) == 3
    assert open_tasks(engine, case.id) == ["Next"]


def use_up(engine: Engine, service: Service, clock: VirtualClock) -> None:
    service.failures = [ConnectorFailed(f"down {n}") for n in range(3)]
    for _ in range(3):
        engine.run_calls()
        clock.advance(timedelta(hours=2))


def test_after_the_last_retry_it_stands_on_the_case(engine: Engine, service: Service, clock: VirtualClock) -> None:
    """With its cause; it is not called any more until somebody retries it."""
    case = start(engine)
    use_up(engine, service, clock)
    assert engine.run_calls() == 0
    [call] = engine.case(SYSTEM, case.id).calls
    assert (call.state, call.attempts, call.error) == ("failed", 3, "down 2")
    assert [c.id for c in engine.failed_calls(SYSTEM)] == [call.id]
    engine.retry_call(SYSTEM, call.id)
    last = engine.history(SYSTEM, case.id)[-1]
    assert (last.kind, last.actor, last.payload["element"]) == ("service.retried", "system", "Call")
    assert (last.payload["error"], last.payload["attempts"]) == ("down 2", 3)
    engine.run_calls()
    assert open_tasks(engine, case.id) == ["Next"]
    assert len({key for _, key in service.asked}) == 1
    assert engine.verify(SYSTEM, case.id).ok


def test_it_can_be_skipped_with_a_reason(engine: Engine, service: Service, clock: VirtualClock) -> None:
    """The case goes on with the given result; the reason is in the history."""
    case = start(engine)
    use_up(engine, service, clock)
    [call] = engine.case(SYSTEM, case.id).calls
    with pytest.raises(Invalid, match="reason"):
        engine.skip_call(SYSTEM, call.id, " ")
    engine.skip_call(SYSTEM, call.id, "done by telephone", {"answer": 7})
    assert engine.case(SYSTEM, case.id).data["got"] == {"answer": 7}
    assert engine.history(SYSTEM, case.id)[-1].payload["inputs"]["skipped"] == "done by telephone"
    assert engine.verify(SYSTEM, case.id).ok


def test_only_a_failed_call_is_retried_or_skipped(engine: Engine) -> None:
    """One that is still to come is left alone."""
    case = start(engine)
    [call] = engine.case(SYSTEM, case.id).calls
    with pytest.raises(Conflict, match="pending"):
        engine.retry_call(SYSTEM, call.id)


def test_an_error_boundary_event_catches_a_final_failure(engine: Engine, service: Service) -> None:
    """Without further attempts, if its code is the one that is caught."""
    case = start(engine, CAUGHT)
    service.failures = [ConnectorFailed("gone", code="HTTP404", final=True)]
    engine.run_calls()
    assert open_tasks(engine, case.id) == ["Handler"]
    assert engine.case(SYSTEM, case.id).calls == ()
    assert engine.verify(SYSTEM, case.id).ok


def test_publishing_checks_what_a_built_in_operator_is_given(engine: Engine) -> None:
    """A mail to nobody is found before anybody waits for it."""
    mail = TASK.replace('id="test/ask"', 'id="mail/send"').replace(
        'id="n" type="any" value="n + 1"', 'id="to" value="&quot;ann&quot;"'
    )
    with pytest.raises(DiagramInvalid) as caught:
        engine.publish(SYSTEM, (HEAD + mail.format(more="")).encode(), "p.bpmn")
    said = " ".join(f.message for f in caught.value.findings)
    assert "does not give 'subject'" in said
    assert "'ann' cannot be the to" in said


def test_an_unknown_operator_fails_at_once_and_says_what_there_is(
    database: Database, tmp_path: Path, clock: VirtualClock
) -> None:
    """No retries: it would not get better."""
    engine = open_engine(EngineConfig(database.url, tmp_path), clock, CountingIds("c"))
    case = start(engine)
    engine.run_calls()
    [call] = engine.case(SYSTEM, case.id).calls
    assert call.state == "failed"
    assert "http/post" in call.error
    engine.close()


def test_an_answer_that_cannot_be_kept_is_a_failure(engine: Engine, service: Service) -> None:
    """A number that JSON does not have would be stored as something else, and the case would not reproduce."""
    case = start(engine, n=float("1e308"))  # doubled, that is infinite
    engine.run_calls()
    [call] = engine.case(SYSTEM, case.id).calls
    assert (call.state, "is no number" in call.error) == ("failed", True)


def test_a_call_that_a_dead_process_had_taken_is_made_again(
    engine: Engine, service: Service, clock: VirtualClock
) -> None:
    """After its lease; the key is the same."""
    case = start(engine)
    with engine.write() as tx:
        [row] = rows.of_case(tx.connection, case.id)
        assert calls.take(tx, row, engine.config.services.lease)
    assert engine.run_calls() == 0
    clock.advance(timedelta(minutes=6))
    assert engine.run_calls() == 1
    assert open_tasks(engine, case.id) == ["Next"]


def test_a_cancelled_case_calls_nobody(engine: Engine, service: Service) -> None:
    """What was still to be called is dropped."""
    case = start(engine)
    engine.cancel(SYSTEM, case.id, "by mistake")
    assert engine.run_calls() == 0
    assert service.asked == []


def test_pauses_double_and_differ_by_key() -> None:
    """1, 2, 4 … times the base with up to a tenth more, an hour at most."""
    seconds = [pause(n, 10, "k").total_seconds() for n in (1, 2, 3, 20)]
    assert all(low <= s <= low * 1.1 for s, low in zip(seconds, (10, 20, 40, 3600), strict=True))
    assert len({pause(1, 10, f"k{n}") for n in range(50)}) > 10
