# SPDX-License-Identifier: Apache-2.0
"""What an expression may know besides its variables. All of it is handed in and recorded; nothing is looked up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Protocol

from engine.values import Json


class WorkingCalendar(Protocol):
    """Opening hours: see `engine.worktime`."""

    def add(self, when: datetime, duration: str, /) -> datetime:
        """The moment when `duration` (ISO 8601) of working time after `when` (aware) is over."""

    def between(self, a: datetime, b: datetime, /) -> timedelta:
        """Working time from `a` to `b` (both aware)."""

    def put_off(self, when: datetime, begin: datetime, end: datetime, /) -> datetime:
        """`when`, as much later as there is working time from `begin` to `end`: in between, nothing counted."""


@dataclass(frozen=True, slots=True)
class Context:
    """The circumstances of one step. `now` is aware; `actor` and `initiator` are person ids."""

    now: datetime
    actor: str | None = None
    case_id: str = ""
    initiator: str | None = None
    calendars: Mapping[str, WorkingCalendar] = field(default_factory=dict)


@dataclass(slots=True)
class Scope:
    """What one evaluation reads: the variables, the context and, in a cell of a decision table, the input value `?`."""

    variables: Mapping[str, Json]
    context: Context
    subject: Json = None

    @property
    def zone(self) -> tzinfo:
        """The time zone of the calendar `default`, in which a day begins and ends; UTC if there is none."""
        zone = getattr(self.context.calendars.get("default"), "zone", None)
        return zone if isinstance(zone, tzinfo) else UTC
