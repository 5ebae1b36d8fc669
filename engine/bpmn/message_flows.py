# SPDX-License-Identifier: Apache-2.0
"""Which message a message flow carries where the events at its ends name none (BPMN 2.0, 9.4).

Other editors often draw a message flow between two pools and leave `messageRef` out. Then the flow says what is sent:
its own message; else the one that its other end names; else the flow's name, or its id.
"""

from __future__ import annotations

from collections import defaultdict

from lxml import etree

from engine.bpmn.model import BPMN, NS, tag

#: What sends. Everything else at the end of a message flow receives.
SENDING = frozenset({"sendTask", "intermediateThrowEvent", "endEvent"})


class MessageFlows:
    """The message flows of a file, by what they are tied to."""

    def __init__(self, root: etree._Element) -> None:
        self._messages = {m.get("id", ""): (m.get("name") or "").strip() for m in root.findall("bpmn:message", NS)}
        self._own = dict(self._named(root))
        self._at: dict[str, list[etree._Element]] = defaultdict(list)
        for flow in root.iter(tag("messageFlow")):
            self._at[f"from {flow.get('sourceRef', '')}"].append(flow)
            self._at[f"to {flow.get('targetRef', '')}"].append(flow)

    def _named(self, root: etree._Element) -> list[tuple[str, str]]:
        """(id of an event or task, the message that it names itself)."""
        found = []
        for name in ("messageEventDefinition", "sendTask", "receiveTask"):
            for holder in root.iter(tag(name)):
                node = holder.getparent() if name == "messageEventDefinition" else holder
                if node is not None and (message := self._messages.get(holder.get("messageRef", ""))):
                    found.append((node.get("id", ""), message))
        return found

    def names(self, node: etree._Element) -> list[str]:
        """The messages that an event or task has by its message flows; more than one leaves open which is meant."""
        sends = str(node.tag).removeprefix(f"{{{BPMN}}}") in SENDING
        flows = self._at[f"{'from' if sends else 'to'} {node.get('id', '')}"]
        return list(dict.fromkeys(self._carried(flow, "targetRef" if sends else "sourceRef") for flow in flows))

    def _carried(self, flow: etree._Element, other: str) -> str:
        own = self._messages.get(flow.get("messageRef", "")) or self._own.get(flow.get(other, ""))
        return own or " ".join((flow.get("name") or "").split()) or flow.get("id", "")
