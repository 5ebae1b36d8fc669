# SPDX-License-Identifier: Apache-2.0
"""Activities that run several times: how often, for what, and what they give."""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.check.diagram import Diagram, Node, children, kind, label, owner_of, text
from engine.bpmn.check.known import Known
from engine.bpmn.check.language import LOOP_COUNTS, LOOP_EXPRESSIONS
from engine.bpmn.check.rule import Fault, rule

_LOOPS = ("standardLoopCharacteristics", "multiInstanceLoopCharacteristics")


@rule("loop-once")
def loop_once(diagram: Diagram, known: Known) -> Iterator[Fault]:
    """An activity has one loop marker at most, and each part of a loop stands there once and says something."""
    for loop in diagram.of_kind(*_LOOPS):
        activity = owner_of(loop)
        if next((part for part in activity if kind(part) in _LOOPS), loop) is not loop:
            yield Fault(loop, f"{label(activity)} has two loop markers.", "Put one of them at a subprocess around it.")
        seen: set[str] = set()
        for part in loop:
            if kind(part) in seen:
                yield Fault(part, f"The loop of {label(activity)} has {kind(part)} twice.", "Keep one.")
            elif kind(part) in LOOP_EXPRESSIONS and not text(part):
                yield Fault(part, f"{kind(part)} of {label(activity)} is empty.", "Write an expression, or delete it.")
            seen.add(kind(part))


@rule("loop-end")
def loop_end(diagram: Diagram, known: Known) -> Iterator[Fault]:
    """A standard loop has a condition, or a maximum that is a whole number, or both."""
    for loop in diagram.of_kind("standardLoopCharacteristics"):
        activity, maximum = owner_of(loop), loop.get("loopMaximum")
        if maximum is None and not children(loop, "loopCondition"):
            message = f"The loop of {label(activity)} does not say when it goes on."
            yield Fault(loop, message, "Write a loopCondition, which is true while it goes on, or a loopMaximum.")
        elif maximum is not None and not (maximum.isascii() and maximum.isdigit() and 0 < int(maximum[:9]) < 10**6):
            message = f"The maximum '{maximum[:40]}' of the loop of {label(activity)} is no whole number from 1."
            yield Fault(loop, message, "Write a number such as 3; what is computed belongs into the loopCondition.")


@rule("loop-items")
def loop_items(diagram: Diagram, known: Known) -> Iterator[Fault]:
    """A multi-instance activity has either a list (loopDataInputRef) or a number of turns (loopCardinality)."""
    for loop in diagram.of_kind("multiInstanceLoopCharacteristics"):
        given = len(children(loop, "loopDataInputRef")[:1] + children(loop, "loopCardinality")[:1])
        if given != 1:
            what = "both a list and a number of turns" if given else "neither a list nor a number of turns"
            message = f"The multi-instance activity {label(owner_of(loop))} has {what}."
            yield Fault(loop, message, "Write loopDataInputRef (a list) or loopCardinality (a number).")


@rule("loop-output")
def loop_output(diagram: Diagram, known: Known) -> Iterator[Fault]:
    """A multi-instance activity that collects outputs names the list and the variable of a turn, and not alike."""
    for loop in diagram.of_kind("multiInstanceLoopCharacteristics"):
        activity = owner_of(loop)
        lists, items = children(loop, "loopDataOutputRef"), children(loop, "outputDataItem")
        if bool(lists) != bool(items):
            missing = "outputDataItem" if lists else "loopDataOutputRef"
            message = f"The multi-instance activity {label(activity)} collects outputs and has no {missing}."
            yield Fault(loop, message, "loopDataOutputRef names the list, outputDataItem the variable of one turn.")
        elif lists and text(lists[0]) == item_name(items[0]):
            message = f"The list of outputs of {label(activity)} and the output of one turn have the same name."
            yield Fault(items[0], message, "Call the list for example answers, and the output of one turn answer.")
        for item in (*children(loop, "inputDataItem"), *items):
            if item_name(item) in LOOP_COUNTS:
                message = f"'{item_name(item)}' of {label(activity)} is a name that every loop sets itself."
                yield Fault(item, message, "Give it another name.")


def item_name(item: Node) -> str:
    """The variable of an inputDataItem or outputDataItem."""
    return str(item.get("name") or item.get("id", ""))
