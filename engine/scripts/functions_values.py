# SPDX-License-Identifier: Apache-2.0
"""Library functions on numbers, texts, lists and mappings. Pure; they see their arguments and nothing else."""

from __future__ import annotations

import json
import re
from decimal import ROUND_HALF_UP, Context, Decimal

from engine.scripts.data import (
    MAX_TEXT,
    Trouble,
    bounded_number,
    bounded_text,
    described,
    is_number,
    text_of,
    weigh,
)
from engine.scripts.functions import Shelf, a_list, a_number, a_text, all_alike
from engine.scripts.operators import contained, ordered
from engine.values import Json

VALUES = Shelf()
_NUMBER = re.compile(r"[+-]?\d{1,30}(?:\.\d{1,30})?", re.ASCII)
_WIDE = Context(prec=400)  # floats have up to 309 digits before the point
_before = ordered("<")


@VALUES.add(
    "len",
    "How many characters a text has, elements a list has or entries a mapping has.",
    ('len("abc")', 3),
    ("len([])", 0),
)
def _len(x: Json) -> Json:
    if isinstance(x, str | list | dict):
        return len(x)
    raise Trouble(f"len() needs a text, list or mapping and saw {described(x)}", "is_empty(x) works on any value.")


@VALUES.add(
    "min",
    "The smallest of several values, or of a list: numbers, texts, or date-times (compared as moments).",
    ("min(3, 1, 2)", 1),
    ("min([0.5, 2])", 0.5),
)
def _min(*values: Json) -> Json:
    return _extreme(values, "min()", smallest=True)


@VALUES.add(
    "max",
    "The largest of several values, or of a list: numbers, texts, or date-times (compared as moments).",
    ("max(3, 1, 2)", 3),
    ('max("2026-01-26T10:00:00+01:00", "2026-01-26T09:30:00Z")', "2026-01-26T09:30:00Z"),
)
def _max(*values: Json) -> Json:
    return _extreme(values, "max()", smallest=False)


@VALUES.add("sum", "The sum of a list of numbers; 0 for an empty list.", ("sum([1, 2, 3.5])", 6.5))
def _sum(items: Json) -> Json:
    total: float = 0
    for each in a_list(items, "sum()"):
        total = bounded_number(total + a_number(each, "sum()"))
    return total


@VALUES.add(
    "round",
    "The number rounded to so many decimal places, halves away from zero. Without places the result is a whole number.",
    ("round(2.5)", 3),
    ("round(-7.146, 2)", -7.15),
)
def _round(x: Json, places: Json = 0) -> Json:
    number = a_number(x, "round()")
    if type(places) is not int or not 0 <= places <= 15:
        raise Trouble(f"round() needs 0 to 15 places and saw {described(places)}")
    rounded = Decimal(repr(number)).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP, _WIDE)
    return bounded_number(float(rounded) if places else int(rounded))


@VALUES.add("abs", "The number without its sign.", ("abs(-4)", 4))
def _abs(x: Json) -> Json:
    return abs(a_number(x, "abs()"))


@VALUES.add("lower", "The text in small letters.", ('lower("VPN Gateway")', "vpn gateway"))
def _lower(text: Json) -> Json:
    return bounded_text(a_text(text, "lower()").lower())


@VALUES.add("upper", "The text in capital letters.", ('upper("vpn")', "VPN"))
def _upper(text: Json) -> Json:
    return bounded_text(a_text(text, "upper()").upper())


@VALUES.add("strip", "The text without blanks at its beginning and end.", ('strip("  a b ")', "a b"))
def _strip(text: Json) -> Json:
    return a_text(text, "strip()").strip()


@VALUES.add(
    "contains",
    "Whether a text contains a part, a list an element or a mapping a key. Capital and small letters differ.",
    ('contains("mail server", "mail")', True),
    ('contains(["P1", "P2"], "P3")', False),
)
def _contains(text: Json, part: Json) -> Json:
    return contained(part, text)


@VALUES.add("join", "One text from the elements of a list.", ('join(["a", 1, True], ", ")', "a, 1, true"))
def _join(items: Json, sep: Json) -> Json:
    between = a_text(sep, "join()")
    texts = [text_of(each) for each in a_list(items, "join()")]
    if sum(map(len, texts)) + len(between) * len(texts) > 2 * MAX_TEXT:
        raise Trouble(f"join() would make a text longer than {MAX_TEXT:,} characters")
    return bounded_text(between.join(texts))


@VALUES.add(
    "text",
    "The value as a text: nothing is the empty text, true/false are small, lists and mappings are written as JSON.",
    ("text(3.5)", "3.5"),
    ("text(None)", ""),
    ('text(["a", 1])', '["a", 1]'),
)
def _text(x: Json) -> Json:
    return text_of(x)


