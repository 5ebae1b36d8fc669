# SPDX-License-Identifier: Apache-2.0
"""The operators of the language, with clear refusals. No syntax here: two values in, one value out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from engine.scripts.data import (
    MAX_ITEMS,
    MAX_TEXT,
    Trouble,
    bounded_list,
    bounded_number,
    bounded_text,
    described,
    is_number,
    weigh,
)
from engine.scripts.moments import moment_or_none
from engine.scripts.naming import closest
from engine.values import Json

Binary = Callable[[Json, Json], Json]


def add(left: Json, right: Json) -> Json:
    if is_number(left) and is_number(right):
        return bounded_number(left + right)
    if isinstance(left, str) and isinstance(right, str):
        if len(left) + len(right) > MAX_TEXT:
            bounded_text(left + right)
        return left + right
    if isinstance(left, list) and isinstance(right, list):
        weigh(left, right)
        return bounded_list(left + right)
    hint = ""
    if isinstance(left, str) or isinstance(right, str):
        hint = "Turn the other value into a text with text(…), or into a number with number(…)."
    raise _refused("+", left, right, hint)


def subtract(left: Json, right: Json) -> Json:
    if is_number(left) and is_number(right):
        return bounded_number(left - right)
    hint = "Use days_between or add_time for dates." if isinstance(left, str) else ""
    raise _refused("-", left, right, hint)


def multiply(left: Json, right: Json) -> Json:
    if is_number(left) and is_number(right):
        return bounded_number(left * right)
    if isinstance(left, str) and type(right) is int:
        return _repeated_text(left, right)
    if isinstance(right, str) and type(left) is int:
        return _repeated_text(right, left)
    if isinstance(left, list) and type(right) is int:
        return _repeated_list(left, right)
    if isinstance(right, list) and type(left) is int:
        return _repeated_list(right, left)
    raise _refused("*", left, right)


def divide(left: Json, right: Json) -> Json:
    return _numeric("/", left, right, lambda a, b: a / b)


def floor_divide(left: Json, right: Json) -> Json:
    return _numeric("//", left, right, lambda a, b: a // b)


def modulo(left: Json, right: Json) -> Json:
    return _numeric("%", left, right, lambda a, b: a % b)


def power(left: Json, right: Json) -> Json:
    """Small powers only: exponents up to 64, so that no intermediate number grows large."""
    if is_number(right) and not abs(right) <= 64:
        raise Trouble("the exponent of ** may be at most 64")
    if is_number(left) and left < 0 and isinstance(right, float) and not right.is_integer():
        raise Trouble("a negative number has no such power")
    return _numeric("**", left, right, lambda a, b: a**b)


def negative(value: Json) -> Json:
    if is_number(value):
        return bounded_number(-value)
    raise Trouble(f"'-' needs a number and saw {described(value)}")


def positive(value: Json) -> Json:
    if is_number(value):
        return value
    raise Trouble(f"'+' needs a number and saw {described(value)}")


def equal(left: Json, right: Json) -> bool:
    if isinstance(left, list | dict) and isinstance(right, list | dict):
        weigh(left, right)
    return bool(left == right)


def not_equal(left: Json, right: Json) -> bool:
    return not equal(left, right)


def contained(part: Json, whole: Json) -> bool:
    """`part in whole`: an element of a list, a part of a text or a key of a mapping."""
    if isinstance(whole, list):
        weigh(part, whole)
        return part in whole
    if isinstance(whole, str) and isinstance(part, str):
        return part in whole
    if isinstance(whole, dict) and isinstance(part, str):
        return part in whole
    hint = "Use coalesce(…, []) if it may be empty." if whole is None else ""
    raise Trouble(f"'in' cannot look for {described(part)} in {described(whole)}", hint)


def not_contained(part: Json, whole: Json) -> bool:
    return not contained(part, whole)


def ordered(symbol: str) -> Callable[[Json, Json], bool]:
    """One of < <= > >=. Two texts that both are date-times are compared as moments, whatever their offsets."""
    compare = _ORDER[symbol]

    def apply(left: Json, right: Json) -> bool:
        if is_number(left) and is_number(right):
            return compare(left, right)
        if isinstance(left, str) and isinstance(right, str):
            moments = _moments(left, right)
            return compare(*moments) if moments else compare(left, right)
        hint = "One of the two has no value yet." if left is None or right is None else ""
        if isinstance(left, str) != isinstance(right, str) and (is_number(left) or is_number(right)):
            hint = "A number in quotation marks is a text; number(…) makes it a number."
        raise Trouble(f"'{symbol}' cannot compare {described(left)} with {described(right)}", hint)

    return apply


def item(container: Json, key: Json) -> Json:
    """`container[key]`."""
    if isinstance(container, dict) and isinstance(key, str):
        if key in container:
            return container[key]
        near = closest(key, container)
        hint = f"Did you mean {near!r}?" if near else "get(mapping, key, default) allows a missing key."
        raise Trouble(f"there is no {described(key).removeprefix('the text ')} in the mapping", hint)
    if isinstance(container, list | str) and type(key) is int:
        if -len(container) <= key < len(container):
            return container[key]
        raise Trouble(f"there is no element {key}: it has {len(container)}", "The first element is number 0.")
    if container is None:
        raise Trouble(
            f"cannot take [{described(key).split(' ', 2)[-1]}] of nothing (None)", "get(mapping, key) allows it."
        )
    raise Trouble(f"cannot take the element {described(key)} of {described(container)}")


def part(container: Json, start: Json, stop: Json) -> Json:
    """`container[start:stop]` of a list or text."""
    if not isinstance(container, list | str):
        raise Trouble(f"cannot take a part of {described(container)}")
    for bound in (start, stop):
        if bound is not None and type(bound) is not int:
            raise Trouble(f"the limits of a part are whole numbers, not {described(bound)}")
    return container[start:stop]


def _numeric(symbol: str, left: Json, right: Json, apply: Callable[[float, float], float]) -> Json:
    if not (is_number(left) and is_number(right)):
        raise _refused(symbol, left, right)
    try:
        return bounded_number(apply(left, right))
    except ZeroDivisionError:
        raise Trouble(f"{described(left)} cannot be divided by zero", "Test for zero first.") from None
    except OverflowError:
        raise Trouble("the number is too large") from None


def _repeated_text(text: str, times: int) -> str:
    if len(text) * times > MAX_TEXT:
        raise Trouble(f"the text would be longer than {MAX_TEXT:,} characters")
    return text * times


def _repeated_list(items: list[Json], times: int) -> list[Json]:
    if len(items) * times > MAX_ITEMS:
        raise Trouble(f"the list would have more than {MAX_ITEMS:,} elements")
    result = items * times
    weigh(result)
    return result


def _moments(left: str, right: str) -> tuple[datetime, datetime] | None:
    first = moment_or_none(left)
    second = moment_or_none(right) if first else None
    return (first, second) if first and second else None


def _refused(symbol: str, left: Json, right: Json, hint: str = "") -> Trouble:
    if not hint and (left is None or right is None):
        hint = "One of the two has no value yet; coalesce(value, 0) gives it one."
    return Trouble(f"'{symbol}' cannot work on {described(left)} and {described(right)}", hint)


_ORDER: dict[str, Callable[[object, object], bool]] = {
    "<": lambda a, b: bool(a < b),  # type: ignore[operator]
    "<=": lambda a, b: bool(a <= b),  # type: ignore[operator]
    ">": lambda a, b: bool(a > b),  # type: ignore[operator]
    ">=": lambda a, b: bool(a >= b),  # type: ignore[operator]
}

BINARY: dict[str, Binary] = {
    "+": add,
    "-": subtract,
    "*": multiply,
    "/": divide,
    "//": floor_divide,
    "%": modulo,
    "**": power,
}
COMPARISONS: dict[str, Callable[[Json, Json], bool]] = {
    "==": equal,
    "!=": not_equal,
    "in": contained,
    "not in": not_contained,
    **{symbol: ordered(symbol) for symbol in _ORDER},
}
