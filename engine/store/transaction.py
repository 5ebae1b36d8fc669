# SPDX-License-Identifier: Apache-2.0
"""One open transaction: the connection, its moment, and what is to happen once it is committed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from typing import Any, NamedTuple

from sqlalchemy import Connection

from engine.ports import Ids
from engine.values import Actor


class Armed(NamedTuple):
    """Something that becomes due: timers of a case, start timers of a process, or a call (``case.token.element``)."""

    at: datetime
    what: str


class Sent(NamedTuple):
    """A message to be delivered. Of those with one ``order`` the one put on its way first is delivered first."""

    id: str
    order: str


class Assigned(NamedTuple):
    """A record of a register that assigns roles was written: by whom, what it said before, what it says now."""

    by: Actor
    register: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]


@dataclass(slots=True)
class Tx:
    """Handed to the nouns by ``Engine``; they never commit. ``now`` is one moment for all that happens in it."""

    connection: Connection
    now: datetime
    ids: Ids
    #: How long the chain of messages is at whose end this transaction stands.
    link: int = 0
    #: Of local times and days, as long as none was set (`definitions.zone`).
    zone: tzinfo = UTC
    #: Messages that were put on their way and are to be delivered after the commit.
    to_deliver: list[Sent] = field(default_factory=list)
    #: Timers of cases that were armed, by case.
    armed: list[Armed] = field(default_factory=list)
    #: Start timers that were armed, by process.
    starts: list[Armed] = field(default_factory=list)
    #: Service calls that were asked for, by call.
    called: list[Armed] = field(default_factory=list)
    #: Records that assign roles and were written.
    assigned: list[Assigned] = field(default_factory=list)
    #: Moments at which kept messages expire.
    expiring: list[datetime] = field(default_factory=list)
    #: Of the last change of any asset, once it was looked up (`definitions.current`).
    stamp: str | None = None
    #: Rows of cases that were read and locked together with something else, for the one who locks the case next.
    locked: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    #: Rows of cases as a step of this transaction left them.
    stepped: dict[str, Mapping[str, Any]] = field(default_factory=dict)
