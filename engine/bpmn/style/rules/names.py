# SPDX-License-Identifier: Apache-2.0
"""How things are called: by people in names, by machines in ids."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from engine.bpmn.check.diagram import Node, children, kind, label
from engine.bpmn.check.rule import Fault
from engine.bpmn.check.vocabulary import ACTIVITIES, FLOW_NODES
from engine.bpmn.style.picture import Picture
from engine.bpmn.style.rule import rule

WORDS = 6
_SPLITS = ("exclusiveGateway", "inclusiveGateway")
#: How words end that say what is done instead of saying to do it, and the verbs that end so, too.
_NOUNS = ("tion", "sion", "ment", "ness", "ance", "ence", "ity", "ing")
_VERBS = frozenset(
    {
        "balance", "bring", "commence", "comment", "complement", "condition", "document", "envision", "experiment",
        "finance", "implement", "mention", "position", "provision", "question", "reference", "sequence", "supplement",
    }
)  # fmt: skip
_NO_VERBS = frozenset(
    {"a", "an", "the", "all", "each", "every", "new", "old", "no", "not", "any", "if", "when", "after", "before"}
)
#: What an id begins with: kind and meaning, `Task_Resolve`.
_PREFIXES: Mapping[str, tuple[str, ...]] = {
    "startEvent": ("Start",),
    "endEvent": ("End",),
    "intermediateCatchEvent": ("Event", "Timer"),
    "intermediateThrowEvent": ("Event",),
    "boundaryEvent": ("Event", "Timer", "Reminder", "Error"),
    "scriptTask": ("Script", "Task"),
    "businessRuleTask": ("Rule", "Task"),
    "sendTask": ("Send", "Task"),
    "receiveTask": ("Receive", "Task"),
    "serviceTask": ("Service", "Task"),
    "callActivity": ("Call",),
    "sequenceFlow": ("Flow",),
    "messageFlow": ("Flow", "MessageFlow"),
    "lane": ("Lane",),
    "participant": ("Participant",),
    "dataStoreReference": ("Store",),
    "dataObjectReference": ("Data",),
    "textAnnotation": ("Note",),
}


@rule("task-name")
def task_name(picture: Picture) -> Iterator[Fault]:
    """An activity's name begins with a verb, with a capital, and has at most six words: "Evaluate the performance"."""
    for node in picture.of_kind(*ACTIVITIES):
        words = [word for word in (node.get("name") or "").split() if word.strip("/&+–-")]
        if not words:
            continue
        if len(words) > WORDS:
            yield Fault(node, f"{label(node)} has {len(words)} words.", f"Say it in {WORDS}.")
        if not _like_a_verb(words[0]):
            yield Fault(node, f"{label(node)} does not begin with a verb.", 'Say what is to be done: "Evaluate the …".')


def _like_a_verb(word: str) -> bool:
    lower = word.lower().strip(",.;:")
    if not word[0].isupper() or not lower.isalpha() or lower in _NO_VERBS:
        return False
    return lower in _VERBS or not lower.endswith(_NOUNS)


@rule("gateway-question")
def gateway_question(picture: Picture) -> Iterator[Fault]:
    """A gateway that decides is a question."""
    for node in picture.of_kind(*_SPLITS):
        if len(picture.outgoing(node)) > 1 and not (node.get("name") or "").rstrip().endswith("?"):
            yield Fault(node, f"The gateway {label(node)} is no question.", 'Ask what is decided there: "Approved?".')


@rule("flow-answer")
def flow_answer(picture: Picture) -> Iterator[Fault]:
    """The flows out of it are the answers."""
    for node in picture.of_kind(*_SPLITS):
        flows = picture.outgoing(node)
        for flow in flows if len(flows) > 1 else ():
            if not (flow.get("name") or "").strip():
                yield Fault(flow, f"A flow out of {label(node)} has no name.", "Write the answer that it stands for.")


@rule("id-naming")
def id_naming(picture: Picture) -> Iterator[Fault]:
    """Ids say kind and meaning: `Task_Resolve`, `Gateway_Major`, `Flow_Major_Yes`, `Timer_AutoClose`."""
    for node in picture.elements:
        prefixes = _prefixes(node)
        identifier = str(node.get("id", ""))
        if prefixes and not any(identifier.startswith(f"{each}_") and identifier != f"{each}_" for each in prefixes):
            wanted = " or ".join(f"{each}_…" for each in prefixes)
            yield Fault(node, f"The id of {label(node)} is '{identifier}'.", f"Call it {wanted}.")


def _prefixes(node: Node) -> tuple[str, ...]:
    name = kind(node)
    if name.endswith("Gateway"):
        return ("Gateway",)
    if name in _PREFIXES:
        timed = bool(children(node, "timerEventDefinition"))
        return tuple(each for each in _PREFIXES[name] if timed or each not in ("Timer", "Reminder"))
    if name.lower().endswith("subprocess") or name == "transaction":
        return ("Sub",)
    return ("Task",) if name in FLOW_NODES else ()
