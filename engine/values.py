# SPDX-License-Identifier: Apache-2.0
"""The frozen values that cross the engine's door.

No rows, no sessions, no SpiffWorkflow objects. All date-times are aware and in UTC; ``data`` mappings hold JSON values.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Generic, Literal, TypeVar

from engine.counted import Figures as Figures  # noqa: PLC0414 - it is one of these values
from engine.counted import Punctuality as Punctuality  # noqa: PLC0414
from engine.sealed import ConsistencyProof as ConsistencyProof  # noqa: PLC0414
from engine.sealed import InclusionProof as InclusionProof  # noqa: PLC0414
from engine.sealed import Leaf as Leaf  # noqa: PLC0414
from engine.sealed import Sealed as Sealed  # noqa: PLC0414
from engine.sealed import SealVerdict as SealVerdict  # noqa: PLC0414
from engine.sealed import TreeHead as TreeHead  # noqa: PLC0414

Json = Any  #: None | bool | int | float | str | list[Json] | dict[str, Json]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts. ``roles`` are the role ids the person holds now; ``on_behalf_of`` names the person deputised for."""

    person_id: str
    roles: frozenset[str] = frozenset()
    on_behalf_of: str | None = None

    @property
    def is_system(self) -> bool:
        return self.person_id == "system"


SYSTEM = Actor("system")


@dataclass(frozen=True, slots=True)
class Person:
    id: str
    name: str
    email: str = ""
    roles: frozenset[str] = frozenset()
    active: bool = True
    deputy_id: str | None = None


@dataclass(frozen=True, slots=True)
class Role:
    id: str
    title: str
    process: str = ""
    description: str = ""
    by_hand: bool = False  #: manages people, so no record gives it
    for_programs: bool = False  #: programs have it; that no person holds it is no gap


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong in a file: where it is, which rule says so, and what to do."""

    severity: Literal["error", "warning"]
    file: str
    line: int
    element: str
    rule: str
    message: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class FieldError:
    """One fault of one field; ``path`` leads to it from the top of the form's data."""

    path: tuple[str | int, ...]
    message: str
    rule: str = ""


@dataclass(frozen=True, slots=True)
class Definition:
    """A published version of a process. ``digest`` is the SHA-256 over everything it needs to run.

    One that is not ``executable`` is documentation: it is shown, and has no cases.
    """

    process_id: str
    version: int
    digest: str
    name: str
    file: str
    published_at: datetime
    published_by: str
    comment: str = ""
    startable_by: frozenset[str] = frozenset()
    case_word: str = "case"
    starts_by_hand: bool = False
    documentation: str = ""
    running: int = 0
    executable: bool = True


@dataclass(frozen=True, slots=True)
class Calls:
    """What a process calls. Ids of elements in a called process have that process in front (``Called:Task_A``)."""
    elements: Mapping[str, str] = field(default_factory=dict)  #: id -> label, of the process and all that it calls
    calls: Mapping[str, str] = field(default_factory=dict)  #: call activity -> process
    called: Mapping[str, str] = field(default_factory=dict)  #: process -> name, the nearest first


CaseState = Literal["running", "completed", "failed", "cancelled"]


