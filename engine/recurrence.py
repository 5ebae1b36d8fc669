# SPDX-License-Identifier: Apache-2.0
"""When something repeats: an ISO 8601 cycle, a cron line or an RFC 5545 recurrence rule, as a text. Pure.

    R/2026-01-31T09:00:00/P1M                       ISO 8601, `engine.iso8601.cycle`
    30 2 * * mon-fri                                cron: minute, hour, day of the month, month, weekday
    RRULE:FREQ=MONTHLY;BYDAY=-1FR;BYHOUR=9          RFC 5545; a DTSTART line may stand before it

Cron lines are read by APScheduler, rules by dateutil. Both are asked for *wall times* only; which moments these are is
our own rule, the same for all three (RFC 5545, 3.3.5): a wall time that the clocks skip is read with the offset before
the jump (02:30 becomes 03:30), one that is shown twice counts once, at its first.

What has two readings is refused: weekdays as numbers (Sunday is 0 in cron, Monday is in APScheduler), a cron line with
both a day of the month and a weekday (cron means *or*, which surprises), rules finer than a day (`R/PT1H` says that
exactly). Ticks that were missed are gone, as with every cycle here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from decimal import Decimal
from functools import lru_cache
from typing import Protocol

from apscheduler.triggers.cron import CronTrigger
from dateutil.rrule import rrule, rrulestr

from engine.errors import TimeInvalid
from engine.iso8601 import Cycle, Duration, check_length, parse_cycle, parse_zone
from engine.iso8601.moment import as_text, at_wall_time, require_zone

_CRON = re.compile(r"\S+(?:\s+\S+){4}", re.ASCII)
_CRON_FIELD = re.compile(r"[\d*]\S*|[A-Za-z]{3}(?:[-,]\S*)?", re.ASCII)
_RULE = re.compile(
    r"(?:DTSTART(?:;TZID=(?P<zone>[\w/+-]+))?:(?P<start>\d{8}T\d{6})(?P<utc>Z)?\s+)?RRULE:(?P<rule>[A-Z0-9=;,+-]+)",
    re.ASCII,
)
_CRON_HINT = 'Write minute, hour, day of the month, month and weekday, as in "30 2 * * mon-fri".'
_RULE_HINT = "Write it as in RRULE:FREQ=MONTHLY;BYDAY=-1FR;BYHOUR=9;BYMINUTE=0 (RFC 5545, one rule)."
#: How often a rule may come at the least: every 40 years.
_COARSE = {"YEARLY": 40, "MONTHLY": 480, "WEEKLY": 2_080, "DAILY": 14_600}
SHORTEST = Duration(seconds=Decimal(1))  #: between two ticks of a cycle
_NOTHING = timedelta(0)
_SOME_DAY = datetime(2026, 1, 1)  # noqa: DTZ001  a wall time
_HORIZON = timedelta(days=40 * 366)  #: a 29 February on a given weekday comes every 28 years, or 40 over 2100


class Recurrence(Protocol):
    """Ticks, of which each is asked for by the one before."""

    def next_after(self, anchor: datetime, previous: datetime | None, now: datetime) -> datetime | None:
        """When it is due next; None when it is over.

        `anchor`: when the timer was armed (the same at every call). `previous`: the due time that was fired last, None
        before the first. Then this is the first tick from the anchor on, even if it has passed (it fires once, late);
        afterwards the first tick later than both `previous` and `now`.
        """


def is_recurrence(text: str) -> bool:
    """Whether a timer's text is meant as something that repeats, well written or not."""
    return text.startswith(("R", "DTSTART")) or is_cron(text)


def is_cron(text: str) -> bool:
    """Whether a text has the shape of a cron line, well written or not."""
    if _CRON.fullmatch(text) is None:
        return False
    fields = text.split()
    return fields[0][0] in "*0123456789" and all(_CRON_FIELD.fullmatch(field) for field in fields)


def parse_recurrence(text: str, zone: tzinfo | None = None) -> Recurrence:
    """What a text says. `zone`: whose wall times count, unless the text names a zone. Raises `TimeInvalid`."""
    written = as_text(text, "Write e.g. R/P1M.").strip()
    if written.startswith(("RRULE", "DTSTART")):
        return _rule(written, zone)
    if is_cron(written):
        return _cron(written, zone)
    return parse_cycle(written, zone)


def check_recurrence(text: str) -> None:
    """Whether somebody can have meant it: it comes at all, and again after some time and not only after a hundred years.

    Raises `TimeInvalid`, also for what cannot be read.
    """
    found = parse_recurrence(text, UTC)
    if isinstance(found, Cycle):
        check_length(str(found.duration), SHORTEST)
        return
    if isinstance(found, Rule):
        rule = ";".join(part for part in found.rule.split(";") if not part.startswith("INTERVAL="))
        found = Rule(rule, UTC)  # whether there is such a day at all, from whatever year it is counted
    some_day = _SOME_DAY.replace(tzinfo=UTC)
    if found.next_after(some_day, None, some_day) is None:
        raise TimeInvalid("This never happens.", value=text, hint="Name a day that the calendar has.")


@dataclass(frozen=True)
class Cron:
    """Wall times of a cron line; the first is after the anchor."""

    trigger: CronTrigger  #: in UTC, which stands for wall time here
    zone: tzinfo

    def next_after(self, anchor: datetime, previous: datetime | None, now: datetime) -> datetime | None:
        base = anchor if previous is None else max(previous, now)
        wall = _looking_back(base, self.zone).replace(tzinfo=UTC)
        while (wall := self.trigger.get_next_fire_time(None, wall)) is not None:
            tick = at_wall_time(wall.replace(tzinfo=None), self.zone)
            if _utc(tick) > _utc(base):
                return tick
            wall += timedelta(seconds=1)
        return None


