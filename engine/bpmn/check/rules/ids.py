# SPDX-License-Identifier: Apache-2.0
"""Ids: there, well formed, unique, and none that SpiffWorkflow keeps for itself."""

from __future__ import annotations

import re
from collections.abc import Iterator

from engine.bpmn.check.diagram import Diagram, kind
from engine.bpmn.check.known import Known
from engine.bpmn.check.rule import Fault, rule
from engine.bpmn.check.vocabulary import FLOW_NODES

#: Endings of the ids that SpiffWorkflow and `engine.bpmn.reduce` make from those of the diagram.
_MADE = (".BoundaryEventSplit", ".BoundaryEventJoin", ".EndJoin", ".link", ".split")
RESERVED = frozenset({"Start", "End", "Root"})  # SpiffWorkflow's own task specs: it drops a clash without a word
_NEEDS_ID = FLOW_NODES | {
    "process",
    "sequenceFlow",
    "lane",
    "message",
    "signal",
    "error",
    "escalation",
    "dataStore",
    "dataStoreReference",
}
_NCNAME = re.compile(r"[A-Za-z_À-ÖØ-öø-ÿ][\wÀ-ÖØ-öø-ÿ.-]*")


@rule("id-required", everywhere=True)
def id_required(diagram: Diagram, known: Known) -> Iterator[Fault]:
    """Whatever history, flows or references name has an id."""
    for node in diagram.of_kind(*_NEEDS_ID):
        if not node.get("id"):
            yield Fault(node, f"A {kind(node)} has no id.", "Give it a speaking id such as Task_Classify.")


@rule("id-form", everywhere=True)
def id_form(diagram: Diagram, known: Known) -> Iterator[Fault]:
    """Ids are XML names: letters, digits, `_`, `-` and `.`, beginning with a letter or `_`."""
    for node in diagram.elements:
        identifier = node.get("id")
        if identifier is not None and not _NCNAME.fullmatch(identifier):
            hint = "Use letters, digits and _, beginning with a letter: Task_Classify."
            yield Fault(node, f"'{identifier[:60]}' cannot be an id.", hint)


@rule("id-duplicate", everywhere=True)
def id_duplicate(diagram: Diagram, known: Known) -> Iterator[Fault]:
    """No two elements of a file have the same id."""
    for node in diagram.elements:
        first = diagram.ids.get(node.get("id", ""), node)
        if first is not node:
            message = f"The id '{node.get('id')}' is used twice, first in line {first.sourceline}."
            yield Fault(node, message, "Give each element an id of its own.")


@rule("id-reserved")
def id_reserved(diagram: Diagram, known: Known) -> Iterator[Fault]:
    """No element is called `Start`, `End` or `Root`, nor does an id clash with a task that is made from another id."""
    for node in diagram.elements:
        identifier = node.get("id", "")
        if identifier in RESERVED or identifier.endswith(_MADE):
            hint = f"Call it for example {identifier.split('.')[0]}_{kind(node)}."
            yield Fault(node, f"The id '{identifier}' is reserved.", hint)
