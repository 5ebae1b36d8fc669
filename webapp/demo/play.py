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
from webapp.demo.answers import (
    CHANGES,
    CONFIGURATION,
    IMPLEMENTATIONS,
    INCIDENTS,
    MAJOR_INCIDENTS,
    MEETINGS,
    Scene,
    answer,
)
from webapp.demo.people import holders
from webapp.demo.stories import BOARD, Story, at_work

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
#: The processes that the stories tell of.
PLAYED = frozenset({INCIDENTS, MAJOR_INCIDENTS, CHANGES, IMPLEMENTATIONS, MEETINGS, CONFIGURATION})
_OF_CHANGES = ((30, 300), (20, 120))
_RESTORING = ((2, 6), (70, 150))  #: how long the cause of a major incident is looked for


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
        """The service desk takes a report, or somebody asks for a change."""
        if story.plot == "rfc":
            self._ask_for_change(story)
            return
        person = self.chance.choice(holders(STARTERS))
        case = self.engine.start(self.engine.people.actor(person), INCIDENTS)
        self._of_case[case.id] = story

    def _ask_for_change(self, story: Story) -> None:
        payload = {
            "title": story.rfc_title,
            "reason": story.rfc_reason,
            "description": story.description,
            "service": self.ids[story.service],
            "affected_ci": self.ids[story.rfc_ci or "core1"],
            "priority": "P5",
            "requester": story.reporter,
            "origin_process": "PR1-SPM",
            "origin_ref": self.ids[story.service],
        }
        for case in self.engine.correlate(SYSTEM, "rfc.submitted", "", payload):
            self._of_case[case.id] = story

    def run(self) -> None:
        """Work the diary off until it is empty or the end of the record is reached; timers fire in between."""
        while True:
            due = self.engine.next_due()
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
        self._leave_drafts()

    def _look(self) -> None:
        """Put every open task of the stories that is new into the diary of somebody who may do it; others stay open."""
        for task in self.engine.tasks(SYSTEM, TaskFilter(limit=500)).items:
            if task.id not in self._seen:
                self._seen.add(task.id)
                if task.process_id in PLAYED:
                    self._take_up(task)

    def _take_up(self, task: Task) -> None:
        story = self._story(task)
        person = task.claimed_by or task.assignee or self._somebody(task, story)
        takes, works = self._pace(task, story)
        starts = self._later(self.clock.now(), takes, task, story)
        ends = self._later(starts, works, task, story)
        if story.plot == "slow" and task.process_id == INCIDENTS and task.element.endswith(":Task_Resolve"):
            ends = starts + timedelta(days=12)
        if task.claimed_by:
            self.plan(self._later(self.clock.now(), (3, 9), task, story), lambda: self._complete(task, story, person))
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

    def _pace(self, task: Task, story: Story) -> tuple[tuple[int, int], tuple[int, int]]:
        if task.role == "user":
            return _OF_USERS
        if (task.process_id, task.element) == (MAJOR_INCIDENTS, "Task_Resolve"):
            return _RESTORING
        if task.process_id in (INCIDENTS, MAJOR_INCIDENTS):
            return _PACE["P1"] if story.plot == "major" else _PACE.get(task.priority or "", _ELSE)
        return _OF_CHANGES

    def _leave_drafts(self) -> None:
        """Some people have begun to fill in the form that lies before them."""
        begun = [task for task in self.engine.tasks(SYSTEM, TaskFilter(limit=500)).items if task.claimed_by]
        for task in begun[: len(begun) // 2]:
            person = str(task.claimed_by)
            actor = self.engine.people.actor(person)
            scene = Scene(self._story(task), 9, self.clock.now(), self.ids, self.chance, person)
            data = answer(self.engine.task_form(actor, task.id), scene)
            if data:
                self.engine.save_draft(actor, task.id, data)

    def _later(self, when: datetime, minutes: tuple[int, int], task: Task, story: Story) -> datetime:
        """Some minutes later, within working hours unless it cannot wait until the morning."""
        later = when + timedelta(minutes=self.chance.uniform(*minutes))
        urgent = task.priority == "P1" or story.plot == "major" or task.claimed_by is not None
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
        if known is None and task.process_id == MEETINGS:
            return BOARD
        if known is None:
            data = self.engine.case(SYSTEM, task.case_id).data
            named = [
                data[name] for name in ("origin_ref", "incident_id", "change_id") if data.get(name) in self._of_record
            ]
            if not named:
                raise RuntimeError(f"No story speaks of the case of task '{task.name}'.")
            known = self._of_case[task.case_id] = self._of_record[named[0]]
        return known
