# SPDX-License-Identifier: Apache-2.0
"""Where a diagram holds text of the owners' language, and whether that text compiles.

One list for all rules: `texts_of` yields every expression, template and script of a file with the element it is in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from engine.bpmn.check.diagram import Diagram, Node, children, extensions, kind, label, owner_of, properties, text
from engine.bpmn.check.extensions import ELEMENTS, PROPERTIES
from engine.bpmn.check.rule import Fault
from engine.bpmn.check.vocabulary import SPIFF
from engine.bpmn.timing import is_plain
from engine.errors import ExpressionInvalid
from engine.scripts import Template, compile_expression, compile_script, compile_template

TIMER_VALUES = ("timeDate", "timeDuration", "timeCycle")
LOOP_EXPRESSIONS = ("loopCondition", "loopCardinality", "loopDataInputRef", "completionCondition")
#: What every multi-instance loop sets: the counter for its turns, the numbers for its completion condition.
LOOP_COUNTS = ("loopCounter", "numberOfInstances", "numberOfCompletedInstances", "numberOfActiveInstances")
_COMPILERS: dict[str, Callable[[str], Any]] = {
    "expression": compile_expression,
    "template": compile_template,
    "script": compile_script,
}


class Text(NamedTuple):
    """A text of the language: the XML element, how a sentence names it, which language, and the text."""

    node: Node
    what: str
    language: str
    source: str


def texts_of(diagram: Diagram) -> Iterator[Text]:
    """Every text of the language in a file, timers excepted (they may be ISO 8601)."""
    for node in diagram.elements:
        if kind(node) == "loopDataInputRef" and text(node):
            collection = diagram.data.loop_input(owner_of(owner_of(node)), text(node))
            yield Text(node, f"The loopDataInputRef of {label(drawn(node))}", "expression", collection)
        else:
            yield from _own(node)
        for each in properties(node):
            extension = PROPERTIES.get(each.get("name", ""))
            if extension is not None and extension.holds == "expression":
                yield Text(
                    each, f"The {each.get('name')} of {label(node)}", "expression", each.get("value", "").strip()
                )
        for parameter in parameters(node):
            what = f"The parameter {parameter.get('id')} of {label(node)}"
            yield Text(parameter, what, "expression", parameter.get("value", "").strip())
        for name, extension in ELEMENTS.items():
            if extension.holds in _COMPILERS:
                for each in extensions(node, name):
                    yield Text(each, f"{name} of {label(drawn(node))}", extension.holds, text(each))


def parameters(node: Node) -> Iterator[Node]:
    """The parameters of a service task's operator."""
    for operator in extensions(node, "serviceTaskOperator"):
        yield from operator.iterfind(f"{{{SPIFF}}}parameters/{{{SPIFF}}}parameter")


def timers_of(diagram: Diagram) -> Iterator[Text]:
    """Every timer that is an expression."""
    for value in diagram.of_kind(*TIMER_VALUES):
        if not is_plain(text(value)):
            yield Text(value, f"The timer of {label(drawn(value))}", "expression", text(value))


def names_read(written: Text) -> frozenset[str]:
    """The case variables that a text reads; none if it does not compile."""
    try:
        compiled = _COMPILERS[written.language](written.source)
    except ExpressionInvalid:
        return frozenset()
    if isinstance(compiled, Template):
        return frozenset(name for piece in compiled.pieces if not isinstance(piece, str) for name in piece.names)
    return frozenset(compiled.names)


def _own(node: Node) -> Iterator[Text]:
    if kind(node) == "conditionExpression":
        yield Text(node, f"The condition of {label(drawn(node))}", "expression", text(node))
    elif kind(node) in (*LOOP_EXPRESSIONS, "condition") and text(node):
        yield Text(node, f"The {kind(node)} of {label(drawn(node))}", "expression", text(node))
    elif kind(node) in ("messagePath", "dataPath", "formalExpression"):
        around = owner_of(owner_of(node))
        yield Text(node, f"The {kind(node)} of {label(around)}", "expression", text(node))
    elif kind(node) == "transformation":
        yield Text(node, f"The transformation at {label(drawn(node))}", "expression", text(node))
    elif kind(node) == "script":
        yield Text(node, f"The script of {label(drawn(node))}", "script", text(node))
    elif kind(node) == "assignment":
        field = text(children(node, "to")[0]) if children(node, "to") else ""
        for source in children(node, "from"):
            yield Text(source, f"The value of '{field}' at {label(drawn(node))}", "expression", text(source))


def drawn(node: Node) -> Node:
    """The element that is seen on the diagram and that a text belongs to."""
    current = node
    while (parent := current.getparent()) is not None and (
        kind(current) in _PARTS or kind(current).endswith("EventDefinition")
    ):
        current = parent
    return current


_PARTS = frozenset(
    {
        *TIMER_VALUES,
        *LOOP_EXPRESSIONS,
        "inputDataItem",
        "outputDataItem",
        "loopDataOutputRef",
        "standardLoopCharacteristics",
        "multiInstanceLoopCharacteristics",
        "condition",
        "conditionExpression",
        "script",
        "assignment",
        "transformation",
        "from",
        "to",
        "dataInputAssociation",
        "dataOutputAssociation",
    }
)


def fault_of(written: Text) -> Fault | None:
    """The fault of a text that does not compile."""
    try:
        _COMPILERS[written.language](written.source)
    except ExpressionInvalid as error:
        if (meant := _of_another_engine(written.source)) and written.language == "expression":
            message = f"{written.what} is written in the expression language of another engine: {written.source[:80]}."
            return Fault(written.node, message, f"Write it without the frame: {meant[:80]}")
        return Fault(written.node, f"{written.what}: {error.sentence.rstrip('.')}.", error.hint or "Correct it.")
    return None


def _of_another_engine(source: str) -> str:
    """What stands in the frame of a JUEL (`${…}`, `#{…}`) or FEEL (`=…`) expression; empty for anything else."""
    if source.startswith(("${", "#{")) and source.endswith("}"):
        return source[2:-1].strip()
    return source[1:].strip() if source.startswith("=") and not source.startswith("==") else ""


def fault_of_expression(node: Node, what: str, source: str) -> Fault | None:
    return fault_of(Text(node, what, "expression", source))
