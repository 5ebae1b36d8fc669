# SPDX-License-Identifier: Apache-2.0
"""What a person can enter into a form, right and wrong: fields that are shown, each with a value that its widget can give."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from hypothesis import strategies as st

from engine import forms

Schema = Mapping[str, Any]
TEXT = st.text(st.sampled_from("aä€𝄞z 0-_\n"), max_size=6)
WRONG_DAYS = st.sampled_from(["2026-02-30", "2026-13-01", "30.11.2026", "2026-1-2", "tomorrow", "2026-01-01T10:00:00Z"])
WRONG_MOMENTS = st.sampled_from(
    ["2026-01-01", "2026-01-01T25:00:00Z", "2026-01-01T10:00:00", "10:00", "2026-02-30T10:00:00Z"]
)
WRONG_DURATIONS = st.sampled_from(["P", "PT", "4 hours", "PT4h", "4H", "P1", "P0D", "PT0S", "P0Y0M", "P1000Y", "PT1M"])
#: Of whom the forms are asked.
TODAY = datetime(2026, 11, 30, tzinfo=UTC)


@st.composite
def entries(draw: st.DrawFn, schema: Schema, wrong: bool) -> dict[str, Any]:
    """A filled-in form. Without ``wrong`` every value is right and no needed field is left out; with it, any may be.

    Conditional parts follow what was chosen, as the page shows them.
    """
    shown: dict[str, Schema] = {}
    data: dict[str, Any] = {}
    while fresh := {n: f for n, f in _fields(schema, data).items() if n not in shown}:
        for name, field in fresh.items():
            shown[name] = field
            needed = name in _required(schema, data)
            if draw(st.booleans()) if not needed else not wrong or draw(st.integers(0, 9)) > 0:
                data[name] = draw(values(field, wrong))
    while gone := set(data) - set(_fields(schema, data)):
        data = {name: value for name, value in data.items() if name not in gone}
    for name in _required(schema, data) - set(data) if not wrong else ():
        data[name] = draw(values(_fields(schema, data)[name], wrong=False))
    return data if wrong else _in_order(schema, data)


def _in_order(schema: Schema, data: dict[str, Any]) -> dict[str, Any]:
    """What must not be before something else is on the same day."""
    for name, field in _fields(schema, data).items():
        limits = field.get("x-not-before", [])
        for limit in [limits] if isinstance(limits, str) else limits:
            if name in data and limit in data and data[name] < data[limit]:
                data[name] = data[limit]
    return data


def _parts(schema: Schema, data: Mapping[str, Any]) -> list[Schema]:
    """The schema and those conditional parts of it that hold for what was entered."""
    found: list[Schema] = [schema]
    for part in (*schema.get("allOf", ()), schema):
        if "if" in part:
            chosen = part.get("then" if _holds(part["if"], data) else "else")
            found += _parts(chosen, data) if chosen else []
        elif part is not schema:
            found += _parts(part, data)
    return found


def _holds(condition: Schema, data: Mapping[str, Any]) -> bool:
    return not forms.errors(condition, dict(data))


def _fields(schema: Schema, data: Mapping[str, Any]) -> dict[str, Schema]:
    found: dict[str, Schema] = {}
    for part in _parts(schema, data):
        for name, field in part.get("properties", {}).items():
            found[name] = {**field, **found.get(name, {})}
    return found


def _required(schema: Schema, data: Mapping[str, Any]) -> set[str]:
    return {name for part in _parts(schema, data) for name in part.get("required", ())}


def values(field: Schema, wrong: bool) -> st.SearchStrategy[Any]:
    """What may stand in a field; with ``wrong``, also what may not."""
    right = _right(field)
    return st.one_of(right, _wrong(field)) if wrong else right


def _right(field: Schema) -> st.SearchStrategy[Any]:
    if field.get("x-file"):
        return st.just({"name": "plan.pdf", "size": 7, "sha256": "a" * 64})
    choices = _choices(field)
    if choices is not None:
        return st.sampled_from(choices)
    match field.get("type"):
        case "boolean":
            return st.booleans()
        case "integer" | "number":
            return _numbers(field)
        case "array":
            item = _right(field["items"])
            least, most = field.get("minItems", 0), min(field.get("maxItems", 4), 4)
            key = repr if field.get("uniqueItems") else None
            return st.lists(item, min_size=least, max_size=max(most, least), unique_by=key)
        case "object":
            return entries(field, wrong=False)
    return _texts(field)


def _choices(field: Schema) -> list[Any] | None:
    if "const" in field:
        return [field["const"]]
    if "enum" in field:
        return list(field["enum"])
    options = [option["const"] for option in field.get("oneOf", ()) if "const" in option]
    return options or None


def _numbers(field: Schema) -> st.SearchStrategy[Any]:
    low = field.get("minimum", field.get("exclusiveMinimum", -1_000_000) + ("exclusiveMinimum" in field))
    high = field.get("maximum", field.get("exclusiveMaximum", low + 2_000_000) - ("exclusiveMaximum" in field))
    if field["type"] == "integer":
        return st.integers(int(low), int(high))
    return st.decimals(low, high, places=2, allow_nan=False).map(float)


def _texts(field: Schema) -> st.SearchStrategy[str]:
    match field.get("format"):
        case "date":
            first = TODAY.date() if "today" in field.get("x-not-before", ()) else date(1990, 1, 1)
            return st.dates(first, date(2090, 1, 1)).map(date.isoformat)
        case "date-time":
            earliest = int(TODAY.timestamp()) if "today" in field.get("x-not-before", ()) else 0
            return st.integers(earliest, 4_000_000_000).map(lambda s: datetime.fromtimestamp(s, UTC).isoformat())
        case "duration":
            short = [] if "x-least" in field else ["PT30M", "PT4H"]
            return st.sampled_from([*short, "P2D", "P1M", "P1Y", "P1DT2H", "P2W"])
    assert not {"format", "pattern"} & set(field), f"say here what is right for {field}"
    least, most = field.get("minLength", 0), field.get("maxLength", 100_000)
    return st.one_of(TEXT, st.sampled_from(["𝄞" * least, "x" * min(most, 5_000)])).map(
        lambda text: (text if not least or text.strip() else "x" + text)[:most].ljust(least, "x")
    )


def _wrong(field: Schema) -> st.SearchStrategy[Any]:
    if field.get("x-file"):
        return st.just({"name": "", "size": 0, "sha256": "a"})
    if _choices(field) is not None:
        return st.sampled_from(["none of these", "", 7])
    match field.get("type"):
        case "boolean":
            return st.sampled_from(["yes", 1])
        case "integer" | "number":
            ends = [field[k] + step for k, step in (("minimum", -1), ("maximum", 1)) if k in field]
            return st.sampled_from([*ends, "many", 1.5, 10**9])
        case "array":
            item = _right(field["items"])
            twice = item.map(lambda one: [one, one])
            return st.one_of(twice, st.lists(_wrong(field["items"]), min_size=1, max_size=2), st.just([]))
        case "object":
            return entries(field, wrong=True)
    match field.get("format"):
        case "date":
            return st.one_of(WRONG_DAYS, st.just("2020-02-29"))
        case "date-time":
            return WRONG_MOMENTS
        case "duration":
            return WRONG_DURATIONS
    longest = (
        [end * (field["maxLength"] + more) for end in ("x", "𝄞") for more in (0, 1)] if "maxLength" in field else []
    )
    return st.sampled_from(["", " ", "\n\t ", "\u2003", "\u200b\ufeff", "\x85\x1c", *longest])
