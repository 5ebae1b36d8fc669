# SPDX-License-Identifier: Apache-2.0
"""Builds the sample organisation in an empty database."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from engine import EngineConfig, VirtualClock, open_engine
from engine.values import SYSTEM, CaseFilter
from webapp.demo.organisation import write_registers
from webapp.demo.people import add_people
from webapp.demo.play import Play
from webapp.demo.stories import DAYS, Story, moments, stories
from webapp.demo.system import plan_system, write_system

SEED = 2026  #: the same stories go the same way every time; only the dates move

#: Told as it goes: (what is being done, how many are done, of how many)
Advance = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Report:
    people: int
    records: int
    cases: int
    failed: int


def build(config: EngineConfig, advance: Advance | None = None, until: datetime | None = None) -> Report:
    """Publish the content, add people and records, and play two weeks of cases that end at `until` (default: now).

    The last event lies a little before `until`, so that what people do next comes after it in the record.
    """
    tell = advance or (lambda *_: None)
    until = (until or datetime.now(UTC)) - timedelta(minutes=2)
    chance = random.Random(SEED)  # noqa: S311 - the sample is to be the same every time
    clock = VirtualClock(until - timedelta(days=DAYS, hours=3))
    engine = open_engine(replace(config, queue=False), clock=clock)  # its time is not the workers'
    try:
        tell("Publishing the processes", 0, 1)
        engine.publish_content(SYSTEM)
        people = add_people(engine)
        ids = write_registers(engine)
        records = len(ids) + write_system(engine)
        play = Play(engine, clock, chance, ids, until)
        plan_system(play)
        told = stories()
        begins = zip(told, moments(len(told), until, chance), strict=True)
        for number, (story, when) in enumerate(begins, 1):
            play.plan(when, _Beginning(play, story, tell, number, len(told)))
        play.run()
        cases = engine.count_cases(SYSTEM)
        failed = engine.cases(SYSTEM, CaseFilter(state="failed", limit=1)).total
        return Report(people, records, cases, failed)
    finally:
        engine.close()


@dataclass(frozen=True, slots=True)
class _Beginning:
    """What stands in the diary for the beginning of a story."""

    play: Play
    story: Story
    tell: Advance
    number: int
    of: int

    def __call__(self) -> None:
        self.tell("Playing two weeks", self.number, self.of)
        self.play.begin(self.story)
