# SPDX-License-Identifier: Apache-2.0
"""Log lines: one for each event, for people or as JSON, with the fault that caused it."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
import structlog

from webapp import log


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    """Logging belongs to the process: begin without what other requests left, and leave it as it was."""
    structlog.contextvars.clear_contextvars()
    yield
    structlog.reset_defaults()


def lines(capsys: pytest.CaptureFixture[str], *, as_json: bool) -> list[str]:
    log.configure(json=as_json, level="info")
    logger = structlog.get_logger("test")
    logger.info("request", actor=None, path="/a b\nc", status=200, ms=1.5)
    logger.debug("not shown")
    try:
        raise ValueError("no")
    except ValueError as fault:
        logger.error("failed", code="x", exc_info=fault)
    return capsys.readouterr().out.splitlines()


def test_a_line_for_people_begins_with_time_level_and_event(capsys: pytest.CaptureFixture[str]) -> None:
    """What would break the line is quoted; a fault follows with its traceback."""
    request, failed, *traceback = lines(capsys, as_json=False)
    assert request.split(" ", 1)[1] == "[info    ] request actor=None path='/a b\\nc' status=200 ms=1.5"
    assert request[:2] == "20"
    assert failed.endswith("[error   ] failed code=x")
    assert (traceback[0], traceback[-1]) == ("Traceback (most recent call last):", "ValueError: no")


def test_lines_as_json_are_one_object_each(capsys: pytest.CaptureFixture[str]) -> None:
    """A value that JSON does not know is shown as Python would."""
    request, failed = (json.loads(line) for line in lines(capsys, as_json=True))
    assert {**request, "timestamp": ""} == {
        "actor": None, "path": "/a b\nc", "status": 200, "ms": 1.5, "event": "request", "level": "info", "timestamp": ""
    }  # fmt: skip
    assert failed["exception"].endswith("ValueError: no")
    structlog.get_logger("test").info("odd", what={1}.__class__)
    assert json.loads(capsys.readouterr().out)["what"] == "<class 'set'>"
