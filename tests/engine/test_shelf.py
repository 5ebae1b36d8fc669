# SPDX-License-Identifier: Apache-2.0
"""The registers of a trial run."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from engine.shelf import Shelf

SCHEMA = {
    "x-label": "name",
    "x-states": ["new", "done"],
    "properties": {
        "name": {"type": "string", "title": "Its name"},
        "calendar": {"type": "string", "examples": ["default"]},
        "kind": {"type": "string", "oneOf": [{"const": "big"}, {"const": "small"}]},
        "level": {"type": "integer", "minimum": 3},
        "share": {"type": "number", "default": 0.5},
        "open": {"type": "boolean"},
        "parts": {"type": "array"},
        "on": {"type": "string", "format": "date"},
        "at": {"type": "string", "format": "date-time"},
        "every": {"type": "string", "format": "duration"},
        "part_of": {"type": "string", "x-register": "thing"},
        "owner": {"type": "string", "x-person": True},
    },
}
EXAMPLE = {
    "state": "new", "name": "Its name", "calendar": "default", "kind": "big", "level": 3, "share": 0.5, "open": False,
    "parts": [], "on": "2026-03-02", "at": "2026-03-02T09:00:00+00:00", "every": "P1D", "part_of": "thing-1", "owner": "eva",
    "id": "T-7", "number": "T-7", "label": "Its name",
}  # fmt: skip


@pytest.fixture
def shelf() -> Shelf:
    return Shelf({"thing": SCHEMA}, lambda: datetime(2026, 3, 2, 9, tzinfo=UTC), "eva")


def test_a_record_that_is_looked_up_is_there(shelf: Shelf) -> None:
    """With a value in every field that its schema has; of a register without a schema, with its id."""
    assert shelf.record("thing", "T-7") == EXAMPLE
    assert shelf.record("other", "O-1") == {"state": None, "id": "O-1", "number": "O-1", "label": "O-1"}


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ({"where": {"id": "T-7"}}, [EXAMPLE]),
        ({"where": {"id": ["T-7", ""]}, "limit": 5}, [EXAMPLE]),
        ({"where": {"id": ["T-7", "T-8"]}, "count": True}, 2),
        ({"where": {"kind": "big"}}, []),
        ({"count": True}, 0),
        ({"where": {"id": "T-7"}, "count_by": "kind"}, []),
    ],
)
def test_records_are_found_by_their_ids_only(shelf: Shelf, question: dict[str, Any], answer: Any) -> None:
    """What else is asked of a register is asked of an empty one."""
    assert shelf.records("thing", question) == answer


def test_nothing_can_be_measured(shelf: Shelf) -> None:
    """A measure answers as in a period in which nothing happened."""
    asked = {"measure": "late", "from": "2026-01-01", "to": "2026-01-31"}
    assert shelf.records("measure", asked) == {"title": "late", "unit": "", "count": 0, "value": None}
