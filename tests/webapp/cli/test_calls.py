# SPDX-License-Identifier: Apache-2.0
"""`fitsm calls`: list, retry, skip."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from engine import Engine
from engine.values import SYSTEM
from tests.webapp.cli.conftest import Said
from tests.webapp.services import give_up, retrying

Fitsm = Callable[..., Said]

pytestmark = pytest.mark.usefixtures("filled")


def test_failed_calls_are_listed(fitsm: Fitsm, engine: Engine) -> None:
    """With cause and what comes next, as a table or as JSON."""
    assert "No call has failed" in fitsm("calls").out
    failed, waiting = give_up(engine), retrying(engine)
    said = fitsm("calls", "list", "--json").json
    assert [(call["id"], call["state"]) for call in said] == [(failed, "failed"), (waiting, "pending")]
    assert "given up" in fitsm("calls").out
    assert fitsm("calls", "list", "--as", "dana").status == 1


def test_a_call_is_made_again_or_skipped(fitsm: Fitsm, engine: Engine) -> None:
    """Each with its sentence; what cannot be done says why."""
    first, second = give_up(engine), give_up(engine)
    assert fitsm("calls", "retry", first, "--as", "lea").status == 0
    assert "has not failed" in fitsm("calls", "retry", first).err
    refused = fitsm("calls", "skip", second, "--reason", "x", "--result", "{")
    assert (refused.status, "--result" in refused.err) == (1, True)
    said = fitsm("calls", "skip", second, "--reason", "By telephone", "--result", '{"n": 1}', "--json")
    assert said.json["state"] == "running"
    assert engine.case(SYSTEM, said.json["id"]).data["depot"] == {"n": 1}
    assert fitsm("calls", "skip", second, "--reason", "again").status == 1
