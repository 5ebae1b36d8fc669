# SPDX-License-Identifier: Apache-2.0
"""Case variables: names that shadow functions, and names that nothing in the diagram ever sets."""

from __future__ import annotations

import keyword
from collections.abc import Callable, Collection, Iterator, Mapping

from engine.bpmn.check.diagram import (
    Diagram,
    Node,
    children,
    extensions,
    is_ad_hoc,
    is_event_subprocess,
    kind,
    label,
    owner_of,
    prop,
    scope_of,
    text,
)
from engine.bpmn.check.known import Known
from engine.bpmn.check.language import LOOP_COUNTS, Text, drawn, names_read, texts_of, timers_of
from engine.bpmn.check.parallel import Parallel
from engine.bpmn.check.rule import Fault, rule
from engine.bpmn.check.rules.loops import item_name
from engine.bpmn.check.vocabulary import FLOW_NODES, HUMAN_TASKS
from engine.errors import ExpressionInvalid
from engine.scripts import compile_script
from engine.scripts.library import LIBRARY
from engine.scripts.naming import suggestion

_DATA_ITEMS = ("dataObject", "property", "dataInput", "dataOutput")
_RECEIVING = ("messageVariable", "variableName")


@rule("variable-name")
def variable_name(diagram: Diagram, known: Known) -> Iterator[Fault]:
    """What receives a payload, a result, an item or a list of outputs has a name that expressions can use."""
    for node in diagram.elements:
        named = [(each, text(each)) for name in _RECEIVING for each in extensions(node, name)]
        if kind(node) == "serviceTask":
            named += [(node, name) for name in _result(node, known)]
        elif kind(node) == "loopDataOutputRef":
            named.append((node, diagram.data.loop_output(owner_of(owner_of(node)), text(node))))
        elif kind(node) in ("inputDataItem", "outputDataItem"):
            named.append((node, item_name(node)))
        for at, name in named:
            if not name.isidentifier() or keyword.iskeyword(name) or name == "typename":
                message = f"'{name[:60]}' at {label(drawn(node))} cannot be a case variable."
                yield Fault(at, message, "Use letters, digits and _, beginning with a letter.")


@rule("variable-shadows", "warning")
def variable_shadows(diagram: Diagram, known: Known) -> Iterator[Fault]:
    """No form field, decision output or variable is called like a function of the library."""
    items = ((item, diagram.data.name(item.get("id", ""))) for item in diagram.of_kind(*_DATA_ITEMS))
    for node, name in (*_set(diagram, known), *items):
        if name in LIBRARY:
            message = f"{label(drawn(node))} sets the case variable '{name}', which is also the name of a function."
            yield Fault(node, message, f"Give it another name, such as {name}_value.")


@rule("variable-parallel", "warning")
def variable_parallel(diagram: Diagram, known: Known) -> Iterator[Fault]:
    """Elements that can be under way at the same time do not set the same case variable: the later one would hold."""
    parallel = Parallel(diagram)
    setters: dict[str, list[Node]] = {}
    for node, name in _set(diagram, known):
        owner = _flow_node(node)
        if owner is None or kind(node) == "multiInstanceLoopCharacteristics":
            continue
        before = setters.setdefault(name, [])
        other = next((each for each in before if each is not owner and parallel.together(owner, each)), None)
        if other is not None:
            message = f"{label(owner)} and {label(other)} can be under way at once, and both set '{name}'."
            hint = "If the values differ, the later one holds and the case shows a conflict. Give each its own name."
            yield Fault(owner, message, hint)
        before.append(owner)


def _flow_node(node: Node) -> Node | None:
    return next((each for each in (node, *node.iterancestors()) if kind(each) in FLOW_NODES), None)


