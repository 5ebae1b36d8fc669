# SPDX-License-Identifier: Apache-2.0
"""What a diagram says of data, loops and correlation comes out of the editor as it went in."""

from __future__ import annotations

from pathlib import Path

from lxml import etree
from playwright.sync_api import expect

from engine import with_drawing
from engine.values import SYSTEM
from tests.browser.conftest import Person
from tests.browser.site import Site
from tests.browser.test_studio import publish, rename

FILE = Path(__file__).parent / "diagrams" / "all_data.bpmn"
#: bpmn-js writes both as formalExpression.
_PATHS = dict.fromkeys(("messagePath", "dataPath"), "formalExpression")
BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"


def _content(xml: bytes) -> dict[str, object]:
    """Id -> what an element says, without the drawing and the order of siblings."""
    found: dict[str, object] = {}
    for node in etree.fromstring(xml).iter(f"{BPMN}*"):
        own = node.get("id")
        if own:
            texts = sorted(
                (
                    _PATHS.get(str(child.tag).removeprefix(BPMN), str(child.tag).removeprefix(BPMN)),
                    (child.text or "").strip(),
                )
                for child in node
                if isinstance(child.tag, str) and not child.get("id") and (child.text or "").strip()
            )
            values = [
                tuple((str(part.tag).removeprefix(BPMN), (part.text or "").strip()) for part in each)
                for each in node.findall(f"{BPMN}assignment")
            ]
            parent = node.getparent()
            within = parent.get("id") if parent is not None else None
            found[own] = (str(node.tag).removeprefix(BPMN), dict(node.attrib), within, texts, values)
    return found


def test_the_editor_keeps_what_it_does_not_show(site: Site, person: Person) -> None:
    """Data objects, inputs and outputs, associations, loops over data, correlation: only the name that was changed differs."""
    xml = with_drawing(FILE.read_bytes(), "DATA_all")
    site.engine.publish(SYSTEM, xml, "DATA/all.bpmn")
    lars = person("lars").go("/studio/processes/DATA_all/edit")
    rename(lars, "E", "All done")
    publish(lars, "Another name")
    expect(lars.page.get_by_role("heading", level=1)).to_be_visible()
    lars.sees("Version 2 is published")
    before, after = _content(xml), _content(site.engine.diagram("DATA_all", 2))
    assert {own for own in before if before[own] != after.get(own)} <= {"E", "Defs"}
    assert before["E"] != after["E"]
    assert set(before) <= set(after)
