# SPDX-License-Identifier: Apache-2.0
"""What the sample organisation has: services, customers, configuration items, agreements, known errors."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import orjson

from engine import Engine, until_of
from engine.values import SYSTEM

_ORDER = (
    "service",
    "customer",
    "sla",
    "ci",
    "known_error",
    "standard_change",
    "cab_meeting",
    "process_record",
    "kpi",
    "kpi_measurement",
)  # a record comes after those it cannot be without
_STATE = {"service": "production", "ci": "live", "cab_meeting": "recorded", "kpi_measurement": "evaluated"}  # all others are active
REASON = "Sample organisation"


def write_registers(engine: Engine) -> dict[str, str]:
    """Write all records; returns key -> record id, e.g. `mail` -> `SVC-5`. Keys are unique over all registers."""
    content = orjson.loads(Path(__file__).with_name("organisation.json").read_bytes())
    ids: dict[str, str] = {}
    later: list[tuple[str, str, dict[str, Any]]] = []
    now = engine.clock.now()
    for register in _ORDER:
        for entry in content[register]:
            data = {**dated(entry["data"], now), "state": entry.get("state", _STATE.get(register, "active"))}
            ready = {name: value for name, value in data.items() if _keys(value) <= ids.keys()}
            made = engine.write_record(SYSTEM, register, resolved(ready, ids), reason=REASON)
            ids[entry["key"]] = made.id
            if ready != data:
                later.append((register, made.id, {name: data[name] for name in data.keys() - ready.keys()}))
    for register, record_id, data in later:
        engine.write_record(SYSTEM, register, resolved(data, ids), id=record_id, reason=REASON)
    return ids


def dated(data: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """The data with every date that is written as so far from now, e.g. `+P40D`, or `-P40D` for the past."""
    return {name: _date(v, now) if str(v).startswith(("+P", "-P")) else v for name, v in data.items()}


def _date(text: str, now: datetime) -> str:
    far = until_of(text[1:], now, ZoneInfo("UTC")) - now
    return (now - far if text.startswith("-") else now + far).date().isoformat()


def _keys(value: Any) -> set[str]:
    """The keys of other records that a value names."""
    if isinstance(value, str):
        return {value[1:]} if value.startswith("@") else set()
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return set().union(*map(_keys, parts))


def resolved(value: Any, ids: Mapping[str, str]) -> Any:
    """The value with every `@key` replaced by the id of the record it names."""
    if isinstance(value, str) and value.startswith("@"):
        return ids[value[1:]]
    if isinstance(value, dict):
        return {name: resolved(one, ids) for name, one in value.items()}
    if isinstance(value, list):
        return [resolved(one, ids) for one in value]
    return value
