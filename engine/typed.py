# SPDX-License-Identifier: Apache-2.0
"""What a person typed, held to what JSON Schema cannot say: text that is only blanks, lengths of time, days that are over.

* Text with ``minLength`` is more than blanks.
* A duration is longer than nothing and at most `LONGEST`; ``x-least`` and ``x-most`` narrow that down.
* ``x-not-before`` of a date or date-time is ``today`` or the name of a field beside it; or a list of these.

Only for what is typed: a record that was written before, or by a step, is not held to it (a review that is late has a day
that is over). The page checks the same (`webapp/frontend/src/lib/form/typed.js`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import MAXYEAR, MINYEAR, UTC, date, datetime
from typing import Any

from engine.errors import Invalid, TimeInvalid
from engine.forms import DATA, fields
from engine.iso8601 import LONGEST, Duration, check_length, parse_datetime, parse_duration
from engine.scripts.naming import suggestion
from engine.values import FieldError, Json

TODAY = "today"
#: White space of Unicode, and what takes no room at all.
_BLANKS = re.compile(r"[\s\u00ad\u180e\u200b-\u200d\u2060\ufeff]*")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT.*(Z|[+-]\d\d:\d\d)")
#: Keyword -> the type of what it limits: of another type JSON Schema lets everything pass.
_LIMITS = {
    "minLength": "string", "maxLength": "string", "pattern": "string", "minItems": "array", "maxItems": "array",
    "uniqueItems": "array", "minimum": "number", "maximum": "number", "exclusiveMinimum": "number", "exclusiveMaximum": "number",
}  # fmt: skip
#: Keyword -> the formats of what it limits.
_FORMATS = {"x-least": ("duration",), "x-most": ("duration",), "x-not-before": ("date", "date-time")}


def check(schema: Json, file: str, *, whole: bool = True) -> None:
    """Raises Invalid when a form or register says something of what is typed that cannot be kept to.

    ``whole``: its references are followed. As long as they are not, it is known which field names another itself; one that
    was taken from a register may name a field that is not asked for.
    """
    _check(schema, file, "", {}, whole)


def _check(node: Json, file: str, name: str, beside: Mapping[str, Json], whole: bool) -> None:
    if isinstance(node, list):
        for part in node:
            _check(part, file, name, beside, whole)
    if not isinstance(node, Mapping):
        return
    where = f"{file}: the field '{name}'" if name else file
    if whole:
        _check_limits(node, where)
    else:
        _check_names(node, where, beside)
    own = fields(node)
    for keyword, part in node.items():
        if keyword == "properties" and isinstance(part, Mapping):
            for field, described in part.items():
                _check(described, file, field, {**beside, **own}, whole)
        elif keyword in ("allOf", "if", "then", "else"):
            _check(part, file, name, {**beside, **own}, whole)
        elif keyword not in DATA:
            _check(part, file, name, {}, whole)


def _check_limits(node: Mapping[str, Any], where: str) -> None:
    for keyword in ("x-least", "x-most"):
        if keyword in node and not _duration(node[keyword]):
            raise Invalid(f"{where}: {keyword} is {node[keyword]!r}, which is no duration.", hint="Write it as in P1D.")
    kind = "number" if node.get("type") == "integer" else node.get("type")
    for keyword in node.keys() & _LIMITS.keys() if isinstance(kind, str) else ():
        if kind != _LIMITS[keyword]:
            told = f"{where}: {keyword} limits what is of type {_LIMITS[keyword]}, but it is of type {node['type']}."
            raise Invalid(told, hint="Take the keyword of that type: minLength of a text, minItems of a list.")
    for keyword in node.keys() & _FORMATS.keys():
        if node.get("format") not in _FORMATS[keyword]:
            wanted = " or ".join(_FORMATS[keyword])
            told = f"{where}: {keyword} is said of what has not the format {wanted}."
            raise Invalid(told, hint="Give the format, or leave it out.")


def _check_names(node: Mapping[str, Any], where: str, beside: Mapping[str, Json]) -> None:
    limits = node.get("x-not-before", [])
    named = [limits] if isinstance(limits, str) else limits
    hint = "Write today, the name of a field beside it, or a list of these."
    if not isinstance(named, list) or not all(isinstance(one, str) for one in named):
        raise Invalid(f"{where}: x-not-before is {limits!r}.", hint=hint)
    for one in named:
        if one != TODAY and one not in beside:
            told = f"{where}: x-not-before names '{one}', but there is no such field beside it."
            raise Invalid(told, hint=suggestion(one, [TODAY, *beside], hint))


def faults(
    described: Mapping[str, Mapping[str, Json]],
    data: Mapping[str, Json],
    today: datetime,
    path: tuple[str | int, ...] = (),
) -> Iterator[FieldError]:
    """One for each field in which something is wrong. ``today``: when it began, where the organisation is."""
    for name, value in data.items():
        if name in described:
            yield from _of(described[name], value, data, described, today, (*path, name))


def _of(
    field: Mapping[str, Any],
    value: Json,
    beside: Mapping[str, Json],
    described: Mapping[str, Mapping[str, Json]],
    today: datetime,
    path: tuple[str | int, ...],
) -> Iterator[FieldError]:
    if isinstance(value, dict):
        yield from faults(fields(field), value, today, path)
    elif isinstance(value, list):
        inner: Mapping[str, Any] = field.get("items") or {}
        for number, item in enumerate(value):
            yield from _of(inner, item, {}, {}, today, (*path, number))
    elif isinstance(value, str):
        sentence = _blank(field, value) or _length(field, value) or _outside(field, value)
        sentence = sentence or _before(field, value, beside, described, today)
        if sentence:
            yield FieldError(path, sentence, "typed")


def _blank(field: Mapping[str, Any], value: str) -> str:
    blank = field.get("minLength", 0) > 0 and value and _BLANKS.fullmatch(value)
    return "This must not be empty: there are only blanks in it." if blank else ""


def _length(field: Mapping[str, Any], value: str) -> str:
    if field.get("format") != "duration" or _duration(value) is None:
        return ""
    try:
        check_length(value, _duration(field.get("x-least", "")), _duration(field.get("x-most", "")) or LONGEST)
    except TimeInvalid as error:
        return error.sentence if _duration(value) else f"{error.sentence} {error.hint}"
    return ""


def _outside(field: Mapping[str, Any], value: str) -> str:
    """The first and the last moments there are cannot be shown in every zone, nor counted from."""
    if field.get("format") != "date-time" or not _MOMENT.fullmatch(value):
        return ""
    try:
        outside = parse_datetime(value, UTC).year in (MINYEAR, MAXYEAR)
    except TimeInvalid:
        outside = True
    return f"{value[:10]} lies outside the calendar. Choose a day that somebody will see." if outside else ""


def _before(
    field: Mapping[str, Any],
    value: str,
    beside: Mapping[str, Json],
    described: Mapping[str, Mapping[str, Json]],
    today: datetime,
) -> str:
    limits = field.get("x-not-before") or ()
    for limit in [limits] if isinstance(limits, str) else limits:
        other = today.isoformat() if limit == TODAY else beside.get(limit)
        if isinstance(other, str) and _is_before(value, other):
            if limit == TODAY:
                return f"{value[:10]} is over. Choose today or a later day."
            title = described.get(limit, {}).get("title") or limit
            return f"This is before “{title}” ({other[:10]}). Choose the same day or a later one."
    return ""


def _is_before(value: str, other: str) -> bool:
    """Of two days, or a day and a moment, the days are compared as they are written; of two moments the moments."""
    if not all(_DAY.fullmatch(text) or _MOMENT.fullmatch(text) for text in (value, other)):
        return False
    try:
        if _DAY.fullmatch(value) or _DAY.fullmatch(other):
            return date.fromisoformat(value[:10]) < date.fromisoformat(other[:10])
        return parse_datetime(value, UTC) < parse_datetime(other, UTC)
    except (ValueError, TimeInvalid):
        return False


def _duration(text: Any) -> Duration | None:
    """None: it is not written as it should be, which the schema says already."""
    try:
        return parse_duration(text) if isinstance(text, str) and text else None
    except TimeInvalid:
        return None
