# SPDX-License-Identifier: Apache-2.0
"""Service calls over the API: find those in trouble, call again, skip."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from engine import Engine
from engine.values import SYSTEM
from tests.webapp.api.conftest import Caller
from tests.webapp.services import give_up, retrying


@pytest.fixture
def lea_calls(calls_as: Callable[[str], Caller]) -> Caller:
    """The lead, who may correct cases."""
    return calls_as("lea")


def test_calls_in_trouble_are_listed(engine: Engine, lea_calls: Caller, dana_calls: Caller) -> None:
    """Those given up, on demand alone; only for those who may see them."""
    failed, waiting = give_up(engine), retrying(engine)
    listed = lea_calls.get("/calls").json["items"]
    assert [call["id"] for call in listed] == [failed, waiting]
    assert listed[0]["key"].endswith(".Call_Depot")
    assert [call["id"] for call in lea_calls.get("/calls?state=failed").json["items"]] == [failed]
    assert lea_calls.get("/calls?state=none").status_code == 400
    assert dana_calls.get("/calls").status_code == 403


def test_a_call_is_made_again_once_per_key(engine: Engine, lea_calls: Caller) -> None:
    """The same request gives the same answer; without the key it is refused, for the call is on its way."""
    call_id = give_up(engine)
    first = lea_calls.post(f"/calls/{call_id}/retry", key="again-1")
    assert (first.status_code, first.json["id"]) == (200, call_id.partition(".")[0])
    [call] = engine.case(SYSTEM, first.json["id"]).calls
    assert (call.state, call.attempts) == ("pending", 0)
    assert lea_calls.post(f"/calls/{call_id}/retry", key="again-1").json == first.json
    assert lea_calls.post(f"/calls/{call_id}/retry").status_code == 409
    engine.cancel(SYSTEM, first.json["id"], "no longer needed")
    assert lea_calls.post(f"/calls/{call_id}/retry", key="again-1").status_code == 200


def test_a_call_is_skipped_with_a_reason_and_an_answer(engine: Engine, lea_calls: Caller, dana_calls: Caller) -> None:
    """The case goes on; without a reason, or the right, nothing happens."""
    call_id = give_up(engine)
    assert lea_calls.post(f"/calls/{call_id}/skip", {}).status_code == 400
    assert lea_calls.post(f"/calls/{call_id}/skip", {"reason": " "}).status_code == 422
    assert dana_calls.post(f"/calls/{call_id}/skip", {"reason": "x"}).status_code == 403
    answer = lea_calls.post(f"/calls/{call_id}/skip", {"reason": "By telephone", "result": [1]}, key="s1")
    assert (answer.status_code, answer.json["state"]) == (200, "running")
    assert engine.case(SYSTEM, answer.json["id"]).data["depot"] == [1]
    assert (
        lea_calls.post(f"/calls/{call_id}/skip", {"reason": "By telephone", "result": [1]}, key="s1").json
        == answer.json
    )
    assert lea_calls.post("/calls/none.1.x/retry").status_code == 404
