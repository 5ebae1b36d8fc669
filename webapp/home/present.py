# SPDX-License-Identifier: Apache-2.0
"""What somebody's day looks like, from lists that have an index of their own: nothing here counts all there is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from engine import Engine, Planned
from engine.values import Actor, CaseFilter, Definition, Event, Page, Task, TaskFilter, TreeHead
from webapp.calendar.items import Item, belongs
from webapp.first_run.present import ESTABLISH
from webapp.roles.present import gaps
from webapp.studio.present import by_folder

NEXT, LATE, COMING = 3, 5, 7  #: rows of each list
AHEAD = timedelta(days=14)
SEE_TO_ROLES = frozenset({"sms_owner", "sms_manager"})
TOO_LONG = timedelta(days=31)  #: since every case was verified


@dataclass(frozen=True, slots=True)
class ProcessState:
    """A folder of processes that somebody answers for."""

    folder: str
    running: int
    held: int
    next: Item | None
    without_next: int  #: reviews whose last case is over and wrote no new date


@dataclass(frozen=True, slots=True)
class Trust:
    """What auditors ask first."""

    head: TreeHead | None
    verified: Event | None
    too_long_ago: bool


@dataclass(frozen=True, slots=True)
class Home:
    mine: Page[Task]
    group: Page[Task]
    late: Page[Task]
    next: tuple[Task, ...]
    coming: tuple[Item, ...]
    more_coming: int
    processes: tuple[ProcessState, ...]
    trust: Trust | None
    standstills: int | None
    begin: Definition | None  #: the process that establishes the management system, as long as nobody has begun it
    startable: bool
    gaps: int | None  #: roles that nobody holds, for those who see to it
    lying: tuple[Item, ...]  #: steps of reviews and set-ups that are late with others, for those who answer for them
    more_lying: int


def look(engine: Engine, actor: Actor, zone: ZoneInfo) -> Home:
    """Everything on the page."""
    mine = engine.tasks(actor, TaskFilter("mine", limit=NEXT))
    group = engine.tasks(actor, TaskFilter("group", limit=NEXT))
    definitions = engine.definitions()
    folders = {one.process_id: name for name, found in by_folder(definitions).items() for one in found}
    ours = frozenset(role.process for role in engine.roles() if role.id in actor.roles and role.process)
    now = engine.clock.now()
    planned = engine.schedule(actor, now + AHEAD).planned
    items = [_item(one, folders, actor, now, zone) for one in planned]
    coming = sorted((one for one in items if _comes(one, ours, now, zone)), key=lambda one: (one.day, one.title))
    late = engine.tasks(actor, TaskFilter("all", overdue=True, limit=LATE))
    lying = _lying(items, actor, ours, {one.id for one in late.items})
    startable = {one.process_id: one for one in engine.startable(actor)}
    return Home(
        mine=mine, group=group, late=late,
        next=tuple(one for one in (*mine.items, *group.items) if one.purpose == "work")[:NEXT],
        coming=tuple(coming[:COMING]), more_coming=max(len(coming) - COMING, 0),
        processes=tuple(_processes(engine, actor, definitions, items, ours)), trust=_trust(engine, actor, now),
        standstills=engine.standstills(actor), begin=_begin(engine, actor, startable), startable=bool(startable),
        gaps=gaps(engine) if actor.roles & SEE_TO_ROLES or engine.may(actor, "people.manage") else None,
        lying=lying[:LATE], more_lying=max(len(lying) - LATE, 0),
    )  # fmt: skip


def _item(one: Planned, folders: Mapping[str, str], actor: Actor, now: datetime, zone: ZoneInfo) -> Item:
    day = one.at.astimezone(zone).date() if one.at else None
    today = now.astimezone(zone).date()
    late = day is not None and (day < today if one.all_day else one.at is not None and one.at < now)
    return Item(one, folders.get(one.process_id, ""), day, late, belongs(one, actor))


def _comes(item: Item, ours: frozenset[str], now: datetime, zone: ZoneInfo) -> bool:
    """Whether it comes within two weeks and is mine or my processes'."""
    p = item.planned
    if p.at is None or item.day is None or p.often or item.late or p.at > now + AHEAD:
        return False
    return item.mine or (p.what != "task" and item.folder in ours)


def _lying(items: Iterable[Item], actor: Actor, ours: frozenset[str], known: set[str]) -> tuple[Item, ...]:
    """What is late with somebody else: in one's own processes, and in all of them for those who run the system."""
    everywhere = bool(actor.roles & SEE_TO_ROLES)
    found = [
        one
        for one in items
        if one.late and one.planned.what == "task" and not one.mine and one.planned.task_id not in known
        and (everywhere or one.folder in ours)
    ]  # fmt: skip
    return tuple(sorted(found, key=lambda one: (one.day, one.title)))


def _processes(
    engine: Engine, actor: Actor, definitions: Iterable[Definition], items: Iterable[Item], ours: frozenset[str]
) -> Iterator[ProcessState]:
    """Those of the folders that somebody has a managing role in: who may read all cases."""
    if not engine.may(actor, "case.read"):
        return
    of_folder: dict[str, list[Item]] = defaultdict(list)
    for item in items:
        if item.planned.what in ("start", "review"):
            of_folder[item.folder].append(item)
    for folder, found in by_folder(definitions).items():
        if folder not in ours:
            continue
        dated = [i for i in of_folder[folder] if i.day is not None and not i.planned.often]
        yield ProcessState(
            folder=folder,
            running=sum(one.running for one in found),
            held=sum(_count(engine, actor, "failed", one.process_id) for one in found if one.running),
            next=min(dated, key=lambda one: (one.day, one.title), default=None),
            without_next=sum(one.planned.without_next for one in of_folder[folder]),
        )


def _count(engine: Engine, actor: Actor, state: str, process_id: str) -> int:
    return engine.cases(actor, CaseFilter(state=state, process_id=process_id, limit=0)).total  # type: ignore[arg-type]


def _trust(engine: Engine, actor: Actor, now: datetime) -> Trust | None:
    if not engine.may(actor, "history.verify"):
        return None
    verified = engine.last_verification(actor)
    return Trust(engine.last_head(actor), verified, verified is None or now - verified.at > TOO_LONG)


def _begin(engine: Engine, actor: Actor, startable: Mapping[str, Definition]) -> Definition | None:
    if ESTABLISH not in startable:
        return None
    begun = engine.cases(actor, CaseFilter(process_id=ESTABLISH, limit=1)).items
    return None if begun else startable[ESTABLISH]
