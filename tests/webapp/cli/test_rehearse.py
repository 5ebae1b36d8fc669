# SPDX-License-Identifier: Apache-2.0
"""`fitsm rehearse` lists what will come up, for people and for machines, and can be ended early."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from engine import Engine, Foresight
from engine.errors import Invalid
from engine.values import SYSTEM
from tests.builders import diagram
from tests.webapp.cli.conftest import Said
from webapp.cli.rehearse import last_moment

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
REVIEW = "start S | cycle: 0 9 1 * * -> T\nscript T | do: x = 1 -> E\nend E"


@pytest.fixture
def reviewed(filled: Engine) -> Engine:
    """A process that begins on the first of each month."""
    filled.publish(SYSTEM, diagram("R", REVIEW), "R.bpmn")
    return filled


def test_it_lists_what_comes_in_local_time(fitsm: Callable[..., Said], reviewed: Engine) -> None:
    """A line each: when, what, process, case, element."""
    said = fitsm("rehearse", "--until", "P1Y")
    assert said.status == 0, said.err
    lines = [line for line in said.out.splitlines() if "case begins" in line]
    assert len(lines) == 12
    assert all(line[8:16] == "01 09:00" for line in lines)
    assert "(new)" in lines[0]


def test_machines_get_json(fitsm: Callable[..., Said], reviewed: Engine) -> None:
    """With how far it came; of one process if asked."""
    told = fitsm("rehearse", "--until", "P2M", "--process", "R", "--json").json
    assert told["complete"] is True
    assert {one["process_id"] for one in told["coming"]} == {"R"}
    assert [one["what"] for one in told["coming"]] == ["started", "ended"] * (len(told["coming"]) // 2)
    assert fitsm("rehearse", "--until", "P2M", "--process", "nowhere").status == 1


def test_ended_early_it_prints_what_it_has(
    fitsm: Callable[..., Said], reviewed: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And says up to when."""
    real = Foresight.until

    def impatient(self: Foresight, *args: object, **options: object) -> Iterator[object]:
        stream = real(self, *args, **options)
        yield next(stream)
        raise KeyboardInterrupt  # as Ctrl-C does

    monkeypatch.setattr(Foresight, "until", impatient)
    said = fitsm("rehearse", "--until", "P1Y")
    assert said.status == 0
    assert said.out.count("case begins") == 1
    assert "Stopped at" in said.err


@pytest.mark.parametrize(
    ("text", "wanted"),
    [("2028-01-01", "2028-01-02T00:00:00+01:00"), ("P1Y", "2027-03-02T10:00:00+01:00"), ("2026-07-01T12:00:00", "2026-07-01T12:00:00+02:00")],
)  # fmt: skip
def test_the_last_moment_is_a_day_a_duration_or_a_moment(text: str, wanted: str) -> None:
    """A day means all of it."""
    assert last_moment(text, NOW, BERLIN).isoformat() == wanted


@pytest.mark.parametrize("text", ["2026-03-01", "2020-01-01T00:00:00Z", "2026-02-30", "2026/02/03", "tomorrow", "P"])
def test_what_is_no_moment_to_come_is_refused(text: str) -> None:
    """With what to write."""
    with pytest.raises(Invalid) as error:
        last_moment(text, NOW, BERLIN)
    assert error.value.hint
