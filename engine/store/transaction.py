# SPDX-License-Identifier: Apache-2.0
"""One open transaction: the connection, its moment, and what is to happen once it is committed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from engine.ports import Ids


@dataclass(slots=True)
class Tx:
    """Handed to the nouns by ``Engine``; they never commit. ``now`` is one moment for all that happens in it."""

    connection: Connection
    now: datetime
    ids: Ids
    #: Messages that were put on their way and are to be delivered after the commit.
    to_deliver: list[str] = field(default_factory=list)
    #: Due times of timers that were armed, to wake the scheduler.
    armed: list[datetime] = field(default_factory=list)
    #: A service call was asked for.
    called: bool = False
    #: Rows of cases that were read and locked together with something else, for the one who locks the case next.
    locked: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    #: Rows of cases as a step of this transaction left them.
    stepped: dict[str, Mapping[str, Any]] = field(default_factory=dict)
