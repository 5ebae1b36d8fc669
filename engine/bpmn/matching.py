# SPDX-License-Identifier: Apache-2.0
"""Which element of one version of a process is which of another: by id, or as a mapping of ids says.

An element of a called process is named with that process in front (``Called:Task_A``), in mappings as in labels.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from engine.bpmn.model import Element, Model
from engine.bpmn.reduce import body_of, gate_of, item_of, undo_of
from engine.errors import Invalid

if TYPE_CHECKING:
    from engine.bpmn.program import Program

#: What SpiffWorkflow and `reduce` make of an element's or process's id.
_ENDINGS = (".BoundaryEventSplit", ".BoundaryEventJoin", ".EndJoin", ".split", ".link", "[start]", "[end]", "[begin]",
            body_of(""), item_of(""), gate_of(""), undo_of(""))  # fmt: skip
_KINDS = {
    "userTask": "a user task", "manualTask": "a manual task", "scriptTask": "a script task", "task": "a task",
    "businessRuleTask": "a business rule task", "sendTask": "a send task", "receiveTask": "a receive task",
    "serviceTask": "a service task", "subProcess": "a subprocess", "transaction": "a transaction",
    "adHocSubProcess": "an ad hoc subprocess", "callActivity": "a call activity",
    "startEvent": "a start event", "endEvent": "an end event", "boundaryEvent": "a boundary event",
    "intermediateCatchEvent": "a catching event", "intermediateThrowEvent": "a throwing event",
    "exclusiveGateway": "an exclusive gateway", "parallelGateway": "a parallel gateway",
    "inclusiveGateway": "an inclusive gateway", "eventBasedGateway": "an event-based gateway",
}  # fmt: skip


class Matching:
    """The elements of ``old`` and what each is in ``new``.

    What the mapping says of elements that ``old`` does not have is left aside: it may be meant for another version.

    Raises:
        Invalid: the mapping leads to an element that is not there, of another kind, or named twice.
    """

    def __init__(self, old: Program, new: Program, mapping: Mapping[str, str]) -> None:
        self.old, self.new = old, new
        self._named: dict[tuple[str, str], str] = {}
        self._models = {m.process_id: m for m in new.models.values()}
        for source, target in mapping.items():
            self._name(source, target)
        if len(set(mapping.values())) < len(mapping):
            raise Invalid("The mapping names one element of the new version twice.", hint="Map each element once.")

    def _name(self, source: str, target: str) -> None:
        before, after = find_element(self.old, source), find_element(self.new, target)
        if before is None:
            return
        if after is None:
            raise Invalid(f"The mapping names '{target}', which is not in the new version.", hint="Give an id of it.")
        if before[0].process_id != after[0].process_id or family(before[1]) != family(after[1]):
            raise Invalid(
                f"'{before[1].name}' ({source}) is {kind_of(before[1])}, '{after[1].name}' ({target}) is "
                f"{kind_of(after[1])}.",
                hint="Map an element to one of the same kind in the same process.",
            )
        self._named[before[0].process_id, before[1].id] = after[1].id

    @property
    def named(self) -> frozenset[str]:
        """Labels of the mapping that the old version has."""
        return frozenset(
            own if process == self.old.model.process_id else f"{process}:{own}" for process, own in self._named
        )

    @cached_property
    def _back(self) -> dict[tuple[str, str], str]:
        """(process, new id) -> old id."""
        found: dict[tuple[str, str], str] = {}
        for model in {m.process_id: m for m in self.old.models.values()}.values():
            for own in model.elements:
                if (model.process_id, own) not in self._named:
                    found[model.process_id, own] = own
        return found | {(process, new): old for (process, old), new in self._named.items()}

    def id_of(self, model: Model, element_id: str) -> str:
        """The id that an element of the old version has in the new one, if it is there at all."""
        named = self._named.get((model.process_id, element_id))
        taken = named is None and self._back.get((model.process_id, element_id)) != element_id
        return named or ("" if taken and element_id in model.elements else element_id)

    def element(self, model: Model, element_id: str) -> Element | None:
        """What an element of the old version is in the new one; None when it is gone."""
        target = self._models.get(model.process_id)
        return target.elements.get(self.id_of(model, element_id)) if target else None

    def before(self, model: Model, element_id: str) -> Element | None:
        """What an element of the new version (of the process of ``model``, of the old one) was; None for a new one."""
        return model.elements.get(self._back.get((model.process_id, element_id), ""))

    def spec_name(self, model: Model, name: str) -> str:
        """A name that SpiffWorkflow gives a spec of the old version, for the new one."""
        for ending in _ENDINGS:
            if name.endswith(ending) and (base := name.removesuffix(ending)) in model.elements:
                return self.id_of(model, base) + ending
        return self.id_of(model, name) if name in model.elements else name


def find_element(program: Program, label: str) -> tuple[Model, Element] | None:
    """An element by its label."""
    process_id, _, own = label.rpartition(":")
    model = program.models.get(process_id) if process_id else program.model
    element = model.elements.get(own) if model else None
    return (model, element) if model and element else None


def family(element: Element) -> str:
    """Elements of one family may take each other's place."""
    return "human" if element.is_human else element.kind


def kind_of(element: Element) -> str:
    """The kind of an element as people say it."""
    return _KINDS.get(element.kind, f"a {element.kind}")


def waits_for(element: Element) -> str:
    """What an event, receive task or service task waits for."""
    if element.timer is not None:
        return "timer"
    if element.service is not None:
        return "call"
    if element.message is not None:
        return "message"
    return element.trigger.kind if element.trigger is not None else ""


#: Elements at which a case can stand or listen; the id of any other does not matter to a case that moves.
_HOLDING = frozenset(
    {"userTask", "manualTask", "receiveTask", "serviceTask", "subProcess", "callActivity", "intermediateCatchEvent",
     "boundaryEvent", "parallelGateway", "inclusiveGateway", "eventBasedGateway"}
)  # fmt: skip


def renamable(old: Program, new: Program) -> dict[str, tuple[str, tuple[tuple[str, str], ...]]]:
    """Elements of ``old`` that are not in ``new`` and may be others there: label -> (name, ((label, name), …))."""
    matching, found = Matching(old, new, {}), {}
    news = {m.process_id: m for m in new.models.values()}
    for model in {m.process_id: m for m in old.models.values()}.values():
        if model.process_id not in news:
            continue
        prefix = "" if model is old.model else f"{model.process_id}:"
        fresh = [e for e in news[model.process_id].elements.values() if matching.before(model, e.id) is None]
        for element in model.elements.values():
            if element.kind in _HOLDING and matching.element(model, element.id) is None:
                alike = tuple((prefix + e.id, e.name) for e in fresh if family(e) == family(element))
                alike = tuple(sorted(alike, key=lambda one: one[1] != element.name))
                if alike:
                    found[prefix + element.id] = (element.name, alike)
    return found
