# SPDX-License-Identifier: Apache-2.0
"""The diagrams of a case: its own, and those of the processes that it calls, each with where the case stands in it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from engine import Engine
from engine.values import Call, Calls, CaseView, Position


@dataclass(frozen=True, slots=True)
class Picture:
    """One diagram; ``process_id`` and ``name`` are empty for the case's own."""

    process_id: str
    name: str
    markers: dict[str, Any]


def pictures(engine: Engine, view: CaseView) -> list[Picture]:
    """The case's own diagram, then those of called processes.

    Of a running case, where people or messages are waited for (if nowhere, where it is); else where it was.
    """
    return [drawn(engine, view, process_id) for process_id in ("", *_entered(engine, view))]


def picture_of(engine: Engine, view: CaseView, element: str) -> Picture:
    """The diagram in which an element stands (``Called:Task_A``)."""
    return drawn(engine, view, element.rpartition(":")[0])


def drawn(engine: Engine, view: CaseView, process_id: str) -> Picture:
    calls = engine.calls_of(view.case.digest)
    return Picture(process_id, calls.called.get(process_id, ""), markers(view.position, calls, process_id, view.calls))


def markers(position: Position, calls: Calls, process_id: str = "", services: Iterable[Call] = ()) -> dict[str, Any]:
    """A position as the viewer island draws it on one diagram; a service that did not answer counts as failed.

    What is under way in a called process is under way in the activity that calls it.
    """
    given_up = [call.element for call in services if call.state == "failed"]
    active = [element for element in position.active if element not in given_up]
    inside = _callers({_place(calls, element)[0] for element in (*active, *position.failed, *given_up)}, calls)
    found = {
        "done": _here(calls, process_id, position.done),
        "active": [*_here(calls, process_id, active), *(own for owner, own in inside if owner == process_id)],
        "failed": _here(calls, process_id, (*position.failed, *given_up)),
    }
    return {
        **found,
        "counts": {own: position.counts[label] for label, own in _both(calls, process_id, position.counts)},
    }


def _entered(engine: Engine, view: CaseView) -> list[str]:
    calls, position = engine.calls_of(view.case.digest), view.position
    if view.case.state not in ("running", "failed"):
        labels: Iterable[str] = position.done
    else:
        tasks = (task.element for task in view.tasks if task.state == "open")
        labels = [*tasks, *(wait.element for wait in view.waiting), *position.failed] or position.active
    there = {_place(calls, label)[0] for label in labels}
    return [process_id for process_id in calls.called if process_id in there]


def _here(calls: Calls, process_id: str, labels: Iterable[str]) -> list[str]:
    return [own for _, own in _both(calls, process_id, labels)]


def _both(calls: Calls, process_id: str, labels: Iterable[str]) -> list[tuple[str, str]]:
    """(label, id in the diagram) of what stands in that diagram."""
    placed = ((label, _place(calls, label)) for label in labels)
    return [(label, own) for label, (owner, own) in placed if owner == process_id]


def _place(calls: Calls, label: str) -> tuple[str, str]:
    """(called process or nothing, id) of an element; where an event waits is told by its id alone."""
    owner, _, own = label.rpartition(":")
    if owner or label in calls.elements:
        return owner, own
    return next((p for p in calls.called if f"{p}:{label}" in calls.elements), ""), label


def _callers(processes: set[str], calls: Calls) -> list[tuple[str, str]]:
    """(process, id) of the activities that called those processes, in any depth."""
    found: list[tuple[str, str]] = []
    there = set(processes)
    for _ in calls.called:
        new = [_place(calls, label) for label, called in calls.calls.items() if called in there]
        found = list(dict.fromkeys(new))
        there |= {owner for owner, _ in found}
    return found
