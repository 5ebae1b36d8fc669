# SPDX-License-Identifier: Apache-2.0
"""What goes into a case can be read back as it was; everything else is refused at the door."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import SYSTEM, plain
from engine.errors import Invalid
from tests.engine.workshop import Workshop

BIG = 2**53
TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"))
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-BIG + 1, BIG - 1) | st.floats(allow_nan=False, allow_infinity=False)
    | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=20,
)  # fmt: skip
DEEP: object = 1
for _ in range(150):
    DEEP = [DEEP]
BAD = [BIG, -BIG, 10**40, float("nan"), float("inf"), "half \ud800", {"half \udfff": 1}, "nul \0", {"nul \0": 1}, {1: 2}, {None: 1}, (1, 2),
       {1, 2}, b"bytes", datetime(2026, 1, 1, tzinfo=UTC), Decimal(1), ..., DEEP]  # fmt: skip


@given(value=PLAIN)
def test_plain_values_pass_and_come_back_the_same(value: object) -> None:
    """Whatever passes is kept exactly."""
    plain.check(value)
    assert orjson.loads(orjson.dumps(value)) == value


@pytest.mark.parametrize("value", BAD, ids=lambda v: repr(v)[:30])
def test_everything_else_is_refused_with_its_place(value: object) -> None:
    """At any depth."""
    plain.check({"a": [1, {"b": "ok"}]})
    with pytest.raises(Invalid, match=r"a\.1\.b"):
        plain.check({"a": [1, {"b": value}]})


@pytest.mark.parametrize("value", BAD[:10], ids=lambda v: repr(v)[:30])
def test_no_command_takes_it(workshop: Workshop, value: object) -> None:
    """Starting, completing, drafting, correcting, messages and records: nothing is changed."""
    workshop.publish("P", "start S -> A\nuser A -> E\nend E")
    engine, wanda, case = workshop.engine, workshop.actor("wanda"), workshop.start()
    task, before = workshop.task(case).id, workshop.kinds(case)
    commands = [
        lambda: engine.start(wanda, "P", {"x": value}),
        lambda: engine.complete(wanda, task, {"x": value}),
        lambda: engine.save_draft(wanda, task, {"x": value}),
        lambda: engine.correct(SYSTEM, case.id, {"x": value}, "why"),
        lambda: engine.correlate(SYSTEM, "m", "1", {"x": value}),
        lambda: engine.write_record(SYSTEM, "thing", {"title": "x", "note": value}),
    ]
    for command in commands:
        with pytest.raises(Invalid):
            command()
    assert workshop.kinds(case) == before
    assert engine.cases(SYSTEM).total == 1


def test_a_key_that_is_too_long_is_refused(workshop: Workshop) -> None:
    """Rather than cut by a database."""
    workshop.publish("P", "start S -> A\nuser A -> E\nend E")
    with pytest.raises(Invalid):
        workshop.engine.start(workshop.actor("wanda"), "P", key="k" * 121)
