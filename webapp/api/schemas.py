# SPDX-License-Identifier: Apache-2.0
"""JSON Schema of the engine's values, read from their annotations so that it cannot go stale."""

from __future__ import annotations

import dataclasses
import types
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from engine import Migration, Plan, Rehearsal, values

#: What routes answer with; the values inside them follow.
ANSWERS = (
    values.Person,
    values.Definition,
    values.Case,
    values.CaseView,
    values.Call,
    values.Task,
    values.TaskForm,
    values.Event,
    values.Step,
    values.Verdict,
    values.Register,
    values.Record,
    values.File,
    values.Link,
    values.Message,
    values.Finding,
    values.Explanation,
    Plan,
    Rehearsal,
    Migration,
)

_PLAIN: dict[Any, dict[str, Any]] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    bool: {"type": "boolean"},
    float: {"type": "number"},
    date: {"type": "string", "format": "date"},
    datetime: {"type": "string", "format": "date-time"},
    type(None): {"type": "null"},
    Any: {},
}


def schemas() -> dict[str, dict[str, Any]]:
    """Name -> schema of every value that the API gives, and of every value inside one."""
    found: dict[str, dict[str, Any]] = {}
    waiting = list(ANSWERS)
    while waiting:
        kind = waiting.pop()
        if kind.__name__ not in found:
            found[kind.__name__] = _of_class(kind)
            waiting += [one for hint in _hints(kind).values() for one in _values_in(hint)]
    return dict(sorted(found.items()))


def _hints(kind: Any) -> dict[str, Any]:
    return get_type_hints(kind)


def _values_in(hint: Any) -> list[Any]:
    """The engine's values that an annotation names."""
    if dataclasses.is_dataclass(hint):
        return [hint]
    return [one for argument in get_args(hint) for one in _values_in(argument)]


def _of_class(kind: Any) -> dict[str, Any]:
    hints = _hints(kind)
    names = [field.name for field in dataclasses.fields(kind)]
    about = " ".join((kind.__doc__ or "").split())
    schema: dict[str, Any] = {
        "type": "object",
        "properties": {name: _of_type(hints[name]) for name in names},
        "required": names,
    }
    # dataclass() writes a signature where nobody wrote a docstring
    return schema if about.startswith(f"{kind.__name__}(") else {"description": about, **schema}


def _of_type(kind: Any) -> dict[str, Any]:
    if kind in _PLAIN:
        return _PLAIN[kind]
    if dataclasses.is_dataclass(kind):
        return {"$ref": f"#/components/schemas/{kind.__name__}"}  # type: ignore[union-attr]
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is Literal:
        return {"enum": list(arguments)}
    if origin in (Union, types.UnionType):
        return {"anyOf": [_of_type(one) for one in arguments]}
    if origin in (tuple, frozenset):
        return {"type": "array", "items": _of_type(arguments[0])}
    if origin is Mapping:
        return {"type": "object", "additionalProperties": _of_type(arguments[1])}
    raise TypeError(f"No schema for {kind}")