@dataclass(frozen=True, slots=True)
class Case:
    """One instance of a process."""

    id: str
    process_id: str
    version: int
    digest: str
    title: str
    business_key: str
    state: CaseState
    started_at: datetime
    started_by: str
    ended_at: datetime | None = None
    outcome: str = ""
    parent_id: str | None = None
    process_name: str = ""
    fault: Fault | None = None


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a case stands still: the element, the expression and the values it saw."""

    element: str
    message: str
    expression: str = ""
    names: Mapping[str, Json] = field(default_factory=dict)
    at: datetime | None = None
    command: str = ""
    hint: str = ""
    element_name: str = ""


TaskState = Literal["open", "completed", "withdrawn"]


@dataclass(frozen=True, slots=True)
class Task:
    """A human task. ``assignee`` is the only person who is offered it; ``claimed_by`` works on it now.

    ``purpose``: work; or something that may be chosen in an ad hoc subprocess: begin an activity (as often as it is
    offered), finish the subprocess. Those are not taken; completing them, without data, is choosing.
    """

    id: str
    case_id: str
    element: str
    name: str
    role: str
    state: TaskState
    created_at: datetime
    priority: str | None = None
    due_at: datetime | None = None
    assignee: str | None = None
    claimed_by: str | None = None
    completed_at: datetime | None = None
    case_title: str = ""
    business_key: str = ""
    process_id: str = ""
    process_name: str = ""
    has_draft: bool = False
    form: str | None = None
    purpose: str = "work"


@dataclass(frozen=True, slots=True)
class TaskForm:
    """What a person needs to complete a task: the schemas, what is filled in already, and the instructions.

    ``schema`` is self-contained JSON Schema 2020-12, ``ui`` an RJSF UI schema, ``value`` draft over defaults. ``changed``:
    records that the task shows as they were when it was opened, and that somebody has written since, as they are now.
    ``today``: when this day began, for dates that must not be over.
    """

    task: Task
    schema: Mapping[str, Json]
    ui: Mapping[str, Json]
    value: Mapping[str, Json]
    instructions: str
    draft_saved_at: datetime | None = None
    changed: tuple[Record, ...] = ()
    today: datetime | None = None


@dataclass(frozen=True, slots=True)
class Timer:
    id: str
    case_id: str
    element: str
    name: str
    due_at: datetime
    case_title: str = ""


@dataclass(frozen=True, slots=True)
class CountedTime:
    """A stretch of time that was looked at when working time was counted.

    ``counted``: how much of it is opening time (ISO 8601; PT0S for none); ``working_days``: 1 for a day that counts as one.
    """

    day: date
    start: datetime
    end: datetime
    counted: str
    working_days: int
    reason: str

    @property
    def counts(self) -> bool:
        return bool(self.working_days) or self.counted != "PT0S"


@dataclass(frozen=True, slots=True)
class Explanation:
    """How ``duration`` of working time was counted on a calendar, from ``start`` to ``end``, in order.

    ``paused_from``, ``paused_to``: it makes up for a pause between them, which had that much working time.
    """

    calendar: str
    title: str
    time_zone: str
    start: datetime
    duration: str
    end: datetime
    counted: tuple[CountedTime, ...]
    paused_from: datetime | None = None
    paused_to: datetime | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """A case waits for a message: its name and the correlation key it must carry."""

    case_id: str
    element: str
    message: str
    key: str


@dataclass(frozen=True, slots=True)
class Message:
    """A message between cases, or from outside.

    ``state``: pending (on its way), delivered, kept (nobody waits yet), expired (nobody did in time), external (nobody
    is meant to wait, or only now), stopped (cases sent each other messages in a circle). ``expires_at``: of one that was kept.
    """

    id: str
    name: str
    key: str
    payload: Json
    state: str
    source_id: str | None
    target_id: str | None
    sent_at: datetime
    ended_at: datetime | None
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class Call:
    """A service that a case waits for. ``state`` failed: the retries are used up; somebody must retry or skip it.

    ``next_at``: when the next attempt is made (while running: when this one counts as lost). ``retries``: attempts after
    the first. ``key``: what the receiver knows the call by, the same in every attempt.
    """

    id: str
    case_id: str
    element: str
    name: str
    operator: str
    state: Literal["pending", "running", "failed"]
    attempts: int
    next_at: datetime
    error: str = ""
    retries: int = 0
    key: str = ""
    case_title: str = ""
    business_key: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """A tie between two cases or two records; ``kind`` names it as seen from ``source``."""

    source: str
    target: str
    kind: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class Position:
    """Where a case stands on its diagram: element ids by state, and how often each was passed."""

    done: tuple[str, ...] = ()
    active: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CaseView:
    """A case as a person looks at it."""

    case: Case
    data: Mapping[str, Json]
    position: Position
    #: The open ones and the last hundred of those that are over; all of them stand in the history.
    tasks: tuple[Task, ...] = ()
    older_tasks: bool = False  #: whether there are more
    #: Ids of the open ones that nobody may take: no holder of the role, or all are excluded.
    nobodys: tuple[str, ...] = ()
    timers: tuple[Timer, ...] = ()
    waiting: tuple[Waiting, ...] = ()
    calls: tuple[Call, ...] = ()
    related: tuple[Case, ...] = ()
    records: tuple[Record, ...] = ()
    #: Data object as drawn -> the state it was last left in.
    data_states: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Event:
    """One entry of the append-only history. ``hash`` covers all other fields and ``prev_hash``."""

    case_id: str
    seq: int
    at: datetime
    actor: str
    on_behalf_of: str | None
    kind: str
    payload: Mapping[str, Json]
    prev_hash: str
    hash: str


@dataclass(frozen=True, slots=True)
class Change:
    """A case variable or a record's field before and after; ``None`` also stands for 'was not there'."""

    name: str
    before: Json
    after: Json


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why a case cannot move to another version: the element of the old one, the reason, and what to do."""

    element: str
    sentence: str
    hint: str


@dataclass(frozen=True, slots=True)
class Shift:
    """What becomes of one thing that a case waits for when it moves.

    ``what``: task, timer, message, signal, call, conditional, error or escalation. ``change``: kept, changed,
    rescheduled (a timer), new or withdrawn. ``element`` is its label in the old version (empty for a new one), ``to``
    in the new (empty for one withdrawn). ``changes`` names what differs, ``due`` as ISO 8601 in UTC.
    """

    token: str
    what: str
    change: str
    element: str
    to: str
    name: str
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True)
class LocalData:
    """The variables of a scope within a case: of a loop's ``turn`` (from 1), a subprocess or an activity."""

    element: str
    turn: int | None
    data: Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class Step:
    """One command on a case, as the auditor sees it."""

    seq: int
    at: datetime
    actor: str
    on_behalf_of: str | None
    kind: str
    title: str
    element: str | None
    form: Mapping[str, Json] | None
    changes: tuple[Change, ...]
    position: Position
    details: Mapping[str, Json] = field(default_factory=dict)
    #: The definition that the case is on after it.
    digest: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The result of verifying a case.

    ``chain_whole``: every event's hash and its link to the one before are right, and the chain holds every sealed head.
    ``sealed``: how far the case is sealed; None when no event of it is.
    ``reproduced``: every recorded command, run again, led to the recorded state; else ``parted_at`` is the event's seq.
    """

    case_id: str
    events: int
    commands: int
    chain_whole: bool
    reproduced: bool
    parted_at: int | None = None
    reason: str = ""
    head: str = ""
    sealed: Sealed | None = None

    @property
    def ok(self) -> bool:
        return self.chain_whole and self.reproduced


@dataclass(frozen=True, slots=True)
class Register:
    """A register (BPMN data store) and how its records look."""

    name: str
    title: str
    prefix: str
    schema: Mapping[str, Json]
    states: tuple[str, ...] = ()
    records: int = 0


@dataclass(frozen=True, slots=True)
class File:
    """A file that somebody handed in: what it is called, its bytes counted, and the SHA-256 of them in hex."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Record:
    """A record as of one version. ``number`` is what people call it, e.g. ``INC-12``; it is also its id."""

    register: str
    id: str
    version: int
    data: Mapping[str, Json]
    label: str
    state: str = ""
    written_at: datetime | None = None
    written_by: str = ""
    case_id: str | None = None
    element: str | None = None


