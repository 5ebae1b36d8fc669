# SPDX-License-Identifier: Apache-2.0
"""Why something is due when it is: the working time that was counted, day by day.

The expression is evaluated once more on the values that the case had when the due time was set, with the calendars of the
case's version; the calendars tell what they were asked. The answer counts only if it leads to the recorded due time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta, tzinfo
from typing import Any

from engine import cases
from engine.bpmn import Program, find_element
from engine.errors import Conflict, EngineError, Invalid, NotFound
from engine.scripts import Context, compile_expression
from engine.scripts.moments import written_length
from engine.store import events as event_store
from engine.store.transaction import Tx
from engine.values import SYSTEM, CountedTime, Explanation, Json
from engine.worktime import Calendar, Segment

_UNKNOWN = "How this due time was computed cannot be shown."


class Watched:
    """A calendar that remembers what was counted on it."""

    def __init__(self, name: str, calendar: Calendar, seen: list[Explanation]) -> None:
        self._name, self._calendar, self._seen = name, calendar, seen

    @property
    def zone(self) -> tzinfo:
        return self._calendar.zone

    def add(self, when: datetime, duration: str, /) -> datetime:
        self._seen.append(explained(self._name, self._calendar, when, duration))
        return self._calendar.add(when, duration)

    def between(self, a: datetime, b: datetime, /) -> timedelta:
        return self._calendar.between(a, b)

    def put_off(self, when: datetime, begin: datetime, end: datetime, /) -> datetime:
        pause = written_length(self._calendar.between(begin, end))
        zone = self._calendar.zone
        counted = explained(self._name, self._calendar, when, pause)
        self._seen.append(replace(counted, paused_from=begin.astimezone(zone), paused_to=end.astimezone(zone)))
        return counted.end


def explained(name: str, calendar: Calendar, start: datetime, duration: str) -> Explanation:
    """The working of a duration counted on a calendar. Raises `TimeInvalid`."""
    end, working = calendar.add(start, duration), calendar.explain(start, duration)
    return Explanation(
        name, calendar.title or name, calendar.zone.key, start.astimezone(calendar.zone), duration, end,
        tuple(_counted(segment) for segment in working),
    )  # fmt: skip


def _counted(segment: Segment) -> CountedTime:
    length = written_length(segment.counted)
    return CountedTime(segment.day, segment.start, segment.end, length, segment.working_days, segment.reason)


def due_of_task(
    tx: Tx, stepper: cases.Stepper, case: Mapping[str, Any], task: Mapping[str, Any]
) -> tuple[Explanation, ...]:
    """The working of a task's due time; empty if no working time was counted for it, or if it has none.

    Raises:
        Conflict: the values it was computed from are no longer known.
    """
    if task["due_at"] is None:
        return ()
    events = event_store.of(tx.connection, task["instance_id"])
    step = next((e for e in events if e.at == task["created_at"] and e.kind in cases.STEPS), None)
    program, _ = stepper.programs.get(tx, case["digest"])
    written = _property(program, task["element"], "due")
    if step is None or not written:
        raise Conflict(_UNKNOWN, hint="The case has moved to another version since.")
    variables = {**_variables(events, step.seq), **(task["local"] or {})}
    context = stepper.context(tx, case["digest"], step.at, task["instance_id"], SYSTEM, case["started_by"])
    return _counted_for(written, variables, context, task["due_at"])


def _counted_for(
    written: str, variables: Mapping[str, Json], context: Context, due: datetime
) -> tuple[Explanation, ...]:
    seen: list[Explanation] = []
    watched = {n: Watched(n, c, seen) for n, c in context.calendars.items() if isinstance(c, Calendar)}
    try:
        value = compile_expression(written).evaluate(variables, replace(context, calendars=watched))
    except EngineError:
        value = None
    if not isinstance(value, str) or datetime.fromisoformat(value) != due:
        raise Conflict(_UNKNOWN, hint="It was computed from values that changed within the same step.")
    return tuple(seen)


def _property(program: Program, element: str, name: str) -> str:
    found = find_element(program, element)
    return found[1].properties.get(name, "") if found else ""


def _variables(events: Sequence[Any], last: int) -> dict[str, Json]:
    """The case's variables after its event number ``last``."""
    found: dict[str, Json] = {}
    for event in events:
        if event.seq <= last:
            payload = event.payload
            changes = payload.get("changes") or (payload.get("effects") or {}).get("changes") or {}
            found.update({name: after for name, (_, after) in changes.items()})
    return found


def named(calendars: Mapping[str, Calendar], name: str) -> Calendar:
    """The calendar of that name. Raises `Invalid`."""
    if name not in calendars:
        raise NotFound(f"There is no calendar '{name}'.", hint=f"Calendars: {', '.join(sorted(calendars)) or 'none'}.")
    return calendars[name]


def read(contents: Iterable[tuple[str, Any]]) -> dict[str, Calendar]:
    """Calendars of (name, JSON content). Raises `Invalid` naming the file."""
    found = {}
    for name, content in contents:
        try:
            found[name] = Calendar.from_json(content)
        except EngineError as error:
            raise Invalid(f"processes/calendars/{name}.json: {error.sentence}", hint=error.hint) from error
    return found
