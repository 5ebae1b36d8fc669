# SPDX-License-Identifier: Apache-2.0
"""Human tasks: their forms, and who is offered them."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from engine.bpmn.check.diagram import Diagram, Node, label, process_of, prop, properties, text
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


@rule("form-required")
def form_required(diagram: Diagram, known: Known) -> Iterator[Fault]:
    """A user task has a form, and a UI schema only beside one."""
    for task in diagram.of_kind(*HUMAN_TASKS):
        form, ui = prop(task, "formJsonSchemaFilename"), prop(task, "formUiSchemaFilename")
        if not form and task.tag.endswith("userTask"):
            hint = "Set formJsonSchemaFilename, or use a manual task if there is nothing to fill in."
            yield Fault(task, f"The user task {label(task)} has no form.", hint)
        elif ui and not form:
            yield Fault(task, f"{label(task)} has a UI schema and no form.", "Set formJsonSchemaFilename too.")


@rule("lane-role")
def lane_role(diagram: Diagram, known: Known) -> Iterator[Fault]:
    """Where a process has lanes, every human task lies in one, and that lane's role exists."""
    for task in diagram.of_kind(*HUMAN_TASKS):
        lanes = _lanes(diagram, task)
        if lanes and not any(_holds(lane, task) for lane in lanes):
            yield Fault(task, f"{label(task)} lies in no lane.", "Move it into the lane of the role that does it.")
    for lane in diagram.of_kind("lane"):
        tasks = [task for task in diagram.of_kind(*HUMAN_TASKS) if _innermost(diagram, task) is lane]
        if tasks and not prop(lane, "role"):
            message = f"The lane {label(lane)} has human tasks and no role."
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
    """Where a process has no lanes, every human task names its assignee."""
    for task in diagram.of_kind(*HUMAN_TASKS):
        if not _lanes(diagram, task) and not prop(task, "assignee"):
            message = f"{label(task)} lies in no lane and has no assignee: nobody is offered it."
            yield Fault(task, message, "Draw lanes with roles, or set the property assignee.")


def _unknown(task: Node, name: str, names: Collection[str], what: str) -> Iterator[Fault]:
    for each in properties(task):
        value = each.get("value", "").strip()
        if each.get("name") == name and value and value not in names:
            hint = suggestion(value, names, "Create it below forms/, or correct the name.")
            yield Fault(each, f"{label(task)} uses the {what} '{value}', which does not exist.", hint)


def _lanes(diagram: Diagram, task: Node) -> list[Node]:
    process = process_of(task)
    return [] if process is None else [lane for lane in diagram.of_kind("lane") if process_of(lane) is process]


def _holds(lane: Node, task: Node) -> bool:
    """Whether the task, or a subprocess around it, lies in the lane."""
    around = {task.get("id"), *(node.get("id") for node in task.iterancestors())}
    return any(text(ref) in around for ref in lane if ref.tag.endswith("flowNodeRef"))


def _innermost(diagram: Diagram, task: Node) -> Node | None:
    holding = [lane for lane in _lanes(diagram, task) if _holds(lane, task)]
    return holding[-1] if holding else None