@dataclass(frozen=True, slots=True)
class TaskFilter:
    """What the task list shows. ``scope``: mine (claimed by or assigned to me), group (for my roles), all (both)."""

    scope: Literal["mine", "group", "all"] = "all"
    role: str | None = None
    process_id: str | None = None
    search: str = ""
    overdue: bool = False
    limit: int = 100
    offset: int = 0


@dataclass(frozen=True, slots=True)
class CaseFilter:
    """Which cases to list; ``involved`` restricts to those the actor takes part in."""

    state: CaseState | Literal["any"] = "any"
    process_id: str | None = None
    search: str = ""
    involved: bool = False
    limit: int = 100
    offset: int = 0


@dataclass(frozen=True, slots=True)
class DecisionView:
    """A decision table as people read it: ``rules`` holds (input cells, output cells, note) in order."""

    id: str
    name: str
    hit_policy: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    rules: tuple[tuple[tuple[str, ...], tuple[str, ...], str], ...]
    used_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AccessToken:
    """A token by which a program acts for a person; the token itself is not kept. ``purpose``: what it is good for."""

    id: str
    label: str
    created_at: datetime
    purpose: str = "api"


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page of a longer list.

    ``total`` counts all rows that match. In very long lists it stops counting, and a search for what very many have stops
    when the page is full: ``exact`` is false then, and there are at least so many.
    """

    items: tuple[T, ...]
    total: int
    offset: int = 0
    limit: int = 100
    exact: bool = True

    @property
    def has_more(self) -> bool:
        """Whether there is a page after this one."""
        end = self.offset + len(self.items)
        return end < self.total or (not self.exact and len(self.items) == self.limit)
