# SPDX-License-Identifier: Apache-2.0
"""What the set-ups of processes have in common when they are driven."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from tests.processes.drive import Scenario

APPROVED = {"result": "approved", "comment": None, "version": 1}
REJECTED = {"result": "rejected", "comment": "Not for us.", "version": 0}
NOT_YET = {"approval": "no", "approval_comment": "Say who stands in."}
MENDED = {"what_was_changed": "The deputy is named."}
READY = {"approval": "yes", "manager": "eva", "goals": "It works.", "next_review_on": "2027-03-02"}


def planned(code: str) -> tuple[str, dict[str, Any]]:
    """Its record in the plan of set-ups; it begins on the first day."""
    return "setup", {"title": f"Set up {code}", "code": code, "state": "planned", "start_on": "2026-03-02"}


def in_operation(code: str) -> tuple[str, dict[str, Any]]:
    """The record of a process that is set up: its cycles go round."""
    return "process_record", {"title": code, "code": code, "state": "active", "owner": "max", "manager": "eva"}


def set_up(
    process: str,
    *,
    documents: int,
    answers: Mapping[str, Any],
    given: Sequence[tuple[str, Any]] = (),
    records: Mapping[tuple[str, str], Any],
) -> Scenario:
    """A set-up that the process owner sends back once; the last of its documents is rejected."""
    code, short = process.split("_")[:2]
    return Scenario(
        process,
        ("End_Done",),
        start="Start_By_Time",
        given=(planned(code), *given),
        answers={**answers, "Task_Approve": [NOT_YET, READY], "Task_Mend": MENDED},
        messages={"Event_Published": [APPROVED] * (documents - 1) + [REJECTED]},
        records={
            ("setup", "SET-1"): {"state": "done", "done_on": "2026-03-02"},
            ("process_record", "PRC-1"): {
                "code": f"{code}-{short}",
                "owner": "max",
                "manager": "eva",
                "goals": "It works.",
                "state": "active",
                "next_review_on": "2027-03-02",
            },
            **records,
        },
    )


def sent_back(
    process: str,
    *,
    documents: int,
    again: int = 1,
    answers: Mapping[str, Any],
    given: Sequence[tuple[str, Any]] = (),
    records: Mapping[tuple[str, str], Any],
) -> Scenario:
    """A set-up that the process owner sends back once to an earlier step; ``again`` documents are written anew there."""
    once = set_up(process, documents=documents + again, answers=answers, given=given, records=records)
    return replace(
        once,
        answers={**answers, "Task_Approve": [NOT_YET, READY]},
        records={**once.records, ("setup", "SET-1"): {"state": "done"}},
    )
