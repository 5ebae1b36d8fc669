# SPDX-License-Identifier: Apache-2.0
"""JSON values as expressions see them: their kinds, their limits, their copies.

Nothing here knows syntax. Every operation of the language that can make a value bigger goes through this module, so
that no expression can hold the process.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from typing import TypeGuard

from engine.values import Json

MAX_TEXT = 100_000  #: characters of one text
MAX_ITEMS = 10_000  #: elements of one list or mapping
MAX_WEIGHT = 200_000  #: all values inside one value, a text counting one more per 16 characters
MAX_NESTING = 100  #: lists within lists
MAX_INTEGER = 10**15  #: either sign

Number = int | float


class Trouble(Exception):
    """An operation of the language cannot be done; becomes an `ExpressionFailed` that names the expression.

    `place` is (line from 1, byte in that line from 0), as `ast` counts, set by whoever knows it first.
    """

    def __init__(self, sentence: str, hint: str = "", place: tuple[int, int] | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.hint = hint
        self.place = place

    def at(self, place: tuple[int, int]) -> Trouble:
        """This trouble, placed unless a more inner place is already known."""
        if self.place is None:
            self.place = place
        return self


def capitalised(text: str) -> str:
    """The sentence with a capital letter, unless it begins with the name of a function."""
    return text[0].upper() + text[1:] if text.split(" ", 1)[0].isalpha() else text


def is_number(value: object) -> TypeGuard[Number]:
    return type(value) is int or type(value) is float


def kind(value: object) -> str:
    """What a process owner calls this kind of value."""
    if value is None:
        return "empty"
    if isinstance(value, bool):
        return "true/false"
    if isinstance(value, int | float):
        return "a number"
    if isinstance(value, str):
        return "a text"
    if isinstance(value, list):
        return "a list"
    return "a mapping" if isinstance(value, dict) else "not a JSON value"


def show(value: object, limit: int = 60) -> str:
    """The value as it is written in the language, cut at about `limit` characters."""
    if isinstance(value, str):
        return _cut(json.dumps(value[: limit + 1], ensure_ascii=False), limit + 2)
    if isinstance(value, list):
        return f"a list of {len(value)}"
    if isinstance(value, dict):
        return f"a mapping of {len(value)}"
    if value is None or isinstance(value, bool):
        return str(value)
    if isinstance(value, int):
        return str(value) if abs(value) <= MAX_INTEGER else "a very large number"
    return repr(value) if isinstance(value, float) else "something that is not a JSON value"


def described(value: object) -> str:
    """Kind and content, for sentences: ``the text "high"``, ``nothing (None)``."""
    if value is None:
        return "nothing (None)"
    if isinstance(value, list | dict):
        return show(value)
    return show(value) if isinstance(value, bool) else f"{kind(value).replace('a ', 'the ', 1)} {show(value)}"


def text_of(value: Json) -> str:
    """The value as people read it: texts as they are, nothing as the empty text, lists and mappings as JSON."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, list | dict):
        weigh(value)
        return bounded_text(json.dumps(value, ensure_ascii=False, allow_nan=False))
    return str(value).lower() if isinstance(value, bool) else repr(value)


def bounded_number(value: Number) -> Number:
    """`value`, unless it is too large to be kept exactly, infinite or not a number."""
    if isinstance(value, int):
        if abs(value) > MAX_INTEGER:
            raise Trouble(f"the number has more than {len(str(MAX_INTEGER)) - 1} digits")
    elif not math.isfinite(value):
        raise Trouble("the number is too large")
    return value


def bounded_text(value: str) -> str:
    if len(value) > MAX_TEXT:
        raise Trouble(f"the text would be longer than {MAX_TEXT:,} characters")
    return value


def writable_text(value: str) -> str:
    """`value`, unless it holds what no file or database can keep: NUL, or half of a surrogate pair."""
    if "\0" in value or not (value.isascii() or _is_unicode(value)):
        raise Trouble("the text holds characters that cannot be kept")
    return value


def _is_unicode(value: str) -> bool:
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def bounded_list(value: list[Json]) -> list[Json]:
    if len(value) > MAX_ITEMS:
        raise Trouble(f"the list would have more than {MAX_ITEMS:,} elements")
    return value


def weigh(*values: Json) -> None:
    """Refuse values that are too large to be walked through, or go round in circles.

    Needed because lists may share their elements: forty small steps can make a value that fills no memory and takes
    for ever to walk through. Pairs (tuples), which only scripts have, count as lists.
    """
    weight = 0
    level: list[Json] = list(values)
    for _ in range(MAX_NESTING):
        weight += len(level)
        deeper: list[Iterable[Json]] = []
        for value in level:
            if type(value) is str:
                weight += len(value) >> 4
            elif type(value) is list or type(value) is tuple:
                deeper.append(value)
                weight += len(value)
            elif type(value) is dict:
                deeper.append(value.values())
                weight += 2 * len(value)
        if weight > MAX_WEIGHT:
            raise Trouble("the value is too large to work with", hint="Work with a part of it.")
        if not deeper:
            return
        level = [value for group in deeper for value in group]
    raise Trouble(f"the value is nested more than {MAX_NESTING} levels deep")


def detached(value: Json) -> Json:
    """A copy that shares nothing with the original and is checked to be JSON within the limits."""
    if value is None or value is True or value is False:
        return value
    if isinstance(value, str):
        return writable_text(bounded_text(str(value)))
    if isinstance(value, int | float):
        return bounded_number(value)
    if isinstance(value, list | dict):
        weigh(value)
        return _copied(value)
    raise Trouble("the result is not a JSON value")


def _copied(value: Json) -> Json:
    if isinstance(value, list):
        return [_copied(item) for item in bounded_list(value)]
    if isinstance(value, dict):
        if len(value) > MAX_ITEMS:
            raise Trouble(f"the mapping has more than {MAX_ITEMS:,} entries")
        if not all(type(key) is str for key in value):
            raise Trouble("the keys of a mapping must be texts")
        return {key: _copied(item) for key, item in value.items()}
    return detached(value)


def same(left: Json, right: Json) -> bool:
    """Equality with types: 1, 1.0 and True are three different values (they are one to Python)."""
    if type(left) is not type(right):
        return False
    if isinstance(left, list):
        return len(left) == len(right) and all(map(same, left, right))
    if isinstance(left, dict):
        return left.keys() == right.keys() and all(same(item, right[key]) for key, item in left.items())
    return bool(left == right)


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"
