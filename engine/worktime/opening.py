# SPDX-License-Identifier: Apache-2.0
"""Opening hours of one day, as wall time, turned into moments."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from engine.iso8601.moment import exists
from engine.worktime.week import Hours

Slots = tuple[tuple[datetime, datetime], ...]  #: (opens, closes) in UTC


def slots_of(day: date, hours: Hours, zone: ZoneInfo) -> Slots:
    """The day's slots in UTC, in order and apart.

    A bound that the clocks skip is the moment of the jump, so that two slots with a break inside the skipped
    hour do not overlap; one that is shown twice is the first. A slot that falls into the skipped hour
    altogether vanishes.
    """
    bounds = ((_moment(day, start, zone), _moment(day, end, zone)) for start, end in hours)
    return tuple((opens, closes) for opens, closes in bounds if opens < closes)


def _moment(day: date, minutes: int, zone: ZoneInfo) -> datetime:
    naive = datetime.combine(day, datetime.min.time()) + timedelta(minutes=minutes)
    local = naive.replace(tzinfo=zone)
    return local.astimezone(UTC) if exists(local) else _jump(local)


def _jump(local: datetime) -> datetime:
    """The moment at which the clocks skip the wall time `local`, to the second."""
    before, after = local.replace(fold=1).astimezone(UTC), local.replace(fold=0).astimezone(UTC)
    old = before.astimezone(local.tzinfo).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = before + timedelta(seconds=(after - before) // timedelta(seconds=2))
        if middle.astimezone(local.tzinfo).utcoffset() == old:
            before = middle
        else:
            after = middle
    return after
