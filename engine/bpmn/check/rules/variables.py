# SPDX-License-Identifier: Apache-2.0
"""Case variables: names that shadow functions, and names that nothing in the diagram ever sets."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping

from engine.bpmn.check.diagram import Diagram, Node, children, extensions, kind, label, prop, text
from engine.bpmn.check.known import Known
from engine.bpmn.check.rule import Fault, rule
from engine.errors import ExpressionInvalid
from engine.scripts import compile_script
from engine.scripts.library import LIBRARY


@rule("variable-shadows", "warning")
def variable_shadows(diagram: Diagram, known: Known) -> Iterator[Fault]:
    """No form field, decision output or variable is called like a function of the library."""
    for node, name in _set(diagram, known):
        if name in LIBRARY:
            message = f"{label(node)} sets the case variable '{name}', which is also the name of a function."
            yield Fault(node, message, f"Give it another name, such as {name}_value.")


def _set(diagram: Diagram, known: Known) -> Iterator[tuple[Node, str]]:
    """(element, name of a case variable that it sets)."""
    for node in diagram.elements:
        if kind(node) in _SETTERS:
            yield from ((node, name) for name in sorted(_SETTERS[kind(node)](node, known)))
        for variable in extensions(node, "messageVariable"):
            yield node, text(variable)


def _fields(task: Node, known: Known) -> Collection[str]:
    return known.form_fields.get(prop(task, "formJsonSchemaFilename"), ())


def _outputs(task: Node, known: Known) -> Collection[str]:
    return [name for each in extensions(task, "calledDecisionId") for name in known.decisions.get(text(each), ())]


def _read(association: Node, known: Known) -> Collection[str]:
    assignments = children(association, "assignment")
    return [text(target) for assignment in assignments for target in children(assignment, "to")]


def _assigned(task: Node, known: Known) -> Collection[str]:
    try:
        return {name for script in children(task, "script") for name in compile_script(text(script)).changes}
    except ExpressionInvalid:
        return ()


_SETTERS: Mapping[str, Callable[[Node, Known], Collection[str]]] = {
    "userTask": _fields,
    "manualTask": _fields,
    "businessRuleTask": _outputs,
    "scriptTask": _assigned,
    "dataInputAssociation": _read,
}
