# SPDX-License-Identifier: Apache-2.0
"""`fitsm migrate`: plan, rehearse, apply, continue, undo."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from engine import Engine
from engine.values import SYSTEM
from tests.webapp.cli.conftest import Said
from tests.webapp.moving import PROCESS, publish, running

Fitsm = Callable[..., Said]


def versions(engine: Engine, cases: list[str]) -> list[int]:
    return [engine.case(SYSTEM, case).case.version for case in cases]


def test_a_plan_is_shown_and_nothing_changes(fitsm: Fitsm, filled: Engine) -> None:
    cases = running(filled, 1, 2)
    publish(filled, Task_Answer="Task_Reply")
    said = fitsm("migrate", PROCESS)
    assert said.status == 1
    assert "1 cases move, 2 cannot." in said.out
    assert "2 cases cannot move from version 1, at Task_Answer" in said.out
    assert "Name the element that takes its place" in said.out
    assert "'Answer the request' has the id Task_Reply now? --map Task_Answer=Task_Reply" in said.out
    assert versions(filled, cases) == [1, 1, 1]
    told = fitsm("migrate", PROCESS, "--plan", "--json").json
    assert (told["moving"], told["refused"]) == (cases[:1], cases[1:])


def test_with_a_mapping_all_move_and_can_go_back(fitsm: Fitsm, filled: Engine) -> None:
    cases = running(filled, 1, 2)
    publish(filled, Task_Answer="Task_Reply")
    arguments = ("migrate", PROCESS, "--map", "Task_Answer=Task_Reply", "--as", "otto")
    assert fitsm(*arguments).status == 0
    rehearsed = fitsm(*arguments, "--rehearse", "--steps", "2", "--json")
    assert {one["state"] for one in rehearsed.json} <= {"waiting", "completed", "failed"}
    done = fitsm(*arguments, "--apply", "--comment", "clearer names")
    assert (done.status, versions(filled, cases)) == (0, [2, 2, 2])
    assert "3 moved" in done.out
    (listed,) = fitsm("migrate", "--list", "--json").json
    assert (listed["created_by"], listed["comment"], listed["counts"]) == ("otto", "clearer names", {"moved": 3})
    undone = fitsm("migrate", "--undo", listed["id"])
    assert (undone.status, versions(filled, cases)) == (0, [1, 1, 1])
    assert "undone" in fitsm("migrate", PROCESS, "--list").out


def test_some_cases_to_a_named_version(fitsm: Fitsm, filled: Engine) -> None:
    cases = running(filled, 3, 0)
    publish(filled, Task_Review="Task_Check")
    publish(filled, Task_Review="Task_Look")
    assert fitsm("migrate", PROCESS, "--to", "2", "--case", cases[0], "--case", cases[2], "--apply").status == 0
    assert versions(filled, cases) == [2, 1, 2]


def test_what_was_begun_elsewhere_can_be_continued(fitsm: Fitsm, filled: Engine) -> None:
    cases = running(filled, 2, 0)
    publish(filled, Task_Review="Task_Check")
    begun = filled.begin_migration(SYSTEM, filled.plan_migration(SYSTEM, PROCESS))
    assert fitsm("migrate", "--continue", begun.id).status == 0
    assert versions(filled, cases) == [2, 2]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("migrate",), "Name a process"),
        (("migrate", "Nothing"), "no process 'Nothing'"),
        (("migrate", PROCESS, "--map", "A"), "--map A is no pair"),
        (("migrate", PROCESS, "--as", "dana"), "may not do this"),
        (("migrate", "--undo", "nothing"), "no migration 'nothing'"),
    ],
)
@pytest.mark.usefixtures("filled")
def test_what_is_wrong_is_told_in_a_sentence(fitsm: Fitsm, arguments: tuple[str, ...], words: str) -> None:
    said = fitsm(*arguments)
    assert said.status == 1
    assert words in said.err


def test_with_nothing_to_move_it_says_so(fitsm: Fitsm, filled: Engine) -> None:
    running(filled, 1, 0)
    assert "No running case" in fitsm("migrate", PROCESS, "--apply").out
