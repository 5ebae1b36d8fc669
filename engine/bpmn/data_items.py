# SPDX-License-Identifier: Apache-2.0
"""Data objects, properties, data inputs and outputs, and the associations that move data (BPMN 2.0, 10.4).

Each is a variable. It is called like the item's name, signs that a variable's name cannot have becoming `_`; else like
its id. A data object or property of a process is a variable of the case. One of a subprocess, and the inputs, outputs
and properties of an activity, live in a scope of their own (`engine.bpmn.data`).
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterator

from lxml import etree

from engine.bpmn.model import BPMN, NS, SUBPROCESSES, DataUse, Move, tag

#: What editors write as the end of a data association; it holds nothing.
PLACEHOLDER = "__targetRef_placeholder"
_ITEMS = ("dataObject", "dataInput", "dataOutput", "property", "inputDataItem", "outputDataItem")
_SCOPES = SUBPROCESSES | {"adHocSubProcess"}
_NO_NAME = re.compile(r"\W+")


def variable_name(node: etree._Element) -> str:
    """The variable that a data item is."""
    for written in (node.get("name") or "", node.get("id") or ""):
        name = _NO_NAME.sub("_", written.strip()).strip("_")
        if name and (name[0].isdigit() or keyword.iskeyword(name) or name == "typename"):
            name = f"data_{name}"
        if name.isidentifier():
            return name
    return "data"


class DataItems:
    """The data items of a file, by id."""

    def __init__(self, root: etree._Element) -> None:
        self._names: dict[str, str] = {}
        references = list(root.iter(tag("dataObjectReference")))
        for kind in _ITEMS:
            for node in root.iter(tag(kind)):
                if node.get("name") != PLACEHOLDER:
                    self._names[node.get("id", "")] = self._name(node, references)
        self._states = {
            node.get("id", ""): (node.find("bpmn:dataState", NS), " ".join((node.get("name") or "").split()))
            for node in [*references, *root.iter(tag("dataObject"))]
        }
        for reference in references:
            if (name := self._names.get(reference.get("dataObjectRef", ""))) is not None:
                self._names[reference.get("id", "")] = name
        self._names.pop("", None)

    @staticmethod
    def _name(node: etree._Element, references: list[etree._Element]) -> str:
        """A data object without a name is called like what it is drawn as."""
        if node.tag == tag("dataObject") and not (node.get("name") or "").strip():
            drawn = [
                r for r in references if r.get("dataObjectRef") == node.get("id") and (r.get("name") or "").strip()
            ]
            return variable_name(drawn[0] if drawn else node)
        return variable_name(node)

    def name(self, ref: str) -> str:
        """The variable of a data item; empty for anything else (a data store, a placeholder)."""
        return self._names.get(ref, "")

    def of_scope(self, node: etree._Element) -> tuple[str, ...]:
        """The data objects and properties that lie directly in a process or subprocess."""
        own = [child for child in node if child.tag in (tag("dataObject"), tag("property"))]
        return tuple(dict.fromkeys(n for child in own if (n := self.name(child.get("id", "")))))

    def declared(self, process: etree._Element, kind: str) -> tuple[str, ...]:
        """The data inputs that a process needs to begin (those that its input set does not call optional), or outputs."""
        holder = process.find("bpmn:ioSpecification", NS)
        if holder is None:
            return ()
        optional = {(ref.text or "").strip() for ref in holder.iter(tag("optionalInputRefs"))}
        return self._own(holder, kind, optional)

    def loop_input(self, activity: etree._Element, written: str) -> str:
        """What a loop's `loopDataInputRef` gives: the item it refers to, or an expression.

        A data input of the activity itself stands for where its association leads from: it is asked around the turns.
        """
        for association in activity.findall("bpmn:dataInputAssociation", NS):
            if _text(association, "targetRef") == written and self.name(written):
                return self._source(association)
        return self.name(written) or written

    def loop_output(self, activity: etree._Element, written: str) -> str:
        """The variable that a loop's `loopDataOutputRef` leads to."""
        for association in activity.findall("bpmn:dataOutputAssociation", NS):
            if _text(association, "sourceRef") == written and self.name(written):
                return self.name(_text(association, "targetRef"))
        return self.name(written) or written

    def use(self, node: etree._Element) -> DataUse | None:
        """What a flow node has of its own and moves; None if it has nothing to do with data."""
        holder = node.find("bpmn:ioSpecification", NS)
        holder = node if holder is None else holder
        by_loop = {
            _text(node, f"multiInstanceLoopCharacteristics/bpmn:{n}") for n in ("loopDataInputRef", "loopDataOutputRef")
        }
        inputs, outputs = (self._own(holder, kind, by_loop) for kind in ("dataInput", "dataOutput"))
        scope = str(etree.QName(node).localname) in _SCOPES
        own = self.of_scope(node) if scope else self._own(node, "property", set())
        before = [self._move(a, "targetRef") for a in self._associations(node, "dataInputAssociation", by_loop)]
        after = [self._move(a, "targetRef") for a in self._associations(node, "dataOutputAssociation", by_loop)]
        found = DataUse(
            names=tuple(dict.fromkeys([*own, *inputs, *outputs, *(m.target for group in before for m in group)])),
            inputs=inputs,
            outputs=outputs,
            before=tuple(move for group in before for move in group),
            after=tuple(move for group in after for move in group),
        )
        return found if found != DataUse() else None

    def _own(self, holder: etree._Element, kind: str, but: set[str]) -> tuple[str, ...]:
        ids = [child.get("id", "") for child in holder.findall(f"bpmn:{kind}", NS)]
        return tuple(dict.fromkeys(name for i in ids if i not in but and (name := self.name(i))))

    def _associations(self, node: etree._Element, kind: str, by_loop: set[str]) -> Iterator[etree._Element]:
        """Those that move data items: not those of registers, nor those of the loop as a whole."""
        for association in node.findall(f"bpmn:{kind}", NS):
            ends = {_text(association, "sourceRef"), _text(association, "targetRef")} - {""}
            other = "sourceRef" if kind == "dataInputAssociation" else "targetRef"
            if self.name(_text(association, other)) and not ends & (by_loop - {""}):
                yield association

    def _move(self, association: etree._Element, ref: str) -> list[Move]:
        target_id = _text(association, ref)
        target = self.name(target_id)
        state, label = self._states.get(target_id, (None, ""))
        told = {"state": (state.get("name") or "") if state is not None else "", "label": label or target}
        assignments = [(_text(a, "from"), _text(a, "to")) for a in association.findall("bpmn:assignment", NS)]
        if not target:  # an editor's placeholder: each assignment is a variable of the activity
            return [Move(to, (("", source),)) for source, to in assignments]
        if assignments:
            whole = {target, target_id, association.findtext(f"{{{BPMN}}}{ref}", "").strip()}
            return [Move(target, tuple(("" if to in whole else to, source) for source, to in assignments), **told)]
        source = self._source(association)
        return [Move(target, (("", source),) if source else (), **told)]

    def _source(self, association: etree._Element) -> str:
        """The expression of a transformation or of the one source."""
        return _text(association, "transformation") or self.name(_text(association, "sourceRef"))


def _text(node: etree._Element, path: str) -> str:
    found = node.find(f"bpmn:{path}", NS)
    return (found.text or "").strip() if found is not None else ""
