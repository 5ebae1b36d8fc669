# SPDX-License-Identifier: Apache-2.0
"""When a timer event is due: a plain text or an expression of the owner's language, computed by us.

Months, leap days and changes of the clock are the business of `engine.iso8601` and `engine.recurrence`; here only the
three kinds of BPMN timers are told apart (BPMN 2.0, 10.5.5: timeDate, timeDuration, timeCycle).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, tzinfo

from engine.bpmn.model import TimerUse
from engine.errors import TimeInvalid
from engine.iso8601 import parse_datetime, parse_duration
from engine.recurrence import is_cron, parse_recurrence
from engine.values import Json

#: All that the engine reads as ISO 8601, and what can only be a slip of it (`PT4h`, `-PT1H`).
_ISO = re.compile(r"P[\dTYMWDHS.,]*|[PR](\d|T\d|/).*|-P.*|\d{4}-W?\d.*", re.ASCII | re.DOTALL)


def is_plain(written: str) -> bool:
    """Whether the text of a timer is meant as it stands and not as an expression, well written or not.

    ISO 8601, a cron line, or a recurrence rule of RFC 5545.
    """
    return _ISO.fullmatch(written) is not None or written.startswith(("RRULE:", "DTSTART")) or is_cron(written)


def timer_text(timer: TimerUse, evaluate: Callable[[str], Json]) -> str:
    """The text of a timer: as written, without its quotes, or as its expression gives it."""
    text = timer.text.strip()
    if is_plain(text):
        return text
    value = evaluate(text)
    if not isinstance(value, str):
        raise TimeInvalid(
            f"The timer '{text}' gave {value!r}, not a text.", value=value, hint='Give ISO 8601, e.g. "PT4H".'
        )
    return value


def first_due(kind: str, text: str, now: datetime, zone: tzinfo) -> datetime:
    """The first moment (UTC) at which a timer that starts waiting at ``now`` fires.

    Raises:
        TimeInvalid: the text is none of that kind.
    """
    if kind == "timeDate":
        return parse_datetime(text, zone).astimezone(UTC)
    if kind == "timeDuration":
        return parse_duration(text).add_to(now, zone).astimezone(UTC)
    due = parse_recurrence(text, zone).next_after(now, None, now)
    if due is None:
        raise TimeInvalid(f"The cycle '{text}' never fires.", value=text, hint="Write e.g. R/PT1H or R3/P1D.")
    return due.astimezone(UTC)


def next_due(text: str, anchor: datetime, previous: datetime, now: datetime, zone: tzinfo) -> datetime | None:
    """The moment of the next firing of a cycle after ``now``; None when it has fired as often as it shall."""
    due = parse_recurrence(text, zone).next_after(anchor, previous, now)
    return None if due is None else due.astimezone(UTC)
