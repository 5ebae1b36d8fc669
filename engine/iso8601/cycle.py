# SPDX-License-Identifier: Apache-2.0
"""Cycles (`R3/PT1H`, `R/2026-01-01T09:00:00+01:00/P1M`, `R4/P3M/2026-12-31T18:00:00`): when a repeating timer is due next.

Every tick is computed from the anchor (`start + n × duration`), never from the tick before: `R/P1M` begun on
31 January ticks on 28 February and on 31 March. A tick belongs to its moment: those that passed while nobody
was there to fire them are gone, also for a counted cycle, so a machine that was switched off fires once and
not in a burst, and a counted cycle ends when it was meant to end.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from decimal import Decimal

from engine.errors import TimeInvalid
from engine.iso8601.duration import Duration, parse_duration
from engine.iso8601.moment import as_text, parse_datetime, require_zone

_REPEAT = re.compile(r"R(\d{0,9})", re.ASCII)
_HINT = "Write it as in R3/PT1H (three times), R/P1M (for ever) or R/2026-01-01T09:00:00+01:00/P1M (from a start)."


@dataclass(frozen=True)
class Cycle:
    """A repeating interval.

    Without bounds the ticks are one, two, three… durations after the anchor. With `start` the first tick is the
    start itself (ISO 8601: the first interval begins there), with `end` the last tick is the end itself (the last
    interval ends there) and the others lie one, two… durations before it. Ticks before the anchor are passed over.
    """

    duration: Duration
    repetitions: int | None = None  #: how many ticks there are; None: no end
    start: datetime | None = None
    zone: tzinfo | None = None  #: whose calendar days and months are counted; None: that of start or anchor
    end: datetime | None = None  #: instead of a start

    def next_after(self, anchor: datetime, previous: datetime | None, now: datetime) -> datetime | None:
        """When the cycle is due next; None when it is over.

        `anchor`: when the timer was armed (the same at every call). `previous`: the due time that was fired
        last, None before the first. Before the first fire this is the first tick, even if it has passed (it
        fires once, late); after it, the first tick later than both `previous` and `now`.
        """
        if self.end is not None:
            return self._before_the_end(
                self.end,
                _utc(anchor) if previous is None else max(_utc(previous), _utc(now)),
                inclusive=previous is None,
            )
        base = self._base(anchor)
        first = 1 if self.start is None else 0
        if previous is None:
            number = first if self.start is None else self._first_number(base, first, _utc(anchor), inclusive=True)
        else:
            number = self._first_number(base, first, max(_utc(previous), _utc(now)), inclusive=False)
        if self.repetitions is not None and number >= first + self.repetitions:
            return None
        return self._tick(base, number)

    def _before_the_end(self, end: datetime, when: datetime, *, inclusive: bool) -> datetime | None:
        """The earliest tick after `when` (or at it, if inclusive): the one that is most durations before the end."""
        base = end if self.zone is None else end.astimezone(self.zone)

        def fits(number: int) -> bool:
            tick = self._tick(base, -number)
            return tick is not None and (_utc(tick) > when or (inclusive and _utc(tick) == when))

        if not fits(0):
            return None
        low, high = 0, max(_utc(base) - when, timedelta(0)) // _shortest(self.duration) + 2
        if self.repetitions is not None:
            high = min(high, self.repetitions)
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if fits(middle) else (low, middle)
        return self._tick(base, -low)

    def _base(self, anchor: datetime) -> datetime:
        base = require_zone(anchor, "The anchor") if self.start is None else self.start
        return base if self.zone is None else base.astimezone(self.zone)

    def _tick(self, base: datetime, number: int) -> datetime | None:
        try:
            return (self.duration * number).add_to(base)
        except TimeInvalid:  # out of the calendar: for a timer that is never
            return None

    def _first_number(self, base: datetime, first: int, when: datetime, *, inclusive: bool) -> int:
        """The smallest n ≥ first whose tick is after `when` (or at it, if inclusive), by bisection."""
        elapsed = max(when - _utc(base), timedelta(0))
        low, high = first, max(first, elapsed // _shortest(self.duration) + 2)
        while low < high:
            middle = (low + high) // 2
            tick = self._tick(base, middle)
            if tick is None or _utc(tick) > when or (inclusive and _utc(tick) == when):
                high = middle
            else:
                low = middle + 1
        return low


def parse_cycle(text: str, zone: tzinfo | None = None) -> Cycle:
    """The cycle that an ISO 8601 repeating interval names: `Rn/duration`, `Rn/start/duration`, `Rn/start/end` or
    `Rn/duration/end`.

    `zone`: whose calendar days and months are counted, and the zone of a moment without offset. `R` without a
    number repeats for ever, before an end without beginning; `start/end` repeats the exact time between the two. `R0`
    and an empty duration are refused. Raises `TimeInvalid`.
    """
    parts = as_text(text, _HINT).split("/")
    match = _REPEAT.fullmatch(parts[0])
    if match is None or len(parts) not in (2, 3):
        raise TimeInvalid("This is no ISO 8601 cycle.", value=text, hint=_HINT)
    repetitions = int(match[1]) if match[1] else None
    if repetitions == 0:
        raise TimeInvalid("This cycle never happens.", value=text, hint="R1 happens once, R for ever.")
    start, duration, end = _interval(text, parts[1:], zone)
    if not duration:
        raise TimeInvalid("A cycle needs a duration longer than nothing.", value=text, hint=_HINT)
    return Cycle(duration, repetitions, start, zone, end)


def _interval(text: str, parts: list[str], zone: tzinfo | None) -> tuple[datetime | None, Duration, datetime | None]:
    if len(parts) == 1:
        return None, parse_duration(parts[0]), None
    if parts[0].startswith("P"):
        return None, parse_duration(parts[0]), parse_datetime(parts[1], zone)
    start = parse_datetime(parts[0], zone)
    if parts[1].startswith("P"):
        return start, parse_duration(parts[1]), None
    length = _utc(parse_datetime(parts[1], zone)) - _utc(start)
    if length <= timedelta(0):
        raise TimeInvalid("The end of this cycle's interval is not after its start.", value=text, hint=_HINT)
    return start, Duration(seconds=Decimal(length // timedelta(microseconds=1)) / 1_000_000), None


def _shortest(duration: Duration) -> timedelta:
    """A lower bound of the duration's length, so that `elapsed // shortest` is never too small a tick number."""
    days = duration.years * 365 + duration.months * 28 + duration.weeks * 7 + duration.days
    if not days:
        return duration.exact
    return max(timedelta(days=days) * 0.9 + duration.exact, timedelta(hours=1))


def _utc(when: datetime) -> datetime:
    # Python compares and subtracts two date-times of one zone as wall time: wrong when the clocks change.
    return require_zone(when, "The date-time").astimezone(UTC)
