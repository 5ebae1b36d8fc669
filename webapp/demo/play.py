# SPDX-License-Identifier: Apache-2.0
"""Plays the stories: a diary of who does what when, worked off in the order of time on a virtual clock."""

from __future__ import annotations

import heapq
import random
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count

from engine import Engine, VirtualClock
from engine.errors import TaskGone
from engine.values import SYSTEM, Task, TaskFilter
from webapp.demo.answers import Scene, answer
from webapp.demo.people import holders
from webapp.demo.stories import Story, at_work

PROCESS = "PR9_ISRM_manage_incidents_and_service_requests"
STARTERS = "isrm_service_desk"

#: Minutes until somebody takes a task, and until they are done with it, by priority.
_PACE = {
    "P1": ((2, 6), (8, 20)),
    "P2": ((8, 30), (20, 70)),
    "P3": ((15, 120), (40, 240)),
    "P4": ((60, 360), (60, 480)),
    "P5": ((120, 900), (60, 600)),
}
_ELSE = ((10, 50), (5, 35))
_OF_USERS = ((30, 900), (1, 10))
_AT_ONCE = {"P1"}  #: priorities for which people also come at night


@dataclass
class Play:
    """One run. `until` is the end of the record: what would come later stays open."""

    engine: Engine
    clock: VirtualClock
    chance: random.Random
    ids: Mapping[str, str]
    until: datetime
    _diary: list[tuple[datetime, int, Callable[[], None]]] = field(default_factory=list)
    _order: count[int] = field(default_factory=count)
    _seen: set[str] = field(default_factory=set)
    _visits: Counter[tuple[str, str]] = field(default_factory=Counter)
    _of_case: dict[str, Story] = field(default_factory=dict)
    _of_record: dict[str, Story] = field(default_factory=dict)

    def plan(self, when: datetime, do: Callable[[], None]) -> None:
        heapq.heappush(self._diary, (when, next(self._order), do))

    def begin(self, story: Story) -> None:
        """The service desk takes a report."""
        person = self.chance.choice(holders(STARTERS))
        case = self.engine.start(self.engine.people.actor(person), PROCESS)
        self._of_case[case.id] = story

    def run(self) -> None:
        """Work the diary off until it is empty or the end of the record is reached; timers fire in between."""
        while True:
            due = min((timer.due_at for timer in self.engine.timers(SYSTEM)), default=None)
            planned = self._diary[0][0] if self._diary else None
            when = min((moment for moment in (due, planned) if moment is not None), default=None)
            if when is None or when > self.until:
                break
            self.clock.set(when)
            if due is not None and due <= when:
                if not self.engine.fire_due():
                    raise RuntimeError(f"A timer is due at {due}, but nothing fired.")
            else:
                heapq.heappop(self._diary)[2]()
            self._look()
        self.clock.set(self.until)

    def _look(self) -> None:
        """Put every task that is new into the diary of somebody who may do it."""
        for task in self.engine.tasks(SYSTEM, TaskFilter(scope="all", limit=500)).items:
            if task.id not in self._seen:
                self._seen.add(task.id)
                self._take_up(task)

    def _take_up(self, task: Task) -> None:
        story = self._story(task)
        person = task.claimed_by or task.assignee or self._somebody(task, story)
        takes, works = _OF_USERS if task.role == "user" else _PACE.get(task.priority or "", _ELSE)
        starts = self._later(self.clock.now(), takes, task)
        ends = self._later(starts, works, task)
        if story.plot == "slow" and (task.form or "").endswith("resolve_incident.json"):
            ends = starts + timedelta(days=12)
        if task.claimed_by:
            self.plan(self._later(self.clock.now(), (3, 9), task), lambda: self._complete(task, story, person))
            return
        self.plan(starts, lambda: self._claim(task, person))
        self.plan(ends, lambda: self._complete(task, story, person))

    def _claim(self, task: Task, person: str) -> None:
        try:
            self.engine.claim(self.engine.people.actor(person), task.id)
        except TaskGone:
            return  # a timer was faster

    def _complete(self, task: Task, story: Story, person: str) -> None:
        actor = self.engine.people.actor(person)
        try:
            form = self.engine.task_form(actor, task.id)
            visit = self._visits[task.case_id, task.element]
            data = answer(form, Scene(story, visit, self.clock.now(), self.ids, self.chance, person))
            if data is None:
                return
            case = self.engine.complete(actor, task.id, data)
        except TaskGone:
            return
        self._of_record.setdefault(case.business_key, story)
        self._visits[task.case_id, task.element] += 1

    def _later(self, when: datetime, minutes: tuple[int, int], task: Task) -> datetime:
        """Some minutes later, within working hours unless it cannot wait."""
        later = when + timedelta(minutes=self.chance.uniform(*minutes))
        urgent = task.priority in _AT_ONCE or task.claimed_by is not None
        return later if urgent else at_work(later, self.chance)

    def _somebody(self, task: Task, story: Story) -> str:
        """Whoever of the role works on this story; the same person for every task of one role in a case."""
        able = holders(task.role)
        if not able:
            raise RuntimeError(f"Nobody of the sample holds the role '{task.role}' ({task.name}).")
        return random.Random(f"{story.title}{story.reporter}{task.role}").choice(able)  # noqa: S311 - not a secret

    def _story(self, task: Task) -> Story:
        """The story a task belongs to; cases that began by a message belong to that of the incident they name."""
        known = self._of_case.get(task.case_id)
        if known is None:
            data = self.engine.case(SYSTEM, task.case_id).data
            named = [data[name] for name in ("origin_ref", "incident_id") if data.get(name) in self._of_record]
            if not named:
                raise RuntimeError(f"No story speaks of the case of task '{task.name}'.")
            known = self._of_case[task.case_id] = self._of_record[named[0]]
        return known
