# SPDX-License-Identifier: Apache-2.0
"""Human tasks: their forms, and who is offered them."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from engine.bpmn.check.diagram import Diagram, Node, children, label, process_of, prop, properties
from engine.bpmn.check.known import Known
from engine.bpmn.check.rule import Fault, rule
from engine.bpmn.check.vocabulary import HUMAN_TASKS
from engine.scripts.naming import suggestion


@rule("form-known")
def form_known(diagram: Diagram, known: Known) -> Iterator[Fault]:
    """A form that a task names exists, and so does its UI schema."""
    for task in diagram.of_kind(*HUMAN_TASKS):
        yield from _unknown(task, "formJsonSchemaFilename", known.forms, "form")
        yield from _unknown(task, "formUiSchemaFilename", known.ui_forms, "UI schema")


@rule("form-required", "warning")
def form_required(diagram: Diagram, known: Known) -> Iterator[Fault]:
    """A user task has a form, and a UI schema only beside one."""
    for task in diagram.of_kind(*HUMAN_TASKS):
        form, ui = prop(task, "formJsonSchemaFilename"), prop(task, "formUiSchemaFilename")
        if not form and task.tag.endswith("userTask"):
            hint = "Set formJsonSchemaFilename, or use a manual task if there is nothing to fill in."
            yield Fault(task, f"The user task {label(task)} has no form; it is completed without data.", hint)
        elif ui and not form:
            yield Fault(task, f"{label(task)} has a UI schema and no form.", "Set formJsonSchemaFilename too.")


@rule("lane-role", "warning")
def lane_role(diagram: Diagram, known: Known) -> Iterator[Fault]:
    """Where a process has lanes, every human task lies in one, and that lane's role exists.

    So does all that people may begin in an ad hoc subprocess, and the subprocess if they may finish it.
    """
    with_lanes = _processes_with_lanes(diagram)
    unnamed: dict[Node, None] = {}
    for task in _offered(diagram):
        lane = diagram.lane_of(task)
        if lane is None and process_of(task) in with_lanes:
            yield Fault(task, f"{label(task)} lies in no lane.", "Move it into the lane of the role that does it.")
        elif lane is not None and not prop(lane, "role"):
            unnamed[lane] = None
    for lane in unnamed:
        message = f"The lane {label(lane)} has human tasks and no role; its name is taken for one."
        yield Fault(lane, message, "Set the property role to a role id.")


@rule("role-known")
def role_known(diagram: Diagram, known: Known) -> Iterator[Fault]:
    """Every role that a lane or startable_by names exists."""
    for node in diagram.of_kind("lane", "process"):
        name = "role" if node.tag.endswith("lane") else "startable_by"
        for each in properties(node):
            roles = each.get("value", "").split() if each.get("name") == name else []
            for role in roles:
                if role not in known.roles:
                    hint = suggestion(role, known.roles, "Use a role id of the list of roles.")
                    yield Fault(each, f"{label(node)} names the role '{role}', which does not exist.", hint)


@rule("task-for-nobody", "warning")
def task_for_nobody(diagram: Diagram, known: Known) -> Iterator[Fault]:
    """Where a process has no lanes, every human task names its assignee; an ad hoc subprocess needs a lane."""
    with_lanes = _processes_with_lanes(diagram)
    for task in _offered(diagram):
        if process_of(task) not in with_lanes and not prop(task, "assignee"):
            message = f"{label(task)} lies in no lane and has no assignee: nobody is offered it."
            yield Fault(task, message, "Draw lanes with roles, or set the property assignee.")


def _offered(diagram: Diagram) -> Iterator[Node]:
    """All that people are offered: human tasks, and what is to be chosen in ad hoc subprocesses."""
    offered = dict.fromkeys(diagram.of_kind(*HUMAN_TASKS))
    for subprocess in diagram.of_kind("adHocSubProcess"):
        offered |= dict.fromkeys(diagram.entries(subprocess))
        if not children(subprocess, "completionCondition"):
            offered[subprocess] = None
    return iter(offered)


def _unknown(task: Node, name: str, names: Collection[str], what: str) -> Iterator[Fault]:
    for each in properties(task):
        value = each.get("value", "").strip()
        if each.get("name") == name and value and value not in names:
            hint = suggestion(value, names, "Create it below forms/, or correct the name.")
            yield Fault(each, f"{label(task)} uses the {what} '{value}', which does not exist.", hint)


def _processes_with_lanes(diagram: Diagram) -> set[Node | None]:
    return {process_of(lane) for lane in diagram.of_kind("lane")}
