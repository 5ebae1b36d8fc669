# SPDX-License-Identifier: Apache-2.0
"""The calendar: everything that time brings by itself, when it is due, when it was last, whose it is.

Start timers (`start`; some go round for a record), dates of records (`review`), open tasks of the cases these began
(`task`), and on demand the deadlines of all running cases (`timer`, and `task` again). What comes after the next time is
counted, not rehearsed: the ticks of a cycle are certain; a record's further dates are expected, at the period that
``x-period`` of its date tells (a field of the record, or a period where all records have the same) or else as far apart
as the last two were.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, tzinfo
from typing import Any

from engine import access, definitions, people, registers
from engine.bpmn import with_cycle
from engine.bpmn.timing import first_due, is_plain, next_due
from engine.errors import NotFound, TimeInvalid
from engine.iso8601 import Duration, parse_duration
from engine.recurrence import check_recurrence, is_recurrence
from engine.store import definitions as definition_store
from engine.store import schedule as store
from engine.store.transaction import Tx
from engine.values import Actor

MOST = 110  #: further times of one timer that are told: every week for two years
OFTEN = timedelta(days=6)  #: what comes more often than that is told once
LIMIT = 1_000  #: deadlines of running cases
_NAME = re.compile(r"[A-Za-z_]\w*")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


@dataclass(frozen=True, slots=True)
class Planned:
    """One thing in the calendar. ``what``: start (a process begins), review (one begins on a record's date), task, timer.

    ``at``: when it is due next; None: no date stands for it now. ``all_day``: only the day counts. ``later``: the times
    after that; ``certain``: they follow from a cycle, else they are expected. ``often``: more often than weekly, and
    ``later`` is empty. ``period``: the cycle, or the record's period (empty: unknown). ``field`` and ``period_field``: where
    date and period stand in the record. ``last_state``: of the case that it began last.
    """

    what: str
    process_id: str
    process: str
    element: str
    name: str
    at: datetime | None
    all_day: bool = False
    period: str = ""
    later: tuple[datetime, ...] = ()
    certain: bool = True
    often: bool = False
    role: str = ""
    person: str = ""
    register: str = ""
    record_id: str = ""
    label: str = ""
    field: str = ""
    period_field: str = ""
    case_id: str = ""
    case: str = ""
    task_id: str = ""
    last_at: datetime | None = None
    last_case: str = ""
    last_state: str = ""
    last_ended: datetime | None = None
    without_next: bool = False  #: the last case of a review is over and has written no new date
    on_diagram: bool = False  #: the cycle stands on the diagram as it is, so that another can be tried (`Retimed`)

    @property
    def under_way(self) -> bool:
        """Whether the case that began last has not ended."""
        return self.last_state in ("running", "failed")


@dataclass(frozen=True, slots=True)
class Schedule:
    """``whole``: no deadline was left out (`LIMIT`)."""

    planned: tuple[Planned, ...]
    whole: bool = True


@dataclass(frozen=True, slots=True)
class Retimed:
    """What another cycle makes of a process: the diagram to publish (``file``, in place of ``digest``), and when cases
    would begin if that happened now. ``often`` as in `Planned`."""

    xml: bytes
    file: str
    digest: str
    at: datetime
    later: tuple[datetime, ...]
    often: bool


@dataclass
class Look:
    """One look at the calendar by one person, from now until a moment."""

    tx: Tx
    actor: Actor
    until: datetime
    zone: tzinfo
    processes: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.processes = {row["process_id"]: row for row in definition_store.newest_of_all(self.tx.connection)}
        granted = access.grants(self.actor, definitions.roles(self.tx))
        self.reads_cases, self.reads_records = "case.read" in granted, "register.read" in granted
        self.deputised = people.deputised(self.tx, self.actor.person_id)
        self.schemas = registers.schemas(self.tx)

    def everything(self, *, deadlines: bool) -> Schedule:
        rows = [row for row in store.starts(self.tx.connection) if row.process_id in self.processes]
        records = store.records(self.tx.connection, ((r.register, r.record_id) for r in rows if r.record_id))
        cycles = [row for row in rows if not row.record_id or is_recurrence(row.text)]
        found = [self._start(row) for row in cycles if row.due_at is not None]
        found += [p for row in rows if row.record_id and not is_recurrence(row.text) for p in self._review(row, records)]
        begun = {row.last_case for row in rows if row.state == "running"}
        tasks = {row.id: row for row in store.tasks_of(self.tx.connection, begun)}
        whole = True
        if deadlines:
            due = store.due_tasks(self.tx.connection, self.until, LIMIT)
            timers = store.due_timers(self.tx.connection, self.until, LIMIT)
            whole = len(due) < LIMIT and len(timers) < LIMIT
            tasks.update({row.id: row for row in due})
            found += self._timers(timers, {row.instance_id for row in tasks.values() if self._works_on(row)})
        found += [self._task(row) for row in tasks.values() if self.reads_cases or self._works_on(row)]
        return Schedule(tuple(found), whole)

    # --- start timers ----------------------------------------------------------------------------------------------

    def _start(self, row: Any) -> Planned:
        later = ticks(row.text, row.anchor, row.due_at, self.until, self.zone) if is_recurrence(row.text) else ()
        often = bool(later) and later[0] - row.due_at < OFTEN
        return Planned(
            "start", **self._of(row), at=row.due_at, period=row.text if is_recurrence(row.text) else "",
            later=() if often else later, often=often, role=self._role(row), register=row.register, record_id=row.record_id,
            on_diagram=_written_cycle(self.processes[row.process_id], row.element) == row.text, **_last(row),
        )  # fmt: skip

    def _review(self, row: Any, records: Mapping[tuple[str, str], Any]) -> Iterator[Planned]:
        record = records.get((row.register, row.record_id))
        schema = self.schemas.get(row.register)
        if record is None or schema is None:
            return
        person = owner(schema, record.data)
        if not self.reads_records and person != self.actor.person_id:
            return
        name = date_field(schema, row.expression or "", record.data)
        told = str(schema.get("properties", {}).get(name, {}).get("x-period", ""))
        period_field = told if told in schema["properties"] else ""
        period = str(record.data.get(told) or "") if period_field else told
        period = period if _length(period) else as_last_time(row.last_due, row.due_at, self.zone)
        later = self._expected(row, str(record.data.get(name) or ""), period)
        often = bool(later) and later[0] - row.due_at < OFTEN
        yield Planned(
            "review", **self._of(row), at=row.due_at, all_day=bool(_DAY.fullmatch(row.text)), period=period,
            later=() if often else later, certain=False, often=often, role=self._role(row), person=person,
            register=row.register, record_id=row.record_id, label=record.label, field=name, period_field=period_field,
            without_next=row.due_at is None and bool(row.text) and row.state in ("completed", "cancelled"),
            **_last(row),
        )  # fmt: skip

    def _expected(self, row: Any, day: str, period: str) -> tuple[datetime, ...]:
        """The times after the first, counted from the day in the record: a timer may come some days before it."""
        if row.due_at is None or not _DAY.fullmatch(day):
            return repeats(row.due_at, period, self.until, self.zone)
        lead = Duration(days=(date.fromisoformat(day) - row.due_at.astimezone(self.zone).date()).days)
        first, until = lead.add_to(row.due_at, self.zone), lead.add_to(self.until, self.zone)
        return tuple((lead * -1).add_to(at, self.zone) for at in repeats(first, period, until, self.zone))

    def _of(self, row: Any) -> dict[str, Any]:
        process = self.processes.get(row.process_id)
        known = process["name"] if process else row.process_id
        return {"process_id": row.process_id, "process": known, "element": row.element, "name": row.name}

    def _role(self, row: Any) -> str:
        return str(self.processes[row.process_id]["about"].get("start_roles", {}).get(row.element, ""))

    # --- deadlines -------------------------------------------------------------------------------------------------

    def _task(self, row: Any) -> Planned:
        return Planned(
            "task", **self._of(row), at=row.due_at, role=row.role, person=row.claimed_by or row.assignee or "",
            case_id=row.instance_id, case=_title(row), task_id=row.id, last_at=row.created_at,
        )  # fmt: skip

    def _timers(self, rows: list[Any], own: set[str]) -> Iterator[Planned]:
        for row in rows:
            if self.reads_cases or row.instance_id in own:
                yield Planned("timer", **self._of(row), at=row.due_at, case_id=row.instance_id, case=_title(row))

    def _works_on(self, row: Any) -> bool:
        return access.may_work_on(self.actor, row._mapping, self.deputised)


def _last(row: Any) -> dict[str, Any]:
    return {
        "last_at": row.started_at,
        "last_case": row.last_case or "",
        "last_state": row.state or "",
        "last_ended": row.ended_at,
    }


def _title(row: Any) -> str:
    return " ".join(part for part in (row.business_key, row.case_title) if part)


def owner(schema: Mapping[str, Any], data: Mapping[str, Any]) -> str:
    """Who answers for a record: its field ``owner``, else the first that names a person."""
    named = [name for name, one in schema.get("properties", {}).items() if one.get("x-person")]
    first = "owner" if "owner" in named else next(iter(named), "")
    return str(data.get(first) or "")


def date_field(schema: Mapping[str, Any], expression: str, data: Mapping[str, Any]) -> str:
    """The field that the date of a record's timer stands in: of the dates that its expression names the first that the
    record has, else the first of all; or none."""
    properties = schema.get("properties", {})
    names = [n for n in _NAME.findall(expression) if properties.get(n, {}).get("format") in ("date", "date-time")]
    return next((n for n in names if data.get(n)), next(iter(names), ""))


# --- what comes after the next time --------------------------------------------------------------------------------


def ticks(
    cycle: str, anchor: datetime, first: datetime | None, until: datetime, zone: tzinfo
) -> tuple[datetime, ...]:
    """The further ticks of a cycle."""
    if first is None:
        return ()
    return _further(first, until, lambda number, at: next_due(cycle, anchor, at, at, zone))


def retimed(tx: Tx, process_id: str, element: str, cycle: str, until: datetime) -> Retimed:
    """A process with another cycle at a start event, and its times until then.

    Raises:
        NotFound: no cycle stands there on the diagram, or an expression gives it. TimeInvalid.
    """
    row, zone = definitions.find(tx, process_id), definitions.zone(tx)
    if not _written_cycle(row, element):
        raise NotFound(f"'{element}' has no cycle on the diagram of '{process_id}'.", hint="Change it in the studio.")
    check_recurrence(cycle)
    first = first_due("timeCycle", cycle, tx.now, zone)
    later = ticks(cycle, tx.now, first, until, zone)
    often = bool(later) and later[0] - first < OFTEN
    xml = with_cycle(definitions.diagram(tx, row), element, cycle)
    return Retimed(xml, row["file"], row["digest"], first, () if often else later, often)


def _written_cycle(process: Mapping[str, Any], element: str) -> str:
    """The cycle of a start event as its diagram has it; empty for none, and for an expression."""
    about = process["about"]
    _, kind, text = about["start_timers"].get(element, ("", "", ""))
    if element in about.get("record_timers", {}):
        kind, text = "timeCycle", "".join(about["record_timers"][element][3:])
    written = str(text).strip()
    return written if kind == "timeCycle" and is_plain(written) else ""


def repeats(first: datetime | None, period: str, until: datetime, zone: tzinfo) -> tuple[datetime, ...]:
    """The times after the first at a period (ISO 8601), each counted from the first."""
    length = _length(period)
    if first is None or length is None:
        return ()
    start = first
    return _further(start, until, lambda number, at: _added(length * number, start, zone))


def _added(length: Duration, start: datetime, zone: tzinfo) -> datetime | None:
    """None: after the last year of the calendar, which is never."""
    try:
        return length.add_to(start, zone)
    except TimeInvalid:
        return None


def _further(
    first: datetime, until: datetime, following: Callable[[int, datetime], datetime | None]
) -> tuple[datetime, ...]:
    found: list[datetime] = []
    at: datetime | None = first
    while at is not None and len(found) < MOST:
        at = following(len(found) + 1, at)
        if at is None or at > until:
            break
        found.append(at)
        if len(found) == 1 and at - first < OFTEN:
            break
    return tuple(found)


def as_last_time(before: datetime | None, at: datetime | None, zone: tzinfo) -> str:
    """The period between two times, in months if they have the same day (or almost), in days else."""
    if before is None or at is None:
        return ""
    first, second = before.astimezone(zone).date(), at.astimezone(zone).date()
    months = (second.year - first.year) * 12 + second.month - first.month
    if months > 0 and abs(second.day - first.day) <= 1:
        return f"P{months // 12}Y" if months % 12 == 0 else f"P{months}M"
    days = (second - first).days
    return f"P{days}D" if days >= OFTEN.days else ""


def _length(period: str) -> Duration | None:
    if not period:
        return None
    try:
        length = parse_duration(period)
    except TimeInvalid:
        return None
    return length or None


def closed(calendar: Any, first: date, last: date) -> dict[date, str]:
    """Days that would be open by their weekday and are not, and why."""
    found, day = {}, first
    while day <= last:
        if calendar.is_holiday(day):
            found[day] = calendar.why_closed(day)
        day += timedelta(days=1)
    return found