@VALUES.add(
    "number", "The number that a text names; numbers stay as they are.", ('number("3.50")', 3.5), ('number(" 7 ")', 7)
)
def _number(x: Json) -> Json:
    if is_number(x):
        return x
    text = x.strip() if isinstance(x, str) and len(x) < 80 else ""
    if not _NUMBER.fullmatch(text):
        raise Trouble(f"number() cannot make a number of {described(x)}", "Write it as in 12 or 12.5.")
    return bounded_number(float(text) if "." in text else int(text))


@VALUES.add("coalesce", "The first of the values that is not nothing; nothing if all are.", ("coalesce(None, 0, 5)", 0))
def _coalesce(*values: Json) -> Json:
    return next((value for value in values if value is not None), None)


@VALUES.add(
    "get",
    "The entry of a mapping or the element of a list; the default if there is none, or no mapping at all.",
    ('get({"impact": 2}, "impact")', 2),
    ('get(None, "impact", 0)', 0),
)
def _get(mapping: Json, key: Json, default: Json = None) -> Json:
    if mapping is None:
        return default
    if isinstance(mapping, dict):
        return mapping.get(a_text(key, "get()"), default)
    if isinstance(mapping, list) and type(key) is int:
        return mapping[key] if -len(mapping) <= key < len(mapping) else default
    raise Trouble(f"get() needs a mapping and a key and saw {described(mapping)} and {described(key)}")


@VALUES.add(
    "any_of",
    "Whether at least one element of the list is true.",
    ("any_of([False, 2 > 1])", True),
    ("any_of([])", False),
)
def _any_of(items: Json) -> Json:
    return any(a_list(items, "any_of()"))


@VALUES.add(
    "all_of", "Whether every element of the list is true.", ("all_of([True, 2 > 1])", True), ("all_of([])", True)
)
def _all_of(items: Json) -> Json:
    return all(a_list(items, "all_of()"))


@VALUES.add(
    "sorted_list",
    "The list in rising order, or falling. Numbers only or texts only; texts are compared letter by letter.",
    ("sorted_list([3, 1, 2])", [1, 2, 3]),
    ('sorted_list(["a", "b"], descending=True)', ["b", "a"]),
)
def _sorted_list(items: Json, descending: Json = False) -> Json:
    values = all_alike(a_list(items, "sorted_list()"), "sorted_list()")
    weigh(values)
    return sorted(values, reverse=bool(descending))


@VALUES.add(
    "unique",
    "The list without repetitions; the first of equal elements stays.",
    ('unique(["b", "a", "b"])', ["b", "a"]),
)
def _unique(items: Json) -> Json:
    values = a_list(items, "unique()")
    weigh(values)
    first: dict[str, Json] = {}
    for value in values:
        first.setdefault(json.dumps(value, sort_keys=True), value)
    return [*first.values()]


@VALUES.add(
    "is_empty",
    "Whether there is nothing: no value, a text of blanks, an empty list or mapping. 0 and False are something.",
    ('is_empty("  ")', True),
    ("is_empty(0)", False),
)
def _is_empty(x: Json) -> Json:
    return x is None or (isinstance(x, str) and not x.strip()) or (isinstance(x, list | dict) and not x)


def _extreme(values: tuple[Json, ...], where: str, *, smallest: bool) -> Json:
    candidates = a_list(values[0], where) if len(values) == 1 and isinstance(values[0], list) else [*values]
    if not candidates:
        raise Trouble(f"{where} has nothing to choose from", "Test with is_empty(…) first.")
    best = candidates[0]
    for each in candidates:
        if _before(each, best) if smallest else _before(best, each):
            best = each
    return best


@VALUES.add(
    "column",
    "One entry of every mapping in the list; nothing where a mapping has no such entry.",
    ('column([{"id": "INC-1", "impact": 2}, {"id": "INC-2"}], "impact")', [2, None]),
    ('column([], "id")', []),
)
def _column(items: Json, key: Json) -> Json:
    wanted = a_text(key, "column()")
    return [_get(each, wanted) for each in a_list(items, "column()")]


@VALUES.add(
    "table",
    "A list of mappings as a table for instructions: the named entries as columns, or all of the first mapping.",
    ('table([], "id")', ""),
    ('len(table([{"id": "INC-1", "title": "Mail is down"}], "id", "title"))', 49),
)
def _table(items: Json, *keys: Json) -> Json:
    rows = a_list(items, "table()")
    if not rows:
        return ""
    columns = [a_text(key, "table()") for key in keys] or list(rows[0] if isinstance(rows[0], dict) else ())
    heads = [name.replace("_", " ").capitalize() for name in columns]
    lines = [heads, *([_cell(_get(row, name)) for name in columns] for row in rows)]
    drawn = [f"| {' | '.join(cells)} |" for cells in lines]
    return bounded_text("\n".join([drawn[0], "|" + "---|" * len(columns), *drawn[1:]]))


def _cell(value: Json) -> str:
    """A value within a table: on one line, and a bar is no border."""
    return " ".join(text_of(value).split()).replace("|", "\\|")
