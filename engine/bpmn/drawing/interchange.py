# SPDX-License-Identifier: Apache-2.0
"""Writes a picture into a BPMN file as diagram interchange (BPMN 2.0, chapter 12); the rest stays as it is."""

from __future__ import annotations

import re
from xml.sax.saxutils import quoteattr

from lxml import etree

from engine.bpmn.drawing.compose import Box, Picture, compose
from engine.bpmn.drawing.sketch import BPMN, read, tag
from engine.bpmn.xml import decoded, parse

DI = "http://www.omg.org/spec/BPMN/20100524/DI"
_NAMESPACES = {
    "bpmndi": DI,
    "dc": "http://www.omg.org/spec/DD/20100524/DC",
    "di": "http://www.omg.org/spec/DD/20100524/DI",
}
POOL_HEAD, MARGIN, BETWEEN, BLACK_BOX = 30.0, 40.0, 40.0, 60.0


def has_drawing(data: bytes, name: str) -> bool:
    """Whether the file has positions for anything.

    Raises:
        DiagramInvalid: it is not XML that is taken.
    """
    return next(parse(data, name).iter(f"{{{DI}}}BPMNShape"), None) is not None


def draw(data: bytes, name: str) -> bytes:
    """The file with positions for all of its processes; those it had are replaced, all else is kept to the letter.

    Raises:
        DiagramInvalid: it is not XML that is taken.
    """
    root = parse(data, name)
    block = _diagram(root)
    text = '<?xml version="1.0" encoding="UTF-8"?>\n' + decoded(data, name).lstrip()
    text = re.sub(r"\s*<((?:\w+:)?BPMNDiagram)\b.*?</\1\s*>", "", text, flags=re.DOTALL)
    text = _declared(text)
    end = [found.start() for found in re.finditer(r"</(?:\w+:)?definitions\s*>", text)][-1]
    return (text[:end].rstrip() + "\n" + block + text[end:]).encode("utf-8")


def _declared(text: str) -> str:
    """With the namespaces of diagram interchange declared on the root element."""
    opening = re.search(r"<(?:\w+:)?definitions\b[^>]*>", text)
    if opening is None:
        return text
    missing = "".join(f' xmlns:{p}="{uri}"' for p, uri in _NAMESPACES.items() if f"xmlns:{p}=" not in opening[0])
    return text[: opening.end() - 1] + missing + text[opening.end() - 1 :]


def _diagram(root: etree._Element) -> str:
    collaboration = root.find(f"{{{BPMN}}}collaboration")
    processes = {p.get("id", ""): p for p in root.findall(f"{{{BPMN}}}process")}
    picture, y = Picture(), 0.0
    participants = [] if collaboration is None else collaboration.findall(f"{{{BPMN}}}participant")
    if not participants:
        for process in processes.values():
            drawn = compose(read(process))
            picture.take(drawn, MARGIN, MARGIN + y)
            y += drawn.height + BETWEEN
    else:
        y = _pools(picture, participants, processes)
    plane = next(iter(processes), "") if collaboration is None else collaboration.get("id", "")
    if collaboration is not None:
        _message_flows(picture, collaboration)
    horizontal = {p.get("id", "") for p in participants} | {lane.get("id", "") for lane in root.iter(f"{{{BPMN}}}lane")}
    return _written(picture, plane, horizontal, _gateways(root))


def _pools(picture: Picture, participants: list[etree._Element], processes: dict[str, etree._Element]) -> float:
    """One pool under the other; returns the height of all."""
    drawn = {}
    for participant in participants:
        process = processes.get(participant.get("processRef", ""))
        if process is not None and any(tag(e) for e in process):
            drawn[participant.get("id", "")] = compose(read(process))
    width = max((p.width for p in drawn.values()), default=400.0) + POOL_HEAD
    y = MARGIN
    for participant in participants:
        name = participant.get("id", "")
        inside = drawn.get(name)
        height = BLACK_BOX if inside is None else max(inside.height, 120.0)
        picture.shapes[name] = Box(MARGIN, y, width, height)
        if inside is not None:
            spread = Picture()
            spread.take(inside, 0, 0)
            lanes = {n for n, b in inside.shapes.items() if b.x == 0 and b.width == inside.width}
            spread.shapes |= {
                n: Box(0, b.y, width - POOL_HEAD, b.height) for n, b in inside.shapes.items() if n in lanes
            }
            picture.take(spread, MARGIN + POOL_HEAD, y)
        y += height + BETWEEN
    return y


def _message_flows(picture: Picture, collaboration: etree._Element) -> None:
    """Straight up or down where a pool is a black box; else with one bend halfway."""
    for flow in collaboration.findall(f"{{{BPMN}}}messageFlow"):
        source, target = picture.shapes.get(flow.get("sourceRef", "")), picture.shapes.get(flow.get("targetRef", ""))
        if source is None or target is None:
            continue
        down = source.y < target.y
        x1, x2 = source.x + source.width / 2, target.x + target.width / 2
        if source.width > 300:
            x1 = x2
        elif target.width > 300:
            x2 = x1
        y1, y2 = (source.y + source.height, target.y) if down else (source.y, target.y + target.height)
        half = (y1 + y2) / 2
        picture.edges[flow.get("id", "")] = (
            [(x1, y1), (x2, y2)] if x1 == x2 else [(x1, y1), (x1, half), (x2, half), (x2, y2)]
        )


def _gateways(root: etree._Element) -> set[str]:
    return {g.get("id", "") for g in root.iter(f"{{{BPMN}}}exclusiveGateway")}


def _written(picture: Picture, plane: str, horizontal: set[str], exclusive: set[str]) -> str:
    out = [
        '  <bpmndi:BPMNDiagram id="BPMNDiagram_1">',
        f'    <bpmndi:BPMNPlane id="BPMNPlane_1" bpmnElement={quoteattr(plane)}>',
    ]
    for name, box in picture.shapes.items():
        more = ' isHorizontal="true"' if name in horizontal else ""
        more += ' isExpanded="true"' if name in picture.expanded else ""
        more += ' isMarkerVisible="true"' if name in exclusive else ""
        out += [
            f"      <bpmndi:BPMNShape id={quoteattr(name + '_di')} bpmnElement={quoteattr(name)}{more}>",
            f"        {_bounds(box)}",
            *_label(picture.labels.get(name)),
            "      </bpmndi:BPMNShape>",
        ]
    for name, bends in picture.edges.items():
        out += [
            f"      <bpmndi:BPMNEdge id={quoteattr(name + '_di')} bpmnElement={quoteattr(name)}>",
            *[f'        <di:waypoint x="{x:.0f}" y="{y:.0f}" />' for x, y in bends],
            *_label(picture.labels.get(name)),
            "      </bpmndi:BPMNEdge>",
        ]
    return "\n".join([*out, "    </bpmndi:BPMNPlane>", "  </bpmndi:BPMNDiagram>", ""])


def _label(box: Box | None) -> list[str]:
    if box is None:
        return []
    return ["        <bpmndi:BPMNLabel>", f"          {_bounds(box)}", "        </bpmndi:BPMNLabel>"]


def _bounds(box: Box) -> str:
    return f'<dc:Bounds x="{box.x:.0f}" y="{box.y:.0f}" width="{box.width:.0f}" height="{box.height:.0f}" />'
