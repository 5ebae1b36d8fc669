# SPDX-License-Identifier: Apache-2.0
"""Values as JSON: one shape for the API and for `--json`."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from types import MappingProxyType

import pytest

from engine.values import Page, Person, Position
from webapp.wire import dumps, plain


def test_values_become_objects_with_their_field_names() -> None:
    """A value in a page in a list: fields by name, sets as sorted lists, mappings as objects."""
    person = Person("dana", "Dana", roles=frozenset({"user", "desk"}))
    assert plain([Page((person,), total=1)]) == [
        {
            "items": [
                {
                    "id": "dana",
                    "name": "Dana",
                    "email": "",
                    "roles": ["desk", "user"],
                    "active": True,
                    "deputy_id": None,
                }
            ],
            "total": 1,
            "offset": 0,
            "limit": 100,
            "exact": True,
        }
    ]
    assert plain(Position(counts=MappingProxyType({"Task_A": 2})))["counts"] == {"Task_A": 2}


def test_moments_are_iso_8601() -> None:
    """UTC, in which the engine keeps every moment, is written as Z; another offset is kept."""
    assert dumps(datetime(2026, 11, 25, 9, 30, tzinfo=UTC)) == b'"2026-11-25T09:30:00Z"'
    berlin = timezone(timedelta(hours=1))
    assert dumps(datetime(2026, 11, 25, 9, 30, tzinfo=berlin)) == b'"2026-11-25T09:30:00+01:00"'


def test_what_has_no_json_form_is_refused() -> None:
    """Nothing is quietly turned into text."""
    with pytest.raises(TypeError):
        dumps(object())
