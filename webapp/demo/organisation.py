# SPDX-License-Identifier: Apache-2.0
"""What the sample organisation has: services, configuration items, agreements, known errors."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson

from engine import Engine
from engine.values import SYSTEM

_ORDER = ("sla", "service", "ci", "known_error")  # a record comes after those it points to
_STATE = {"sla": "active", "service": "production", "ci": "live", "known_error": "active"}


def write_registers(engine: Engine) -> dict[str, str]:
    """Write all records; returns key -> record id, e.g. `mail` -> `SVC-5`. Keys are unique over all registers."""
    content = orjson.loads(Path(__file__).with_name("organisation.json").read_bytes())
    ids: dict[str, str] = {}
    for register in _ORDER:
        for entry in content[register]:
            data = {**_resolved(entry["data"], ids), "state": entry.get("state", _STATE[register])}
            made = engine.write_record(SYSTEM, register, data, reason="Sample organisation")
            ids[entry["key"]] = made.id
    return ids


def _resolved(value: Any, ids: Mapping[str, str]) -> Any:
    """The value with every `@key` replaced by the id of the record it names."""
    if isinstance(value, str) and value.startswith("@"):
        return ids[value[1:]]
    if isinstance(value, dict):
        return {name: _resolved(one, ids) for name, one in value.items()}
    if isinstance(value, list):
        return [_resolved(one, ids) for one in value]
    return value
