# SPDX-License-Identifier: Apache-2.0
"""What exists beside the diagram, so that references to it can be checked."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Known:
    """The names that a diagram may refer to. What is left out does not exist."""

    forms: Collection[str] = frozenset()  #: JSON Schema files below forms/, `PR9-ISRM/classify.json`
    ui_forms: Collection[str] = frozenset()  #: UI schema files below forms/
    form_fields: Mapping[str, Collection[str]] = field(default_factory=dict)  #: form -> its field names, if known
    decisions: Mapping[str, Collection[str]] = field(default_factory=dict)  #: decision id -> its output names
    registers: Mapping[str, Collection[str]] = field(default_factory=dict)  #: register -> its field names
    roles: Collection[str] = frozenset()  #: role ids
    #: operator of a service task -> its parameters, and whether each is required; None for one that takes any
    operators: Mapping[str, Mapping[str, bool] | None] = field(default_factory=dict)
    calendars: Collection[str] | None = None  #: names below processes/calendars/; None: not looked at
    processes: Collection[str] = frozenset()  #: process ids that a call activity may name (the diagram's own included)


def field_names(schema: Mapping[str, Any]) -> frozenset[str]:
    """The fields of a form's JSON Schema, those included that appear only under a condition (`if`/`then`/`else`)."""
    names = set(schema.get("properties", {}))
    for each in (*schema.get("allOf", ()), schema.get("then"), schema.get("else")):
        if isinstance(each, Mapping):
            names |= field_names(each)
    return frozenset(names)