@dataclass(frozen=True)
class Rule:
    """Wall times of a recurrence rule. Without a start it counts from the anchor, whose wall time of day it takes."""

    rule: str  #: without COUNT and UNTIL
    zone: tzinfo
    start: datetime | None = None  #: wall time, as until
    until: datetime | None = None
    count: int | None = None

    def next_after(self, anchor: datetime, previous: datetime | None, now: datetime) -> datetime | None:
        start = self.start or _wall(anchor, self.zone).replace(microsecond=0)
        base, inclusive = (anchor, self.start is not None) if previous is None else (max(previous, now), False)
        wall, number = _looking_back(base, self.zone), 0
        horizon = max(start, wall) + _HORIZON
        for found in _parsed(self.rule, start).replace(until=min(self.until or horizon, horizon)):
            if self.start is None and found == start:
                continue
            number += 1
            if self.count is not None and number > self.count:
                break
            if found >= wall:
                tick = at_wall_time(found, self.zone)
                if _utc(tick) > _utc(base) or (inclusive and _utc(tick) == _utc(base)):
                    return tick
        return None


def _cron(text: str, zone: tzinfo | None) -> Cron:
    minute, hour, day, month, weekday = text.lower().split()
    if re.search(r"\d", weekday.partition("/")[0].partition("#")[0]):
        raise TimeInvalid("A weekday as a number has two readings.", value=text, hint="Write mon, tue … or mon-fri.")
    if day != "*" and weekday != "*":
        hint = "Use a recurrence rule: " + _RULE_HINT
        raise TimeInvalid("A day of the month beside a weekday has two readings.", value=text, hint=hint)
    try:
        trigger = CronTrigger(minute=minute, hour=hour, day=day, month=month, day_of_week=weekday, timezone=UTC)
    except ValueError as error:
        raise TimeInvalid(f"This is no cron line: {error}.", value=text, hint=_CRON_HINT) from error
    return Cron(trigger, _named(zone, text))


def _rule(text: str, zone: tzinfo | None) -> Rule:
    match = _RULE.fullmatch(text)
    if match is None:
        raise TimeInvalid("This is no recurrence rule.", value=text, hint=_RULE_HINT)
    place = parse_zone(match["zone"]) if match["zone"] else _named(UTC if match["utc"] else zone, text)
    parts = dict(part.partition("=")[::2] for part in match["rule"].split(";"))
    if parts.get("FREQ", "DAILY") not in _COARSE:
        hint = "Write R/PT1H, or FREQ=DAILY with BYHOUR."
        raise TimeInvalid(f"A rule is not read as {parts['FREQ']}.", value=text, hint=hint)
    count, last = parts.pop("COUNT", None), parts.pop("UNTIL", None)
    _check_interval(parts, text)
    try:
        start = datetime.strptime(match["start"], "%Y%m%dT%H%M%S") if match["start"] else None  # noqa: DTZ007  a wall time
        rule = ";".join(f"{name}={value}" for name, value in parts.items())
        until = None if last is None else _until(last, place)
        number = None if count is None else int(count)
        _parsed(rule, start or _SOME_DAY)
    except (ValueError, TypeError) as error:
        raise TimeInvalid(f"This is no recurrence rule: {error}.", value=text, hint=_RULE_HINT) from error
    if number is not None and number < 1:
        raise TimeInvalid("This rule never happens.", value=text, hint="COUNT=1 happens once.")
    return Rule(rule, place, start, until, number)


def _check_interval(parts: Mapping[str, str], text: str) -> None:
    """Every 0 days is never and always; a rule that comes in a thousand years never fires."""
    interval, most = parts.get("INTERVAL", "1"), _COARSE[parts.get("FREQ", "DAILY")]
    if not (interval.isdigit() and 1 <= int(interval) <= most):
        hint = f"INTERVAL is a whole number from 1 to {most}."
        raise TimeInvalid(f"This rule has the interval '{interval[:20]}'.", value=text, hint=hint)


@lru_cache(maxsize=256)
def _parsed(rule: str, start: datetime) -> rrule:
    found = rrulestr(rule, dtstart=start)
    assert isinstance(found, rrule)  # one rule and nothing else was let through (the horizon bounds its search)
    return found


def _until(text: str, zone: tzinfo) -> datetime:
    """The last wall time of a rule; RFC 5545 wants it in UTC where the start has a zone. A day means all of it."""
    if len(text) == len("20261231"):
        return datetime.strptime(text, "%Y%m%d") + timedelta(days=1, seconds=-1)  # noqa: DTZ007  a wall time
    when = datetime.strptime(text.removesuffix("Z"), "%Y%m%dT%H%M%S")  # noqa: DTZ007
    return _wall(when.replace(tzinfo=UTC), zone) if text.endswith("Z") else when


def _named(zone: tzinfo | None, text: str) -> tzinfo:
    if zone is None:
        raise TimeInvalid("This needs a time zone.", value=text, hint="Name one, such as Europe/Berlin.")
    return zone


def _wall(when: datetime, zone: tzinfo) -> datetime:
    return require_zone(when, "The date-time").astimezone(zone).replace(tzinfo=None, fold=0)


def _looking_back(when: datetime, zone: tzinfo) -> datetime:
    """The wall time from which on ticks may be later than `when`: one that was skipped of late comes after it."""
    local = require_zone(when, "The date-time").astimezone(zone)
    before = (_utc(when) - timedelta(hours=25)).astimezone(zone)
    skipped = (local.utcoffset() or _NOTHING) - (before.utcoffset() or _NOTHING)
    return _wall(when, zone) - max(skipped, _NOTHING)


def _utc(when: datetime) -> datetime:
    return when.astimezone(UTC)
