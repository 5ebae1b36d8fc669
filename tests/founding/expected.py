# SPDX-License-Identifier: Apache-2.0
"""What time had to bring, worked out without the engine's timers: from the diagrams, the versions of the records and a
calendar (`dateutil`), and what it brought, from the histories."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta
from lxml import etree

from engine import SYSTEM, Engine
from engine.scripts import Context, compile_expression
from engine.values import CaseFilter, Event
from engine.worktime import Calendar
from tests.founding.organisation import OFFICE
from webapp.config import content_dir

ZONE = ZoneInfo("Europe/Berlin")
BPMN = {"b": "http://www.omg.org/spec/BPMN/20100524/MODEL"}
HOURS = Calendar.from_json(OFFICE)
_WORKING = re.compile(r'add_working_time\(now\(\), "(P\d+D)"\)')
_PERIOD = re.compile(r"P(?:(?P<years>\d+)Y)?(?:(?P<months>\d+)M)?(?:(?P<weeks>\d+)W)?(?:(?P<days>\d+)D)?")


@dataclass(frozen=True, order=True, slots=True)
class Came:
    """One beginning of a process by time: which start event, for which record (or none), and when it was due."""

    process: str
    element: str
    record: str
    due: datetime


@dataclass(frozen=True, slots=True)
class Begun:
    """What came, in which case, when, and how many seconds late it was told to be."""

    came: Came
    case: str
    at: datetime
    late: float


@dataclass(frozen=True, slots=True)
class Written:
    """A date or cycle (or none) that a record had from a moment on, and the case that wrote it."""

    at: datetime
    text: str
    case: str


@dataclass(frozen=True, slots=True)
class Start:
    """A start event that waits for time: a date of each record of a register, or a cycle while a record says so."""

    process: str
    element: str
    register: str
    date: str

    @property
    def is_cycle(self) -> bool:
        return self.date.startswith('"R/')


def length(period: str) -> relativedelta:
    found = _PERIOD.fullmatch(period)
    assert found, period
    return relativedelta(**{name: int(number) for name, number in found.groupdict(default="0").items()})  # type: ignore[arg-type]


def starts() -> Iterator[Start]:
    """All of the shipped diagrams."""
    for path in sorted((content_dir() / "processes" / "bpmn").glob("*/*.bpmn")):
        for process in etree.parse(path).iterfind("b:process[@isExecutable='true']", BPMN):
            for event in process.iterfind("b:startEvent[b:timerEventDefinition]", BPMN):
                register = event.find(".//*[@name='register']")
                assert register is not None, f"{event.get('id')} in {path} begins before anything is set up"
                timer = next(iter(event.iterfind("b:timerEventDefinition/*", BPMN)))
                own = process.get("id", ""), event.get("id", "")
                condition = event.find(".//*[@name='while']")
                date = str(timer.text) if condition is None else f'"{timer.text}" if {condition.get("value")} else None'
                yield Start(*own, register.get("value", ""), date)


def ticks(cycle: str, since: datetime, until: datetime) -> Iterator[datetime]:
    """The ticks of a cycle between two moments: the same time of day by the clock on the wall, each counted from the first."""
    _, first, period = cycle.split("/")
    begin, number = datetime.fromisoformat(first).astimezone(ZONE).replace(tzinfo=None), 0
    while True:
        at = (begin + length(period) * number).replace(tzinfo=ZONE)
        if at > until:
            return
        if at > since:
            yield at
        number += 1


def had_to_come(engine: Engine, until: datetime) -> list[Came]:
    """Every date that came while it stood in a record, once each time it was written anew; and every tick of every cycle
    while a record had it."""
    found = []
    for start in starts():
        for record_id in _records(engine, start.register):
            dates = _dates(written(engine, start, record_id), until)
            found += [Came(start.process, start.element, record_id, due) for due in dates]
    return sorted(found)


def _records(engine: Engine, register: str) -> list[str]:
    found = engine.records(SYSTEM, register, limit=10_000)
    return sorted(record.id for record in found.items)


def written(engine: Engine, start: Start, record_id: str) -> list[Written]:
    """The dates or cycles that a record had for a start event, one after the other."""
    expression, found = compile_expression(start.date), list[Written]()
    empty = dict.fromkeys(("state", *engine.register(start.register).schema["properties"]))
    for version in reversed(engine.record_history(SYSTEM, start.register, record_id)):
        assert version.written_at is not None
        context = Context(now=version.written_at, case_id="")
        text = expression.evaluate({**empty, **version.data, "id": version.id, "number": version.id}, context)
        if not found or found[-1].text != (text or ""):
            found.append(Written(version.written_at, str(text or ""), version.case_id or ""))
    return found


def _dates(dates: list[Written], until: datetime) -> Iterator[datetime]:
    """Those that came before another one was written."""
    for one, others in zip(dates, [*dates[1:], Written(until, "", "")], strict=True):
        if one.text.startswith("R/"):
            yield from ticks(one.text, one.at, others.at)
        elif one.text and max(one.at, moment(one.text)) <= others.at:
            yield moment(one.text)


def moment(text: str) -> datetime:
    """A date is its first moment."""
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=ZONE)


def came(engine: Engine) -> list[Begun]:
    """What began by time, from the first events of all cases."""
    found = []
    for case_id in cases(engine):
        event = engine.history(SYSTEM, case_id)[0]
        inputs = event.payload["inputs"]
        if event.kind == "case.started" and "due_at" in inputs:
            register = next((name[:-3] for name in inputs.get("data", {}) if name.endswith("_id")), "")
            record = inputs["data"][f"{register}_id"] if register else ""
            due = datetime.fromisoformat(inputs["due_at"])
            found.append(Begun(Came(inputs["process"], inputs["start"], record, due), case_id, event.at, inputs["late_seconds"]))
    return found


def cases(engine: Engine) -> list[str]:
    return [case.id for case in engine.cases(SYSTEM, CaseFilter(limit=50_000)).items]


@dataclass(frozen=True, slots=True)
class Reminder:
    """A boundary timer at a task that people do, after a fixed duration, or after so much working time."""

    process: str
    element: str
    task: str
    after: str
    working: bool
    interrupts: bool

    def due(self, opened: datetime) -> datetime:
        if self.working:
            return HOURS.add(opened, self.after).replace(microsecond=0)
        return (opened.astimezone(ZONE).replace(tzinfo=None) + length(self.after)).replace(tzinfo=ZONE)


def reminders() -> Iterator[Reminder]:
    """All of the shipped diagrams."""
    for path in sorted((content_dir() / "processes" / "bpmn").glob("*/*.bpmn")):
        for process in etree.parse(path).iterfind("b:process[@isExecutable='true']", BPMN):
            tasks = {task.get("id", "") for task in process.iterfind("b:userTask", BPMN)}
            for event in process.iterfind("b:boundaryEvent[b:timerEventDefinition]", BPMN):
                text = str(next(iter(event.iterfind("b:timerEventDefinition/*", BPMN))).text).strip("\"' ")
                working = _WORKING.fullmatch(text)
                after = working[1] if working else text
                if event.get("attachedToRef") in tasks and _PERIOD.fullmatch(after):
                    own = process.get("id", ""), event.get("id", ""), event.get("attachedToRef", "")
                    yield Reminder(*own, after, bool(working), event.get("cancelActivity") != "false")


def had_to_escalate(events: Sequence[Event], reminder: Reminder, until: datetime) -> list[datetime]:
    """When a reminder of a case's task was due: each time the task lay so long."""
    found, opened = [], None
    for event in events:
        inputs, effects = event.payload.get("inputs", {}), event.payload.get("effects", {})
        fired = reminder.interrupts and event.kind == "timer.fired" and inputs.get("element") == reminder.element
        if opened and (fired or reminder.task in effects.get("passed", ())):
            found += [due for due in [reminder.due(opened)] if due <= event.at]
            opened = None
        if opened is None and reminder.task in effects.get("active", ()):
            opened = event.at
    return found + [due for due in [reminder.due(opened)] if due <= until] if opened else found


def escalated(events: Sequence[Event], reminder: Reminder) -> list[datetime]:
    """When a reminder of a case was due that fired."""
    fired = (e.payload["inputs"] for e in events if e.kind == "timer.fired")
    return [datetime.fromisoformat(one["due_at"]) for one in fired if one["element"] == reminder.element]
