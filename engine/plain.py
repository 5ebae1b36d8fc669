# SPDX-License-Identifier: Apache-2.0
"""What may come in as data: JSON values that are read back exactly as they were given.

Everything else (numbers that JSON does not have, half characters, keys that are no texts, dates as objects) would be
stored as something else than the step worked on, and the case would not reproduce.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

from engine.errors import Invalid
from engine.values import Json

MAX_NESTING = 100
MAX_INTEGER = 2**53 - 1  #: either sign; more is rounded by others who read JSON (RFC 7493)


def check(value: Json, path: str = "", level: int = 0) -> None:
    """Raises Invalid, with the path to what is wrong, unless ``value`` is plain JSON all through."""
    match value:
        case None | bool():
            return
        case str():
            _check_text(value, path)
        case int() | float():
            _check_number(value, path)
        case list() | dict():
            if level >= MAX_NESTING:
                raise _refused(path, f"is nested more than {MAX_NESTING} levels deep")
            for name, one in _parts(value, path):
                check(one, f"{path}.{name}" if path else str(name), level + 1)
        case _:
            raise _refused(path, f"is no JSON value ({type(value).__name__})")


def _parts(value: list[Json] | dict[Any, Json], path: str) -> Iterable[tuple[object, Json]]:
    if isinstance(value, list):
        return enumerate(value)
    for name in value:
        if not isinstance(name, str):
            raise _refused(path, f"has a key that is no text: {name!r:.40}")
        _check_text(name, path)
    return value.items()


def _check_number(number: float, path: str) -> None:
    if isinstance(number, int):
        if abs(number) > MAX_INTEGER:
            raise _refused(path, "is a number too large to be kept exactly")
    elif not math.isfinite(number):
        raise _refused(path, "is no number")


def _check_text(text: str, path: str) -> None:
    if not text.isascii() and any("\ud800" <= c <= "\udfff" for c in text):
        raise _refused(path, "holds half a character (a lone surrogate)")


def _refused(path: str, why: str) -> Invalid:
    where = ".".join(path.split(".")[:6])[:120].encode("ascii", "backslashreplace").decode()
    return Invalid(f"'{where}' {why}.", hint="Send plain JSON: texts, numbers, true, false, null, lists, objects.")
