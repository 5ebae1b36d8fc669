# SPDX-License-Identifier: Apache-2.0
"""The engine's values as JSON text, for the REST API and for `--json`: one shape, field names as in `engine.values`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson


def dumps(value: Any, *, pretty: bool = False) -> bytes:
    """JSON of a value, a list or a mapping of values: date-times as ISO 8601 with `Z`, sets as sorted lists."""
    options = orjson.OPT_UTC_Z | orjson.OPT_NON_STR_KEYS
    if pretty:
        options |= orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE
    return orjson.dumps(value, default=_plain, option=options)


def plain(value: Any) -> Any:
    """The same as Python lists, dictionaries, texts and numbers."""
    return orjson.loads(dumps(value))


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, frozenset | set):
        return sorted(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")
