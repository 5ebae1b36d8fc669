# SPDX-License-Identifier: Apache-2.0
"""A named value with what a JSON Schema property says about it: its title, the words of a choice, what it refers to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Field:
    """``register`` is named when the value refers to records of it; ``person`` when it names somebody. ``format``: date,
    duration or another that its property tells, where the value is one text."""

    name: str
    title: str
    value: Any
    register: str | None = None
    person: bool = False
    format: str = ""


def described(name: str, value: Any, properties: Mapping[str, Any] | None = None) -> Field:
    """The value as the property of its name describes it, if there is one."""
    return field(name, value, (properties or {}).get(name, {}))


def field(name: str, value: Any, prop: Mapping[str, Any]) -> Field:
    """The value as its property describes it; an undescribed one under its name in words."""
    items = prop.get("items")
    inner = items if isinstance(items, Mapping) else {}
    refers = prop.get("x-register") or inner.get("x-register")
    shown = [_chosen(each, inner) for each in value] if isinstance(value, list | tuple) else _chosen(value, prop)
    told = str(prop.get("format") or "") if shown is value and isinstance(value, str) else ""
    return Field(name, str(prop.get("title") or words(name)), shown, refers, bool(prop.get("x-person")), told)


def _chosen(value: Any, prop: Mapping[str, Any]) -> Any:
    """The title of the choice that a value stands for, e.g. ``Low – one person`` for ``low``."""
    if not isinstance(value, str):
        return value
    choices = prop.get("oneOf") or prop.get("anyOf") or ()
    return next((c["title"] for c in choices if c.get("const") == value and c.get("title")), value)


def words(name: str) -> str:
    """``affected_services`` as ``Affected services``."""
    text = name.replace("_", " ").strip()
    return text[:1].upper() + text[1:]
