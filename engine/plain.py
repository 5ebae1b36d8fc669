# SPDX-License-Identifier: Apache-2.0
"""What may come in as data: JSON values that are read back exactly as they were given.

Everything else (numbers that JSON does not have, half characters, keys that are no texts, dates as objects) would be
stored as something else than the step worked on, and the case would not reproduce.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Iterable
from typing import Any

from engine.errors import Invalid
from engine.values import Json

MAX_NESTING = 100
MAX_INTEGER = 2**53 - 1  #: either sign; more is rounded by others who read JSON (RFC 7493)

_LEAVES = frozenset({str, int, float, bool, type(None)})


def check(value: Json) -> None:
    """Raises Invalid, with the path to what is wrong, unless ``value`` is plain JSON all through."""
    if not _is_plain(value, 0):
        _find(value, "", 0)


def copied(value: Any) -> Any:
    """A copy of plain JSON that shares nothing that can be changed; ``copy.deepcopy`` takes five times as long."""
    kind = type(value)
    if kind is dict:
        return {name: copied(one) for name, one in value.items()}
    if kind is list:
        return [copied(one) for one in value]
    return value if kind in _LEAVES else copy.deepcopy(value)


def _is_plain(value: Any, level: int) -> bool:
    """Whether nothing is wrong, told without keeping the way to it; False for whatever takes a closer look."""
    kind = type(value)
    if kind is str:
        return bool(value.isascii() and "\0" not in value)
    if value is None or kind is bool:
        return True
    if kind is int:
        return bool(-MAX_INTEGER <= value <= MAX_INTEGER)
    if kind is float:
        return math.isfinite(value)
    if level >= MAX_NESTING:
        return False
    if kind is dict:
        return all(type(n) is str and n.isascii() and "\0" not in n and _is_plain(one, level + 1) for n, one in value.items())
    return kind is list and all(_is_plain(one, level + 1) for one in value)


def _find(value: Json, path: str, level: int) -> None:
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
                _find(one, f"{path}.{name}" if path else str(name), level + 1)
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
    if "\0" in text:
        hint = "Take it out: it cannot be seen, and often comes with text from a PDF."
        raise _refused(path, "holds a character that cannot be kept (NUL)", hint)
    if not text.isascii() and any("\ud800" <= c <= "\udfff" for c in text):
        raise _refused(path, "holds half a character (a lone surrogate)")


_PLAIN = "Send plain JSON: texts, numbers, true, false, null, lists, objects."


def _refused(path: str, why: str, hint: str = _PLAIN) -> Invalid:
    where = ".".join(path.split(".")[:6])[:120].encode("ascii", "backslashreplace").decode()
    return Invalid(f"'{where}' {why}.", hint=hint)
