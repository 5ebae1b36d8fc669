# SPDX-License-Identifier: Apache-2.0
"""What one step did and what it now waits for: frozen facts, JSON through and through."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from engine.values import Json, Shift

#: The version of the rules that new cases run by. A recorded case is replayed by those that it began with.
#: 1: as it began; 2: conflicts of parallel branches are noticed; 3: a condition happens at once.
#: 4: what changes in the scopes within a case stands in its history.
RULES = 4


class World(Protocol):
    """What a step may ask of the world. Every answer is recorded, so that a replay can give it again."""

    def record(self, register: str, record_id: str) -> Mapping[str, Json] | None:
        """The record as a mapping with ``id``, or None."""

    def records(self, register: str, question: Mapping[str, Json]) -> Json:
        """The answer to a question about a whole register: records, a number, or counts by value."""

    def new_number(self, register: str) -> str:
        """The id of a record about to be created."""


@dataclass(frozen=True, slots=True)
class HumanTask:
    """A user or manual task that is ready, or something that a person may choose. ``token`` names it within the case.

    ``purpose``: work; begin (an activity of the ad hoc sub-process ``within`` may be begun); finish (it may be finished).
    """

    token: str
    element: str
    name: str
    role: str
    assignee: str | None = None
    priority: str | None = None
    due_at: str | None = None
    local: Mapping[str, Json] = field(default_factory=dict)
    purpose: str = "work"
    #: Who may not do it: a person's id or a list of them.
    excluded: Json = None
    within: str = ""
    #: The role is not the lane's: the case says which.
    role_chosen: bool = False


@dataclass(frozen=True, slots=True)
class TimerWait:
    """A timer that is armed: fires at ``due_at`` (ISO 8601, UTC)."""

    token: str
    element: str
    name: str
    due_at: str


@dataclass(frozen=True, slots=True)
class MessageWait:
    """The case waits at ``element`` for message ``name`` with correlation key ``key``, or for signal ``name``."""

    token: str
    element: str
    name: str
    key: str
    kind: str = "message"


@dataclass(frozen=True, slots=True)
class ServiceCall:
    """A service that the case waits for: to be called outside the step, with ``key`` for the receiver to recognise."""

    token: str
    element: str
    name: str
    operator: str
    parameters: Mapping[str, Json]
    key: str
    retries: int
    backoff: int


@dataclass(frozen=True, slots=True)
class Thrown:
    """A message, or a signal (``kind``), that leaves the case; a signal has no key and goes to all who wait for it."""

    element: str
    name: str
    key: str
    payload: Json
    kind: str = "message"
    #: ISO 8601: how long the message is kept while nobody waits for it; the engine's own if empty.
    time_to_live: str = ""


@dataclass(frozen=True, slots=True)
class RecordWrite:
    """Fields to be written to a register's record; ``created`` tells a new record from an update."""

    element: str
    register: str
    record_id: str
    created: bool
    fields: Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class DecisionTaken:
    """A decision table's answer and the rules that gave it."""

    element: str
    decision: str
    inputs: Mapping[str, Json]
    rules: tuple[str, ...]
    outputs: Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class Conflict:
    """``element`` gave a variable another value than parallel branches (``others``) had, which it could not know of.

    ``value`` holds; ``instead_of`` is what it was.
    """

    element: str
    variable: str
    value: Json
    instead_of: Json
    others: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DataState:
    """``element`` has left a data object (``label`` as drawn, ``variable``) in a state."""

    element: str
    label: str
    variable: str
    state: str


@dataclass(frozen=True, slots=True)
class LocalChange:
    """Variables of a scope within the case that a step changed: of a loop's ``turn`` (from 1), a subprocess, an activity.

    ``scope`` names it within the case. ``changes``: variable -> [before, after]. ``over``: the scope ended with the step.
    """

    scope: str
    element: str
    turn: int | None
    changes: Mapping[str, list[Json]]
    over: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of one step. ``passed`` lists element ids in the order in which tokens left them."""

    state: bytes
    variables: Mapping[str, Json]
    completed: bool
    error: str = ""
    title: str = ""
    business_key: str = ""
    passed: tuple[str, ...] = ()
    trace: tuple[tuple[str, Mapping[str, Json]], ...] = ()
    withdrawn: tuple[str, ...] = ()
    tasks: tuple[HumanTask, ...] = ()
    timers: tuple[TimerWait, ...] = ()
    messages: tuple[MessageWait, ...] = ()
    calls: tuple[ServiceCall, ...] = ()
    #: Tokens of the human tasks that waited before; None when it is not known (a case that was moved).
    offered_before: frozenset[str] | None = None
    called_before: bool = False
    waited_before: bool = False
    thrown: tuple[Thrown, ...] = ()
    writes: tuple[RecordWrite, ...] = ()
    decisions: tuple[DecisionTaken, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    states: tuple[DataState, ...] = ()
    local_changes: tuple[LocalChange, ...] = ()
    end_event: str = ""
    #: The rules that the case runs by.
    rules: int = RULES


@dataclass(frozen=True, slots=True)
class Moved:
    """A case on its new version, as if a step had led there."""

    outcome: Outcome
    shifts: tuple[Shift, ...]


@dataclass(frozen=True, slots=True)
class Start:
    """Begin at the start event for ``message``, at ``element``, or else at the none start event.

    ``data`` becomes variables (a mapping then), or is the payload of the message or signal.
    """

    data: Json = field(default_factory=dict)
    message: str = ""
    element: str = ""
    #: Variables that were corrected while the command was held: set after what the command brings.
    corrected: Mapping[str, Json] = field(default_factory=dict)
    #: The version of the engine's rules that the case runs by to its end.
    rules: int = RULES


@dataclass(frozen=True, slots=True)
class CompleteTask:
    token: str
    data: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Choose:
    """A person begins an activity of an ad hoc sub-process, or finishes the sub-process: what ``token`` offers."""

    token: str


@dataclass(frozen=True, slots=True)
class FireTimer:
    token: str
    element: str


@dataclass(frozen=True, slots=True)
class ReceiveMessage:
    token: str
    element: str
    payload: Json = None
    #: As in ``Start``.
    corrected: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FailService:
    """A service has failed for good; ``code`` is what an error boundary event may catch."""

    token: str
    element: str
    code: str
    message: str


Command = Start | CompleteTask | Choose | FireTimer | ReceiveMessage | FailService
