# SPDX-License-Identifier: Apache-2.0
"""An organisation that starts with nothing, and its first years: content, an administrator, people, and what they do.

Nothing is written to a register but by the steps of processes. People take up what their task lists offer, a few hours or
days later; now and then one of them is late, and some things are left lying (`LEFT`).
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from engine import SYSTEM, CountingIds, EngineConfig, VirtualClock, open_engine
from engine.schedule import Schedule
from engine.values import CaseFilter, Person, Task, TaskFilter
from tests.founding.people import ADMINISTRATOR, ASSIGNED, BY_HAND, EARLY, MANAGER, NAMES
from webapp.config import content_dir
from webapp.demo.stories import at_work
from webapp.demo.year import Year

FOUNDED = datetime(2026, 9, 7, 7, tzinfo=UTC)
YEARS = timedelta(days=2 * 365 + 1)  #: of operation, after the founding; a 29 February is among its days
OUTAGE = datetime(2027, 10, 30, 10, tzinfo=UTC)  #: clocks are changed in it, and a week and a month begin
OUTAGE_ENDS = OUTAGE + timedelta(days=3)
OFFICE = {
    "title": "Office hours", "time_zone": "Europe/Berlin", "holidays": {"country": "DE", "subdivision": None},
    "opening_hours": {day: ["08:00-18:00"] for day in ("monday", "tuesday", "wednesday", "thursday", "friday")},
}  # fmt: skip
USUAL: dict[str, Any] = json.loads(Path(__file__).with_name("answers.json").read_bytes())
USUAL["GR4_PLAN_set_up.Task_Roles"] = {
    "roles": [{"person": person, "role": role} for person, roles in ASSIGNED.items() for role in roles.split()]
}
#: (process, element) -> how many days it lies, the first time.
LEFT = {
    ("PR4_SACM_set_up", "Task_Plan"): 52,
    ("PR13_RDM_set_up", "Task_Planning"): 31,
    ("PR2_SLM_answer_requests", "Task_Choose"): 80,
    ("SMS_follow_set_ups", "Task_See"): 19,
    ("GENERAL_review_processes", "Task_Review"): 75,
    ("GENERAL_review_processes", "Task_Hurry"): 40,
    ("PR7_CRM_review_complaints", "Task_Review"): 20,
    ("GR3_SCS_review_scope", "Task_Stakeholders"): 50,
    ("GR1_MCA_review_policy", "Task_Policy"): 65,
    ("PR1_SPM_manage_demand", "Task_Evaluate"): 25,
    ("PR4_SACM_review_plans", "Task_Review"): 35,
    ("PR5_CAPM_review_plans", "Task_Review"): 35,
    ("PR6_ISM_review_access", "Task_Review"): 17,
    ("PR1_SPM_maintain_portfolio", "Task_Update"): 37,
}
#: What somebody begins by hand once the processes for it are there: so there is more that is reviewed later.
WISHES = {
    datetime(2026, 12, 16, 9, tzinfo=UTC): (
        ("dora", "PR5_CAPM_plan_capacity"), ("hans", "PR12_CHM_maintain_standard_changes"), ("lena", "PR2_SLM_agree_ola_ua"),
        ("hans", "PR6_ISM_identify_requirements"), ("lena", "PR2_SLM_answer_requests"), ("dora", "PR5_CAPM_identify_requirements"),
    ),
    datetime(2027, 1, 12, 9, tzinfo=UTC): (("ivan", "PR11_CONFM_maintain_configuration"),),
    datetime(2027, 1, 15, 9, tzinfo=UTC): (("ivan", "PR6_ISM_provide_access"),),
}  # fmt: skip
LATE = 12  #: one task of so many is late,
BY = (10, 40)  #: by so many days


@dataclass
class Organisation(Year):
    """``day_1``: when the management system was declared established; ``forecast``: the calendar as it stood then."""

    config: EngineConfig | None = None
    ids_of_cases: CountingIds | None = None
    day_1: datetime | None = None
    forecast: Schedule | None = None
    left: frozenset[tuple[str, str]] = frozenset()

    def _when(self, task: Task) -> datetime:
        step = (task.process_id, task.element)
        chance = random.Random(f"{task.case_id}{task.element}")  # the same every time
        if step in LEFT and step not in self.left:
            self.left |= {step}
            return at_work(self.clock.now() + timedelta(days=LEFT[step]), self.chance)
        if self.day_1 and chance.randrange(LATE) == 0:
            return at_work(self.clock.now() + timedelta(days=chance.uniform(*BY)), self.chance)
        return super()._when(task)

    def _able(self, task: Task) -> list[str]:
        """Those in whose list of tasks it stands."""
        of = TaskFilter(process_id=task.process_id, limit=500)
        lists = ((login, self.engine.tasks(self.engine.people.actor(login), of).items) for login in super()._able(task))
        return [login for login, offered in lists if task.id in {one.id for one in offered}]

    def _nobody(self, task: Task) -> None:
        """It waits until somebody is given the role; if it is still there."""
        self._visits[task.case_id, task.element] -= 1
        if task.id not in {one.id for one in self.engine.case(SYSTEM, task.case_id).tasks if one.state == "open"}:
            return
        self.plan(at_work(self.clock.now() + timedelta(days=3), self.chance), lambda: self._do(task))

    def _look(self) -> None:
        super()._look()
        if self.day_1 is None and self._established():
            self.day_1 = self.clock.now()
            self.until = self.day_1 + YEARS
            self.forecast = self.engine.schedule(SYSTEM, self.until)

    def _established(self) -> bool:
        of = CaseFilter(state="completed", process_id="SMS_establish_sms", limit=1)
        return bool(self.engine.cases(SYSTEM, of).total)

    def give_up(self) -> None:
        """Dora gives up a role that Mila has by now."""
        [own] = (one.id for one in self.engine.search_records(SYSTEM, "role_assignment", "spm_staff: dora", limit=5))
        ends = {"kind_of_change": "end", "assignment": own, "last_day": "+20"}
        self.happen({"process": "SMS_end_roles", "by": MANAGER, "answers": {"Task_Leave": ends}})

    def stand_still(self) -> None:
        """Three days without the engine."""
        self.engine.close()
        self.clock.set(OUTAGE_ENDS)
        assert self.config is not None
        self.engine = open_engine(self.config, self.clock, self.ids_of_cases)


def found(folder: Path) -> Organisation:
    """The beginning: content, an administrator, who adds the others and gives a role to the two who begin."""
    clock, ids = VirtualClock(FOUNDED), CountingIds("f")
    config = EngineConfig(f"sqlite:///{folder / 'founded.db'}", content_dir())
    engine = open_engine(config, clock, ids)
    engine.publish_content(SYSTEM)
    first = Person(ADMINISTRATOR, NAMES[ADMINISTRATOR], roles=frozenset(BY_HAND[ADMINISTRATOR]))
    engine.begin(first, ADMINISTRATOR, "no password", OFFICE)
    administrator = engine.people.actor(ADMINISTRATOR)
    for login, name in NAMES.items():
        if login != ADMINISTRATOR:
            person = Person(login, name, roles=frozenset(BY_HAND.get(login, {"user"})))
            engine.people.add(administrator, person, login, "no password")
    organisation = Organisation(engine, clock, {}, FOUNDED + timedelta(days=400), USUAL, config=config, ids_of_cases=ids)
    organisation.holders = holders_of(organisation)
    _plan(organisation)
    return organisation


def holders_of(organisation: Organisation) -> Callable[[str], Sequence[str]]:
    return lambda role: [person.id for person in organisation.engine.people.find(role=role)]


def _plan(organisation: Organisation) -> None:
    def at(when: datetime, **what: Any) -> None:
        organisation.plan(when, lambda: organisation.happen(what))

    at(FOUNDED, process="SMS_establish_sms", by=MANAGER)
    for person, role in EARLY:
        proposed = {"person": person, "role": role, "valid_from": "+0"}
        at(FOUNDED + timedelta(days=14, hours=2), process="SMS_assign_roles", by=MANAGER, answers={"Task_Propose": proposed})
    again = {"change": "again", "which": ["SET-18"], "to_day": "+7"}
    at(datetime(2027, 6, 1, 7, tzinfo=UTC), process="SMS_change_plan", by=MANAGER,
       answers={"Task_Look": [again, {"change": "none"}]})  # fmt: skip
    later = {"person": "mila", "role": "spm_staff", "valid_from": "+20"}
    at(datetime(2027, 2, 10, 9, tzinfo=UTC), process="SMS_assign_roles", by=MANAGER, answers={"Task_Propose": later})
    organisation.plan(datetime(2027, 5, 10, 9, tzinfo=UTC), organisation.give_up)
    for when, wishes in WISHES.items():
        for minute, (by, process) in enumerate(wishes):
            at(when + timedelta(minutes=minute), process=process, by=by)
    organisation.plan(OUTAGE, organisation.stand_still)