@rule("variable-unknown", "warning")
def variable_unknown(diagram: Diagram, known: Known) -> Iterator[Fault]:
    """Every case variable that is read is set somewhere: by a form, a decision, a script, an event, a record or a loop.

    Says nothing where variables can come from outside: from a form whose fields are not known, from the whole payload
    of a start message or signal, from a called process.
    """
    if _open_to_the_outside(diagram, known):
        return
    names = {name for _, name in _set(diagram, known)} | set(_numbers(diagram)) | set(_items(diagram))
    for written in (*texts_of(diagram), *timers_of(diagram), *_collected(diagram)):
        own = (
            LOOP_COUNTS if kind(written.node) == "completionCondition" and not is_ad_hoc(owner_of(written.node)) else ()
        )
        if kind(owner_of(written.node)) == "correlationPropertyRetrievalExpression":
            continue  # it sees the payload of a message, not the case
        if prop(owner_of(owner_of(written.node)), "register") or written.node.get("name") == "while":
            continue  # it sees the fields of a record, before there is a case
        for name in sorted(names_read(written).difference(names, own)):
            hint = suggestion(name, names, f'Write get_var("{name}") if it comes from outside.')
            yield Fault(written.node, f"{written.what} reads '{name}', which nothing in the diagram sets.", hint)


def _open_to_the_outside(diagram: Diagram, known: Known) -> bool:
    forms = {prop(task, "formJsonSchemaFilename") for task in diagram.of_kind(*HUMAN_TASKS)} - {""}
    starts = [
        part for start in diagram.of_kind("startEvent") if not is_event_subprocess(scope_of(start)) for part in start
    ]
    return (
        not forms <= set(known.form_fields)
        or any(
            kind(definition) in _SPREADING and not extensions(definition, _SPREADING[kind(definition)])
            for definition in starts
        )
        or next(diagram.of_kind("callActivity"), None) is not None
    )


def _numbers(diagram: Diagram) -> Iterator[str]:
    """`incident_id` and the like: the number of a new record."""
    for association in diagram.of_kind("dataOutputAssociation"):
        register = diagram.register_of(association, "targetRef")
        targets = {text(to) for each in children(association, "assignment") for to in children(each, "to")}
        if register and "id" not in targets:
            yield f"{register}_id"


def _items(diagram: Diagram) -> Iterator[str]:
    """The variables that are data items: they are there from the beginning of what they lie in."""
    for item in diagram.of_kind(*_DATA_ITEMS):
        yield diagram.data.name(item.get("id", ""))


def _set(diagram: Diagram, known: Known) -> Iterator[tuple[Node, str]]:
    """(element, name of a case variable that it sets)."""
    for node in diagram.elements:
        if kind(node) in _SETTERS:
            yield from ((node, name) for name in sorted(_SETTERS[kind(node)](node, known)))
        for name in _RECEIVING:
            yield from ((node, text(variable)) for variable in extensions(node, name))


def _collected(diagram: Diagram) -> Iterator[Text]:
    """The output of a turn is read when the turn is over."""
    for item in diagram.of_kind("outputDataItem"):
        yield Text(item, f"The loop of {label(owner_of(owner_of(item)))}", "expression", item_name(item))


def _of_loop(loop: Node, known: Known) -> Collection[str]:
    items = [item_name(item) for item in children(loop, "inputDataItem")]
    return ["loopCounter", *items, *(text(part) for part in children(loop, "loopDataOutputRef"))]


def _fields(task: Node, known: Known) -> Collection[str]:
    return known.form_fields.get(prop(task, "formJsonSchemaFilename"), ())


def _outputs(task: Node, known: Known) -> Collection[str]:
    return [name for each in extensions(task, "calledDecisionId") for name in known.decisions.get(text(each), ())]


def _read(association: Node, known: Known) -> Collection[str]:
    assignments = children(association, "assignment")
    return [text(target) for assignment in assignments for target in children(assignment, "to")]


def _result(task: Node, known: Known) -> Collection[str]:
    named = [operator.get("resultVariable", "") for operator in extensions(task, "serviceTaskOperator")]
    return [name for name in named if name]


def _of_record(start: Node, known: Known) -> Collection[str]:
    """What a case begins with that a record's date has begun (`engine.record_timers`)."""
    register = prop(start, "register")
    return (f"{register}_id", register, "due_on") if register else ()


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
    "serviceTask": _result,
    "startEvent": _of_record,
    "dataInputAssociation": _read,
    "multiInstanceLoopCharacteristics": _of_loop,
}
#: A start event with one of these and without the extension element spreads its whole payload.
_SPREADING = {"messageEventDefinition": "messageVariable", "signalEventDefinition": "variableName"}
