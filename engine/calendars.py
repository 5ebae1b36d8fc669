# SPDX-License-Identifier: Apache-2.0
"""Changing a calendar of working time: its history, and the processes that count on it.

A process counts on the calendars that its version was published with, so a changed calendar brings a new version of every
process. Cases that run stay on theirs. A calendar that was changed is its owner's: shipped content leaves it alone.
"""

from __future__ import annotations

from collections.abc import Mapping

import orjson

from engine import definitions
from engine.history import log
from engine.store.transaction import Tx
from engine.values import Actor, Definition, Json
from engine.worktime import Calendar


def change(tx: Tx, by: Actor, name: str, content: Mapping[str, Json]) -> tuple[Definition, ...]:
    """Make ``content`` the calendar of that name; the new versions of processes that this brought.

    Raises:
        TimeInvalid: it is no calendar.
    """
    calendar = Calendar.from_json(content)
    kept = orjson.dumps(dict(content))
    if not definitions.put_asset(tx, "calendar", name, kept, by.person_id):
        return ()
    log.append(tx, f"calendar/{name}", by, "calendar.changed", {"name": name, "content": dict(content)})
    return definitions.follow_calendars(tx, by, f"Calendar: {calendar.title or name}")
