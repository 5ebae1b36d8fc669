# SPDX-License-Identifier: Apache-2.0
"""The engine's contact points with the world that must be exchangeable: time and identity.

A replay and a rehearsal give their own; nothing else in ``engine`` asks the machine for the time or for chance.
"""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Tells the time as an aware date-time in UTC."""

    def now(self) -> datetime: ...


class Ids(Protocol):
    """Gives ids that were not given before."""

    def new(self) -> str: ...


class Meter(Protocol):
    """Is told what was done and how long it took: the figures of this process, for a monitor."""

    def command(self, what: str, outcome: str, seconds: float) -> None:
        """A command was carried out or refused. ``outcome``: done, held (its step failed) or the code of the error."""

    def fired(self, late_seconds: float) -> None:
        """A timer fired, so many seconds after its due time."""


class NoMeter:
    """Counts nothing."""

    def command(self, what: str, outcome: str, seconds: float) -> None:
        """Nothing."""

    def fired(self, late_seconds: float) -> None:
        """Nothing."""


class SystemClock:
    """The machine's clock; the only place that reads it."""

    def now(self) -> datetime:
        return datetime.now(UTC)  # noqa: TID251  this is the clock


class VirtualClock:
    """A clock that stands still until it is told to move; it never goes back."""

    def __init__(self, start: datetime) -> None:
        self._now = start.astimezone(UTC)

    def now(self) -> datetime:
        return self._now

    def set(self, when: datetime) -> None:
        """Move to ``when``; earlier moments are ignored, so that a record stays in order of time."""
        self._now = max(self._now, when.astimezone(UTC))

    def advance(self, by: timedelta) -> None:
        self.set(self._now + by)


_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"  # no 0/o, 1/i/l: people read ids aloud


class RandomIds:
    """Twelve letters and digits, about 59 bits of chance."""

    def new(self) -> str:
        return "".join(secrets.choice(_ALPHABET) for _ in range(12))


class CountingIds:
    """Ids in order, for tests and rehearsals."""

    def __init__(self, prefix: str = "id") -> None:
        self._prefix = prefix
        self._count = 0

    def new(self) -> str:
        self._count += 1
        return f"{self._prefix}{self._count}"
