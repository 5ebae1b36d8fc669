# SPDX-License-Identifier: Apache-2.0
"""Changing a calendar of working time, or the zone of local times: its history, and the processes that count on it.

A process counts on the calendars and the zone that its version was published with, so a change brings a new version of
every process. Cases that run stay on theirs. A calendar that was changed is its owner's: shipped content leaves it alone.
"""

from __future__ import annotations

from collections.abc import Mapping

import orjson

from engine import definitions
from engine.history import log
from engine.iso8601 import parse_zone
from engine.store.transaction import Tx
from engine.values import Actor, Definition, Json
from engine.worktime import Calendar


def change_zone(tx: Tx, by: Actor, name: str) -> tuple[Definition, ...]:
    """Make ``name`` the zone of local times, and of the calendar ``default`` if that was in the zone before; the new
    versions of processes that this brought.

    Raises:
        TimeInvalid: there is no such zone.
    """
    before = definitions.zone(tx)
    keep_zone(tx, by, name)
    default = definitions.asset_json(tx, "calendar").get("default")
    if default and default["time_zone"] == str(before) != name:
        _keep(tx, by, "default", {**default, "time_zone": name})
    return definitions.follow(tx, by, f"Time zone: {name}")


def keep_zone(tx: Tx, by: Actor, name: str) -> None:
    """The same, for whoever sees to the processes."""
    parse_zone(name)
    if definitions.put_asset(tx, definitions.SETTING, definitions.TIME_ZONE, orjson.dumps(name), by.person_id):
        told = {"name": definitions.TIME_ZONE, "content": name}
        log.append(tx, f"{definitions.SETTING}/{definitions.TIME_ZONE}", by, "setting.changed", told)


def change(tx: Tx, by: Actor, name: str, content: Mapping[str, Json]) -> tuple[Definition, ...]:
    """Make ``content`` the calendar of that name; the new versions of processes that this brought.

    Raises:
        TimeInvalid: it is no calendar.
    """
    calendar = Calendar.from_json(content)
    _keep(tx, by, name, content)
    return definitions.follow(tx, by, f"Calendar: {calendar.title or name}")


def _keep(tx: Tx, by: Actor, name: str, content: Mapping[str, Json]) -> None:
    if definitions.put_asset(tx, "calendar", name, orjson.dumps(dict(content)), by.person_id):
        log.append(tx, f"calendar/{name}", by, "calendar.changed", {"name": name, "content": dict(content)})
